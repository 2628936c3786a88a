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
    /// These.
    These(BTreeSet<CheckId>),
}

impl Selection {
    /// Whether the check is asked for.
    pub fn includes(&self, id: &CheckId) -> bool {
        match self {
            Self::All => true,
            Self::Step(step) => id.step() == step,
            Self::Check(check) => id == check,
            Self::These(checks) => checks.contains(id),
        }
    }
}

/// What can be looked at of a step without setting anything in motion: the
/// checks that only read, of the step and of what it depends on; of all steps up
/// to it, when it has none. What they see tells whether it is worth while to
/// check the step.
pub fn quiet(lab: &Lab, step: &str) -> BTreeSet<CheckId> {
    let reads = |id: &CheckId| {
        let plan = closure(lab, &Selection::Check(id.clone()));
        lab.checks()
            .filter(|(id, ..)| plan.contains(id))
            .all(|(_, _, check)| check.only_reads())
    };
    let near = closure(lab, &Selection::Step(step.to_owned()));
    let near: BTreeSet<CheckId> = near.into_iter().filter(reads).collect();
    if !near.is_empty() {
        return near;
    }
    let before = lab.steps.iter().take_while(|s| s.id.get_ref() != step);
    let before: BTreeSet<&str> = before.map(|s| s.id.get_ref().as_str()).collect();
    let all = lab.checks().map(|(id, ..)| id);
    all.filter(|id| before.contains(id.step()) && reads(id))
        .collect()
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
