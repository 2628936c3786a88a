//! Runs the checks of a lab against a [`World`](crate::core::World):
//! independent ones concurrently, each with its deadline, its polling and its
//! clean-up; says what it does by events and gives a report.

mod again;
mod cause;
mod check;
mod drive;
mod errors;
mod job;
mod plan;
mod ready;
mod rest;
mod run;
mod watch;

pub use job::{Event, Job};
pub use plan::{Selection, quiet};
pub use run::grade;

/// How long one look may take before it counts as unanswered.
const PROBE_DEADLINE: std::time::Duration = std::time::Duration::from_secs(10);

/// Pauses before one looks again after a fault that may be a passing one; the SDK
/// has tried again by then, but not over an answer that was cut off.
const LOOK_AGAIN: [std::time::Duration; 2] = [
    std::time::Duration::from_millis(200),
    std::time::Duration::from_millis(800),
];

/// How long an evidently broken system is still watched, for the evidence's sake.
const EVIDENCE_WAIT: std::time::Duration = std::time::Duration::from_secs(3);

/// How long a system is watched that is not as asked and may work all the same.
const DOUBT_WAIT: std::time::Duration = std::time::Duration::from_secs(10);

/// How long a function that is at work is left alone between two looks.
const REST_PAUSE: std::time::Duration = std::time::Duration::from_millis(1500);

/// How long a look takes on a machine that keeps up. What it takes longer, the
/// learner's system takes longer too, and is given.
const PROMPT: std::time::Duration = std::time::Duration::from_millis(500);

/// How long after its anchor an absence is looked at.
const ABSENCE_GRACE: std::time::Duration = std::time::Duration::from_millis(500);

/// The same on AWS, where events come in any order and a log shows a call late.
const AWS_ABSENCE_GRACE: std::time::Duration = std::time::Duration::from_secs(5);

/// How long after an interruption what was set in motion may still end, before
/// everything is taken back for good.
const INTERRUPTION_GRACE: std::time::Duration = std::time::Duration::from_secs(2);

/// How long the clean-up of one check may take.
const CLEANUP_DEADLINE: std::time::Duration = std::time::Duration::from_secs(10);

/// How long messages may take that somebody is still working on.
const DRAIN_DEADLINE: std::time::Duration = std::time::Duration::from_secs(30);
