use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::context::Context;
use crate::aws::TargetKind;
use crate::core::{Command, Lab, Names, Step};
use crate::course::{self, ContentError, Finding};
use crate::error::CliError;
use crate::journal::Entry;
use crate::ui::shell::{self, Shell};
use crate::ui::{Out, prompt, style, words};

/// Mostra a solução de um passo
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O passo: LAB/PASSO, ou um passo do lab atual (id ou número)
    #[arg(value_name = "LAB/PASSO")]
    what: String,
    /// Não pergunta antes: aceita o custo em pontos e, com --write, troca arquivos que já existem
    #[arg(long)]
    yes: bool,
    /// Para qual shell: bash ou powershell
    #[arg(long, value_name = "SHELL")]
    shell: Option<Shell>,
    /// Grava os arquivos da solução nesta pasta, em vez de mostrá-los
    #[arg(long, value_name = "PASTA")]
    write: Option<PathBuf>,
}

type Files = [(String, Vec<u8>)];

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let (lab, step) = context.lab_and_step(&course, &settings, Some(&args.what))?;
    let step = step.ok_or_else(|| {
        let ids: Vec<&str> = lab.steps.iter().map(|s| s.id.get_ref().as_str()).collect();
        CliError::usage(format!(
            "falta dizer o passo: `lab solution {}/PASSO`",
            lab.id
        ))
        .hint(format!("os passos são: {}", ids.join(", ")))
    })?;
    let id = step.id.get_ref();
    let solution = course::solution(&context.source, lab, step)?.ok_or_else(|| missing(lab, id))?;
    let names = context.names(lab, &settings);
    let files = course::files_for(&solution.files, &names);
    if let Some(folder) = &args.write
        && !args.yes
    {
        refuse_to_replace(folder, &files)?;
    }

    let out = context.out;
    let progress = context.progress(lab)?;
    let state = progress.steps.iter().find(|s| s.id == *id);
    let passed = state.is_some_and(|s| s.passed);
    if !passed && !state.is_some_and(|s| s.solution) {
        if !agreed(out, step, args.yes)? {
            out.line("Nada foi mostrado, e nenhum ponto se perdeu.");
            return Ok(ExitCode::SUCCESS);
        }
        context.record(
            &course,
            lab,
            None,
            settings.target,
            Entry::Solution { step: id.clone() },
        )?;
    }
    if let Some(folder) = &args.write {
        write(folder, &files)?;
    }

    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    out.json(&json!({
        "version": 1, "lab": lab.id, "step": id,
        "cost": if passed { 0 } else { step.solution_cost },
        "commands": solution.commands.iter().map(|command| json!({
            "says": names.fill_known(&command.says),
            "bash": line(Shell::Bash, command, &names),
            "powershell": line(Shell::Powershell, command, &names),
        })).collect::<Vec<_>>(),
        "files": files.iter().map(|(path, bytes)| {
            json!({ "path": path, "text": String::from_utf8_lossy(bytes) })
        }).collect::<Vec<_>>(),
        "written": args.write.as_ref().map(|_| &paths),
    }));
    let shell = args.shell.unwrap_or_else(Shell::usual);
    out.line(style::dim(&before(shell, settings.target)));
    for command in &solution.commands {
        out.line("");
        if !command.says.is_empty() {
            let says = names.fill_known(&command.says);
            out.line(style::dim(&format!(
                "# {}",
                says.lines().collect::<Vec<_>>().join(" ")
            )));
        }
        out.line(style::command(&line(shell, command, &names)));
    }
    match &args.write {
        Some(_) if files.is_empty() => out.line("\nEste passo não tem arquivos."),
        Some(folder) => out.line(format!(
            "\nGravado em {}: {}",
            folder.display(),
            paths.join(", ")
        )),
        None => show_files(out, &files),
    }
    out.line("");
    out.line(style::inline_code(&format!(
        "→ Depois: `lab check {}/{id}`",
        lab.id
    )));
    Ok(ExitCode::SUCCESS)
}

fn missing(lab: &Lab, step: &str) -> CliError {
    let message = format!("o passo `{step}` não tem solução de referência");
    ContentError(vec![Finding::file(
        "solution-missing",
        format!("solutions/{}", lab.folder),
        message,
        "crie a pasta do passo, com `solution.toml`",
    )])
    .into()
}

/// Declares what the solution costs, and asks.
fn agreed(out: Out, step: &Step, yes: bool) -> Result<bool, CliError> {
    let cost = match step.solution_cost {
        0 => "ver a solução não custa pontos".to_owned(),
        cost => format!(
            "ver a solução antes de passar custa {cost} dos {} do passo",
            words::count(step.points as usize, "ponto", "pontos")
        ),
    };
    if yes {
        out.line(format!("Custo: {cost}."));
        return Ok(true);
    }
    if !out.asks() {
        return Err(CliError::usage(format!(
            "{cost}; sem um terminal, confirme com `--yes`"
        )));
    }
    out.line(format!("Custo: {cost}."));
    prompt::confirm("Mostrar a solução?")
}

fn line(shell: Shell, command: &Command, names: &Names) -> String {
    let run: Vec<String> = command
        .run
        .iter()
        .map(|word| names.fill_known(word))
        .collect();
    shell::line(shell, &run, command.capture.as_deref())
}

/// Where the commands have to be run.
fn before(shell: Shell, target: TargetKind) -> String {
    match (target, shell) {
        (TargetKind::Aws, _) => "# na sua pasta de trabalho".to_owned(),
        (TargetKind::Sandbox, Shell::Bash) => "# na sua pasta de trabalho, depois de: eval \"$(lab env)\"".to_owned(),
        (TargetKind::Sandbox, Shell::Powershell) => {
            "# na sua pasta de trabalho, depois de: lab env --shell powershell | Out-String | Invoke-Expression".to_owned()
        }
    }
}

fn show_files(out: Out, files: &Files) {
    for (path, bytes) in files {
        out.line("");
        out.line(style::strong(&format!("--- {path} ---")));
        out.line(String::from_utf8_lossy(bytes).trim_end());
        out.line(style::strong("---"));
    }
}

/// A file that is there with another content is the learner's work.
fn refuse_to_replace(folder: &Path, files: &Files) -> Result<(), CliError> {
    let theirs: Vec<&str> = files
        .iter()
        .filter(|(path, bytes)| {
            let path = folder.join(path);
            path.exists() && std::fs::read(&path).ok().as_ref() != Some(bytes)
        })
        .map(|(path, _)| path.as_str())
        .collect();
    if theirs.is_empty() {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "já existem em {}: {}",
        folder.display(),
        theirs.join(", ")
    ))
    .hint("grave em outra pasta com `--write PASTA`, ou troque os arquivos com `--yes`"))
}

fn write(folder: &Path, files: &Files) -> Result<(), CliError> {
    for (name, bytes) in files {
        let path = folder.join(name);
        let fail = |e: std::io::Error| {
            CliError::io(format!("não foi possível gravar {}", path.display()), &e)
        };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fail)?;
        }
        std::fs::write(&path, bytes).map_err(fail)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_of_the_learner_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let files = [
            ("a/app.py".to_owned(), b"solution".to_vec()),
            ("b.json".to_owned(), b"{}".to_vec()),
        ];
        refuse_to_replace(dir.path(), &files).unwrap();
        write(dir.path(), &files).unwrap();
        // The same content is nobody's loss.
        refuse_to_replace(dir.path(), &files).unwrap();
        std::fs::write(dir.path().join("b.json"), "mine").unwrap();
        let error = refuse_to_replace(dir.path(), &files).unwrap_err();
        assert!(error.message.ends_with(": b.json"), "{}", error.message);
    }
}
