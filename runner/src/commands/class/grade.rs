use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::watch;

use super::room::{self, BookArgs};
use crate::aws::TargetKind;
use crate::class::{
    Asked, Gradebook, Graded, Grading, Learner, Limits, Outcome, Roster, RunFile, Step,
};
use crate::commands::check::interrupted;
use crate::commands::context::Context;
use crate::core::Lab;
use crate::error::CliError;
use crate::ui::class_live::Looks;
use crate::ui::{Out, style, words};

/// Corrige: verifica os labs na conta de cada aluno e guarda as notas
///
/// Cada nota é guardada assim que existe. Se a correção for interrompida, o
/// mesmo comando continua de onde ela parou, até 12 horas depois; `--anew`
/// começa outra. O que não pôde ser verificado não vira zero: fica sem nota.
///
/// Códigos de saída: 0 tudo foi julgado, 3 algo não pôde ser verificado, 4 um
/// lab tem defeito, 5 a AWS ainda está trabalhando.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Só estes labs; sem isto, todos
    #[arg(long, value_name = "LAB")]
    lab: Vec<String>,
    /// Só estes alunos, pelo id
    #[arg(long, value_name = "ALUNO")]
    learner: Vec<String>,
    #[command(flatten)]
    book: BookArgs,
    /// Quantas contas ao mesmo tempo; sem isto, 8 na AWS e 2 no sandbox
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    accounts: Option<u16>,
    /// Quantos labs ao mesmo tempo em cada conta
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    labs_per_account: u8,
    /// Começa outra correção, mesmo que haja uma interrompida
    #[arg(long)]
    anew: bool,
}

/// Accounts at the same time: on AWS each has limits of its own; those of a
/// sandbox share this computer, and a function that is late is not wrong.
fn accounts(args: &Args, learners: &[&Learner]) -> usize {
    let shared = learners.iter().any(|l| l.target() == TargetKind::Sandbox);
    args.accounts
        .map_or(if shared { 2 } else { 8 }, usize::from)
}

pub(super) fn run(
    context: &Context,
    args: &Args,
    class: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let roster = room::roster(class)?;
    let course = context.course()?;
    let labs = room::labs(context, &course, &args.lab)?;
    let learners = room::learners(&roster, &args.learner)?;
    let gate = room::gate(context, &roster)?;
    let book = context.block_on(args.book.open(&roster, true))??;
    let run = RunFile::begin(&roster.folder, asked(&labs, &learners, &*book), args.anew)?;
    let done = if run.resumed {
        context.block_on(graded_in(&*book, &run.run.id))??
    } else {
        BTreeSet::new()
    };
    let grading = Grading {
        roster: &roster,
        gate: &gate,
        book: &*book,
        course: &course.id,
        run: &run.run.id,
        labs: labs.iter().map(|lab| Arc::new((*lab).clone())).collect(),
        limits: Limits {
            accounts: accounts(args, &learners),
            labs: usize::from(args.labs_per_account),
        },
        learners,
        done,
    };
    let out = context.out;
    announce(out, &roster, &grading, &run);
    let looks = Looks::start(out, grading.total());
    let graded = context.block_on(with_interrupt(&grading, &looks))?;
    looks.end();
    let graded = graded?;
    let left = grading.total() - graded.done.len();
    if left == 0 {
        run.end()?;
    }
    answer(out, &roster, &graded, left);
    Ok(ExitCode::from(exit_code(&graded)))
}

fn asked(labs: &[&Lab], learners: &[&Learner], book: &dyn Gradebook) -> Asked {
    Asked {
        labs: labs
            .iter()
            .map(|lab| (lab.id.clone(), lab.version.clone()))
            .collect(),
        learners: learners.iter().map(|l| l.id.clone()).collect(),
        gradebook: book.place(),
    }
}

/// What a grading did before it was broken off; who could not be reached then is
/// tried again.
async fn graded_in(
    book: &dyn Gradebook,
    run: &str,
) -> Result<BTreeSet<(String, String)>, CliError> {
    let grades = book.read().await?.records.into_iter();
    let done = grades.filter(|g| g.run == run && g.trouble.is_none());
    Ok(done.map(|g| (g.learner, g.record.lab)).collect())
}

fn announce(out: Out, roster: &Roster, grading: &Grading<'_>, run: &RunFile) {
    out.note(format!(
        "{} · {} × {}",
        style::strong(&roster.course),
        words::count(grading.learners.len(), "aluno", "alunos"),
        words::count(grading.labs.len(), "lab", "labs"),
    ));
    if run.resumed {
        let began = run.run.began.to_zoned(jiff::tz::TimeZone::system());
        out.note(format!(
            "Continua a correção interrompida que começou em {}: já {} de {}. Para outra, `--anew`.",
            began.strftime("%d/%m às %H:%M"),
            words::count(grading.done.len(), "foi feita", "foram feitas"),
            grading.done.len() + grading.total(),
        ));
    }
}

async fn with_interrupt(
    grading: &Grading<'_>,
    looks: &Looks,
) -> Result<Graded, crate::class::GradebookError> {
    let (stop, stopped) = watch::channel(false);
    let work = grading.run(stopped, |step| match step {
        Step::Started { learner, lab } => looks.started(&learner, &lab),
        Step::Graded {
            learner,
            lab,
            outcome,
            took,
        } => looks.graded(&learner, &lab, &outcome, took),
    });
    tokio::pin!(work);
    tokio::select! {
        graded = &mut work => return graded,
        () = interrupted() => {}
    }
    looks.cleaning_up();
    stop.send_replace(true);
    work.await
}

fn answer(out: Out, roster: &Roster, graded: &Graded, left: usize) {
    let results = graded
        .done
        .iter()
        .map(|(learner, lab, outcome)| match outcome {
            Outcome::Seen {
                earned,
                max,
                blind,
                pending,
                broken,
            } => json!({
                "learner": learner, "lab": lab, "reached": true,
                "points": { "earned": earned, "max": max },
                "unverified": blind, "pending": pending, "broken": broken,
            }),
            Outcome::Unreachable(error) => json!({
                "learner": learner, "lab": lab, "reached": false, "why": error.to_string(),
            }),
        });
    out.json(&json!({
        "version": 1, "class": roster.id, "interrupted": graded.interrupted,
        "results": results.collect::<Vec<_>>(), "left": left,
    }));
    unseen(out, graded);
    out.line(format!(
        "{} de {} {}.",
        graded.done.len(),
        graded.done.len() + left,
        if graded.interrupted {
            "verificações feitas; o mesmo comando continua"
        } else {
            "verificações feitas"
        },
    ));
    out.line(style::inline_code(
        "→ As notas: `lab class report`. Para o Moodle ou o Canvas: `lab class export`.",
    ));
}

/// Who could not be looked at, once each, and which labs only in part.
fn unseen(out: Out, graded: &Graded) {
    let sign = |plain, sign| style::wait(if out.plain { plain } else { sign });
    let mut told = BTreeSet::new();
    for (learner, lab, outcome) in &graded.done {
        match outcome {
            Outcome::Unreachable(error) if told.insert(learner) => out.line(format!(
                "{} {learner}: {error}",
                sign("NÃO VERIFICADO", "? NÃO VERIFICADO")
            )),
            Outcome::Seen { blind, .. } if *blind > 0 => out.line(format!(
                "{} {learner} · {lab}: {} sem resposta",
                sign("NÃO VERIFICADO", "? NÃO VERIFICADO"),
                words::count(*blind, "verificação", "verificações")
            )),
            Outcome::Seen { pending, .. } if *pending > 0 => out.line(format!(
                "{} {learner} · {lab}: a AWS ainda está trabalhando; corrija de novo daqui a pouco",
                sign("AGUARDANDO", "… AGUARDANDO")
            )),
            _ => {}
        }
    }
}

fn exit_code(graded: &Graded) -> u8 {
    let seen = graded
        .done
        .iter()
        .filter_map(|(_, _, outcome)| match outcome {
            Outcome::Seen {
                blind,
                pending,
                broken,
                ..
            } => Some((*blind, *pending, *broken)),
            Outcome::Unreachable(_) => None,
        });
    let unreachable = graded
        .done
        .iter()
        .any(|(_, _, o)| matches!(o, Outcome::Unreachable(_)));
    let seen: Vec<_> = seen.collect();
    if seen.iter().any(|(.., broken)| *broken) {
        4
    } else if graded.interrupted || unreachable || seen.iter().any(|(blind, ..)| *blind > 0) {
        3
    } else if seen.iter().any(|(_, pending, _)| *pending > 0) {
        5
    } else {
        0
    }
}
