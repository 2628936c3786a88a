use std::collections::BTreeMap;

use super::record::{CheckVerdict, Entry, Record};
use crate::aws::TargetKind;
use crate::core::Lab;

/// The newest look at one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When it was taken.
    pub time: jiff::Timestamp,
    /// What was said, and what was seen.
    pub verdict: CheckVerdict,
}

/// The newest look at each check of a lab where the learner works now: what
/// was seen on another target or in another account says nothing of this one.
pub fn looks(
    lab: &Lab,
    records: &[Record],
    target: TargetKind,
    account: Option<&str>,
) -> BTreeMap<String, Look> {
    let here = |record: &&Record| {
        let other = account.zip(record.account.as_deref());
        record.lab == lab.id && record.target == target && other.is_none_or(|(a, b)| a == b)
    };
    let mut newest = BTreeMap::new();
    for record in records.iter().filter(here) {
        if let Entry::Check { verdicts } = &record.entry {
            newest.extend(verdicts.iter().map(|verdict| {
                let look = Look {
                    time: record.time,
                    verdict: verdict.clone(),
                };
                (verdict.id.clone(), look)
            }));
        }
    }
    newest
}
