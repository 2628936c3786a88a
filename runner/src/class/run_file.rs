use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The grading that is going on in a class's folder, so that one that was
/// broken off can be taken up again. Held by its lock: two at once in one folder
/// would be one too many.
#[derive(Debug)]
pub struct RunFile {
    file: File,
    path: PathBuf,
    /// The grading.
    pub run: Run,
    /// Whether it began before and was broken off.
    pub resumed: bool,
}

/// One grading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// When it began.
    pub began: jiff::Timestamp,
    /// What is graded.
    pub asked: Asked,
}

/// What is graded. A grading is taken up again when the same is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Labs with their versions.
    pub labs: Vec<(String, String)>,
    /// Learners.
    pub learners: Vec<String>,
    /// Where the grades go.
    pub gradebook: String,
}

/// A grading that cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Another one is at work in this folder.
    #[error("outra correção está em andamento nesta pasta")]
    Busy,
    /// The file cannot be used.
    #[error("{path} não pôde ser usado: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// How old a grading may be that is taken up again: what was seen before a
/// night's work is no longer how it stands.
const FRESH: Duration = Duration::from_secs(12 * 60 * 60);

impl RunFile {
    /// Takes up the grading that was broken off, if the same is asked for and
    /// nothing speaks against it; otherwise begins one.
    ///
    /// # Errors
    /// Another grading is going on, or the file cannot be used.
    pub fn begin(folder: &Path, asked: Asked, anew: bool) -> Result<Self, RunError> {
        let path = folder.join("correcao.json");
        let fail = |source| RunError::Io {
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(RunError::Busy),
            Err(std::fs::TryLockError::Error(e)) => return Err(fail(e)),
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(fail)?;
        let now = jiff::Timestamp::now();
        let old = serde_json::from_str::<Run>(&text).ok().filter(|old| {
            let age = now.duration_since(old.began).unsigned_abs();
            !anew && old.asked == asked && age < FRESH
        });
        let resumed = old.is_some();
        let run = old.unwrap_or_else(|| Run {
            id: format!("{:016x}", fastrand::u64(..)),
            began: now,
            asked,
        });
        let mut this = Self {
            file,
            path: path.clone(),
            run,
            resumed,
        };
        if !resumed {
            this.write().map_err(fail)?;
        }
        Ok(this)
    }

    fn write(&mut self) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(&self.run).map_err(io::Error::other)?;
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&text)?;
        self.file.sync_data()
    }

    /// Forgets it: everything is graded.
    ///
    /// # Errors
    /// The file cannot be changed.
    pub fn end(self) -> Result<(), RunError> {
        // Emptied and not removed: somebody may be waiting for its lock.
        self.file.set_len(0).map_err(|source| RunError::Io {
            path: self.path.clone(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(learner: &str) -> Asked {
        Asked {
            labs: vec![("notas-fiscais".into(), "v1".into())],
            learners: vec![learner.into()],
            gradebook: "notas".into(),
        }
    }

    #[test]
    fn what_was_broken_off_is_taken_up_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let begin = |who, anew| RunFile::begin(dir.path(), asked(who), anew).unwrap();
        let first = begin("ana", false);
        let id = first.run.id.clone();
        assert!(!first.resumed);
        assert!(matches!(
            RunFile::begin(dir.path(), asked("ana"), false),
            Err(RunError::Busy)
        ));
        drop(first);
        let again = begin("ana", false);
        assert!(again.resumed);
        assert_eq!(again.run.id, id);
        drop(again);
        assert!(!begin("ana", true).resumed);
        assert!(!begin("bia", false).resumed);
        let last = begin("bia", false);
        assert!(last.resumed);
        last.end().unwrap();
        assert!(!begin("bia", false).resumed);
    }

    #[test]
    fn an_old_or_torn_one_is_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("correcao.json");
        let old = Run {
            id: "x".into(),
            began: jiff::Timestamp::now() - jiff::SignedDuration::from_hours(13),
            asked: asked("ana"),
        };
        for text in [serde_json::to_string(&old).unwrap(), "{\"id\":".into()] {
            std::fs::write(&path, text).unwrap();
            let begun = RunFile::begin(dir.path(), asked("ana"), false).unwrap();
            assert!(!begun.resumed);
        }
    }
}
