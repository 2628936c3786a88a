//! A learner's home, and what a program answered.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{Shared, fixture, sandbox, shared};

/// A learner of the test: a temporary `LAB_HOME` and `HOME`, and a prefix that
/// nobody else has.
#[derive(Debug)]
pub(crate) struct Home {
    dir: TempDir,
    sandbox: PathBuf,
    prefix: String,
}

impl Home {
    /// A learner with a prefix, on the shared sandbox, which is started.
    pub(crate) fn new() -> Self {
        Self::on(shared())
    }

    /// A learner with a prefix, on some other sandbox, who works on lab 01.
    pub(crate) fn on(sandbox: &Shared) -> Self {
        let mut home = Self::untouched();
        home.sandbox.clone_from(&sandbox.dir);
        home.settings(&format!(
            "prefix = \"{}\"\ntarget = \"sandbox\"\nlab = \"notas-fiscais\"\n",
            home.prefix
        ));
        home
    }

    /// A data folder in which `lab` was never used. The sandbox is not started;
    /// the prefix is the one that `lab` makes up.
    pub(crate) fn untouched() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("home")).unwrap();
        Self {
            dir,
            sandbox: sandbox::folder(),
            prefix: format!("t{:07x}", fastrand::u32(..0x1000_0000)),
        }
    }

    /// The prefix of this learner's names.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The folder that holds everything of this learner.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The data folder, `LAB_HOME`.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("lab")
    }

    /// Replaces `settings.toml`.
    pub(crate) fn settings(&self, text: &str) {
        std::fs::create_dir_all(self.data()).unwrap();
        std::fs::write(self.data().join("settings.toml"), text).unwrap();
    }

    /// The journal's lines, each parsed.
    pub(crate) fn journal(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.data().join("journal.jsonl")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// `lab` with arguments, in a scrubbed environment, not yet run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lab"));
        command
            .args(arguments)
            .env_clear()
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        let home = self.dir.path().join("home");
        for name in ["PATH", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        for name in ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"] {
            command.env(name, &home);
        }
        command
            .env("LAB_HOME", self.data())
            .env("LAB_SANDBOX_HOME", &self.sandbox)
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// Runs `lab` to its end.
    pub(crate) fn lab(&self, arguments: &[&str]) -> Ran {
        Ran::run(self.command(arguments))
    }

    /// Runs a program of `fixtures/` with boto3 on the shared sandbox; it gets
    /// the prefix, the account and the Region before the other arguments.
    pub(crate) fn boto3(&self, program: &str, arguments: &[&str]) -> Ran {
        self.boto3_on(shared(), program, arguments)
    }

    /// The same on another sandbox.
    pub(crate) fn boto3_on(&self, sandbox: &Shared, program: &str, arguments: &[&str]) -> Ran {
        let mut command = sandbox.python();
        command
            .arg(fixture(program))
            .args([self.prefix(), "000000000000", "us-east-1"])
            .args(arguments)
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        Ran::run(command)
    }
}

/// What a program answered.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    /// Its exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    /// Its standard output.
    pub(crate) stdout: String,
    /// Its standard error.
    pub(crate) stderr: String,
}

impl Ran {
    /// Runs a program to its end.
    pub(crate) fn run(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::of(command.output().unwrap())
    }

    /// What a program that has ended answered.
    pub(crate) fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit code, showing everything when it is another.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// The standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "exit {}\n--- stdout\n{}\n--- stderr\n{}",
            self.code, self.stdout, self.stderr
        )
    }
}
