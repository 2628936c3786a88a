use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::class::Learner;
use crate::core::{Aside, Kind, Thing, fingerprint};

/// The version of a plan that this program writes and reads.
const VERSION: u32 = 1;

/// How old a plan may be: an account changes while nobody looks.
pub const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What would go and what would stay, in every account of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version of the format.
    pub format_version: u32,
    /// SHA-256 of all the rest.
    pub hash: String,
    /// Id of the class.
    pub class: String,
    /// Id of the course.
    pub course: String,
    /// Which labs it is about.
    pub labs: Vec<String>,
    /// When it was made.
    pub made: jiff::Timestamp,
    /// A part for each learner.
    pub parts: Vec<Part>,
}

/// One learner's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Id of the learner.
    pub learner: String,
    /// The account.
    pub account: String,
    /// The Region.
    pub region: String,
    /// What the learner's names begin with.
    pub prefix: String,
    /// Labs of which there is something.
    pub labs: Vec<String>,
    /// What goes.
    pub goes: Vec<Thing>,
    /// What stays, and why.
    pub stays: Vec<Stay>,
    /// Kinds that no lab asks for, under the learner's prefix: left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aside: Vec<Beside>,
    /// What could not be read, and so stays whatever it is.
    pub unread: Vec<Unread>,
    /// Why nothing of this account goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// How many calls it takes at least.
    pub calls: usize,
    /// How long it takes at least, in seconds.
    pub seconds: u64,
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Why it stays.
    pub why: String,
}

/// Something of a kind that a reset never deletes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// What it is.
    pub kind: Aside,
    /// Its name; without one, all of this kind, which could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why it is told of.
    pub why: String,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// What it is.
    pub kind: Kind,
    /// Its name; without one, everything of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why.
    pub why: String,
}

/// A plan that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// It is no plan.
    #[error("{path} não é um plano de limpeza: {why}")]
    Format {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Somebody changed it.
    #[error("{0} foi modificado depois de feito: o conteúdo não confere com o hash")]
    Changed(PathBuf),
}

impl Part {
    /// A part in which nothing was looked at yet.
    pub fn of(learner: &Learner) -> Self {
        Self {
            learner: learner.id.clone(),
            account: learner.account.clone(),
            region: learner.region.clone(),
            prefix: learner.prefix.clone(),
            labs: Vec::new(),
            goes: Vec::new(),
            stays: Vec::new(),
            aside: Vec::new(),
            unread: Vec::new(),
            refused: None,
            calls: 0,
            seconds: 0,
        }
    }
}

impl Plan {
    /// A new plan with its hash.
    pub fn new(class: &str, course: &str, labs: Vec<String>, parts: Vec<Part>) -> Self {
        let mut plan = Self {
            format_version: VERSION,
            hash: String::new(),
            class: class.to_owned(),
            course: course.to_owned(),
            labs,
            made: jiff::Timestamp::now(),
            parts,
        };
        plan.hash = plan.digest();
        plan
    }

    fn digest(&self) -> String {
        let bare = Self {
            hash: String::new(),
            ..self.clone()
        };
        let text = serde_json::to_vec(&bare).unwrap_or_default();
        fingerprint(text, 32)
    }

    /// What of the hash people read and type.
    pub fn short(&self) -> &str {
        self.hash.get(..12).unwrap_or(&self.hash)
    }

    /// How many things go.
    pub fn goes(&self) -> usize {
        self.parts.iter().map(|part| part.goes.len()).sum()
    }

    /// The parts of which something goes.
    pub fn going(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.goes.is_empty())
    }

    /// How old it is.
    pub fn age(&self) -> Duration {
        let age = jiff::Timestamp::now().duration_since(self.made);
        // One from the future is as good as one that is too old.
        Duration::try_from(age).unwrap_or(Duration::MAX)
    }

    /// Reads a plan and makes sure that it is as it was written.
    ///
    /// # Errors
    /// No plan, one of a newer program, or one that was changed.
    pub fn read(path: &Path) -> Result<Self, PlanError> {
        let text = std::fs::read(path).map_err(|source| PlanError::Io {
            path: path.to_owned(),
            source,
        })?;
        let format = |why: String| PlanError::Format {
            path: path.to_owned(),
            why,
        };
        let plan: Self = serde_json::from_slice(&text).map_err(|e| format(e.to_string()))?;
        if plan.format_version != VERSION {
            return Err(format(format!("versão {}", plan.format_version)));
        }
        if plan.hash != plan.digest() {
            return Err(PlanError::Changed(path.to_owned()));
        }
        Ok(plan)
    }

    /// Writes a plan, whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written, or that is there already.
    pub fn write(&self, path: &Path) -> Result<(), PlanError> {
        let fail = |source| PlanError::Io {
            path: path.to_owned(),
            source,
        };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        std::fs::create_dir_all(folder).map_err(fail)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
        let text = serde_json::to_string_pretty(self).map_err(|e| fail(e.into()))?;
        file.write_all(text.as_bytes()).map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
        file.persist_noclobber(path).map_err(|e| fail(e.error))?;
        Ok(())
    }

    /// Where the deletions of a plan are written down.
    pub fn journal(path: &Path) -> PathBuf {
        path.with_extension("diario.jsonl")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_was_changed_by_a_letter_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("plano.json");
        let part = Part {
            learner: "ana".to_owned(),
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            prefix: "ana".to_owned(),
            labs: vec!["l".to_owned()],
            goes: vec![Thing::new(Kind::SqsQueue, "ana-fila")],
            stays: Vec::new(),
            aside: Vec::new(),
            unread: Vec::new(),
            refused: None,
            calls: 3,
            seconds: 60,
        };
        let plan = Plan::new("t", "c", vec!["l".to_owned()], vec![part]);
        plan.write(&path).unwrap();
        assert_eq!(Plan::read(&path).unwrap(), plan);
        assert!(plan.write(&path).is_err(), "a plan is never written over");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("ana-fila", "ana-filo")).unwrap();
        assert!(matches!(Plan::read(&path), Err(PlanError::Changed(_))));
        std::fs::write(&path, "{}").unwrap();
        assert!(matches!(Plan::read(&path), Err(PlanError::Format { .. })));
    }
}
