//! The sandbox's process: its port, its start, its health, its end.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::state::{self, Record, Running};
use super::{Progress, SandboxError, environment, file_error, scrub};

pub(super) const LOG: &str = "sandbox.log";
/// How long a status waits for an answer.
pub(super) const STATUS_PATIENCE: Duration = Duration::from_secs(2);

const LAUNCHER: &str = include_str!("launcher.py");
const STOP: &str = "stop";
/// As in `launcher.py`.
const EXIT_PORT_TAKEN: i32 = 98;

const START_PATIENCE: Duration = Duration::from_secs(60);
const STOP_PATIENCE: Duration = Duration::from_secs(10);
const KILL_PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);
const RETRY: Duration = Duration::from_millis(25);
/// Below the ranges from which systems give ports to outgoing connections.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// The port to start on.
pub(super) enum Port {
    Asked(u16),
    Ours(u16),
}

impl Port {
    /// The one asked for, the one used last, or a free one; never `refused`.
    pub(super) async fn choose(
        dir: &Path,
        asked: Option<u16>,
        refused: Option<u16>,
    ) -> Result<Self, SandboxError> {
        if let Some(port) = asked {
            if is_free(port).await {
                return Ok(Self::Asked(port));
            }
            return Err(SandboxError::PortTaken { port });
        }
        let mut port = state::remembered_port(dir).unwrap_or_else(|| fastrand::u16(PORTS));
        for _ in 0..100 {
            if refused != Some(port) && is_free(port).await {
                break;
            }
            port = fastrand::u16(PORTS);
        }
        Ok(Self::Ours(port))
    }

    pub(super) fn number(&self) -> u16 {
        match self {
            Self::Asked(port) | Self::Ours(port) => *port,
        }
    }

    pub(super) fn may_change(&self) -> bool {
        matches!(self, Self::Ours(_))
    }
}

fn address(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Whether nobody listens there and this process could. Some systems let one
/// listen on 127.0.0.1 while another has the port on every address, hence both.
async fn is_free(port: u16) -> bool {
    let connected = timeout(Duration::from_millis(100), TcpStream::connect(address(port))).await;
    !matches!(connected, Ok(Ok(_))) && std::net::TcpListener::bind(address(port)).is_ok()
}

/// Starts the process and waits until it answers.
pub(super) async fn launch(
    dir: &Path,
    env: &Path,
    port: u16,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Running, SandboxError> {
    let nonce = format!("{:032x}", fastrand::u128(..));
    let child = spawn(dir, env, port, &nonce).await?;
    let mut start = Start { dir, port, nonce, child, began: Instant::now() };
    match start.until_ready(progress).await {
        Ok(record) => Ok(Running { fresh: true, ..record.running }),
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
        .envs(scrub::variables(dir, env, port, node.as_deref(), &|name| std::env::var_os(name)))
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
            return Err(SandboxError::DiskFull { path: self.dir.to_path_buf() });
        }
        if died {
            return Err(SandboxError::DiedAtStart { log, tail });
        }
        if self.began.elapsed() > START_PATIENCE {
            return Err(SandboxError::NotHealthy { seconds: START_PATIENCE.as_secs(), log, tail });
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

/// Whether the process that wrote `record` answers. Another server on the same
/// port does not know the nonce.
pub(super) async fn healthy(record: &Record, patience: Duration) -> bool {
    let began = Instant::now();
    while began.elapsed() < patience {
        match timeout(patience, ask(record.running.port)).await {
            Ok(Ok(head)) => return is_ours(&head, &record.nonce),
            Ok(Err(_)) => sleep(RETRY).await,
            Err(_) => return false,
        }
    }
    false
}

/// The head of the answer to a health check. One request to loopback in clear
/// needs no HTTP client, and making one loads the system's certificates.
async fn ask(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address(port)).await?;
    let request = format!(
        "GET /_ministack/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < 64 * 1024 {
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(&chunk[..read]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn is_ours(head: &str, nonce: &str) -> bool {
    let mut lines = head.lines();
    let answered = lines.next().is_some_and(|line| line.split(' ').nth(1) == Some("200"));
    answered
        && lines.any(|line| {
            line.split_once(": ").is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("x-lab-sandbox") && value.trim() == nonce
            })
        })
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
        vec![("taskkill", ["/F", "/T", "/PID", &pid.to_string()].map(str::to_owned).into())]
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
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = command.status().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_answer() {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-lab-sandbox: abc\r\n\r\n";
        assert!(is_ours(head, "abc"));
        assert!(!is_ours(head, "abd"));
        assert!(!is_ours("HTTP/1.1 200 OK\r\n\r\n", "abc"));
        assert!(!is_ours(&head.replace("200 OK", "503 No"), "abc"));
    }

    #[tokio::test]
    async fn a_taken_port_is_left_alone() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let foreign = std::net::TcpListener::bind(address(0)).expect("listening");
        let taken = foreign.local_addr().expect("an address").port();
        let asked = Port::choose(dir.path(), Some(taken), None).await;
        assert!(matches!(asked, Err(SandboxError::PortTaken { port }) if port == taken));
        state::remember_port(dir.path(), taken).expect("written");
        let other = Port::choose(dir.path(), None, None).await.expect("another one");
        assert_ne!(other.number(), taken);
        drop(foreign);
        let same = Port::choose(dir.path(), None, None).await.expect("the remembered one");
        assert_eq!(same.number(), taken);
        let other = Port::choose(dir.path(), None, Some(taken)).await.expect("not that one");
        assert_ne!(other.number(), taken);
    }

    #[test]
    fn the_launcher_agrees() {
        assert!(LAUNCHER.contains(&format!("EXIT_PORT_TAKEN = {EXIT_PORT_TAKEN}\n")));
        assert!(LAUNCHER.contains("x-lab-sandbox"));
        assert!(LAUNCHER.contains(&format!("os.path.join(directory, \"{STOP}\")")));
    }
}
