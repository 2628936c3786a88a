use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;

use super::{Grade, Gradebook, GradebookError, by_time};
use crate::journal::{Journal, Read};

/// Files in the class's folder, one a learner, each a journal.
#[derive(Debug, Clone)]
pub struct FileBook {
    folder: PathBuf,
}

impl FileBook {
    /// The book of a class's folder.
    pub fn in_class(folder: &Path) -> Self {
        Self {
            folder: folder.join("notas"),
        }
    }

    fn read_all(&self) -> Result<Read<Grade>, GradebookError> {
        let fail = |source| GradebookError::Folder {
            path: self.folder.clone(),
            source,
        };
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Read::default()),
            Err(e) => return Err(fail(e)),
        };
        let mut all = Read::default();
        for entry in entries {
            let path = entry.map_err(fail)?.path();
            if path.extension().is_some_and(|e| e == "jsonl") {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let read = Journal::<Grade>::at(path.clone()).read()?;
                let warnings = read.warnings.iter();
                all.warnings
                    .extend(warnings.map(|w| format!("{name}: {w}")));
                all.records.extend(read.records);
            }
        }
        by_time(&mut all.records);
        Ok(all)
    }
}

impl Gradebook for FileBook {
    fn append<'a>(&'a self, grade: &'a Grade) -> BoxFuture<'a, Result<(), GradebookError>> {
        let path = self.folder.join(format!("{}.jsonl", grade.learner));
        let grade = grade.clone();
        Box::pin(async move {
            // The disk may take its time, and others are being graded meanwhile.
            let written =
                tokio::task::spawn_blocking(move || Journal::<Grade>::at(path).append(&[grade]));
            written.await.map_err(|_| GradebookError::Lost)??;
            Ok(())
        })
    }

    fn read(&self) -> BoxFuture<'_, Result<Read<Grade>, GradebookError>> {
        Box::pin(async { self.read_all() })
    }

    fn place(&self) -> String {
        self.folder.display().to_string()
    }
}
