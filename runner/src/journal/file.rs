use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::Record;

/// What a line of a journal is.
pub trait Line: Serialize + DeserializeOwned {
    /// The newest `format_version` that this runner knows.
    const VERSION: u32;
    /// What the file is called, a masculine word: `diário`.
    const FILE: &'static str;

    /// The version in which this one was written.
    fn version(&self) -> u32;
}

/// An append-only file of lines that survives a crash at any moment.
#[derive(Debug, Clone)]
pub struct Journal<L = Record> {
    path: PathBuf,
    lines: PhantomData<fn() -> L>,
}

/// What a journal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<L = Record> {
    /// The records in order.
    pub records: Vec<L>,
    /// What was odd and could be read past, in Portuguese.
    pub warnings: Vec<String>,
}

impl<L> Default for Read<L> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// A journal that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error("o {file} {path} não pôde ser usado: {source}")]
    Io {
        /// What it is called.
        file: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A newer runner wrote it.
    #[error("o {file} {path} é da versão {found}, e este programa conhece até a {known}")]
    TooNew {
        /// What it is called.
        file: &'static str,
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u64,
        /// The newest that is known.
        known: u32,
    },
}

impl Journal {
    /// The journal in this data folder.
    pub fn in_home(home: &Path) -> Self {
        Self::at(home.join("journal.jsonl"))
    }
}

impl<L: Line> Journal<L> {
    /// The journal that is this file.
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            lines: PhantomData,
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads all records. A torn last line is left out with a warning.
    ///
    /// # Errors
    /// A file that cannot be read, or that a newer runner wrote.
    pub fn read(&self) -> Result<Read<L>, JournalError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Read::default()),
            Err(e) => return Err(self.io(e)),
        };
        file.lock_shared().map_err(|e| self.io(e))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| self.io(e))?;
        self.parse(&bytes)
    }

    /// Appends records and makes sure that they are on the disk: what is
    /// reported after this returns survives a crash.
    ///
    /// # Errors
    /// A file that cannot be written, or that a newer runner wrote.
    pub fn append(&self, records: &[L]) -> Result<(), JournalError> {
        if records.is_empty() {
            return Ok(());
        }
        self.append_locked(records).map_err(|e| match e {
            Refusal::Io(source) => self.io(source),
            Refusal::Journal(error) => error,
        })
    }

    fn append_locked(&self, records: &[L]) -> Result<(), Refusal> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&self.path)?;
        file.lock()?;
        self.mend_tail(&mut file)?;
        let mut lines = Vec::new();
        for record in records {
            serde_json::to_writer(&mut lines, record).map_err(io::Error::other)?;
            lines.push(b'\n');
        }
        let before = file.seek(SeekFrom::End(0))?;
        if let Err(error) = file.write_all(&lines).and_then(|()| file.sync_data()) {
            // A full disk may have taken a part: leave the journal as it was.
            let _ = file.set_len(before);
            return Err(error.into());
        }
        Ok(())
    }

    /// Moves a torn last line, left by a crash, to a file beside the journal.
    fn mend_tail(&self, file: &mut File) -> Result<(), Refusal> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        // Refuses a newer version before anything is written.
        self.parse(&bytes).map_err(Refusal::Journal)?;
        if bytes.is_empty() || bytes.ends_with(b"\n") {
            return Ok(());
        }
        let start = bytes
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        let tail = &bytes[start..];
        if serde_json::from_slice::<L>(tail).is_ok() {
            // Whole but for its line end.
            file.write_all(b"\n")?;
        } else {
            let aside = self
                .path
                .with_extension(format!("torn-{}", jiff::Timestamp::now().as_millisecond()));
            let mut kept = File::create(aside)?;
            kept.write_all(tail)?;
            kept.sync_data()?;
            file.set_len(start as u64)?;
        }
        Ok(())
    }

    fn parse(&self, bytes: &[u8]) -> Result<Read<L>, JournalError> {
        let mut read = Read::default();
        let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
        for (index, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
        {
            match serde_json::from_slice::<L>(line) {
                Ok(record) if record.version() <= L::VERSION => read.records.push(record),
                other => {
                    if let Some(found) = version_of(line).filter(|v| *v > u64::from(L::VERSION)) {
                        return Err(JournalError::TooNew {
                            file: L::FILE,
                            path: self.path.clone(),
                            found,
                            known: L::VERSION,
                        });
                    }
                    let last = index + 1 == lines.len();
                    read.warnings.push(match other {
                        _ if last => format!(
                            "a última linha do {} ficou pela metade e foi posta de lado",
                            L::FILE
                        ),
                        _ => format!(
                            "a linha {} do {} não pôde ser lida e foi ignorada",
                            index + 1,
                            L::FILE
                        ),
                    });
                }
            }
        }
        Ok(read)
    }

    fn io(&self, source: io::Error) -> JournalError {
        JournalError::Io {
            file: L::FILE,
            path: self.path.clone(),
            source,
        }
    }
}

fn version_of(line: &[u8]) -> Option<u64> {
    serde_json::from_slice::<serde_json::Value>(line)
        .ok()?
        .get("format_version")?
        .as_u64()
}

enum Refusal {
    Io(io::Error),
    Journal(JournalError),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::TargetKind;
    use crate::journal::{Entry, RECORD_VERSION};

    fn record(step: &str) -> Record {
        Record {
            format_version: RECORD_VERSION,
            time: jiff::Timestamp::UNIX_EPOCH,
            course: "c".into(),
            lab: "l".into(),
            lab_version: "v".into(),
            target: TargetKind::Sandbox,
            account: None,
            region: None,
            runner: "0".into(),
            entry: Entry::Solution { step: step.into() },
        }
    }

    fn journal() -> (tempfile::TempDir, Journal) {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::in_home(dir.path());
        (dir, journal)
    }

    #[test]
    fn what_is_appended_is_read() {
        let (_dir, journal) = journal();
        assert_eq!(journal.read().unwrap(), Read::default());
        journal.append(&[record("a"), record("b")]).unwrap();
        journal.append(&[record("ç")]).unwrap();
        assert_eq!(
            journal.read().unwrap().records,
            [record("a"), record("b"), record("ç")]
        );
    }

    #[test]
    fn a_torn_tail_at_any_byte_loses_only_itself() {
        let (dir, journal) = journal();
        journal.append(&[record("a"), record("b")]).unwrap();
        let whole = std::fs::read(journal.path()).unwrap();
        let first = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
        for cut in first + 1..whole.len() - 1 {
            std::fs::write(journal.path(), &whole[..cut]).unwrap();
            let read = journal.read().unwrap();
            assert_eq!(
                (read.records.len(), read.warnings.len()),
                (1, 1),
                "cut at {cut}"
            );
            journal.append(&[record("c")]).unwrap();
            assert_eq!(
                journal.read().unwrap().records,
                [record("a"), record("c")],
                "cut at {cut}"
            );
        }
        assert!(
            std::fs::read_dir(dir.path()).unwrap().any(|f| f
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("torn-"))
        );
        // Without its line end a record is whole.
        std::fs::write(journal.path(), &whole[..whole.len() - 1]).unwrap();
        journal.append(&[record("c")]).unwrap();
        assert_eq!(journal.read().unwrap().records.len(), 3);
    }

    #[test]
    fn a_newer_version_is_refused_and_left_alone() {
        let (_dir, journal) = journal();
        journal.append(&[record("a")]).unwrap();
        let mut text = std::fs::read_to_string(journal.path()).unwrap();
        text.push_str("{\"format_version\":2,\"outra\":true}\n");
        std::fs::write(journal.path(), &text).unwrap();
        assert!(matches!(
            journal.read(),
            Err(JournalError::TooNew { found: 2, .. })
        ));
        assert!(matches!(
            journal.append(&[record("b")]),
            Err(JournalError::TooNew { .. })
        ));
        assert_eq!(std::fs::read_to_string(journal.path()).unwrap(), text);
    }

    #[test]
    fn many_writers_lose_nothing() {
        let (_dir, journal) = journal();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        journal.append(&[record("x")]).unwrap();
                    }
                });
            }
        });
        assert_eq!(journal.read().unwrap().records.len(), 80);
    }
}
