//! clap in Portuguese: headings, usage, own help and version flags, errors.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

use crate::error::CliError;
use crate::ui::Out;

const TEMPLATE: &str = "{before-help}{about-with-newline}\nUso: {usage}\n\n{all-args}{after-help}";

/// The command tree with everything that clap says by itself in Portuguese.
pub(super) fn translated(command: Command) -> Command {
    let mut command = prepare(command);
    command.build();
    with_usage(command)
}

fn prepare(command: Command) -> Command {
    let versioned = command.get_version().is_some();
    let mut command = command
        .help_template(TEMPLATE)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading("Comandos")
        .subcommand_value_name("COMANDO")
        .arg(
            Arg::new("ajuda")
                .short('h')
                .long("ajuda")
                .alias("help")
                .action(ArgAction::Help)
                .help("Mostra esta ajuda (também --help)"),
        );
    if versioned {
        command = command.arg(
            Arg::new("versao")
                .short('V')
                .long("versao")
                .alias("version")
                .action(ArgAction::Version)
                .help("Mostra a versão (também --version)"),
        );
    }
    command = command.mut_args(|arg| {
        let heading = if arg.is_positional() {
            "Argumentos"
        } else if arg.is_global_set() || arg.get_id() == "ajuda" || arg.get_id() == "versao" {
            "Opções gerais"
        } else {
            "Opções"
        };
        let arg = arg.help_heading(heading);
        if arg.get_action().takes_values() {
            arg.hide_default_value(true).hide_possible_values(true)
        } else {
            arg
        }
    });
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(name, |sub| {
            let sub = prepare(sub);
            // clap would write "[aliases: …]": the alias becomes a part of the sentence.
            let alias = sub.get_all_aliases().next().map(str::to_owned);
            match (alias, sub.get_about().map(ToString::to_string)) {
                (Some(alias), Some(about)) => sub.about(format!("{about} (também: {alias})")),
                _ => sub,
            }
        });
    }
    command
}

/// `[OPTIONS]` is fixed in clap: the usage line is rendered, then translated.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage
        .trim_start_matches("Usage: ")
        .replace("[OPTIONS]", "[OPÇÕES]")
        .replace("[ARGS]", "[ARGUMENTOS]");
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(name, with_usage);
    }
    command.override_usage(usage)
}

/// Shows help or version, or a usage error.
pub(super) fn answer(error: &clap::Error, out: Out) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            out.raw(&error.render().ansi().to_string());
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            out.note(error.render().ansi());
            ExitCode::from(2)
        }
        _ => super::report(out, &usage_error(error)),
    }
}

fn usage_error(error: &clap::Error) -> CliError {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(all)) => all.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(all)) => all
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let value = text(ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => format!("não conheço a opção `{argument}`"),
        ErrorKind::InvalidSubcommand => format!(
            "não conheço o comando `{}`",
            text(ContextKind::InvalidSubcommand)
        ),
        ErrorKind::MissingRequiredArgument => format!("falta `{argument}`"),
        ErrorKind::MissingSubcommand => "falta o comando".to_owned(),
        ErrorKind::InvalidValue if value.is_empty() => format!("`{argument}` precisa de um valor"),
        ErrorKind::InvalidValue => format!("`{value}` não serve para `{argument}`"),
        ErrorKind::ValueValidation => format!("`{value}` não serve para `{argument}`"),
        ErrorKind::ArgumentConflict => format!(
            "`{argument}` não combina com `{}`",
            text(ContextKind::PriorArg)
        ),
        ErrorKind::NoEquals => format!("`{argument}` precisa de um valor"),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("`{argument}` tem valores de mais ou de menos")
        }
        ErrorKind::InvalidUtf8 => "a linha de comando tem texto que não é UTF-8".to_owned(),
        _ => "não entendi a linha de comando".to_owned(),
    };
    let mut cli = CliError::usage(message);
    let suggestion = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(|kind| match error.get(kind) {
        // clap gives the best one last.
        Some(ContextValue::Strings(all)) => {
            all.iter().rev().cloned().collect::<Vec<_>>().join("` ou `")
        }
        _ => text(kind),
    })
    .find(|t| !t.is_empty());
    if let Some(suggestion) = suggestion {
        cli = cli.hint(format!("você quis dizer `{suggestion}`?"));
    }
    let valid = text(ContextKind::ValidValue);
    if !valid.is_empty() {
        cli = cli.hint(format!("valores possíveis: {valid}"));
    }
    cli.hint("veja `lab --help`, ou `--help` depois de um comando")
}
