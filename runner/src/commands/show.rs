use std::process::ExitCode;

use serde_json::json;

use super::context::Context;
use crate::core::{Lab, Names};
use crate::error::CliError;
use crate::ui::{markdown, style, words};

/// Mostra o texto de um passo e os nomes dos seus recursos
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O que mostrar: um lab, LAB/PASSO, ou um passo do lab atual; sem nada, o passo em que você está
    #[arg(value_name = "LAB[/PASSO]")]
    what: Option<String>,
    /// Só os nomes dos recursos
    #[arg(long)]
    names: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let (lab, step) = context.lab_and_step(&course, &settings, args.what.as_deref())?;
    let names = context.names(lab, &settings);
    let out = context.out;
    let whole_lab = args.what.is_some() && step.is_none();
    let current = match step {
        Some(step) => step.id.get_ref().clone(),
        None => context
            .progress(lab)?
            .next_step()
            .map_or_else(|| lab.steps[0].id.get_ref().clone(), |s| s.id.clone()),
    };
    if out.json {
        let resources: serde_json::Map<_, _> = lab
            .names
            .keys()
            .filter_map(|n| Some((n.clone(), json!(names.get(n)?))))
            .collect();
        let step = lab.step(&current);
        out.json(&json!({
            "version": 1, "lab": lab.id, "title": lab.title, "names": resources,
            "step": step.map(|s| json!({
                "id": s.id.get_ref(), "title": s.title, "points": s.points,
                "text": names.fill_known(&s.body),
                "checks": s.checks.iter().map(|c| names.fill_known(&c.says)).collect::<Vec<_>>(),
            })),
        }));
        return Ok(ExitCode::SUCCESS);
    }
    if !args.names {
        if whole_lab {
            markdown::show(out, &names.fill_known(&lab.opening));
        } else {
            self::step(context, lab, &current, &names);
        }
        out.line("");
    }
    out.line(style::strong("Nomes dos seus recursos"));
    let width = lab.names.keys().map(String::len).max().unwrap_or(0);
    for name in lab.names.keys() {
        out.line(format!(
            "  {name:<width$}  {}",
            style::command(names.get(name).unwrap_or_default())
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows one step: its text, and what is checked.
pub(super) fn step(context: &Context, lab: &Lab, id: &str, names: &Names) {
    let Some(step) = lab.step(id) else { return };
    let out = context.out;
    let number = lab
        .steps
        .iter()
        .position(|s| s.id == step.id)
        .unwrap_or_default()
        + 1;
    out.line(style::dim(&format!(
        "{} · passo {number} de {} · {}",
        lab.title,
        lab.steps.len(),
        words::count(step.points as usize, "ponto", "pontos")
    )));
    markdown::show(out, &names.fill_known(&step.body));
    out.line("");
    out.line(style::strong("O que o lab verifica"));
    for check in &step.checks {
        out.line(format!(
            "  - {}",
            style::inline_code(&names.fill_known(&check.says))
        ));
    }
}
