use std::collections::BTreeMap;
use std::path::Path;

use super::roster::Roster;
use crate::journal::{Journal, JournalError, Record};

/// What learners say of themselves: the journals that they handed in, as
/// `ID.jsonl` or `ID/journal.jsonl` in a folder, and what was odd in them. They
/// are files of the learners' own, shown beside the grades and never counted.
///
/// # Errors
/// A journal that cannot be read, or that a newer runner wrote.
pub fn claims(
    roster: &Roster,
    folder: &Path,
) -> Result<(BTreeMap<String, Vec<Record>>, Vec<String>), JournalError> {
    let mut found = BTreeMap::new();
    let mut warnings = Vec::new();
    for learner in &roster.learners {
        let id = &learner.id;
        let places = [format!("{id}.jsonl"), format!("{id}/journal.jsonl")];
        for path in places.iter().map(|place| folder.join(place)) {
            if path.is_file() {
                let read = Journal::<Record>::at(path).read()?;
                warnings.extend(read.warnings.iter().map(|w| format!("{id}: {w}")));
                found.insert(id.clone(), read.records);
                break;
            }
        }
    }
    Ok((found, warnings))
}
