//! The book, for who reads it and for who publishes it.

mod answers;
mod desk;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::json;

use super::context::Context;
use crate::book::{BookError, Edition, build};
use crate::error::CliError;
use crate::ui::{style, words};

/// O livro do curso
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Abre o livro no navegador, com os seus nomes, as suas verificações e as perguntas
    #[command(alias = "abrir")]
    Serve(serve::Args),
    /// Grava o livro como páginas, que se abrem sem internet e podem ser publicadas
    #[command(alias = "montar")]
    Build(Build),
}

/// Grava o livro como páginas
#[derive(Debug, clap::Args)]
struct Build {
    /// Onde gravar: uma pasta nova, vazia ou de um livro anterior; sem isto, a pasta de dados
    #[arg(long, value_name = "PASTA")]
    dest: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: Args) -> Result<ExitCode, CliError> {
    match args.command {
        Command::Serve(args) => serve::run(context, &args),
        Command::Build(args) => write(context, args),
    }
}

fn write(context: &Context, args: Build) -> Result<ExitCode, CliError> {
    let started = Instant::now();
    let out = context.out;
    let dest = match &args.dest {
        None => context.home.join("livro"),
        Some(dest) => {
            std::path::absolute(dest).map_err(|e| CliError::io(dest.display().to_string(), &e))?
        }
    };
    let course = context.course()?;
    let built = build(&context.source, course, Edition::Published, &dest)?;
    let took = started.elapsed();
    warn(context, &built.warnings);
    out.line(format!(
        "{} o livro está pronto, em {}",
        style::good("✔"),
        words::duration(took)
    ));
    out.line(format!(
        "  abra no navegador: {}",
        style::command(&built.index.display().to_string())
    ));
    out.json(&json!({
        "version": 1, "index": built.index, "warnings": built.warnings, "ms": took.as_millis(),
    }));
    Ok(ExitCode::SUCCESS)
}

fn warn(context: &Context, warnings: &[String]) {
    for warning in warnings {
        context
            .out
            .note(format!("{} {warning}", style::wait("aviso:")));
    }
}

impl From<BookError> for CliError {
    fn from(error: BookError) -> Self {
        let message = error.to_string();
        match error {
            BookError::Io(what, error) => Self::io(what, &error),
            BookError::Occupied(_) => Self::usage(message)
                .hint("diga outra pasta com `--dest PASTA`, ou esvazie esta"),
            BookError::NoBook(_) => Self::usage(message)
                .hint("o livro de um curso fica na pasta `book/` dele; copie `book.toml` e `theme/` do curso que vem com o `lab`"),
            BookError::NoLab(_) | BookError::Mdbook(_) => Self::content(message),
        }
    }
}
