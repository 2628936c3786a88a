use std::process::ExitCode;

use clap::CommandFactory;
use serde_json::json;

use super::replace;
use crate::commands::context::Context;
use crate::commands::{Cli, portuguese, reference};
use crate::course::Source;
use crate::error::CliError;
use crate::ui::style;

/// Mostra a página de comandos do livro, que vem da ajuda de cada comando
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Grava a página em book/src/comandos.md, na pasta do curso, e diz se mudou
    #[arg(long)]
    write: bool,
}

pub(super) fn run(context: Context, args: &Args) -> Result<ExitCode, CliError> {
    let page = reference::page(&mut portuguese::translated(Cli::command()));
    if !args.write {
        context.out.raw(&page);
        return Ok(ExitCode::SUCCESS);
    }
    let context = super::at_the_course(context)?;
    if let Source::Folder(root) = &context.source {
        let file = reference::FILE;
        let changed = replace(&root.join(file), &page)
            .map_err(|e| CliError::io(format!("não foi possível gravar {file}"), &e))?;
        context.out.line(if changed {
            format!("{} {file}", style::good("✔ gravado"))
        } else {
            format!("{} {file}", style::dim("  igual  "))
        });
        let answer = json!({ "version": 1, "file": file, "changed": changed });
        context.out.json(&answer);
    }
    Ok(ExitCode::SUCCESS)
}
