//! The one sandbox that the tests share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::Ran;

/// The shared sandbox, and how to reach it.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Its folder, for `LAB_SANDBOX_HOME`.
    pub(crate) dir: PathBuf,
    /// The environment that `lab env` gives.
    pub(crate) variables: BTreeMap<String, String>,
    /// Where its `python` and `aws` are.
    pub(crate) bin: PathBuf,
}

/// Starts the shared sandbox, once a test run, empty and as this build makes it;
/// it is left running.
pub(crate) fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| Shared::start(folder()))
}

/// Where the shared sandbox is, without starting it.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e-sandbox")
}

impl Shared {
    /// Starts a sandbox in a folder and asks how to reach it.
    pub(crate) fn start(dir: PathBuf) -> Self {
        let home = tempfile::tempdir().unwrap();
        let lab = |arguments: &[&str]| {
            // The whole environment but AWS's: the first start installs packages.
            let mut command = Command::new(env!("CARGO_BIN_EXE_lab"));
            for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
                command.env_remove(name);
            }
            command
                .args(arguments)
                .env("LAB_HOME", home.path())
                .env("LAB_SANDBOX_HOME", &dir);
            Ran::run(command)
        };
        lab(&["sandbox", "reset", "--yes"]).expect_code(0);
        lab(&["sandbox", "start"]).expect_code(0);
        let answer = lab(&["env", "--json"]).expect_code(0).json();
        let variables = answer["variables"].as_object().unwrap();
        Self {
            variables: variables
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
            bin: PathBuf::from(text(&answer["path"])),
            dir,
        }
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> &str {
        &self.variables["AWS_ENDPOINT_URL"]
    }

    /// Python with boto3, pointed at this sandbox.
    pub(crate) fn python(&self) -> Command {
        let name = if cfg!(windows) {
            "python.exe"
        } else {
            "python"
        };
        let mut command = Command::new(self.bin.join(name));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            command.env_remove(name);
        }
        command
            .envs(&self.variables)
            .env("PYTHONUTF8", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
