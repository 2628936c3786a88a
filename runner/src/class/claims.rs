use std::collections::BTreeMap;
use std::path::Path;

use super::roster::Roster;
use crate::journal::{Journal, JournalError, Record};

/// What learners say of themselves: the journals that they handed in. They are
/// files of the learners' own, shown beside the grades and never counted.
#[derive(Debug, Default)]
pub struct Claims {
    /// Records by learner.
    pub records: BTreeMap<String, Vec<Record>>,
    /// What was odd in the files, in Portuguese.
    pub warnings: Vec<String>,
}

impl Claims {
    /// Reads `ID.jsonl` or `ID/journal.jsonl` of every learner in a folder.
    ///
    /// # Errors
    /// A journal that cannot be read, or that a newer runner wrote.
    pub fn read(roster: &Roster, folder: &Path) -> Result<Self, JournalError> {
        let mut claims = Self::default();
        for learner in &roster.learners {
            let id = &learner.id;
            let places = [format!("{id}.jsonl"), format!("{id}/journal.jsonl")];
            let mut paths = places.iter().map(|place| folder.join(place));
            let Some(path) = paths.find(|path| path.is_file()) else {
                continue;
            };
            let read = Journal::<Record>::at(path).read()?;
            let warnings = read.warnings.iter().map(|w| format!("{id}: {w}"));
            claims.warnings.extend(warnings);
            claims.records.insert(id.clone(), read.records);
        }
        Ok(claims)
    }
}
