//! The labs' pages for the program `mdbook`: what `book.toml` names as a
//! preprocessor.

use std::path::Path;
use std::process::ExitCode;

use super::context::Context;
use crate::book::preprocess;
use crate::course::{Source, load};
use crate::error::CliError;

/// Faz as páginas dos labs para o programa mdbook, que chama este comando sozinho
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Responde se serve para um formato: sai com 0 para html
    Supports {
        /// O formato
        #[arg(value_name = "FORMATO")]
        renderer: String,
    },
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    if let Some(Command::Supports { renderer }) = &args.command {
        return Ok(ExitCode::from(u8::from(renderer != "html")));
    }
    let beside = |book: &Path| {
        // The course whose book it is; one elsewhere has to be named.
        let source = match (&context.source, book.parent()) {
            (Source::Embedded, Some(folder)) if folder.join("labs/course.toml").is_file() => {
                Source::Folder(folder.to_path_buf())
            }
            (source, _) => source.clone(),
        };
        load(&source).map_err(CliError::from)
    };
    preprocess(std::io::stdin().lock(), std::io::stdout().lock(), beside)?;
    Ok(ExitCode::SUCCESS)
}
