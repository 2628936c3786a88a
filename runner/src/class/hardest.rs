use std::collections::BTreeMap;

use super::gradebook::Grade;
use super::standing::Standing;
use crate::core::Lab;

/// A check that many did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hard {
    /// The lab's id.
    pub lab: String,
    /// `step/check`.
    pub check: String,
    /// What it asks.
    pub says: String,
    /// Learners whom the newest look saw fail.
    pub failed: usize,
    /// Learners of whom the newest look says whether it passed.
    pub judged: usize,
}

/// The checks that failed for somebody, hardest first: by the share of those
/// who were judged, then by how many they are.
pub fn hardest(labs: &[&Lab], standings: &[Standing]) -> Vec<Hard> {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for lab in standings.iter().flat_map(|s| &s.labs) {
        for verdict in lab.last.iter().flat_map(Grade::verdicts) {
            let count = counts.entry((&lab.lab, &verdict.id)).or_default();
            match verdict.verdict.as_str() {
                "pass" => count.1 += 1,
                "fail" => {
                    count.0 += 1;
                    count.1 += 1;
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    for lab in labs {
        // It is everybody's: the names begin with nobody's prefix.
        let names = lab.names_for("…", "", "");
        for (id, _, check) in lab.checks() {
            let count = counts.get(&(lab.id.as_str(), id.as_str()));
            if let Some((failed, judged)) = count.filter(|(failed, _)| *failed > 0) {
                found.push(Hard {
                    lab: lab.id.clone(),
                    check: id.as_str().to_owned(),
                    says: names.fill_known(&check.says),
                    failed: *failed,
                    judged: *judged,
                });
            }
        }
    }
    // Stable: equally hard ones stay in the course's order.
    found.sort_by(|a, b| {
        let share = (b.failed * a.judged).cmp(&(a.failed * b.judged));
        share.then(b.failed.cmp(&a.failed))
    });
    found
}
