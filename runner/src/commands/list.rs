use std::process::ExitCode;

use serde_json::json;

use super::context::Context;
use crate::core::Course;
use crate::error::CliError;
use crate::journal::progress;
use crate::ui::style;

/// Lista os labs e o quanto você já fez
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(context: &Context, _: &Args) -> Result<ExitCode, CliError> {
    show(context, &context.course()?)?;
    Ok(ExitCode::SUCCESS)
}

/// The labs with what is done of each.
pub(super) fn show(context: &Context, course: &Course) -> Result<(), CliError> {
    let records = context.records()?;
    let out = context.out;
    out.line(style::strong(&course.title));
    out.line("");
    let width = course
        .labs
        .iter()
        .map(|l| l.id.chars().count())
        .max()
        .unwrap_or(0);
    let mut labs = Vec::new();
    for lab in &course.labs {
        let progress = progress(lab, &records);
        let done = progress.steps.iter().filter(|s| s.passed).count();
        let total = progress.steps.len();
        let state = if done == total {
            style::good("✔ feito")
        } else {
            format!("{done} de {total} passos")
        };
        out.line(format!(
            "  {}  {}  {}",
            style::command(&format!("{:<width$}", lab.id)),
            lab.title,
            style::dim(&format!("({} min, {} pontos)", lab.minutes, lab.points())),
        ));
        out.line(format!(
            "  {:<width$}  {state} · {} de {} pontos",
            "",
            progress.earned(),
            progress.max()
        ));
        labs.push(json!({
            "id": lab.id, "title": lab.title, "summary": lab.summary, "minutes": lab.minutes,
            "steps": total, "done": done, "earned": progress.earned(), "max": progress.max(),
        }));
    }
    out.json(&json!({ "version": 1, "course": course.id, "labs": labs }));
    Ok(())
}
