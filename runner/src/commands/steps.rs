//! Applies a reference solution as a learner would: the AWS CLI's own
//! commands, run without a shell, in a work folder.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command as Process;

use super::env::Environment;
use crate::core::{Names, Solution};
use crate::course::files_for;
use crate::error::CliError;

/// Where a solution is applied.
pub(super) struct Bench {
    /// Folder in which the commands run; holds the files of all steps so far.
    pub folder: PathBuf,
    /// Environment of the commands; its folders come first when a program is looked for.
    pub environment: Environment,
}

/// How often a command is tried that AWS refuses only because a role is new.
const ROLE_TRIES: u32 = 8;

impl Bench {
    /// Runs every command of a solution, saying each before it runs. Captured
    /// values are added to `names`.
    pub(super) async fn apply(
        &self,
        solution: &Solution,
        names: &mut Names,
        mut say: impl FnMut(&str),
    ) -> Result<(), CliError> {
        for (path, bytes) in files_for(&solution.files, names) {
            let path = self.folder.join(path);
            let fail = |e: std::io::Error| {
                CliError::io(format!("não foi possível gravar {}", path.display()), &e)
            };
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(fail)?;
            }
            std::fs::write(&path, bytes).map_err(fail)?;
        }
        for command in &solution.commands {
            say(&command.says);
            let argv = command
                .run
                .iter()
                .map(|argument| names.fill(argument))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| CliError::environment(format!("solução: {e}")))?;
            let output = self.run(&argv).await?;
            if let Some(name) = &command.capture {
                names.set(name.clone(), output.trim());
            }
        }
        Ok(())
    }

    async fn run(&self, argv: &[String]) -> Result<String, CliError> {
        let (program, arguments) = argv
            .split_first()
            .ok_or_else(|| CliError::environment("solução: comando vazio"))?;
        for attempt in 1.. {
            let output = self
                .process(program)?
                .args(arguments)
                .output()
                .await
                .map_err(|e| CliError::io(format!("não foi possível rodar `{program}`"), &e))?;
            if output.status.success() {
                return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
            }
            let said = String::from_utf8_lossy(&output.stderr);
            // A new role takes some seconds to be known to Lambda (aws/aws-cli#7700).
            if said.contains("cannot be assumed by Lambda") && attempt < ROLE_TRIES {
                tokio::time::sleep(std::time::Duration::from_secs(3)).await;
                continue;
            }
            return Err(CliError::environment(format!(
                "`{}` falhou: {}",
                argv.join(" "),
                said.trim()
            )));
        }
        unreachable!("the loop returns")
    }

    fn process(&self, program: &str) -> Result<Process, CliError> {
        let program = if program == "lab" {
            std::env::current_exe().map_err(|e| CliError::io("não achei o próprio programa", &e))?
        } else {
            find(program, &self.environment.path).ok_or_else(|| missing_program(program))?
        };
        let mut process = Process::new(program);
        process
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        self.environment.give(process.as_std_mut());
        Ok(process)
    }
}

/// A program by name, in `first` and then along PATH.
pub(super) fn find(program: &str, first: &[PathBuf]) -> Option<PathBuf> {
    let along = std::env::var_os("PATH").unwrap_or_default();
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd", ".bat", ""]
    } else {
        &[""]
    };
    first
        .iter()
        .cloned()
        .chain(std::env::split_paths(&along))
        .flat_map(|folder| {
            endings
                .iter()
                .map(move |ending| folder.join(format!("{program}{ending}")))
        })
        .find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// What to say when a program is not there.
pub(super) fn missing_program(program: &str) -> CliError {
    let error = CliError::environment(format!("não encontrei o programa `{program}`"));
    if program == "aws" {
        error.hint("o sandbox traz a AWS CLI: ligue-o uma vez com `lab sandbox start`")
    } else {
        error.hint("confira se ele está instalado e no PATH")
    }
}
