use std::process::ExitCode;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table};
use serde_json::json;

use super::context::Context;
use crate::core::Lab;
use crate::error::CliError;
use crate::journal::{LabProgress, StepProgress, progress};
use crate::ui::{Out, style, words};

/// Mostra passos, pontos e perguntas
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab; sem ele, todos
    #[arg(value_name = "LAB")]
    lab: Option<String>,
}

const DONE: &str = "✔ feito";
const OPEN: &str = "○ a fazer";

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let labs: Vec<&Lab> = match &args.lab {
        Some(name) => vec![context.lab(&course, &context.settings()?, Some(name))?],
        None => course.labs.iter().collect(),
    };
    let records = context.records()?;
    let out = context.out;
    let mut answers = Vec::new();
    for (index, lab) in labs.into_iter().enumerate() {
        let progress = progress(lab, &records);
        if index > 0 {
            out.line("");
        }
        show(out, lab, &progress);
        answers.push(answer(lab, &progress));
    }
    out.json(&json!({ "version": 1, "labs": answers }));
    Ok(ExitCode::SUCCESS)
}

fn show(out: Out, lab: &Lab, progress: &LabProgress) {
    out.line(style::strong(&lab.title));
    let steps = lab
        .steps
        .iter()
        .map(|s| s.title.as_str())
        .zip(&progress.steps);
    if out.plain {
        for (index, (title, step)) in steps.enumerate() {
            out.line(sentence(index + 1, title, step));
        }
    } else {
        // Painted once it is laid out: colour codes have no width.
        let table = table(steps).to_string();
        out.line(
            table
                .replace(DONE, &style::good(DONE))
                .replace(OPEN, &style::dim(OPEN)),
        );
    }
    if progress.quiz.total > 0 {
        out.line(format!(
            "Perguntas: {} de {} certas",
            progress.quiz.right, progress.quiz.total
        ));
    }
    out.line(format!(
        "Pontos: {} de {}{}",
        progress.earned(),
        progress.max(),
        at_most("no máximo", progress.reachable(), progress.max())
    ));
    out.line(match next(lab, progress) {
        Some(command) => style::inline_code(&format!("→ A seguir: `{command}`")),
        None => style::good("→ Lab completo"),
    });
}

fn table<'a>(steps: impl Iterator<Item = (&'a str, &'a StepProgress)>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "Passo",
        "Título",
        "Situação",
        "Pontos",
        "Tentativas",
        "Dicas",
    ]);
    for (index, (title, step)) in steps.enumerate() {
        let hints = if step.solution {
            format!("{} e a solução", step.hints)
        } else {
            step.hints.to_string()
        };
        table.add_row([
            (index + 1).to_string(),
            title.to_owned(),
            if step.passed { DONE } else { OPEN }.to_owned(),
            format!(
                "{} de {}{}",
                step.earned,
                step.max,
                if step.passed {
                    String::new()
                } else {
                    at_most("até", step.reachable, step.max)
                }
            ),
            step.attempts.to_string(),
            hints,
        ]);
    }
    for number in [0, 2, 3, 4] {
        if let Some(column) = table.column_mut(number) {
            // Only the title and the hints may take several lines.
            column.set_constraint(ColumnConstraint::ContentWidth);
            if number != 2 {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    table
}

/// One step in words, for screen readers.
fn sentence(number: usize, title: &str, step: &StepProgress) -> String {
    format!(
        "Passo {number}, {title}: {}, {} de {}{}, {}, {}{}",
        if step.passed { "feito" } else { "a fazer" },
        step.earned,
        words::count(step.max as usize, "ponto", "pontos"),
        if step.passed {
            String::new()
        } else {
            at_most("no máximo", step.reachable, step.max)
        },
        words::count(step.attempts, "tentativa", "tentativas"),
        words::count(step.hints, "dica", "dicas"),
        if step.solution {
            ", solução vista"
        } else {
            ""
        },
    )
}

/// What the solution that was seen leaves to earn.
fn at_most(word: &str, reachable: u32, max: u32) -> String {
    if reachable < max {
        format!(" ({word} {reachable})")
    } else {
        String::new()
    }
}

/// The command that goes on from here.
fn next(lab: &Lab, progress: &LabProgress) -> Option<String> {
    match progress.next_step() {
        Some(step) => Some(format!("lab show {}/{}", lab.id, step.id)),
        None => (!progress.quiz_open.is_empty()).then(|| format!("lab quiz {}", lab.id)),
    }
}

fn answer(lab: &Lab, progress: &LabProgress) -> serde_json::Value {
    let steps: Vec<_> = lab
        .steps
        .iter()
        .zip(&progress.steps)
        .map(|(step, done)| {
            json!({
                "id": done.id, "title": step.title, "passed": done.passed, "earned": done.earned, "max": done.max,
                "reachable": done.reachable,
                "attempts": done.attempts, "hints": done.hints, "solution": done.solution,
            })
        })
        .collect();
    json!({
        "lab": lab.id, "title": lab.title, "steps": steps,
        "quiz": { "right": progress.quiz.right, "total": progress.quiz.total },
        "earned": progress.earned(), "max": progress.max(), "reachable": progress.reachable(),
        "next": next(lab, progress),
    })
}
