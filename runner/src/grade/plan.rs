use std::collections::BTreeSet;

use crate::core::{CheckId, Lab};

/// Which checks of a lab are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// All.
    #[default]
    All,
    /// Those of one step.
    Step(String),
    /// One.
    Check(CheckId),
}

impl Selection {
    /// Whether the check is asked for.
    pub fn includes(&self, id: &CheckId) -> bool {
        match self {
            Self::All => true,
            Self::Step(step) => id.step() == step,
            Self::Check(check) => id == check,
        }
    }
}

/// The checks asked for and all that they wait for.
pub(super) fn closure(lab: &Lab, selection: &Selection) -> BTreeSet<CheckId> {
    let mut wanted: Vec<CheckId> = lab
        .checks()
        .map(|(id, ..)| id)
        .filter(|id| selection.includes(id))
        .collect();
    let mut plan = BTreeSet::new();
    while let Some(id) = wanted.pop() {
        if let Some((_, step, check)) = lab.checks().find(|(other, ..)| *other == id) {
            wanted.extend(check.needs_in(step.id.get_ref()));
            wanted.extend(check.chain_in(step.id.get_ref()));
            plan.insert(id);
        }
    }
    plan
}
