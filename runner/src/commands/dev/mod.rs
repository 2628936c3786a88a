//! What lab authors need: one file a command.

mod commands;
mod faults;
mod feedback;
mod lint;
mod new;
mod prove;
mod schema;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::context::Context;
use crate::course::Source;
use crate::error::CliError;

/// Ferramentas de quem escreve labs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Cria um lab novo, que já funciona e diz o que falta escrever
    #[command(alias = "novo")]
    New(new::Args),
    /// Confere os arquivos do curso e mostra tudo o que há para corrigir
    #[command(alias = "conferir")]
    Lint(lint::Args),
    /// Prova que a correção está certa, em contas próprias de um sandbox à parte
    #[command(alias = "provar")]
    Prove(prove::Args),
    /// Mostra se docs/retornos tem tudo o que os checks dizem a quem aprende
    #[command(alias = "retornos")]
    Feedback(feedback::Args),
    /// Mostra que defeitos uma pessoa recebeu num lab que começa com um sistema pronto
    #[command(alias = "defeitos")]
    Faults(faults::Args),
    /// Mostra os formatos dos arquivos do curso, para o editor completar e sublinhar
    #[command(alias = "formatos")]
    Schema(schema::Args),
    /// Mostra a página de comandos do livro, que vem da ajuda de cada comando
    #[command(alias = "comandos")]
    Commands(commands::Args),
}

pub(super) fn run(context: Context, args: &Args) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::New(args) => new::run(&at_the_course(context)?, args),
        Command::Prove(args) => prove::run(&at_the_course(context)?, args),
        Command::Feedback(args) => feedback::run(&at_the_course(context)?, args),
        Command::Lint(args) => lint::run(&at_the_course(context)?, args),
        // An instructor may have nothing but the program.
        Command::Faults(args) => faults::run(&context, args),
        Command::Schema(args) => schema::run(context, args),
        Command::Commands(args) => commands::run(context, args),
    }
}

/// An author works on files, never on the course in the binary: the one of
/// `--course`, or that of the folder they are in or of one above it.
fn at_the_course(mut context: Context) -> Result<Context, CliError> {
    if context.source == Source::Embedded {
        context.source = Source::Folder(course_above()?);
    }
    Ok(context)
}

fn course_above() -> Result<PathBuf, CliError> {
    let here = std::env::current_dir()
        .map_err(|e| CliError::io("não foi possível saber em que pasta estamos", &e))?;
    here.ancestors()
        .find(|folder| folder.join("labs/course.toml").is_file())
        .map(PathBuf::from)
        .ok_or_else(|| {
            CliError::usage("não há um curso nesta pasta nem nas de cima")
                .hint("vá para a pasta do curso, a que tem `labs/course.toml`")
                .hint("ou diga qual é com `--course PASTA`")
        })
}

/// Writes a file that the program makes; whether it was another one before.
/// Other line ends are no difference.
fn replace(file: &Path, text: &str) -> std::io::Result<bool> {
    match std::fs::read_to_string(file) {
        Ok(old) if old.replace("\r\n", "\n") == text => return Ok(false),
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, text)?;
    Ok(true)
}
