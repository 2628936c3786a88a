use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command as Process;

use super::program::find;
use super::{ApplyError, AwsWorker, Environment};
use crate::core::{Command, Names};

/// Where commands are run as a learner would run them.
pub struct Bench {
    /// Folder in which the commands run; holds the files of all steps so far.
    pub folder: PathBuf,
    /// Environment of the commands; its folders come first when a program is looked for.
    pub environment: Environment,
    /// Runs `aws` without starting it anew; without one it is started each time.
    pub worker: Option<AwsWorker>,
}

/// What a command wrote, and whether it succeeded.
pub(super) struct Output {
    pub(super) success: bool,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// How often a command is tried that AWS refuses only because a role is new.
const ROLE_TRIES: u32 = 8;
/// How long a new role is given before the next try.
const ROLE_PAUSE: Duration = Duration::from_secs(3);

impl Bench {
    /// Writes the files, then runs every command, saying each before it runs.
    /// Captured values are added to `names`.
    ///
    /// # Errors
    /// A file that cannot be written, a program that is not there, or the first
    /// command that fails.
    pub async fn apply(
        &mut self,
        files: &[(String, Vec<u8>)],
        commands: &[Command],
        names: &mut Names,
        mut say: impl FnMut(&str),
    ) -> Result<(), ApplyError> {
        for (path, bytes) in files {
            let path = self.folder.join(path);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(ApplyError::io(parent))?;
            }
            std::fs::write(&path, bytes).map_err(ApplyError::io(&path))?;
        }
        for command in commands {
            say(&command.says);
            let argv = command
                .run
                .iter()
                .map(|argument| names.fill(argument))
                .collect::<Result<Vec<_>, _>>()?;
            let output = self.run(&argv).await?;
            if let Some(name) = &command.capture {
                names.set(name.clone(), output.trim());
            }
        }
        Ok(())
    }

    async fn run(&mut self, argv: &[String]) -> Result<String, ApplyError> {
        let (program, arguments) = argv.split_first().ok_or(ApplyError::Empty)?;
        for attempt in 1.. {
            let output = match &mut self.worker {
                Some(worker) if program == "aws" => {
                    worker
                        .run(&self.folder, &self.environment, arguments)
                        .await?
                }
                _ => self.start(program, arguments).await?,
            };
            if output.success {
                return Ok(output.stdout);
            }
            // A new role takes some seconds to be known to Lambda (aws/aws-cli#7700).
            if output.stderr.contains("cannot be assumed by Lambda") && attempt < ROLE_TRIES {
                tokio::time::sleep(ROLE_PAUSE).await;
                continue;
            }
            return Err(ApplyError::Failed {
                line: argv.join(" "),
                said: output.stderr.trim().to_owned(),
            });
        }
        unreachable!("the loop returns")
    }

    async fn start(&self, program: &str, arguments: &[String]) -> Result<Output, ApplyError> {
        let path = if program == "lab" {
            std::env::current_exe().map_err(ApplyError::io("lab"))?
        } else {
            find(program, &self.environment.path)
                .ok_or_else(|| ApplyError::NoProgram(program.to_owned()))?
        };
        let mut process = Process::new(&path);
        process
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        self.environment.give(process.as_std_mut());
        let output = process.output().await.map_err(ApplyError::io(path))?;
        Ok(Output {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}
