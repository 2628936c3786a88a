//! What graders saw. Nothing is ever changed or taken away in it, so any number
//! of them can write at the same time.

mod files;
mod record;
mod table;

use futures_util::future::BoxFuture;

pub use files::FileBook;
pub use record::{GRADE_VERSION, Grade, Mode};
pub use table::TableBook;

use crate::core::ProbeError;
use crate::journal::{JournalError, Read};

/// Where grades are kept.
pub trait Gradebook: Send + Sync {
    /// Adds one; what this returns for survives a crash.
    fn append<'a>(&'a self, grade: &'a Grade) -> BoxFuture<'a, Result<(), GradebookError>>;

    /// All grades, oldest first.
    fn read(&self) -> BoxFuture<'_, Result<Read<Grade>, GradebookError>>;

    /// Where it is, for people.
    fn place(&self) -> String;
}

/// A gradebook that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GradebookError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] JournalError),
    /// The folder cannot be listed.
    #[error("a pasta {path} não pôde ser lida: {source}")]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The table cannot be reached.
    #[error("a tabela {table}: {}: {}", .source.kind, .source.message)]
    Table {
        /// The table's name.
        table: String,
        /// What happened.
        source: ProbeError,
    },
    /// A table with this name is something else.
    #[error("a tabela {0} existe e não é um caderno de notas")]
    ForeignTable(String),
    /// Nobody made the table yet.
    #[error("a tabela {0} não existe")]
    NoTable(String),
    /// A newer runner wrote it.
    #[error(
        "o caderno de notas tem registros da versão {found}, e este programa conhece até a {GRADE_VERSION}"
    )]
    TooNew {
        /// The version found.
        found: u64,
    },
    /// The task that wrote ended with an error of this program.
    #[error("a gravação da nota foi interrompida")]
    Lost,
}

fn by_time(grades: &mut [Grade]) {
    grades.sort_by(|a, b| (a.record.time, &a.id).cmp(&(b.record.time, &b.id)));
}
