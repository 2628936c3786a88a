//! What who teaches needs: one file a command.

mod check;
mod export;
mod grade;
mod init;
mod list;
mod plan;
mod report;
mod reset;
mod resume;
mod room;
mod wiping;

use std::path::PathBuf;
use std::process::ExitCode;

use super::context::Context;
use crate::error::CliError;

/// A turma: corrigir, juntar as notas e exportá-las, limpar as contas
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Pasta da turma, a que tem turma.toml; sem ela, esta ou uma de cima
    #[arg(long, global = true, value_name = "PASTA")]
    class: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Cria a pasta de uma turma: a lista de alunos e o modelo dos papéis
    #[command(alias = "criar")]
    Init(init::Args),
    /// Lista os alunos da turma, e como se entra na conta de cada um
    #[command(alias = "listar")]
    List,
    /// Confere a conta de cada aluno: de quem é, direitos, relógio
    #[command(alias = "conferir")]
    Check(check::Args),
    /// Corrige: verifica os labs na conta de cada aluno e guarda as notas
    #[command(alias = "corrigir")]
    Grade(grade::Args),
    /// Mostra as notas da turma
    #[command(alias = "notas")]
    Report(report::Args),
    /// Escreve as notas em um arquivo para o Moodle, o Canvas ou uma planilha
    #[command(alias = "exportar")]
    Export(export::Args),
    /// Planeja a limpeza das contas: o que sai, o que fica e por quê
    #[command(alias = "planejar")]
    Plan(plan::Args),
    /// Limpa as contas: faz exatamente o que um plano diz
    #[command(alias = "limpar")]
    Reset(reset::Args),
    /// Continua uma limpeza que foi interrompida
    #[command(alias = "continuar")]
    Resume(resume::Args),
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let class = args.class.as_deref();
    match &args.command {
        Command::Init(args) => init::run(context, args, class),
        Command::List => list::run(context, class),
        Command::Check(args) => check::run(context, args, class),
        Command::Grade(args) => grade::run(context, args, class),
        Command::Report(args) => report::run(context, args, class),
        Command::Export(args) => export::run(context, args, class),
        Command::Plan(args) => plan::run(context, args, class),
        Command::Reset(args) => reset::run(context, args, class),
        Command::Resume(args) => resume::run(context, args, class),
    }
}
