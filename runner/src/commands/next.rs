use std::process::ExitCode;

use serde_json::json;

use super::context::Context;
use super::watch::Watch;
use super::{list, show};
use crate::error::CliError;
use crate::ui::{markdown, style};

/// Mostra o próximo passo a fazer
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab; sem ele, o atual
    #[arg(value_name = "LAB")]
    lab: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let lab = context.lab(&course, &settings, args.lab.as_deref())?;
    let progress = context.progress(lab)?;
    let out = context.out;
    let names = context.names(lab, &settings);
    let next = progress.next_step();
    out.json(&json!({
        "version": 1, "lab": lab.id, "step": next.map(|s| &s.id),
        "earned": progress.earned(), "max": progress.max(), "quiz_open": progress.quiz_open.len(),
    }));
    match next {
        Some(step) => show::step(context, lab, &step.id, &names),
        None => {
            markdown::show(out, &names.fill_known(&lab.closing));
            if !progress.quiz_open.is_empty() {
                out.line("");
                out.line(style::inline_code(
                    "→ Faltam as perguntas do lab: `lab quiz`",
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `lab` alone: where the learner is, and what to do now.
pub(super) fn resume(context: &Context) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let out = context.out;
    if let Some(current) = settings.lab.as_deref().filter(|_| out.views()) {
        let watch = Watch {
            context,
            course: &course,
            lab: context.lab(&course, &settings, Some(current))?,
            settings: &settings,
            target: settings.target,
        };
        return watch.view();
    }
    list::show(context, &course)?;
    if out.json {
        return Ok(ExitCode::SUCCESS);
    }
    out.line("");
    let Some(current) = &settings.lab else {
        out.line(style::inline_code(
            "→ Comece com `lab start`, ou veja tudo funcionar com `lab demo`.",
        ));
        return Ok(ExitCode::SUCCESS);
    };
    let lab = context.lab(&course, &settings, Some(current))?;
    let progress = context.progress(lab)?;
    if let Some(folder) = context.workspace(lab, &settings) {
        out.line(format!(
            "Pasta de trabalho: {}",
            style::command(&folder.display().to_string())
        ));
    }
    out.line(match progress.next_step() {
        Some(step) => style::inline_code(&format!(
            "→ Você está em {}/{}: leia com `lab show`, verifique com `lab check`.",
            lab.id, step.id
        )),
        None if !progress.quiz_open.is_empty() => {
            style::inline_code("→ Faltam as perguntas: `lab quiz`")
        }
        None => style::inline_code(
            "→ Lab completo. `lab progress` mostra tudo; `lab reset` limpa o que você criou.",
        ),
    });
    Ok(ExitCode::SUCCESS)
}
