use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

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
    let variables = variables(&context.connection(TargetKind::Sandbox)?);
    let bin = context.sandbox().bin_dir();
    out.json(&json!({ "version": 1, "target": "sandbox", "variables": variables, "path": bin }));
    let shell = args.shell.unwrap_or_else(current);
    for (name, value) in &variables {
        out.line(assignment(shell, name, value));
    }
    // Another profile or session token would win over the keys.
    for name in UNSET {
        out.line(removal(shell, name));
    }
    let bin = bin.display().to_string();
    out.line(match shell {
        Shell::Bash | Shell::Zsh => format!("export PATH=\"$PATH:{bin}\""),
        Shell::Fish => format!("set -gx PATH $PATH \"{bin}\""),
        Shell::Powershell => format!("$env:PATH = \"$env:PATH;{bin}\""),
        Shell::Cmd => format!("set PATH=%PATH%;{bin}"),
    });
    let how = match shell {
        Shell::Bash | Shell::Zsh => "eval \"$(lab env)\"",
        Shell::Fish => "lab env --shell fish | source",
        Shell::Powershell => "lab env --shell powershell | Out-String | Invoke-Expression",
        Shell::Cmd => "copie e cole as linhas acima",
    };
    if !out.json {
        out.note(style::dim(&format!("# para usar: {how}")));
    }
    Ok(ExitCode::SUCCESS)
}

/// Variables that would win over the sandbox's keys.
pub(super) const UNSET: [&str; 2] = ["AWS_PROFILE", "AWS_SESSION_TOKEN"];

/// The environment that makes the AWS CLI and boto3 use the sandbox.
pub(super) fn variables(connection: &Connection) -> BTreeMap<&'static str, String> {
    let (id, secret) = connection.keys.clone().unwrap_or_default();
    let region = connection.region.clone().unwrap_or_default();
    BTreeMap::from([
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
        ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
    ])
}

/// What commands that the kit runs itself get.
#[derive(Default)]
pub(super) struct Environment {
    /// Variables by name.
    pub variables: BTreeMap<&'static str, String>,
    /// Where the sandbox's own AWS CLI is.
    pub path: Vec<PathBuf>,
}

/// The environment for a target: nothing on AWS, where the person's own counts.
pub(super) fn for_target(context: &Context, settings: &Settings) -> Result<Environment, CliError> {
    if settings.target == TargetKind::Aws {
        return Ok(Environment::default());
    }
    let connection = context.connection(TargetKind::Sandbox)?;
    Ok(Environment {
        variables: variables(&connection),
        path: vec![context.sandbox().bin_dir()],
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
    match shell {
        Shell::Bash | Shell::Zsh => format!("export {name}=\"{value}\""),
        Shell::Fish => format!("set -gx {name} \"{value}\""),
        Shell::Powershell => format!("$env:{name} = \"{value}\""),
        Shell::Cmd => format!("set {name}={value}"),
    }
}

fn removal(shell: Shell, name: &str) -> String {
    match shell {
        Shell::Bash | Shell::Zsh => format!("unset {name}"),
        Shell::Fish => format!("set -e {name}"),
        Shell::Powershell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
        Shell::Cmd => format!("set {name}="),
    }
}
