use std::path::PathBuf;

use crate::core::UnknownPlaceholder;

/// Commands that could not be run as they should.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A file or folder could not be written, or a program not be started.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file, folder or program.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A program is not on this machine.
    #[error("não encontrei o programa `{0}`")]
    NoProgram(String),
    /// A command is empty, or of a kind that is not run.
    #[error("comando vazio")]
    Empty,
    /// A command holds a name that stands for nothing.
    #[error(transparent)]
    Placeholder(#[from] UnknownPlaceholder),
    /// A command ran and failed.
    #[error("`{line}` falhou: {said}")]
    Failed {
        /// The command.
        line: String,
        /// What it wrote as an error.
        said: String,
    },
    /// The process that runs AWS CLI commands ended or spoke otherwise than agreed.
    #[error("a AWS CLI do sandbox parou de responder: {0}")]
    Worker(String),
}

impl ApplyError {
    /// Says of an error of the system what it was about.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
