use serde::{Deserialize, Serialize};

use crate::core::CheckId;
use crate::journal::{CheckVerdict, Entry, Line, Record};

/// The newest `format_version` of a [`Grade`] that this runner knows.
pub const GRADE_VERSION: u32 = 1;

/// One look at one learner's lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// Version of the format; see [`GRADE_VERSION`].
    pub format_version: u32,
    /// Unique, so that no two are ever taken for one.
    pub id: String,
    /// The class's id.
    pub class: String,
    /// The learner's id.
    pub learner: String,
    /// Who looked.
    pub mode: Mode,
    /// The grading that it is a part of.
    pub run: String,
    /// User who graded, as the computer knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grader: Option<String>,
    /// What kept the account, or a part of it, from being looked at; verdicts of
    /// what could not be seen are `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// What was seen, as in a learner's own journal.
    pub record: Record,
}

/// Who looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Who teaches, in the learner's account: it counts.
    Instructor,
    /// The learner: it is shown and does not count.
    #[serde(rename = "self")]
    Learner,
}

impl Mode {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Instructor => "instructor",
            Self::Learner => "self",
        }
    }
}

impl Grade {
    /// The verdicts of the checks.
    pub fn verdicts(&self) -> &[CheckVerdict] {
        match &self.record.entry {
            Entry::Check { verdicts } => verdicts,
            _ => &[],
        }
    }

    /// One check's verdict, as a word.
    pub fn verdict(&self, id: &CheckId) -> Option<&str> {
        let found = self.verdicts().iter().find(|v| v.id == id.as_str());
        found.map(|v| v.verdict.as_str())
    }

    /// Where it stands in order: by time, and by id where that is the same.
    pub fn key(&self) -> String {
        format!("{} {} {}", self.record.lab, self.record.time, self.id)
    }
}

impl Line for Grade {
    const VERSION: u32 = GRADE_VERSION;
    const FILE: &'static str = "caderno de notas";

    fn version(&self) -> u32 {
        self.format_version
    }
}
