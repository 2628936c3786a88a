//! Proves that a lab's grading is right: that it fails on an empty account,
//! passes on the reference solution, tells near misses apart, changes nothing
//! by looking, and that its reset leaves nothing behind and nothing else alone.
//!
//! What is judged is a table of states and verdicts ([`judge`]); it comes from a
//! sandbox ([`prove`]) or from recorded worlds ([`offline`]).

mod account;
mod feedback;
mod jobs;
mod judge;
mod live;
mod matrix;
mod near;
mod problem;
mod recorder;
mod replay;
mod second;
mod spine;
mod stale;
mod state;
mod subject;
mod worlds;

pub use feedback::{Feedback, Told, feedback};
pub use live::{Bed, Done, Wanted, prove};
pub use problem::{Kind, Problem};
pub use state::State;
pub use subject::Subject;
pub use worlds::{Worlds, write};

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What proving one lab came to.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// The lab's id.
    pub lab: String,
    /// How many checks it has.
    pub checks: usize,
    /// How many near misses were judged.
    pub near_misses: usize,
    /// Checks that were seen to fail, with their `needs` satisfied.
    pub killed: usize,
    /// Checks that nothing made fail.
    pub unproved: Vec<String>,
    /// Expectations that no state contradicts, `step/check.fact`: loosening one
    /// of them would not be noticed.
    pub unproved_facts: Vec<String>,
    /// How many expectations there are.
    pub facts: usize,
    /// Everything that is not as it should be.
    pub problems: Vec<Problem>,
    /// What was not as it should be at first, and was at the second look.
    pub unsteady: Vec<Problem>,
    /// Time from the first to the last account.
    pub took: Duration,
    /// What was observed, when it was recorded.
    pub recorded: Option<Worlds>,
}

impl Proof {
    /// How many problems of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        self.problems.iter().filter(|p| p.kind == kind).count()
    }

    fn of(subject: &Subject, states: &BTreeMap<State, state::Verdicts>, began: Instant) -> Self {
        let matrix = matrix::matrix(&subject.lab, states);
        let mut proof = Self {
            lab: subject.lab.id.clone(),
            checks: subject.lab.checks().count(),
            near_misses: states.keys().filter(|s| s.is_near_miss()).count(),
            killed: matrix.killed,
            facts: matrix.facts,
            unproved: matrix.unproved.iter().map(ToString::to_string).collect(),
            unproved_facts: matrix.unproved_facts,
            problems: judge::judge(&subject.lab, &subject.near_misses, states),
            unsteady: Vec::new(),
            took: began.elapsed(),
            recorded: None,
        };
        proof
            .problems
            .extend(matrix.unproved.into_iter().map(Problem::unproved));
        proof
    }
}

/// Judges a lab by its recorded worlds alone, in milliseconds and without a
/// sandbox: finds what a change of check, matcher or message has changed.
pub async fn offline(subject: &Subject) -> Proof {
    let began = Instant::now();
    let Some(worlds) = &subject.worlds else {
        return Proof {
            lab: subject.lab.id.clone(),
            checks: subject.lab.checks().count(),
            problems: vec![Problem::unrecorded(None)],
            ..Proof::default()
        };
    };
    let mut states = replay::replay(&subject.lab, worlds).await;
    subject.forget_what_varies(&mut states);
    Proof::of(subject, &states, began)
}
