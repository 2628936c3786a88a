use std::process::ExitCode;

use serde_json::json;

use super::context::Context;
use crate::aws::{ResetPlan, Session, TargetKind};
use crate::core::{Names, Resource, Step};
use crate::error::CliError;
use crate::reset::{self, ResetDone};
use crate::ui::live::Live;
use crate::ui::{Out, prompt, style, words};

/// Remove os recursos do lab, depois de mostrar quais são
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O que limpar: um lab, LAB/PASSO, ou um passo do lab atual
    #[arg(value_name = "LAB[/PASSO]")]
    what: Option<String>,
    /// Não pergunta antes
    #[arg(long)]
    yes: bool,
    /// Só mostra o plano
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    // Who writes a lab's name means all of it, also where a step is called the same.
    let whole = args.what.as_deref().and_then(|name| course.lab(name));
    let (lab, step) = match whole {
        Some(lab) => (lab, None),
        None => context.lab_and_step(&course, &settings, args.what.as_deref())?,
    };
    let steps: Vec<&Step> = step.map_or_else(|| lab.steps.iter().collect(), |s| vec![s]);
    let out = context.out;
    let (session, identity) = context.block_on(context.session(&settings, settings.target))??;
    let names = lab.names_for(&settings.prefix, &identity.account, session.region());
    let plan = context.block_on(session.plan_reset(&resources(&steps, &names)))?;

    let place = if session.kind() == TargetKind::Aws {
        "AWS"
    } else {
        "sandbox"
    };
    out.line(format!(
        "{} {}",
        style::strong("Plano de limpeza"),
        style::dim(&format!(
            "· {place} · conta {} · {}",
            identity.account,
            session.region()
        ))
    ));
    show(out, &plan);
    let going: Vec<_> = plan
        .doomed
        .iter()
        .map(|(r, what)| json!({ "kind": r.kind(), "name": r.name(), "what": what }))
        .collect();
    let staying: Vec<_> = plan
        .unread
        .iter()
        .map(|(r, e)| json!({ "kind": r.kind(), "name": r.name(), "why": e.in_full() }))
        .collect();
    if args.dry_run || plan.doomed.is_empty() {
        out.json(&json!({ "version": 1, "lab": lab.id, "plan": going, "unread": staying, "deleted": [], "failed": [] }));
        return Ok(ExitCode::from(if plan.unread.is_empty() { 0 } else { 3 }));
    }
    if !args.yes {
        if !out.asks() {
            return Err(CliError::usage(
                "sem um terminal, confirme com `--yes`; `--dry-run` só mostra o plano",
            ));
        }
        if !prompt::confirm(&format!(
            "Remover {}?",
            words::count(plan.doomed.len(), "recurso", "recursos")
        ))? {
            out.line("Nada foi removido.");
            return Ok(ExitCode::SUCCESS);
        }
    }
    let ResetDone { deleted, failed } = context.block_on(apply(out, &session, &plan))?;
    let names_of_all =
        |all: &[&Resource]| all.iter().map(|r| r.name().to_owned()).collect::<Vec<_>>();
    out.json(&json!({
        "version": 1, "lab": lab.id, "plan": going, "unread": staying,
        "deleted": names_of_all(&deleted),
        "failed": failed.iter().map(|(r, e)| json!({ "name": r.name(), "why": e.message })).collect::<Vec<_>>(),
    }));
    for (resource, error) in &failed {
        out.line(format!(
            "{} {} {}: {}",
            style::bad("ficou:"),
            resource.kind(),
            resource.name(),
            error.message
        ));
    }
    out.line(format!(
        "{} de {} removidos. Seu progresso e seus arquivos ficaram.",
        deleted.len(),
        plan.doomed.len()
    ));
    Ok(ExitCode::from(
        if failed.is_empty() && plan.unread.is_empty() {
            0
        } else {
            3
        },
    ))
}

/// The resources that the steps ask for, by the learner's names.
pub(super) fn resources(steps: &[&Step], names: &Names) -> Vec<Resource> {
    steps
        .iter()
        .flat_map(|s| &s.resources)
        .filter_map(|r| names.fill_in(r).ok())
        .collect()
}

fn show(out: Out, plan: &ResetPlan) {
    if plan.doomed.is_empty() {
        out.line("Não há nada deste lab para remover.");
    }
    for (resource, what) in &plan.doomed {
        out.line(format!(
            "  remove  {:<8} {} {}",
            resource.kind(),
            style::command(resource.name()),
            style::dim(&format!("({what})"))
        ));
    }
    for (resource, error) in &plan.unread {
        out.line(format!(
            "  fica    {:<8} {} {}",
            resource.kind(),
            style::command(resource.name()),
            style::wait(&format!("(não foi possível olhar: {})", error.in_full()))
        ));
    }
    out.line(style::dim(
        "  fica    tudo o que não tem os nomes deste lab, o seu progresso e os seus arquivos",
    ));
}

/// Deletes what the plan says, and says so.
pub(super) async fn apply<'p>(out: Out, session: &Session, plan: &'p ResetPlan) -> ResetDone<'p> {
    let live = Live::start(out, "");
    let done = reset::reset(session, plan, |resource| {
        live.say(&format!(
            "removendo {} {}",
            resource.kind(),
            resource.name()
        ));
    })
    .await;
    live.end();
    done
}
