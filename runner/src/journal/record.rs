use serde::{Deserialize, Serialize};

use super::file::Line;
use crate::aws::TargetKind;
use crate::core::{Cause, CheckId, CheckReport, Mismatch, Verdict};

/// The newest `format_version` of a record that this runner knows.
pub const RECORD_VERSION: u32 = 1;

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the format; see [`RECORD_VERSION`].
    pub format_version: u32,
    /// When it happened.
    pub time: jiff::Timestamp,
    /// The course's id.
    pub course: String,
    /// The lab's id.
    pub lab: String,
    /// Digest of the lab as it was graded.
    pub lab_version: String,
    /// Sandbox or AWS.
    pub target: TargetKind,
    /// Account, when one was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Region, when one was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Version of the runner.
    pub runner: String,
    /// What happened.
    pub entry: Entry,
}

impl Line for Record {
    const VERSION: u32 = RECORD_VERSION;
    const FILE: &'static str = "diário";

    fn version(&self) -> u32 {
        self.format_version
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Checks were graded.
    Check {
        /// Their verdicts, in the lab's order.
        verdicts: Vec<CheckVerdict>,
    },
    /// A quiz question was answered.
    Quiz {
        /// The question's id.
        question: String,
        /// The answer given.
        answer: Vec<String>,
        /// Whether it was right.
        right: bool,
    },
    /// A hint was shown.
    Hint {
        /// The step's id.
        step: String,
        /// Rung of the ladder, from 1.
        rung: usize,
    },
    /// A system with faults was prepared for the learner.
    Prepared {
        /// What the faults were drawn by.
        seed: u64,
    },
    /// The solution was shown.
    Solution {
        /// The step's id.
        step: String,
    },
}

/// One check's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckVerdict {
    /// `step/check`.
    pub id: String,
    /// `pass`, `fail`, `skipped`, `pending`, `unknown` or `broken`.
    pub verdict: String,
    /// Digest of what was observed, so that a later look can be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What was seen of a check that did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
}

/// What was seen of a check that did not pass, as it was reported: a hint
/// begins from there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The first broken link, as `step/check`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// Facts that were not as expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mismatches: Vec<Mismatch>,
    /// Evidence and near misses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl CheckVerdict {
    /// A verdict without anything seen.
    pub fn bare(id: &CheckId, word: &str) -> Self {
        Self {
            id: id.as_str().to_owned(),
            verdict: word.to_owned(),
            evidence: None,
            seen: None,
        }
    }

    /// What the journal keeps of a check's outcome.
    pub fn of(report: &CheckReport) -> Self {
        Self {
            evidence: report.evidence.clone(),
            seen: match &report.verdict {
                Verdict::Fail(cause) | Verdict::Pending(cause) => Some(Seen::of(cause)),
                _ => None,
            },
            ..Self::bare(&report.id, report.verdict.word())
        }
    }
}

impl Seen {
    fn of(cause: &Cause) -> Self {
        Self {
            first: cause.first.as_ref().map(ToString::to_string),
            mismatches: cause.shown().cloned().collect(),
            notes: cause.notes.clone(),
        }
    }
}
