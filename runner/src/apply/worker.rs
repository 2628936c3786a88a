use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::bench::Output;
use super::{ApplyError, Environment};

const PROGRAM: &str = include_str!("aws_worker.py");

/// A process that runs AWS CLI commands one after the other, since starting the
/// CLI takes longer than most of its commands. Ends when it is dropped.
pub struct AwsWorker {
    _child: Child,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

#[derive(Serialize)]
struct Request<'a> {
    cwd: &'a Path,
    /// `null` takes the variable away.
    env: BTreeMap<&'a str, Option<&'a str>>,
    argv: &'a [String],
}

#[derive(Deserialize)]
struct Answer {
    code: i64,
    stdout: String,
    stderr: String,
}

impl AwsWorker {
    /// Starts the process with a Python that has the AWS CLI (`awscli`) installed.
    ///
    /// # Errors
    /// The process could not be started.
    pub fn start(python: &Path) -> Result<Self, ApplyError> {
        let mut child = Command::new(python)
            .args(["-X", "utf8", "-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(ApplyError::io(python))?;
        let (Some(commands), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ApplyError::Worker("sem entrada ou saída".to_owned()));
        };
        Ok(Self {
            _child: child,
            commands,
            answers: BufReader::new(answers).lines(),
        })
    }

    /// Runs `aws` with these arguments.
    pub(super) async fn run(
        &mut self,
        folder: &Path,
        environment: &Environment,
        arguments: &[String],
    ) -> Result<Output, ApplyError> {
        let taken_away = environment.unset.iter().map(|name| (name.as_str(), None));
        let given = environment
            .variables
            .iter()
            .map(|(name, value)| (*name, Some(value.as_str())));
        let request = Request {
            cwd: folder,
            env: taken_away.chain(given).collect(),
            argv: arguments,
        };
        let worker = |e: std::io::Error| ApplyError::Worker(e.to_string());
        let mut line =
            serde_json::to_vec(&request).map_err(|e| ApplyError::Worker(e.to_string()))?;
        line.push(b'\n');
        self.commands.write_all(&line).await.map_err(worker)?;
        self.commands.flush().await.map_err(worker)?;
        let answer = self.answers.next_line().await.map_err(worker)?;
        let answer = answer.ok_or_else(|| ApplyError::Worker("ela terminou".to_owned()))?;
        let answer: Answer =
            serde_json::from_str(&answer).map_err(|e| ApplyError::Worker(e.to_string()))?;
        Ok(Output {
            success: answer.code == 0,
            stdout: answer.stdout,
            stderr: answer.stderr,
        })
    }
}
