//! What was deleted, line by line, on the disk before it is done and after.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::outcome::Status;
use crate::core::{Kind, Thing};

/// The version of a line that this program writes.
const VERSION: u32 = 1;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The version of the format.
    pub format_version: u32,
    /// When.
    pub time: jiff::Timestamp,
    /// Of which plan.
    pub plan: String,
    /// In whose account.
    pub learner: String,
    /// What.
    pub entry: Entry,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Somebody said yes, to so many deletions.
    Confirmed(usize),
    /// It is about to be deleted.
    Began(Item),
    /// Its deletion was accepted, or it was gone.
    Gone(Item),
    /// It stays, and why.
    Stayed(Item, String),
    /// The account is done.
    Ended(Status),
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What calls address it by.
    pub id: String,
}

impl Item {
    pub(super) fn of(thing: &Thing) -> Self {
        Self {
            kind: thing.kind,
            name: thing.name.clone(),
            id: thing.id.clone(),
        }
    }

    /// Whether it is this thing.
    pub fn is(&self, thing: &Thing) -> bool {
        self.kind == thing.kind && self.name == thing.name && self.id == thing.id
    }
}

/// A journal that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error("o diário da limpeza {path} não pôde ser usado: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Another run is writing it.
    #[error("outra limpeza com este plano está em andamento ({0})")]
    Busy(PathBuf),
    /// A line that is not the last cannot be read, or a newer program wrote it.
    #[error("a linha {line} do diário da limpeza {path} não pôde ser lida")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Which line.
        line: usize,
    },
}

/// The journal of one plan's deletions.
#[derive(Debug)]
pub struct ResetJournal {
    path: PathBuf,
    plan: String,
    file: tokio::sync::Mutex<Arc<File>>,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    written: u64,
    synced: u64,
    /// A write failed: lines are lost, and the last may be torn.
    failed: bool,
}

impl ResetJournal {
    /// Opens or makes the journal, and keeps everybody else from it. A torn
    /// last line, left by a crash, is dropped.
    ///
    /// # Errors
    /// A file that cannot be used, or is in use.
    pub fn open(path: &Path, plan: &str) -> Result<(Self, Vec<Line>), JournalError> {
        let fail = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(fail(source)),
        }
        let (lines, whole) = read(path, &mut file)?;
        file.set_len(whole).map_err(fail)?;
        let journal = Self {
            path: path.to_owned(),
            plan: plan.to_owned(),
            file: tokio::sync::Mutex::new(Arc::new(file)),
            waiting: Mutex::default(),
        };
        Ok((journal, lines))
    }

    /// Appends a line and waits until it is on the disk. Lines that come
    /// together go to the disk together.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub async fn append(&self, learner: &str, entry: Entry) -> Result<(), JournalError> {
        let line = Line {
            format_version: VERSION,
            time: jiff::Timestamp::now(),
            plan: self.plan.clone(),
            learner: learner.to_owned(),
            entry,
        };
        let fail = |source| JournalError::Io {
            path: self.path.clone(),
            source,
        };
        let mut text = serde_json::to_vec(&line).map_err(|e| fail(e.into()))?;
        text.push(b'\n');
        let mine = {
            let mut waiting = self.lock();
            waiting.lines.extend(text);
            waiting.written += 1;
            waiting.written
        };
        let file = self.file.lock().await;
        let (lines, last) = {
            let mut waiting = self.lock();
            if waiting.synced >= mine {
                return Ok(());
            }
            if waiting.failed {
                return Err(fail(io::Error::other("uma gravação anterior falhou")));
            }
            (std::mem::take(&mut waiting.lines), waiting.written)
        };
        let handle = Arc::clone(&file);
        let written = tokio::task::spawn_blocking(move || {
            (&*handle)
                .write_all(&lines)
                .and_then(|()| handle.sync_data())
        })
        .await;
        let written = written.unwrap_or_else(|e| Err(io::Error::other(e)));
        let mut waiting = self.lock();
        match written {
            Ok(()) => waiting.synced = last,
            Err(_) => waiting.failed = true,
        }
        written.map_err(fail)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines, and how many bytes of the file are whole lines.
fn read(path: &Path, file: &mut File) -> Result<(Vec<Line>, u64), JournalError> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.read_to_end(&mut bytes))
        .map_err(|source| JournalError::Io {
            path: path.to_owned(),
            source,
        })?;
    let whole = bytes
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    let mut lines = Vec::new();
    for (index, text) in bytes[..whole].split(|b| *b == b'\n').enumerate() {
        if text.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line>(text) {
            Ok(line) if line.format_version <= VERSION => lines.push(line),
            _ => {
                return Err(JournalError::Unreadable {
                    path: path.to_owned(),
                    line: index + 1,
                });
            }
        }
    }
    Ok((lines, whole as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str) -> Item {
        Item::of(&Thing::new(Kind::SqsQueue, name))
    }

    #[tokio::test]
    async fn a_torn_line_at_any_byte_loses_only_itself() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("d.jsonl");
        let (journal, lines) = ResetJournal::open(&path, "p").unwrap();
        assert!(lines.is_empty());
        assert!(matches!(
            ResetJournal::open(&path, "p"),
            Err(JournalError::Busy(_))
        ));
        journal
            .append("ana", Entry::Began(item("a")))
            .await
            .unwrap();
        journal.append("ana", Entry::Gone(item("ç"))).await.unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        let first = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
        for cut in first..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (journal, lines) = ResetJournal::open(&path, "p").unwrap();
            assert_eq!(lines.len(), 1, "{cut}");
            journal.append("ana", Entry::Gone(item("b"))).await.unwrap();
            drop(journal);
            let (_, lines) = ResetJournal::open(&path, "p").unwrap();
            assert_eq!(lines[1].entry, Entry::Gone(item("b")), "{cut}");
        }
    }

    #[tokio::test]
    async fn lines_of_many_at_once_are_all_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("d.jsonl");
        let (journal, _) = ResetJournal::open(&path, "p").unwrap();
        let writes = (0..200).map(|n| journal.append("ana", Entry::Confirmed(n)));
        for done in futures_util::future::join_all(writes).await {
            done.unwrap();
        }
        drop(journal);
        let (_, lines) = ResetJournal::open(&path, "p").unwrap();
        assert_eq!(lines.len(), 200);
    }

    #[tokio::test]
    async fn a_write_that_fails_is_told_to_everybody_whose_line_was_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("d.jsonl");
        std::fs::write(&path, "").unwrap();
        let journal = ResetJournal {
            path: path.clone(),
            plan: "p".to_owned(),
            // Open for reading alone: nothing can be written.
            file: tokio::sync::Mutex::new(Arc::new(File::open(&path).unwrap())),
            waiting: Mutex::default(),
        };
        let writes = (0..5).map(|n| journal.append("ana", Entry::Confirmed(n)));
        for done in futures_util::future::join_all(writes).await {
            assert!(matches!(done, Err(JournalError::Io { .. })), "{done:?}");
        }
    }

    #[test]
    fn a_line_in_the_middle_that_cannot_be_read_is_no_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("d.jsonl");
        std::fs::write(&path, "lixo\n").unwrap();
        let refused = ResetJournal::open(&path, "p");
        assert!(matches!(
            refused,
            Err(JournalError::Unreadable { line: 1, .. })
        ));
    }
}
