use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::room::{self, BookArgs, ClaimArgs};
use crate::class::{Hard, Roster, Standing, hardest};
use crate::commands::context::Context;
use crate::error::CliError;
use crate::ui::{class_page, class_table, style};

/// Mostra as notas da turma
///
/// O que passou uma vez continua valendo; do resto vale a última correção. O que
/// os alunos dizem nos diários que entregaram aparece ao lado, e não conta.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Só estes labs; sem isto, todos
    #[arg(long, value_name = "LAB")]
    lab: Vec<String>,
    #[command(flatten)]
    book: BookArgs,
    #[command(flatten)]
    claims: ClaimArgs,
    /// Grava também uma página com o mapa dos passos por aluno
    #[arg(long, value_name = "ARQUIVO")]
    html: Option<PathBuf>,
}

/// How many of the hardest checks a terminal shows.
const SHOWN: usize = 8;

pub(super) fn run(
    context: &Context,
    args: &Args,
    class: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let roster = room::roster(class)?;
    let course = context.course()?;
    let labs = room::labs(context, &course, &args.lab)?;
    room::learners(&roster, &[])?;
    let (standings, _) = room::standings(context, &roster, &labs, &args.book, &args.claims)?;
    let hard = hardest(&labs, &standings);
    let out = context.out;
    if let Some(file) = &args.html {
        let page = class_page::page(&roster, &labs, &standings, &hard, jiff::Timestamp::now());
        std::fs::write(file, page)
            .map_err(|e| CliError::io(format!("não foi possível gravar {}", file.display()), &e))?;
    }
    out.json(&answer(&roster, &standings, &hard, args.html.as_deref()));
    out.line(style::strong(&roster.course));
    out.line(class_table::table(out, &roster, &labs, &standings));
    for lab in &labs {
        out.line(style::dim(&format!(
            "{} {}",
            class_table::number(lab),
            lab.title
        )));
    }
    if !out.plain {
        out.line(style::dim(
            "Sinais: ? não verificado; … aguardando a AWS; · sem correção",
        ));
    }
    claimed(context, &roster, &standings);
    if !hard.is_empty() {
        out.line("");
        out.line(style::strong(
            "As verificações mais difíceis (quantos falharam)",
        ));
        for line in class_table::hard(&hard, SHOWN) {
            out.line(style::inline_code(&line));
        }
    }
    if let Some(file) = &args.html {
        out.line("");
        out.line(format!(
            "Página: {}",
            style::command(&file.display().to_string())
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Where what a learner says is not what was seen.
fn claimed(context: &Context, roster: &Roster, standings: &[Standing]) {
    let out = context.out;
    let mut first = true;
    for (learner, standing) in roster.learners.iter().zip(standings) {
        for lab in &standing.labs {
            let Some(points) = lab
                .claimed
                .filter(|points| *points != lab.earned() || !lab.read.is_empty())
            else {
                continue;
            };
            if first {
                out.line("");
                out.line(style::strong(
                    "O que os alunos dizem e não é o que foi visto (não conta)",
                ));
                first = false;
            }
            out.line(format!(
                "  {} · {}: diz {points}, visto {}{}",
                learner.name,
                lab.lab,
                lab.earned(),
                match lab.read.as_slice() {
                    [] => String::new(),
                    read => format!("; leu a solução de {}", read.join(", ")),
                }
            ));
        }
    }
}

fn answer(roster: &Roster, standings: &[Standing], hard: &[Hard], page: Option<&Path>) -> Value {
    let learners = roster
        .learners
        .iter()
        .zip(standings)
        .map(|(learner, standing)| {
            let labs = standing.labs.iter().map(|lab| {
                json!({
                    "lab": lab.lab, "earned": lab.earned(), "max": lab.max(), "grade": lab.grade(),
                    "mark": lab.mark().word(), "claimed": lab.claimed,
                    "solutions_read": lab.read,
                    "checked_at": lab.last.as_ref().map(|g| g.record.time.to_string()),
                    "trouble": lab.last.as_ref().and_then(|g| g.trouble.clone()),
                    "steps": lab.steps.iter().map(|s| json!({
                        "id": s.id, "mark": s.mark.word(), "points": s.points, "failed": s.failed,
                    })).collect::<Vec<_>>(),
                })
            });
            json!({
                "id": learner.id, "name": learner.name, "account": learner.account,
                "earned": standing.earned(), "max": standing.max(),
                "labs": labs.collect::<Vec<_>>(),
            })
        });
    json!({
        "version": 1, "class": roster.id, "course": roster.course, "page": page,
        "learners": learners.collect::<Vec<_>>(),
        "hardest": hard.iter().map(|h| json!({
            "lab": h.lab, "check": h.check, "says": h.says, "failed": h.failed, "judged": h.judged,
        })).collect::<Vec<_>>(),
    })
}
