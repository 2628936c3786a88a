use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::entries::parse;
use crate::aws::TargetKind;
use crate::core::{Access, CanvasId, MoodleId};
use crate::course::{Finding, Page};

/// The roster's file in a class's folder.
pub const ROSTER_FILE: &str = "turma.toml";

/// A class with everything filled in that the file leaves out.
#[derive(Debug, Clone)]
pub struct Roster {
    /// The class's folder.
    pub folder: PathBuf,
    /// Stable id of the class.
    pub id: String,
    /// What the course is called, for people.
    pub course: String,
    /// Accounts that are never touched.
    pub protected: BTreeSet<String>,
    /// Who learns, in the file's order.
    pub learners: Vec<Learner>,
}

/// One learner with everything filled in.
#[derive(Debug, Clone)]
pub struct Learner {
    /// Stable id, unique in the class; can be a file's name.
    pub id: String,
    /// The learner's name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Who the learner is in Moodle.
    pub moodle: MoodleId,
    /// Who the learner is in Canvas.
    pub canvas: CanvasId,
    /// The account, 12 digits.
    pub account: String,
    /// The Region in which the learner works.
    pub region: String,
    /// Begins the names of the learner's resources.
    pub prefix: String,
    /// How to get into the account.
    pub access: Access,
}

/// A roster that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// There is none where it should be.
    #[error("não há uma turma em {0}")]
    Missing(PathBuf),
    /// The file cannot be read.
    #[error("{path} não pôde ser lido: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// What is written in it is wrong, each mistake with its place.
    #[error("{ROSTER_FILE} tem {} problema(s)", .0.len())]
    Content(Vec<Finding>),
}

impl Learner {
    /// Sandbox or AWS.
    pub fn target(&self) -> TargetKind {
        match self.access {
            Access::Sandbox { .. } => TargetKind::Sandbox,
            _ => TargetKind::Aws,
        }
    }
}

impl Roster {
    /// Reads the roster of a class's folder.
    ///
    /// # Errors
    /// No file, one that cannot be read, or mistakes in it, each with its place.
    pub fn read(folder: &Path) -> Result<Self, RosterError> {
        let path = folder.join(ROSTER_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(RosterError::Missing(folder.to_owned()));
            }
            Err(source) => return Err(RosterError::Io { path, source }),
        };
        let page = Page {
            file: path.display().to_string(),
            text,
        };
        let mut roster = parse(&page).map_err(RosterError::Content)?;
        folder.clone_into(&mut roster.folder);
        Ok(roster)
    }

    /// A learner by id.
    pub fn learner(&self, id: &str) -> Option<&Learner> {
        self.learners.iter().find(|learner| learner.id == id)
    }
}
