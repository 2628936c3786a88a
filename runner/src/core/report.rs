use std::time::Duration;

use super::{CheckId, Fidelity, Verdict};

/// The outcome of one run over one lab.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The lab's id.
    pub lab: String,
    /// One report a check, in the lab's order.
    pub checks: Vec<CheckReport>,
    /// Checks that were not asked for, are needed by one that was, and did not pass.
    pub others: Vec<CheckReport>,
    /// Points of the checked steps.
    pub points: Points,
    /// API calls made.
    pub calls: u64,
    /// Wall time of the run.
    pub took: Duration,
    /// Whether the run was interrupted; what was not judged is missing.
    pub interrupted: bool,
}

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// Which check.
    pub id: CheckId,
    /// What is asked.
    pub says: String,
    /// What is said of it.
    pub verdict: Verdict,
    /// How it was verified.
    pub fidelity: Fidelity,
    /// Said when it did not pass.
    pub hint: String,
    /// The `aws` command that shows the same.
    pub command: String,
    /// Section of the book.
    pub book: Option<String>,
    /// Digest of the last observation.
    pub evidence: Option<String>,
    /// Time from start to verdict, waiting for `needs` not included.
    pub took: Duration,
}

/// Points of the steps that were checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Points {
    /// Earned: steps whose checks all passed.
    pub earned: u32,
    /// Most that could be earned.
    pub max: u32,
}

impl Report {
    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        !self.interrupted && self.checks.iter().all(|c| c.verdict == Verdict::Pass)
    }
}

impl CheckReport {
    /// All that was observed, a line each: mismatches, first cause, evidence.
    /// Without the hint, which says the same whatever was seen.
    pub fn observed(&self) -> String {
        let mut lines = Vec::new();
        match &self.verdict {
            Verdict::Pass => {}
            Verdict::Skipped { because } => lines.push(because.to_string()),
            Verdict::Unknown(error) => lines.push(format!("{}: {}", error.kind, error.message)),
            Verdict::Broken(problem) => lines.push(problem.clone()),
            Verdict::Fail(cause) | Verdict::Pending(cause) => {
                lines.extend(cause.first.iter().map(ToString::to_string));
                for m in &cause.mismatches {
                    lines.push(format!("{}: {} ≠ {}", m.label, m.actual, m.expected));
                }
                lines.extend(cause.notes.iter().cloned());
            }
        }
        lines.join("\n")
    }
}
