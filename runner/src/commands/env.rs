use std::io::IsTerminal;
use std::process::ExitCode;

use serde_json::json;

use super::context::Context;
use crate::apply::Environment;
use crate::aws::TargetKind;
use crate::error::CliError;
use crate::settings::Settings;
use crate::ui::style;

/// Mostra as variáveis de ambiente para o seu terminal
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Para qual shell: bash, zsh, fish, powershell ou cmd
    #[arg(long, value_name = "SHELL")]
    shell: Option<Shell>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Cmd,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let settings = context.settings()?;
    let out = context.out;
    if settings.target == TargetKind::Aws {
        out.json(&json!({ "version": 1, "target": "aws", "variables": {} }));
        out.note("Você trabalha na AWS: vale a configuração do seu terminal (AWS_PROFILE, AWS_REGION), e nada muda.");
        return Ok(ExitCode::SUCCESS);
    }
    let connection = context.connection(TargetKind::Sandbox)?;
    let bin = context.sandbox().bin_dir();
    let environment = Environment::sandbox(&connection, bin.clone());
    out.json(&json!({
        "version": 1, "target": "sandbox", "variables": environment.variables,
        "unset": environment.unset, "path": bin,
    }));
    let shell = args.shell.unwrap_or_else(current);
    for (name, value) in &environment.variables {
        out.line(assignment(shell, name, value));
    }
    for name in &environment.unset {
        out.line(removal(shell, name));
    }
    let bin = quoted(shell, &bin.display().to_string());
    out.line(match shell {
        Shell::Bash | Shell::Zsh => format!("export PATH=\"$PATH\":{bin}"),
        Shell::Fish => format!("set -gx PATH $PATH {bin}"),
        Shell::Powershell => format!("$env:PATH += [IO.Path]::PathSeparator + {bin}"),
        Shell::Cmd => format!("set \"PATH=%PATH%;{bin}\""),
    });
    let how = match shell {
        Shell::Bash | Shell::Zsh => "eval \"$(lab env)\"",
        Shell::Fish => "lab env --shell fish | source",
        Shell::Powershell => "lab env --shell powershell | Out-String | Invoke-Expression",
        Shell::Cmd => "copie e cole as linhas acima",
    };
    // Not when the answer is already on its way into a shell.
    if !out.json && std::io::stdout().is_terminal() {
        out.note(style::dim(&format!("# para usar: {how}")));
    }
    Ok(ExitCode::SUCCESS)
}

/// What commands get that the kit runs for a person: nothing on AWS, where the
/// person's own environment counts.
pub(super) fn environment_of(
    context: &Context,
    settings: &Settings,
) -> Result<Environment, CliError> {
    Ok(match settings.target {
        TargetKind::Aws => Environment::default(),
        TargetKind::Sandbox => Environment::sandbox(
            &context.connection(TargetKind::Sandbox)?,
            context.sandbox().bin_dir(),
        ),
    })
}

fn current() -> Shell {
    let shell = std::env::var("SHELL").unwrap_or_default();
    if cfg!(windows) {
        Shell::Powershell
    } else if shell.ends_with("fish") {
        Shell::Fish
    } else if shell.ends_with("zsh") {
        Shell::Zsh
    } else {
        Shell::Bash
    }
}

fn assignment(shell: Shell, name: &str, value: &str) -> String {
    let value = quoted(shell, value);
    match shell {
        Shell::Bash | Shell::Zsh => format!("export {name}={value}"),
        Shell::Fish => format!("set -gx {name} {value}"),
        Shell::Powershell => format!("$env:{name} = {value}"),
        Shell::Cmd => format!("set \"{name}={value}\""),
    }
}

/// Text that the shell takes as it is; in cmd the quotes stand around the whole assignment.
fn quoted(shell: Shell, text: &str) -> String {
    match shell {
        Shell::Bash | Shell::Zsh => format!("'{}'", text.replace('\'', r"'\''")),
        Shell::Fish => format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
        Shell::Powershell => format!("'{}'", text.replace('\'', "''")),
        Shell::Cmd => text.to_owned(),
    }
}

fn removal(shell: Shell, name: &str) -> String {
    match shell {
        Shell::Bash | Shell::Zsh => format!("unset {name}"),
        Shell::Fish => format!("set -e {name}"),
        Shell::Powershell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
        Shell::Cmd => format!("set \"{name}=\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_for_each_shell() {
        let value = r"/casa d'água/$HOME `x` \ é";
        assert_eq!(
            assignment(Shell::Bash, "A", value),
            r"export A='/casa d'\''água/$HOME `x` \ é'"
        );
        assert_eq!(
            assignment(Shell::Fish, "A", value),
            r"set -gx A '/casa d\'água/$HOME `x` \\ é'"
        );
        assert_eq!(
            assignment(Shell::Powershell, "A", value),
            r"$env:A = '/casa d''água/$HOME `x` \ é'"
        );
    }
}
