//! Makes an environment and fills it, with uv or with pip.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::fs::File;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::Mutex;

use super::output::{self, Trouble};
use super::python::Python;
use super::{Progress, SandboxError, environment, file_error, state};

/// Where progress is told.
pub(super) type Report<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// One installation.
pub(super) struct Install<'a> {
    pub(super) dir: &'a Path,
    pub(super) env: &'a Path,
    pub(super) log: PathBuf,
    pub(super) progress: Report<'a>,
}

impl Install<'_> {
    /// With uv if it is there. What it cannot do pip may: its indexes and proxies
    /// are configured apart from pip's.
    pub(super) async fn all(
        &self,
        uv: bool,
        pythons: &[Python],
        requirements: &Path,
    ) -> Result<(), SandboxError> {
        if !uv {
            return self.with_venv(pythons, requirements).await;
        }
        match self.with_uv(&pythons[0], requirements).await {
            Err(error) if pip_may_do_better(&error) && pythons[0].path.is_absolute() => {
                self.note(&format!("uv: {error}")).await;
                self.with_venv(pythons, requirements).await
            }
            result => result,
        }
    }

    async fn with_uv(&self, python: &Python, requirements: &Path) -> Result<(), SandboxError> {
        (self.progress)(Progress::CreatingEnvironment { tool: "uv" });
        state::remove_dir(self.env)?;
        let mut create = Command::new("uv");
        create
            .args(["venv", "--no-project", "--python"])
            .arg(&python.path)
            .arg(self.env);
        self.run(create).await?;
        let mut install = Command::new("uv");
        install.args([
            "pip",
            "install",
            "--require-hashes",
            "--no-deps",
            "--compile-bytecode",
        ]);
        install
            .arg("--python")
            .arg(environment::python(self.env))
            .arg("-r")
            .arg(requirements);
        self.run(install).await
    }

    async fn with_venv(&self, pythons: &[Python], requirements: &Path) -> Result<(), SandboxError> {
        (self.progress)(Progress::CreatingEnvironment { tool: "venv" });
        let mut failure = None;
        for python in pythons {
            state::remove_dir(self.env)?;
            let mut create = Command::new(&python.path);
            create.args(["-I", "-m", "venv"]).arg(self.env);
            match self.run(create).await {
                Ok(()) => {
                    failure = None;
                    break;
                }
                // Another one may have it.
                Err(SandboxError::VenvMissing { .. }) => {
                    let version = python.version.clone();
                    failure.get_or_insert(SandboxError::VenvMissing { version });
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
        let mut install = Command::new(environment::python(self.env));
        install.args([
            "-I",
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--no-deps",
            "-r",
        ]);
        install
            .arg(requirements)
            .args(["--progress-bar", "off", "--no-warn-script-location"]);
        self.run(install).await
    }

    /// Runs one step with the user's own environment, so that proxies, indexes
    /// and certificates hold, and keeps what it prints.
    async fn run(&self, mut command: Command) -> Result<(), SandboxError> {
        self.note(&format!("$ {:?}", command.as_std())).await;
        command
            .current_dir(self.dir)
            .env_remove("PYTHONHOME")
            .env_remove("PYTHONPATH")
            .env_remove("VIRTUAL_ENV")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env("PIP_NO_INPUT", "1")
            .env("PIP_USER", "0")
            .env("PYTHONUTF8", "1")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let program = PathBuf::from(command.as_std().get_program());
        let mut child = command.spawn().map_err(file_error(&program))?;
        let file = File::options().append(true).open(&self.log).await;
        let sink = Sink {
            file: Mutex::new(file.map_err(file_error(&self.log))?),
            text: Mutex::new(String::new()),
            begun: AtomicUsize::new(0),
            progress: self.progress,
        };
        let (out, err) = (child.stdout.take(), child.stderr.take());
        tokio::join!(sink.keep(out), sink.keep(err));
        let status = child.wait().await.map_err(file_error(&program))?;
        if status.success() {
            return Ok(());
        }
        Err(self.failure(&sink.text.into_inner()))
    }

    fn failure(&self, text: &str) -> SandboxError {
        let log = self.log.clone();
        match output::classify(text) {
            Some(Trouble::DiskFull) => SandboxError::DiskFull {
                path: self.env.to_path_buf(),
            },
            Some(Trouble::HashMismatch) => SandboxError::HashMismatch { log },
            Some(Trouble::VenvMissing) => SandboxError::VenvMissing {
                version: String::new(),
            },
            Some(Trouble::NoNetwork(detail)) => SandboxError::NoNetwork { detail, log },
            Some(Trouble::PermissionDenied) => SandboxError::PermissionDenied {
                path: self.env.to_path_buf(),
            },
            None => SandboxError::InstallFailed {
                log,
                tail: state::last_lines(text),
            },
        }
    }

    async fn note(&self, line: &str) {
        if let Ok(mut file) = File::options().append(true).open(&self.log).await {
            let _ = file.write_all(format!("{line}\n").as_bytes()).await;
            let _ = file.flush().await;
        }
    }
}

fn pip_may_do_better(error: &SandboxError) -> bool {
    !matches!(
        error,
        SandboxError::DiskFull { .. } | SandboxError::PermissionDenied { .. }
    )
}

/// Where both streams of an installer go, line by line.
struct Sink<'a> {
    file: Mutex<File>,
    text: Mutex<String>,
    begun: AtomicUsize,
    progress: Report<'a>,
}

impl Sink<'_> {
    async fn keep(&self, stream: Option<impl AsyncRead + Unpin>) {
        let Some(stream) = stream else { return };
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while matches!(reader.read_until(b'\n', &mut bytes).await, Ok(1..)) {
            let line = String::from_utf8_lossy(&bytes).into_owned();
            self.text.lock().await.push_str(&line);
            let mut file = self.file.lock().await;
            // A full disk shows in the installer too, which says it better.
            let _ = file.write_all(line.as_bytes()).await;
            let _ = file.flush().await;
            if output::begins_package(&line) {
                let total = environment::packages();
                let done = (self.begun.fetch_add(1, Ordering::Relaxed) + 1).min(total);
                (self.progress)(Progress::Installing { done, total });
            }
            bytes.clear();
        }
    }
}
