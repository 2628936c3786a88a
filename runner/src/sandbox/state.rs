//! The files by which processes find each other: state, locks, port, log.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SandboxError, file_error};

const STATE: &str = "state.json";
const PORT: &str = "port";
const LOCK: &str = "lock";
const ALIVE: &str = "alive.lock";

/// An installation on a slow line takes minutes, and the lock cannot outlive its
/// holder, so patience costs nothing.
const LOCK_PATIENCE: Duration = Duration::from_secs(300);
const LOCK_POLL: Duration = Duration::from_millis(25);
const TAIL_BYTES: u64 = 16 * 1024;
const TAIL_LINES: usize = 15;

/// A sandbox that runs, or did when it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// `http://127.0.0.1:<port>`.
    pub endpoint: String,
    /// The port on 127.0.0.1.
    pub port: u16,
    /// The process.
    pub pid: u32,
    /// The version of MiniStack.
    pub version: String,
    /// When it was started.
    #[serde(with = "rfc3339")]
    pub started: Timestamp,
    /// Whether this very call started it.
    #[serde(default)]
    pub fresh: bool,
}

mod rfc3339 {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(time)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// What the sandbox wrote about itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Record {
    #[serde(flatten)]
    pub(super) running: Running,
    pub(super) nonce: String,
}

pub(super) fn create_dir(path: &Path) -> Result<(), SandboxError> {
    fs::create_dir_all(path).map_err(file_error(path))
}

pub(super) fn remove_dir(path: &Path) -> Result<(), SandboxError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error(path)(error)),
        _ => Ok(()),
    }
}

pub(super) fn read(dir: &Path) -> Option<Record> {
    serde_json::from_slice(&fs::read(dir.join(STATE)).ok()?).ok()
}

/// Forgets a sandbox that ended without doing so itself.
pub(super) fn forget(dir: &Path) -> Result<(), SandboxError> {
    let path = dir.join(STATE);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error(&path)(error)),
        _ => Ok(()),
    }
}

pub(super) fn remembered_port(dir: &Path) -> Option<u16> {
    fs::read_to_string(dir.join(PORT)).ok()?.trim().parse().ok()
}

pub(super) fn remember_port(dir: &Path, port: u16) -> Result<(), SandboxError> {
    let path = dir.join(PORT);
    fs::write(&path, format!("{port}\n")).map_err(file_error(&path))
}

/// The right to start, stop or wipe; given back when dropped or when the holder dies.
pub(super) async fn lock(dir: &Path, waiting: impl FnOnce()) -> Result<File, SandboxError> {
    lock_within(dir, waiting, LOCK_PATIENCE).await
}

async fn lock_within(
    dir: &Path,
    waiting: impl FnOnce(),
    patience: Duration,
) -> Result<File, SandboxError> {
    let path = dir.join(LOCK);
    let file = open_lock(&path)?;
    let began = Instant::now();
    let mut waiting = Some(waiting);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(file_error(&path)(error)),
            Err(TryLockError::WouldBlock) if began.elapsed() < patience => {
                if let Some(waiting) = waiting.take() {
                    waiting();
                }
                tokio::time::sleep(LOCK_POLL).await;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(SandboxError::Busy {
                    seconds: patience.as_secs(),
                });
            }
        }
    }
}

/// Whether a sandbox process of this directory lives. It locks the file
/// exclusively; testing takes the shared lock, so two tests do not meet.
pub(super) fn alive(dir: &Path) -> Result<bool, SandboxError> {
    let path = dir.join(ALIVE);
    match open_lock(&path)?.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(file_error(&path)(error)),
    }
}

fn open_lock(path: &Path) -> Result<File, SandboxError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(file_error(path))
}

pub(super) fn last_written(path: &Path) -> Option<Timestamp> {
    Timestamp::try_from(fs::metadata(path).ok()?.modified().ok()?).ok()
}

/// The last lines of a log, or nothing.
pub(super) fn tail(path: &Path) -> String {
    let Ok(mut file) = File::open(path) else {
        return String::new();
    };
    let length = file.metadata().map_or(0, |data| data.len());
    let mut bytes = Vec::new();
    if file
        .seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))
        .is_err()
        || file.read_to_end(&mut bytes).is_err()
    {
        return String::new();
    }
    last_lines(&String::from_utf8_lossy(&bytes))
}

pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = r#"{"endpoint":"http://127.0.0.1:4599","port":4599,"pid":12,
        "version":"1.5.33","started":"2026-01-02T03:04:05.678Z","nonce":"abc"}"#;

    fn dir() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary directory")
    }

    #[test]
    fn reads_what_the_launcher_writes() {
        let dir = dir();
        assert_eq!(read(dir.path()), None);
        fs::write(dir.path().join(STATE), WRITTEN).expect("written");
        let record = read(dir.path()).expect("read");
        assert_eq!(record.nonce, "abc");
        assert_eq!(
            record.running.started.to_string(),
            "2026-01-02T03:04:05.678Z"
        );
        assert!(!record.running.fresh);
        fs::write(dir.path().join(STATE), &WRITTEN[..40]).expect("written");
        assert_eq!(read(dir.path()), None);
        forget(dir.path()).expect("forgotten");
        forget(dir.path()).expect("nothing to forget is fine");
    }

    #[test]
    fn remembers_the_port() {
        let dir = dir();
        assert_eq!(remembered_port(dir.path()), None);
        remember_port(dir.path(), 4599).expect("written");
        assert_eq!(remembered_port(dir.path()), Some(4599));
    }

    #[test]
    fn alive_is_who_holds_the_lock() {
        let dir = dir();
        assert!(!alive(dir.path()).expect("tested"));
        let file = File::create(dir.path().join(ALIVE)).expect("created");
        file.lock().expect("locked");
        assert!(alive(dir.path()).expect("tested"));
        drop(file);
        assert!(!alive(dir.path()).expect("tested"));
    }

    #[tokio::test]
    async fn the_second_waits_and_does_not_wait_for_ever() {
        let dir = dir();
        let held = lock(dir.path(), || panic!("nobody else is there"))
            .await
            .expect("locked");
        let mut told = false;
        let patience = Duration::from_millis(80);
        let refused = lock_within(dir.path(), || told = true, patience).await;
        assert!(matches!(refused, Err(SandboxError::Busy { .. })));
        assert!(told);
        drop(held);
        lock_within(dir.path(), || {}, patience)
            .await
            .expect("free again");
    }

    #[test]
    fn tail_is_short() {
        let text: String = (0..40).map(|n| format!("line {n}\n")).collect();
        assert!(last_lines(&text).starts_with("line 25\n"));
        assert!(last_lines(&text).ends_with("line 39"));
        assert_eq!(last_lines("\n"), "");
    }
}
