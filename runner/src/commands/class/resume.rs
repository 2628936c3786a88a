use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::reset::{begun, refused};
use super::room;
use super::wiping::{FOLDER, PaceArgs, Work, own_accounts, wipe};
use crate::class::Roster;
use crate::class::reset::{Caps, Plan};
use crate::commands::context::Context;
use crate::error::CliError;
use crate::reset::{Entry, ResetJournal, Status};
use crate::ui::{prompt, words};

/// Continua uma limpeza que foi interrompida
///
/// O plano é o mesmo, e já foi confirmado: o diário dele diz o que saiu. O que
/// falta é olhado de novo antes de sair, e tudo é conferido no fim. Os códigos
/// de saída são os de `lab class reset`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O plano; sem isto, o último da turma que não terminou
    #[arg(long, value_name = "ARQUIVO")]
    plan: Option<PathBuf>,
    /// Não pergunta antes
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    pace: PaceArgs,
}

pub(super) fn run(
    context: &Context,
    args: &Args,
    class: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let roster = room::roster(class)?;
    let path = match &args.plan {
        Some(path) => path.clone(),
        None => last(&roster)?,
    };
    let plan = Plan::read(&path)?;
    let caps = Caps {
        deletes: None,
        outlier: usize::MAX,
    };
    refused(&plan, &roster, caps, None)?;
    let (journal, before) = ResetJournal::open(&Plan::journal(&path), plan.short())?;
    if !begun(&before) {
        return Err(
            CliError::usage("este plano ainda não começou a ser feito").hint(format!(
                "comece com `lab class reset --plan {}`",
                path.display()
            )),
        );
    }
    let out = context.out;
    let gone = before
        .iter()
        .filter(|l| matches!(l.entry, Entry::Gone(_)))
        .count();
    out.line(format!(
        "Continua {}: {} de {} já saíram.",
        path.display(),
        gone,
        words::count(plan.goes(), "recurso", "recursos")
    ));
    let own = context.block_on(own_accounts(&roster.learners))??;
    if !args.yes {
        if !out.asks() {
            return Err(CliError::usage("sem um terminal, confirme com `--yes`"));
        }
        if !prompt::confirm("Continuar a limpeza?")? {
            out.line("Nada mais foi removido.");
            return Ok(ExitCode::SUCCESS);
        }
    }
    let gate = room::gate(context, &roster)?;
    wipe(
        context,
        &Work {
            roster: &roster,
            gate: &gate,
            own: &own,
            plan: &plan,
            journal: &journal,
            before: &before,
            canary: None,
            pace: &args.pace,
        },
    )
}

/// The newest plan of the class that was begun and did not become clean.
fn last(roster: &Roster) -> Result<PathBuf, CliError> {
    let folder = roster.folder.join(FOLDER);
    let entries = match std::fs::read_dir(&folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.and_then(Iterator::collect::<Result<Vec<_>, _>>),
    };
    let entries = entries.map_err(|e| CliError::io(format!("a pasta {}", folder.display()), &e))?;
    let mut plans: Vec<PathBuf> = entries
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    plans.sort();
    for path in plans.into_iter().rev() {
        let journal = Plan::journal(&path);
        if !journal.is_file() {
            continue;
        }
        let plan = Plan::read(&path)?;
        let (_, lines) = ResetJournal::open(&journal, plan.short())?;
        let clean = |learner: &str| {
            lines
                .iter()
                .any(|l| l.learner == learner && l.entry == Entry::Ended(Status::Clean))
        };
        if begun(&lines) && !plan.going().all(|part| clean(&part.learner)) {
            return Ok(path);
        }
    }
    Err(
        CliError::usage("não há uma limpeza interrompida nesta turma")
            .hint("para outra pasta ou outro plano: `--class` e `--plan`"),
    )
}
