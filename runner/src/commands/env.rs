use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use serde_json::json;

use super::context::Context;
use crate::aws::{Connection, TargetKind};
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
    let environment = Environment::sandbox(context, &connection);
    let bin = context.sandbox().bin_dir();
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

/// The environment that makes the AWS CLI and boto3 use the sandbox.
fn variables(connection: &Connection) -> BTreeMap<&'static str, String> {
    let (id, secret) = connection.keys.clone().unwrap_or_default();
    let region = connection.region.clone().unwrap_or_default();
    let mut variables = BTreeMap::from([
        (
            "AWS_ENDPOINT_URL",
            connection.endpoint.clone().unwrap_or_default(),
        ),
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_DEFAULT_REGION", region.clone()),
        ("AWS_REGION", region),
        // The pager of the AWS CLI surprises beginners.
        ("AWS_PAGER", String::new()),
    ]);
    for name in NO_PROXY {
        variables.insert(name, no_proxy(|name| std::env::var(name).ok()));
    }
    variables
}

/// Python prefers the small letters; Windows knows no difference.
const NO_PROXY: &[&str] = if cfg!(windows) {
    &["NO_PROXY"]
} else {
    &["NO_PROXY", "no_proxy"]
};

/// What the person keeps from the proxy already, and the sandbox.
fn no_proxy(get: impl Fn(&str) -> Option<String>) -> String {
    let known = get("no_proxy")
        .or_else(|| get("NO_PROXY"))
        .unwrap_or_default();
    let known = known.split(',').map(str::trim).filter(|h| !h.is_empty());
    let mut hosts: Vec<&str> = known.collect();
    for host in ["127.0.0.1", "localhost"] {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.join(",")
}

/// Variables of the person that would win over the sandbox's: another profile,
/// another session, the address of one service.
fn unwanted() -> Vec<String> {
    let fixed = [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ];
    let mut services: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("AWS_ENDPOINT_URL_"))
        .collect();
    services.sort();
    fixed
        .map(str::to_owned)
        .into_iter()
        .chain(services)
        .collect()
}

/// What commands that the kit runs itself get.
#[derive(Default)]
pub(super) struct Environment {
    /// Variables by name.
    pub variables: BTreeMap<&'static str, String>,
    /// Variables that they must not have.
    pub unset: Vec<String>,
    /// Where the sandbox's own AWS CLI is.
    pub path: Vec<PathBuf>,
}

impl Environment {
    /// What makes the AWS CLI and boto3 use one account of the sandbox.
    pub(super) fn sandbox(context: &Context, connection: &Connection) -> Self {
        Self {
            variables: variables(connection),
            unset: unwanted(),
            path: vec![context.sandbox().bin_dir()],
        }
    }

    /// For a target: nothing on AWS, where the person's own counts.
    pub(super) fn of(context: &Context, settings: &Settings) -> Result<Self, CliError> {
        Ok(match settings.target {
            TargetKind::Aws => Self::default(),
            TargetKind::Sandbox => {
                Self::sandbox(context, &context.connection(TargetKind::Sandbox)?)
            }
        })
    }

    /// Gives the variables to a command.
    pub(super) fn give(&self, command: &mut Command) {
        for name in &self.unset {
            command.env_remove(name);
        }
        command.envs(&self.variables);
    }
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
    fn no_proxy_keeps_what_was_there() {
        assert_eq!(no_proxy(|_| None), "127.0.0.1,localhost");
        let get = |name: &str| (name == "no_proxy").then(|| "localhost, intra.br,".to_owned());
        assert_eq!(no_proxy(get), "localhost,intra.br,127.0.0.1");
    }

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
