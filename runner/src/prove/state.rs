use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::core::{CheckId, Report, Verdict};

/// A state of an account in which a lab's checks are judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing was made yet.
    Blank,
    /// The reference solution was applied up to and with this step.
    Solved(String),
    /// The system of a prepared lab, with the faults that this seed draws.
    Prepared(u64),
    /// A near miss, by its folder, was applied to the state it starts from.
    NearMiss(String),
}

impl State {
    /// The word that recorded worlds are kept under.
    pub fn key(&self) -> String {
        match self {
            Self::Blank => "blank".to_owned(),
            Self::Solved(step) => format!("solved/{step}"),
            Self::Prepared(seed) => format!("prepared/{seed}"),
            Self::NearMiss(slug) => format!("near-miss/{slug}"),
        }
    }

    /// The state kept under a word.
    pub fn from_key(key: &str) -> Option<Self> {
        match key.split_once('/') {
            None if key == "blank" => Some(Self::Blank),
            Some(("solved", step)) => Some(Self::Solved(step.to_owned())),
            Some(("prepared", seed)) => seed.parse().ok().map(Self::Prepared),
            Some(("near-miss", slug)) => Some(Self::NearMiss(slug.to_owned())),
            _ => None,
        }
    }

    /// Whether it is a near miss.
    pub fn is_near_miss(&self) -> bool {
        matches!(self, Self::NearMiss(_))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("na conta vazia"),
            Self::Solved(step) => write!(f, "depois do passo `{step}`"),
            Self::Prepared(seed) => write!(f, "com os defeitos da semente {seed}"),
            Self::NearMiss(slug) => write!(f, "no quase-acerto `{slug}`"),
        }
    }
}

/// What is said of one check in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// The verdict's word.
    pub(super) word: &'static str,
    /// All that the learner is told was observed.
    pub(super) message: String,
    /// The facts that are not as expected.
    pub(super) facts: BTreeSet<String>,
    /// The first broken link, if one was found.
    pub(super) first: Option<CheckId>,
}

/// What is said of every check in one state.
pub(super) type Verdicts = BTreeMap<CheckId, Said>;

impl Said {
    /// Whether the same is said, whatever the words: how much of a function's
    /// log is shown depends on when it was looked at.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        self.word == other.word && self.facts == other.facts && self.first == other.first
    }
}

/// The verdicts of a report, with the account's own names replaced.
pub(super) fn verdicts(report: &Report, replace: impl Fn(&str) -> String) -> Verdicts {
    report
        .checks
        .iter()
        .map(|check| {
            let (facts, first) = match &check.verdict {
                Verdict::Fail(cause) => (
                    cause.mismatches.iter().map(|m| m.fact.clone()).collect(),
                    cause.first.clone(),
                ),
                _ => (BTreeSet::new(), None),
            };
            let said = Said {
                word: check.verdict.word(),
                message: replace(&check.observed()),
                facts,
                first,
            };
            (check.id.clone(), said)
        })
        .collect()
}
