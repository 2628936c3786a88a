use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::CommandFactory;
use clap_mangen::Man;
use serde_json::json;

use super::context::Context;
use crate::error::CliError;
use crate::ui::style;

/// Mostra a página de manual de um comando, ou grava todas numa pasta
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Comando da página, como class grade; sem ele, a página do próprio lab
    #[arg(value_name = "COMANDO", conflicts_with = "dest")]
    command: Vec<String>,
    /// Grava as páginas de todos os comandos nesta pasta, como ~/.local/share/man/man1
    #[arg(long, value_name = "PASTA")]
    dest: Option<PathBuf>,
}

/// What clap_mangen calls its sections, and what they are called here.
const HEADINGS: [(&str, &str); 6] = [
    ("NAME", "NOME"),
    ("SYNOPSIS", "SINOPSE"),
    ("DESCRIPTION", "DESCRIÇÃO"),
    ("EXTRA", "OBSERVAÇÃO"),
    ("VERSION", "VERSÃO"),
    ("Comandos", "COMANDOS"),
];

/// A page of the manual.
struct Page {
    file: String,
    text: String,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let lab = super::portuguese::translated(super::Cli::command());
    if let Some(folder) = &args.dest {
        return write(context, &lab, folder);
    }
    let mut command = &lab;
    for name in &args.command {
        command = command
            .find_subcommand(name)
            .filter(|found| !found.is_hide_set())
            .ok_or_else(|| {
                CliError::usage(format!("não conheço o comando `{name}`"))
                    .hint("veja `lab --help`, ou `--help` depois de um comando")
            })?;
    }
    let page = page(command)?;
    context
        .out
        .json(&json!({ "version": 1, "file": page.file, "page": page.text }));
    if !context.out.json {
        context.out.raw(&page.text);
    }
    Ok(ExitCode::SUCCESS)
}

fn write(context: &Context, lab: &clap::Command, folder: &Path) -> Result<ExitCode, CliError> {
    let refused = |path: &Path| format!("não foi possível gravar {}", path.display());
    std::fs::create_dir_all(folder).map_err(|e| CliError::io(refused(folder), &e))?;
    let mut pages = Vec::new();
    collect(lab, &mut pages)?;
    for page in &pages {
        let path = folder.join(&page.file);
        std::fs::write(&path, &page.text).map_err(|e| CliError::io(refused(&path), &e))?;
    }
    let files: Vec<&str> = pages.iter().map(|page| page.file.as_str()).collect();
    context
        .out
        .json(&json!({ "version": 1, "folder": folder.display().to_string(), "files": files }));
    context.out.line(format!(
        "{} {} páginas em {}",
        style::good("✔ gravado"),
        pages.len(),
        folder.display()
    ));
    Ok(ExitCode::SUCCESS)
}

/// The pages of a command and of all below it that help shows.
fn collect(command: &clap::Command, pages: &mut Vec<Page>) -> Result<(), CliError> {
    pages.push(page(command)?);
    command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
        .try_for_each(|inner| collect(inner, pages))
}

fn page(command: &clap::Command) -> Result<Page, CliError> {
    let man = Man::new(command.clone())
        // An empty one is left out, and what follows would stand in its place.
        .date(concat!("versão ", env!("CARGO_PKG_VERSION")))
        .source("lab")
        .manual("Manual do lab");
    let mut text = Vec::new();
    man.render(&mut text)
        .map_err(|e| CliError::io("não foi possível fazer a página", &e))?;
    Ok(Page {
        file: man.get_filename(),
        text: in_portuguese(&String::from_utf8_lossy(&text)),
    })
}

fn in_portuguese(text: &str) -> String {
    let heading = |line: &str| {
        let name = line.strip_prefix(".SH ")?;
        let known = HEADINGS.iter().find(|(english, _)| *english == name)?;
        Some(format!(".SH {}", known.1))
    };
    text.lines()
        .map(|line| heading(line).unwrap_or_else(|| line.to_owned()) + "\n")
        .collect()
}
