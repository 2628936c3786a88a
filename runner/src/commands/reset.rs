use std::process::ExitCode;

use serde_json::json;

use super::context::Context;
use crate::aws::{Session, TargetKind};
use crate::core::{Names, ProbeError, Resource, Step};
use crate::error::CliError;
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

/// What a reset would do.
#[derive(Default)]
pub(super) struct Plan {
    /// What goes, with what there is of it.
    pub doomed: Vec<(Resource, String)>,
    /// What could not be looked at, and so stays.
    pub unread: Vec<(Resource, ProbeError)>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let (lab, step) = context.lab_and_step(&course, &settings, args.what.as_deref())?;
    let steps: Vec<&Step> = step.map_or_else(|| lab.steps.iter().collect(), |s| vec![s]);
    let out = context.out;
    let (session, identity) = context.block_on(context.session(&settings, settings.target))??;
    let names = lab.names_for(&settings.prefix, &identity.account, session.region());
    let plan = context.block_on(plan(&session, &steps, &names))?;

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
        .map(|(r, e)| json!({ "kind": r.kind(), "name": r.name(), "why": e.message }))
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
    let (deleted, failed) = context.block_on(apply(out, &session, &plan))?;
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

/// Looks at every resource that the steps ask for.
pub(super) async fn plan(session: &Session, steps: &[&Step], names: &Names) -> Plan {
    let mut resources: Vec<Resource> = steps
        .iter()
        .flat_map(|s| &s.resources)
        .filter_map(|r| names.fill_in(r).ok())
        .collect();
    resources.sort_by_key(Resource::rank);
    let looks = futures_util::future::join_all(resources.iter().map(|r| session.inspect(r))).await;
    let mut plan = Plan::default();
    for (resource, look) in resources.into_iter().zip(looks) {
        match look {
            Ok(Some(what)) => plan.doomed.push((resource, what)),
            Ok(None) => {}
            Err(error) => plan.unread.push((resource, error)),
        }
    }
    plan
}

fn show(out: Out, plan: &Plan) {
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
            style::wait(&format!("(não foi possível olhar: {})", error.message))
        ));
    }
    out.line(style::dim(
        "  fica    tudo o que não tem os nomes deste lab, o seu progresso e os seus arquivos",
    ));
}

/// Deletes what the plan says, in its order.
pub(super) async fn apply<'p>(
    out: Out,
    session: &Session,
    plan: &'p Plan,
) -> (Vec<&'p Resource>, Vec<(&'p Resource, ProbeError)>) {
    let live = Live::start(out, "");
    let mut deleted = Vec::new();
    let mut failed = Vec::new();
    for (resource, _) in &plan.doomed {
        live.say(&format!(
            "removendo {} {}",
            resource.kind(),
            resource.name()
        ));
        match session.delete(resource).await {
            Ok(()) => deleted.push(resource),
            Err(error) => failed.push((resource, error)),
        }
    }
    live.end();
    (deleted, failed)
}
