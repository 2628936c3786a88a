use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Value, json};
use toml::Spanned;

use super::check::{exit_code, graded};
use super::context::Context;
use crate::aws::TargetKind;
use crate::core::{Lab, Names, Standings};
use crate::error::CliError;
use crate::grade::Selection;
use crate::journal::Look;
use crate::ui::{map, style, words};

/// Mostra a arquitetura do lab, com cada parte como foi vista por último
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab; sem ele, o atual
    #[arg(value_name = "LAB")]
    lab: Option<String>,
    /// Verifica o lab inteiro antes, e mostra o mapa de agora
    #[arg(long)]
    check: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let lab = context.lab(&course, &settings, args.lab.as_deref())?;
    let mut code = 0;
    if args.check {
        let report = context.block_on(async {
            let (session, identity) = context.session(&settings, settings.target).await?;
            let at = (&session, &identity);
            graded(context, &course, lab, &settings, at, Selection::All).await
        })??;
        code = exit_code(&report);
    }
    let looks = context.looks(lab, &settings, settings.target, &context.records()?);
    let names = context.names(lab, &settings);
    let lines = map::of(lab, &names, |id| word(&looks, id));
    let out = context.out;
    out.json(&answer(lab, &looks, &names, settings.target));

    let place = match settings.target {
        TargetKind::Sandbox => "sandbox",
        TargetKind::Aws => "AWS",
    };
    let newest = looks.values().map(|look| look.time).max();
    let when = newest.map_or_else(
        || "ainda sem verificação".to_owned(),
        |time| format!("última verificação {}", ago(time)),
    );
    out.line(format!(
        "{} {}",
        style::strong(&lab.title),
        style::dim(&format!("· {place} · {when}"))
    ));
    out.line("");
    map::show(out, &lines);
    out.line("");
    out.line(style::inline_code(if newest.is_none() {
        "→ Para ver como está: `lab map --check`"
    } else if args.check {
        "→ O que falta em cada parte: `lab check`"
    } else {
        "→ Para ver como está agora: `lab map --check`"
    }));
    Ok(ExitCode::from(code))
}

fn word<'l>(looks: &'l BTreeMap<String, Look>, id: &str) -> Option<&'l str> {
    looks.get(id).map(|look| look.verdict.verdict.as_str())
}

fn ago(time: jiff::Timestamp) -> String {
    let passed = jiff::Timestamp::now().duration_since(time);
    words::ago(passed.try_into().unwrap_or_default())
}

fn answer(lab: &Lab, looks: &BTreeMap<String, Look>, names: &Names, target: TargetKind) -> Value {
    let standings = Standings::of(&lab.map, |id| word(looks, id));
    let checks = |ids: &[Spanned<String>]| -> Vec<Value> {
        let look = |id: &Spanned<String>| {
            let look = looks.get(id.get_ref());
            json!({
                "id": id.get_ref(),
                "verdict": look.map(|l| &l.verdict.verdict),
                "time": look.map(|l| l.time),
            })
        };
        ids.iter().map(look).collect()
    };
    let nodes = lab.map.nodes.iter().zip(&standings.nodes);
    let arrows = lab.map.arrows.iter().zip(&standings.arrows);
    let id = |node: &usize| &lab.map.nodes[*node].id;
    json!({
        "version": 1, "lab": lab.id, "target": target,
        "seen": looks.values().map(|look| look.time).max(),
        "nodes": nodes.map(|(node, standing)| json!({
            "id": node.id, "service": node.service, "label": names.fill_known(&node.label),
            "standing": standing.word(), "checks": checks(&node.checks),
        })).collect::<Vec<_>>(),
        "arrows": arrows.map(|(arrow, standing)| json!({
            "from": arrow.from, "to": arrow.to, "label": names.fill_known(&arrow.label),
            "standing": standing.word(), "checks": checks(&arrow.checks),
        })).collect::<Vec<_>>(),
        "rows": lab.map.rows().iter().map(|row| row.iter().map(id).collect()).collect::<Vec<Vec<_>>>(),
    })
}
