//! The command line: one file a command. What a command's Args say in their
//! doc comments is the help, so these are in Portuguese.

mod answers;
mod book;
mod check;
mod class;
mod completions;
mod context;
mod demo;
mod dev;
mod doctor;
mod env;
mod hint;
mod list;
mod man;
mod map;
mod mdbook;
mod next;
mod package;
mod portuguese;
mod prepare;
mod progress;
mod quiz;
mod reference;
mod reset;
mod run;
mod sandbox;
mod show;
mod solution;
mod start;
mod watch;
mod zip;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use context::Context;

use crate::error::CliError;
use crate::ui::{self, ColorChoice, Out};

/// Laboratórios de serverless na AWS, verificados passo a passo
#[derive(Debug, Parser)]
#[command(
    name = "lab",
    version,
    after_help = "Sem comando, em um terminal: o lab em que você está, ao vivo (com --plain, em linhas)."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Args)]
struct Global {
    /// Responde em JSON na saída padrão
    #[arg(long, global = true)]
    json: bool,
    /// Só palavras: sem símbolos, molduras nem animações (bom para leitores de tela)
    #[arg(long, global = true)]
    plain: bool,
    /// Quando colorir: auto, always ou never
    #[arg(long, global = true, value_name = "QUANDO", default_value = "auto")]
    color: ColorChoice,
    /// Usa o curso desta pasta (com labs/ e solutions/), e não o que vem no programa
    #[arg(long, global = true, value_name = "PASTA")]
    course: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Começa um lab: liga o sandbox, cria a pasta de trabalho e mostra o primeiro passo
    #[command(alias = "iniciar")]
    Start(start::Args),
    /// Lista os labs e o quanto você já fez
    #[command(alias = "listar")]
    List(list::Args),
    /// Mostra o texto de um passo e os nomes dos seus recursos
    #[command(alias = "mostrar")]
    Show(show::Args),
    /// Mostra o próximo passo a fazer
    #[command(alias = "proximo")]
    Next(next::Args),
    /// Verifica o que você construiu
    #[command(alias = "verificar")]
    Check(check::Args),
    /// Dá a próxima dica do passo
    #[command(alias = "dica")]
    Hint(hint::Args),
    /// Mostra a solução de um passo
    #[command(alias = "solucao")]
    Solution(solution::Args),
    /// Faz as perguntas do lab; as que você errou voltam
    #[command(alias = "perguntas")]
    Quiz(quiz::Args),
    /// Mostra a arquitetura do lab, com cada parte como foi vista por último
    #[command(alias = "mapa")]
    Map(map::Args),
    /// Mostra passos, pontos e perguntas
    #[command(alias = "progresso")]
    Progress(progress::Args),
    /// Remove os recursos do lab, depois de mostrar quais são
    #[command(alias = "limpar")]
    Reset(reset::Args),
    /// Liga, desliga e mostra o sandbox local
    Sandbox(sandbox::Args),
    /// Mostra as variáveis de ambiente para o seu terminal
    #[command(alias = "ambiente")]
    Env(env::Args),
    /// Roda um comando com o ambiente do lab: lab run -- aws s3 ls
    #[command(alias = "rodar")]
    Run(run::Args),
    /// Examina ferramentas, sandbox, credenciais e relógio
    #[command(alias = "diagnostico")]
    Doctor(doctor::Args),
    /// Demonstra um lab: aplica a solução passo a passo e verifica cada um
    Demo(demo::Args),
    /// Empacota uma pasta para o Lambda: lab zip minha-funcao
    #[command(alias = "empacotar")]
    Zip(zip::Args),
    /// O livro do curso: abre no navegador, com as suas verificações, ou grava em páginas
    #[command(alias = "livro")]
    Book(book::Args),
    /// A turma: corrigir, juntar as notas e exportá-las, limpar as contas
    #[command(alias = "turma")]
    Class(class::Args),
    /// Escreve o script que completa comandos no seu shell
    #[command(alias = "completar")]
    Completions(completions::Args),
    /// Mostra a página de manual de um comando, ou grava todas numa pasta
    #[command(alias = "manual")]
    Man(man::Args),
    /// Ferramentas de quem escreve labs: conferir e provar
    #[command(alias = "autor")]
    Dev(dev::Args),
    /// Faz as páginas dos labs para o programa mdbook
    #[command(hide = true)]
    Mdbook(mdbook::Args),
}

/// Reads the command line, runs the command and gives the exit code:
/// 0 passed, 1 a check failed, 2 usage, 3 environment or cloud, 4 content, 5 pending.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let json = args
        .iter()
        .take_while(|a| *a != "--")
        .any(|a| a == "--json");
    let matches = match portuguese::translated(Cli::command()).try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return portuguese::answer(&error, Out { json, plain: false }),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return portuguese::answer(&error, Out { json, plain: false }),
    };
    Out::set_color(cli.global.color);
    let out = Out {
        json: cli.global.json,
        plain: cli.global.plain,
    };
    let done =
        Context::new(out, cli.global.course).and_then(|context| dispatch(context, cli.command));
    match done {
        Ok(code) => code,
        Err(error) => report(out, &error),
    }
}

fn dispatch(context: Context, command: Option<Command>) -> Result<ExitCode, CliError> {
    match command {
        None => next::resume(&context),
        Some(Command::Start(args)) => start::run(&context, args),
        Some(Command::List(args)) => list::run(&context, &args),
        Some(Command::Show(args)) => show::run(&context, &args),
        Some(Command::Next(args)) => next::run(&context, &args),
        Some(Command::Check(args)) => check::run(&context, &args),
        Some(Command::Hint(args)) => hint::run(&context, &args),
        Some(Command::Solution(args)) => solution::run(&context, &args),
        Some(Command::Quiz(args)) => quiz::run(&context, &args),
        Some(Command::Map(args)) => map::run(&context, &args),
        Some(Command::Progress(args)) => progress::run(&context, &args),
        Some(Command::Reset(args)) => reset::run(&context, &args),
        Some(Command::Sandbox(args)) => sandbox::run(&context, args),
        Some(Command::Env(args)) => env::run(&context, &args),
        Some(Command::Run(args)) => run::run(&context, &args),
        Some(Command::Doctor(args)) => doctor::run(&context, &args),
        Some(Command::Demo(args)) => demo::run(&context, &args),
        Some(Command::Zip(args)) => zip::run(&context, &args),
        Some(Command::Book(args)) => book::run(&context, args),
        Some(Command::Class(args)) => class::run(&context, &args),
        Some(Command::Completions(args)) => completions::run(&context, &args),
        Some(Command::Man(args)) => man::run(&context, &args),
        Some(Command::Dev(args)) => dev::run(context, &args),
        Some(Command::Mdbook(args)) => mdbook::run(&context, &args),
    }
}

/// Shows an error and what to do about it.
fn report(out: Out, error: &CliError) -> ExitCode {
    if out.json {
        out.json(&ui::json::error(error));
    } else {
        for finding in &error.findings {
            out.note(ui::snippet::render(finding));
            out.note("");
        }
        out.note(format!(
            "{} {}",
            ui::style::bad("erro:"),
            ui::style::inline_code(&error.message)
        ));
        for hint in &error.hints {
            out.note(format!("  → {}", ui::style::inline_code(hint)));
        }
    }
    ExitCode::from(error.kind.exit_code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        portuguese::translated(Cli::command()).debug_assert();
    }

    #[test]
    fn help_has_no_english() {
        fn walk(command: &mut clap::Command) {
            let help = command.render_long_help().to_string();
            for word in [
                "Usage",
                "Options",
                "Commands",
                "Arguments",
                "OPTIONS",
                "COMMAND]",
                "Print",
                "default:",
                "possible values",
                "aliases:",
            ] {
                assert!(
                    !help.contains(word),
                    "«{word}» in the help of {}:\n{help}",
                    command.get_name()
                );
            }
            for sub in command.get_subcommands_mut() {
                walk(sub);
            }
        }
        walk(&mut portuguese::translated(Cli::command()));
    }
}
