use std::ffi::OsString;
use std::process::{Command, ExitCode};

use super::context::Context;
use super::env::environment_of;
use crate::apply::{ApplyError, find};
use crate::aws::TargetKind;
use crate::error::CliError;

/// Roda um comando com o ambiente do lab: lab run -- aws s3 ls
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O comando e os seus argumentos
    #[arg(
        value_name = "COMANDO",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    command: Vec<OsString>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let settings = context.settings()?;
    let environment = environment_of(context, &settings)?;
    let path = environment.path.clone();
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(CliError::usage("falta o comando: `lab run -- aws s3 ls`"));
    };
    // The person's own AWS CLI comes first, the sandbox's is for who has none.
    let name = program.to_string_lossy();
    let found = if name.contains(['/', '\\']) {
        Some(program.into())
    } else {
        find(&name, &[]).or_else(|| find(&name, &path))
    };
    let mut command = Command::new(found.ok_or_else(|| ApplyError::NoProgram(name.to_string()))?);
    command.args(arguments);
    environment.give(&mut command);
    if settings.target == TargetKind::Sandbox {
        let along = std::env::var_os("PATH").unwrap_or_default();
        if let Ok(joined) = std::env::join_paths(std::env::split_paths(&along).chain(path)) {
            command.env("PATH", joined);
        }
    }
    let status = command
        .status()
        .map_err(|e| CliError::io(format!("não foi possível rodar `{name}`"), &e))?;
    // The command's own code; ended by a signal counts as 1.
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
