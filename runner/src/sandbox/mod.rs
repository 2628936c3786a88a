//! The local sandbox: MiniStack as a child process on loopback.
//!
//! Everything lives in one directory: a private Python environment made on first
//! use, what the emulator saves, and the files by which any `lab` process finds
//! the running one. There is no supervisor; the sandbox outlives the command and
//! the terminal that started it.
//!
//! * `env-<hash>/`: the environment for one requirements file;
//! * `state.json`: written by the sandbox while it runs, removed when it ends;
//! * `alive.lock`: locked by the sandbox for as long as it lives;
//! * `lock`: held by a command that starts, stops or wipes;
//! * `state/`, `s3/`: what is kept; `home/`, `tmp/`: what functions see.

mod environment;
mod error;
mod health;
mod install;
mod output;
mod port;
mod process;
mod python;
mod scrub;
mod state;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use error::SandboxError;
pub use state::Running;

use port::Port;

/// The sandbox of one data directory.
#[derive(Debug, Clone)]
pub struct Sandbox {
    dir: PathBuf,
    /// Where the Python environment is; that of another sandbox may be shared.
    environments: PathBuf,
}

/// What a start may be told.
#[derive(Debug, Clone, Default)]
pub struct StartOptions {
    /// The port to listen on. Without it the last one is used again, or a free one.
    pub port: Option<u16>,
    /// The Python to make the environment from, where none exists yet.
    pub python: Option<PathBuf>,
}

/// Where a start has got to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Another command is starting or stopping the same sandbox.
    WaitingForOther,
    /// Looking for a Python to make the environment from. First use only.
    FindingPython,
    /// Making the private environment. First use only.
    CreatingEnvironment {
        /// `uv` or `venv`.
        tool: &'static str,
    },
    /// Installing the pinned packages. First use only.
    Installing {
        /// Packages begun so far.
        done: usize,
        /// Packages in all.
        total: usize,
    },
    /// The process is being started.
    Starting {
        /// The port it will listen on.
        port: u16,
    },
    /// Started, does not answer yet; reported once a second.
    Waiting {
        /// Whole seconds since the start.
        seconds: u64,
    },
    /// It answers.
    Ready,
}

/// What is known about the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It was never started, or it was stopped.
    Stopped {
        /// Whether the Python environment is there, so that a start needs no network.
        installed: bool,
    },
    /// It answers.
    Running(Running),
    /// It ended without being stopped.
    Crashed {
        /// The process that ended.
        pid: u32,
        /// When it last gave a sign of life.
        since: Timestamp,
        /// The last lines of its log.
        log_tail: String,
    },
    /// The process is there and does not answer.
    Unresponsive {
        /// The process.
        pid: u32,
        /// The port it should answer on.
        port: u16,
        /// The last lines of its log.
        log_tail: String,
    },
}

impl Sandbox {
    /// The sandbox whose files are in `dir`. Touches nothing.
    pub fn new(dir: PathBuf) -> Self {
        // The process gets these paths while its working directory is another.
        let dir = std::path::absolute(&dir).unwrap_or(dir);
        Self {
            environments: dir.clone(),
            dir,
        }
    }

    /// A second sandbox, apart from this one but for the Python environment,
    /// with its files in a folder of this one's.
    #[must_use]
    pub fn inner(&self, name: &str) -> Self {
        Self {
            dir: self.dir.join(name),
            environments: self.environments.clone(),
        }
    }

    /// Starts the sandbox, making its environment on first use.
    ///
    /// One that already answers is returned as it is, with `fresh` false and on
    /// whatever port it has; one that hangs is ended first. Of two starts at the
    /// same time the second waits and finds the first one's sandbox.
    pub async fn start(
        &self,
        options: &StartOptions,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Running, SandboxError> {
        state::create_dir(&self.dir)?;
        let _lock = state::lock(&self.dir, || progress(Progress::WaitingForOther)).await?;
        if let Status::Running(running) = self.status().await? {
            progress(Progress::Ready);
            return Ok(running);
        }
        process::end(&self.dir).await?;

        let env =
            environment::ensure(&self.environments, options.python.as_deref(), progress).await?;
        let mut refused = None;
        loop {
            let port = Port::choose(&self.dir, options.port, refused).await?;
            progress(Progress::Starting {
                port: port.number(),
            });
            match process::launch(&self.dir, &env, port.number(), progress).await {
                // Taken between the check and the start: another one, unless asked for.
                Err(SandboxError::PortTaken { port: taken }) if port.may_change() => {
                    refused = Some(taken);
                }
                Err(error) => return Err(error),
                Ok(running) => {
                    state::remember_port(&self.dir, running.port)?;
                    progress(Progress::Ready);
                    return Ok(running);
                }
            }
        }
    }

    /// Makes the Python environment, unless it is there, and starts nothing.
    pub async fn install(
        &self,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<(), SandboxError> {
        state::create_dir(&self.dir)?;
        let _lock = state::lock(&self.dir, || progress(Progress::WaitingForOther)).await?;
        environment::ensure(&self.environments, None, progress).await?;
        Ok(())
    }

    /// Stops the sandbox and lets it save its state. False if it was not running.
    pub async fn stop(&self) -> Result<bool, SandboxError> {
        if !self.dir.exists() {
            return Ok(false);
        }
        let _lock = state::lock(&self.dir, || {}).await?;
        process::end(&self.dir).await
    }

    /// Looks at the process and asks it whether it is well.
    pub async fn status(&self) -> Result<Status, SandboxError> {
        let Some(record) = state::read(&self.dir) else {
            return Ok(Status::Stopped {
                installed: environment::installed(&self.environments),
            });
        };
        if !state::alive(&self.dir)? {
            // It may have been stopped between the two looks.
            if state::read(&self.dir).is_none() {
                return Ok(Status::Stopped {
                    installed: environment::installed(&self.environments),
                });
            }
            let log = self.log_path();
            return Ok(Status::Crashed {
                pid: record.running.pid,
                since: state::last_written(&log).unwrap_or(record.running.started),
                log_tail: state::tail(&log),
            });
        }
        if health::healthy(&record, process::STATUS_PATIENCE).await {
            return Ok(Status::Running(record.running));
        }
        Ok(Status::Unresponsive {
            pid: record.running.pid,
            port: record.running.port,
            log_tail: state::tail(&self.log_path()),
        })
    }

    /// The log of the running sandbox, or of the last one. The one before that is
    /// beside it with `.1` added.
    pub fn log_path(&self) -> PathBuf {
        self.dir.join(process::LOG)
    }

    /// The sandbox that was started last and not stopped since, without asking it.
    pub fn read_state(&self) -> Option<Running> {
        state::read(&self.dir).map(|record| record.running)
    }

    /// Stops the sandbox and deletes everything in it. The environment and the
    /// port stay, so the next start is quick and finds an empty sandbox.
    pub async fn wipe(&self) -> Result<(), SandboxError> {
        if !self.dir.exists() {
            return Ok(());
        }
        let _lock = state::lock(&self.dir, || {}).await?;
        process::end(&self.dir).await?;
        for name in ["state", "s3", "home", "tmp"] {
            state::remove_dir(&self.dir.join(name))?;
        }
        Ok(())
    }

    /// Where the sandbox's files are.
    pub fn folder(&self) -> &Path {
        &self.dir
    }

    /// The environment's Python, once it is installed.
    pub fn python(&self) -> PathBuf {
        environment::python(&environment::path(&self.environments))
    }

    /// Where the environment's `python` and `aws` are, once it is installed.
    pub fn bin_dir(&self) -> PathBuf {
        environment::bin_dir(&environment::path(&self.environments))
    }
}

/// Turns an error of the file system into the one the learner can act upon.
fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> SandboxError {
    let path = path.to_path_buf();
    move |source| SandboxError::from_io(path, source)
}
