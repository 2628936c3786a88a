use std::collections::{BTreeMap, BTreeSet};

use super::State;
use super::state::Verdicts;
use crate::core::{CheckId, Lab};

/// Which checks, and which of their expectations, some state contradicts.
pub(super) struct Matrix {
    pub(super) killed: usize,
    pub(super) unproved: Vec<CheckId>,
    pub(super) facts: usize,
    pub(super) unproved_facts: Vec<String>,
}

/// A check that fails has been judged, so its `needs` were satisfied.
pub(super) fn matrix(lab: &Lab, states: &BTreeMap<State, Verdicts>) -> Matrix {
    let mut matrix = Matrix {
        killed: 0,
        unproved: Vec::new(),
        facts: 0,
        unproved_facts: Vec::new(),
    };
    for (id, _, check) in lab.checks() {
        let failures: Vec<_> = states
            .values()
            .filter_map(|verdicts| verdicts.get(&id))
            .filter(|said| said.word == "fail")
            .collect();
        if failures.is_empty() {
            matrix.unproved.push(id.clone());
        } else {
            matrix.killed += 1;
        }
        let seen: BTreeSet<&str> = failures
            .iter()
            .flat_map(|said| said.facts.iter().map(String::as_str))
            .collect();
        for fact in check.expect.keys().map(toml::Spanned::get_ref) {
            matrix.facts += 1;
            if !seen.contains(fact.as_str()) {
                matrix.unproved_facts.push(format!("{id}.{fact}"));
            }
        }
    }
    matrix
}
