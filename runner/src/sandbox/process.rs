//! The sandbox's process: its start and its end.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tokio::time::sleep;

use super::health::healthy;
use super::state::{self, Record, Running};
use super::{Progress, SandboxError, environment, file_error, scrub};

pub(super) const LOG: &str = "sandbox.log";
/// How long a status waits for an answer.
pub(super) const STATUS_PATIENCE: Duration = Duration::from_secs(2);

const LAUNCHER: &str = include_str!("launcher.py");
const ANSWERS: &str = include_str!("answers.py");

/// What the launcher imports.
const MENDS: &str = include_str!("mends.py");
const WATCHING: &str = include_str!("watching.py");
const PATTERNS: &str = include_str!("patterns.py");
const SOURCES: &str = include_str!("sources.py");
const STOP: &str = "stop";
/// As in `launcher.py`.
const EXIT_PORT_TAKEN: i32 = 98;

const START_PATIENCE: Duration = Duration::from_secs(60);
const STOP_PATIENCE: Duration = Duration::from_secs(10);
const KILL_PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);
const RETRY: Duration = Duration::from_millis(25);
/// Starts the process and waits until it answers.
pub(super) async fn launch(
    dir: &Path,
    env: &Path,
    port: u16,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Running, SandboxError> {
    let nonce = format!("{:032x}", fastrand::u128(..));
    let child = spawn(dir, env, port, &nonce).await?;
    let mut start = Start {
        dir,
        port,
        nonce,
        child,
        began: Instant::now(),
    };
    match start.until_ready(progress).await {
        Ok(record) => Ok(Running {
            fresh: true,
            ..record.running
        }),
        Err(error) => {
            start.abandon().await;
            Err(error)
        }
    }
}

async fn spawn(dir: &Path, env: &Path, port: u16, nonce: &str) -> Result<Child, SandboxError> {
    for name in ["home", "tmp", "state", "s3"] {
        state::create_dir(&dir.join(name))?;
    }
    state::forget(dir)?;
    let launcher = dir.join("launcher.py");
    fs::write(&launcher, LAUNCHER).map_err(file_error(&launcher))?;
    for (name, text) in [
        ("answers.py", ANSWERS),
        ("mends.py", MENDS),
        ("patterns.py", PATTERNS),
        ("sources.py", SOURCES),
        ("watching.py", WATCHING),
    ] {
        let file = dir.join(name);
        fs::write(&file, text).map_err(file_error(&file))?;
    }
    let log = dir.join(LOG);
    let _ = fs::rename(&log, dir.join(format!("{LOG}.1")));
    let out = fs::File::create(&log).map_err(file_error(&log))?;
    let err = out.try_clone().map_err(file_error(&log))?;

    let node = scrub::node().await;
    let python = environment::python(env);
    let mut command = Command::new(&python);
    command
        .args(["-X", "utf8"])
        .arg(&launcher)
        .arg(dir)
        .args([&port.to_string(), nonce, environment::ministack_version()])
        .env_clear()
        .envs(scrub::variables(dir, env, port, node.as_deref(), &|name| {
            std::env::var_os(name)
        }))
        .current_dir(dir.join("home"))
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err);
    // No window, now or for the processes that run functions, and no Ctrl+C from
    // the terminal. A detached process would open a window for each of them.
    #[cfg(windows)]
    {
        const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
    }
    command.spawn().map_err(file_error(&python))
}

struct Start<'a> {
    dir: &'a Path,
    port: u16,
    nonce: String,
    child: Child,
    began: Instant,
}

impl Start<'_> {
    async fn until_ready(
        &mut self,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Record, SandboxError> {
        let mut second = 0;
        // It listens before it writes its state, and loads after that.
        let record = loop {
            let record = state::read(self.dir).filter(|record| record.nonce == self.nonce);
            if let Some(record) = record {
                break record;
            }
            self.check(false, &mut second, progress)?;
            sleep(POLL).await;
        };
        loop {
            if healthy(&record, Duration::from_secs(1)).await {
                return Ok(record);
            }
            self.check(true, &mut second, progress)?;
            sleep(RETRY).await;
        }
    }

    /// Fails if there is nothing left to wait for.
    fn check(
        &mut self,
        listened: bool,
        second: &mut u64,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<(), SandboxError> {
        let log = self.dir.join(LOG);
        let ended = self.child.try_wait().map_err(file_error(&log))?;
        if ended.is_some_and(|status| status.code() == Some(EXIT_PORT_TAKEN)) {
            return Err(SandboxError::PortTaken { port: self.port });
        }
        // On Windows the first process ends well once the second one listens.
        let died = match ended {
            Some(status) if !status.success() => true,
            _ => listened && !state::alive(self.dir)?,
        };
        let tail = state::tail(&log);
        if died && super::output::classify(&tail) == Some(super::output::Trouble::DiskFull) {
            return Err(SandboxError::DiskFull {
                path: self.dir.to_path_buf(),
            });
        }
        if died {
            return Err(SandboxError::DiedAtStart { log, tail });
        }
        if self.began.elapsed() > START_PATIENCE {
            return Err(SandboxError::NotHealthy {
                seconds: START_PATIENCE.as_secs(),
                log,
                tail,
            });
        }
        let now = self.began.elapsed().as_secs();
        if now > *second {
            *second = now;
            progress(Progress::Waiting { seconds: now });
        }
        Ok(())
    }

    /// Leaves no half-started process and no state behind.
    async fn abandon(&mut self) {
        if state::alive(self.dir).unwrap_or(false)
            && let Some(record) = state::read(self.dir)
            && record.nonce == self.nonce
        {
            kill(record.running.pid).await;
        }
        let _ = self.child.kill().await;
        let _ = state::forget(self.dir);
    }
}

/// Ends the sandbox if it lives: asked first, then by force. False if it did not.
pub(super) async fn end(dir: &Path) -> Result<bool, SandboxError> {
    if !state::alive(dir)? {
        state::forget(dir)?;
        return Ok(false);
    }
    let stop = dir.join(STOP);
    fs::write(&stop, "").map_err(file_error(&stop))?;
    if !ended_within(dir, STOP_PATIENCE).await? {
        // Whoever holds the lock now wrote this: no other process has its number.
        let pid = state::read(dir).map(|record| record.running.pid);
        if let Some(pid) = pid {
            kill(pid).await;
        }
        if !ended_within(dir, KILL_PATIENCE).await? {
            return Err(SandboxError::StillRunning { pid });
        }
    }
    let _ = fs::remove_file(&stop);
    state::forget(dir)?;
    Ok(true)
}

async fn ended_within(dir: &Path, patience: Duration) -> Result<bool, SandboxError> {
    let began = Instant::now();
    while state::alive(dir)? {
        if began.elapsed() > patience {
            return Ok(false);
        }
        sleep(RETRY).await;
    }
    Ok(true)
}

/// Ends a process and those it started, at once.
async fn kill(pid: u32) {
    let commands: Vec<(&str, Vec<String>)> = if cfg!(windows) {
        vec![(
            "taskkill",
            ["/F", "/T", "/PID", &pid.to_string()]
                .map(str::to_owned)
                .into(),
        )]
    } else {
        // Its group, which it leads, then itself in case it does not.
        let group = format!("-{pid}");
        vec![
            ("kill", vec!["-KILL".to_owned(), "--".to_owned(), group]),
            ("kill", vec!["-KILL".to_owned(), pid.to_string()]),
        ]
    };
    for (program, arguments) in commands {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let _ = command.status().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_launcher_agrees() {
        assert!(LAUNCHER.contains(&format!("EXIT_PORT_TAKEN = {EXIT_PORT_TAKEN}\n")));
        assert!(LAUNCHER.contains("x-lab-sandbox"));
        assert!(LAUNCHER.contains(&format!("os.path.join(directory, \"{STOP}\")")));
    }
}
