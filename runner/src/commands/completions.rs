use std::process::ExitCode;

use clap::CommandFactory;
use serde_json::json;

use super::context::Context;
use crate::error::CliError;

/// Escreve o script que completa comandos no seu shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Para qual shell: bash, zsh, fish, powershell ou elvish
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let script = script(args.shell);
    if context.out.json {
        context
            .out
            .json(&json!({ "version": 1, "shell": args.shell.to_string(), "script": script }));
    } else {
        context.out.raw(&script);
    }
    Ok(ExitCode::SUCCESS)
}

fn script(shell: clap_complete::Shell) -> String {
    let mut command = super::portuguese::translated(super::Cli::command());
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "lab", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_has_a_script_with_every_command() {
        for shell in clap_complete::Shell::value_variants() {
            let script = script(*shell);
            for word in ["lab", "hint", "progress", "completions"] {
                assert!(script.contains(word), "«{word}» in the script for {shell}");
            }
        }
    }
}
