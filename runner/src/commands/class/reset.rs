use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::room::{self, BookArgs};
use super::wiping::{PaceArgs, Work, own_accounts, wipe};
use crate::class::Roster;
use crate::class::reset::{Caps, Plan, phrase, refuse, ungraded};
use crate::commands::context::Context;
use crate::error::CliError;
use crate::reset::{Entry, Line, ResetJournal};
use crate::ui::{Out, prompt, style, words};

/// Limpa as contas: faz exatamente o que um plano diz
///
/// Cada recurso é olhado de novo logo antes de ser removido: o que mudou depois
/// do plano fica. Depois de tudo, as contas são olhadas mais uma vez; «limpo»
/// quer dizer que nada do plano está lá.
///
/// Códigos de saída: 0 todas as contas limpas, 1 ficou um resíduo, 3 algo não
/// pôde ser lido, foi interrompido ou está bloqueado.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O plano, feito por `lab class plan`
    #[arg(long, value_name = "ARQUIVO")]
    plan: PathBuf,
    /// Não pede a frase; o hash do plano é a prova de que você o leu
    #[arg(long, value_name = "HASH")]
    yes: Option<String>,
    /// Só mostra o que seria feito
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Não remove mais do que N recursos ao todo
    #[arg(long, value_name = "N")]
    max_deletes: Option<usize>,
    /// Recusa o plano se de uma conta sai mais do que N vezes o comum na turma
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    outlier: u16,
    /// A conta deste aluno vai primeiro, sozinha; se ela não fica limpa, nada mais sai
    #[arg(long, value_name = "ALUNO")]
    canary: Option<String>,
    /// Limpa mesmo o que ainda não tem nota
    #[arg(long)]
    discard_grades: bool,
    #[command(flatten)]
    book: BookArgs,
    #[command(flatten)]
    pace: PaceArgs,
}

pub(super) fn run(
    context: &Context,
    args: &Args,
    class: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let roster = room::roster(class)?;
    let plan = Plan::read(&args.plan)?;
    let caps = Caps {
        deletes: args.max_deletes,
        outlier: usize::from(args.outlier),
    };
    refused(&plan, &roster, caps, args.canary.as_deref())?;
    let out = context.out;
    out.line(format!(
        "{} {} · {} · feito há {} min · hash {}",
        style::strong("Plano de limpeza"),
        words::count(plan.going().count(), "conta", "contas"),
        words::count(plan.goes(), "recurso", "recursos"),
        plan.age().as_secs() / 60,
        plan.short(),
    ));
    if !args.discard_grades {
        graded(context, args, &roster, &plan)?;
    }
    let path = Plan::journal(&args.plan);
    let (journal, before) = ResetJournal::open(&path, plan.short())?;
    if begun(&before) {
        return Err(CliError::usage("este plano já começou a ser feito")
            .hint(format!(
                "continue com `lab class resume --plan {}`",
                args.plan.display()
            ))
            .hint("ou faça um plano novo com `lab class plan`"));
    }
    if args.dry_run || plan.goes() == 0 {
        out.json(&json!({
            "version": 1, "class": plan.class, "plan": plan.hash, "goes": plan.goes(), "done": false,
        }));
        if plan.goes() == 0 {
            out.line("O plano não remove nada.");
        }
        show(out, &plan);
        return Ok(ExitCode::SUCCESS);
    }
    let own = context.block_on(own_accounts(&roster.learners))??;
    if !confirmed(out, args, &plan)? {
        out.line("Nada foi removido.");
        return Ok(ExitCode::SUCCESS);
    }
    let gate = room::gate(context, &roster)?;
    let confirmed = journal.append("", Entry::Confirmed(plan.goes()));
    context.block_on(confirmed)??;
    wipe(
        context,
        &Work {
            roster: &roster,
            gate: &gate,
            own: &own,
            plan: &plan,
            journal: &journal,
            before: &before,
            canary: args.canary.as_deref(),
            pace: &args.pace,
        },
    )
}

/// Whether somebody said yes to the plan already.
pub(super) fn begun(lines: &[Line]) -> bool {
    lines
        .iter()
        .any(|line| matches!(line.entry, Entry::Confirmed(_)))
}

/// A plan that must not be done is an error that says all reasons.
pub(super) fn refused(
    plan: &Plan,
    roster: &Roster,
    caps: Caps,
    canary: Option<&str>,
) -> Result<(), CliError> {
    let refusals = refuse(plan, roster, caps, canary);
    let Some((first, rest)) = refusals.split_first() else {
        return Ok(());
    };
    let error = CliError::usage(first.to_string());
    let error = rest
        .iter()
        .fold(error, |e, refusal| e.hint(format!("e também: {refusal}")));
    Err(error.hint("para um plano novo: `lab class plan`"))
}

/// What goes can be graded no more: there has to be a grade.
fn graded(context: &Context, args: &Args, roster: &Roster, plan: &Plan) -> Result<(), CliError> {
    let grades = args.book.read(context, roster)?;
    let missing = ungraded(plan, &grades);
    let Some((learner, lab)) = missing.first() else {
        return Ok(());
    };
    let more = match missing.len() {
        1 => String::new(),
        n => format!(" (e mais {})", n - 1),
    };
    Err(CliError::usage(format!(
        "o lab `{lab}` de `{learner}` ainda não tem nota{more}, e depois da limpeza não pode mais ser corrigido"
    ))
    .hint("corrija antes: `lab class grade`")
    .hint("para limpar mesmo assim: `--discard-grades`"))
}

/// The phrase typed, or the plan's hash given.
fn confirmed(out: Out, args: &Args, plan: &Plan) -> Result<bool, CliError> {
    if let Some(hash) = &args.yes {
        if hash.len() >= plan.short().len() && plan.hash.starts_with(hash.as_str()) {
            return Ok(true);
        }
        return Err(
            CliError::usage(format!("`{hash}` não é o hash deste plano"))
                .hint("o hash está no fim de `lab class plan`, e no campo `hash` do arquivo"),
        );
    }
    if !out.asks() {
        return Err(CliError::usage(
            "sem um terminal, confirme com `--yes HASH`, o hash do plano; `--dry-run` só mostra",
        ));
    }
    show(out, plan);
    let phrase = phrase(plan);
    out.line(format!("Para limpar, digite: {}", style::strong(&phrase)));
    Ok(prompt::text("Frase:")?.trim() == phrase)
}

fn show(out: Out, plan: &Plan) {
    for part in plan.going() {
        out.line(format!(
            "  {} · conta {} · {}",
            part.learner,
            part.account,
            words::count(part.goes.len(), "recurso sai", "recursos saem"),
        ));
    }
    let skipped = plan.parts.iter().filter(|part| part.refused.is_some());
    for part in skipped {
        out.line(format!(
            "  {} · {}",
            part.learner,
            style::wait("não é tocada")
        ));
    }
}
