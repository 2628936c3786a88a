use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::core::{ProbeError, ProbeErrorKind, Thing};

/// How an account is after a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// All that was planned is gone, and was seen to be gone.
    Clean,
    /// Something that was planned is still there.
    Residue,
    /// Not everything could be looked at, or it was interrupted.
    Incomplete,
    /// AWS refuses to have something deleted by these credentials.
    Blocked,
}

impl Status {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clean => "limpo",
            Self::Residue => "resíduo",
            Self::Incomplete => "incompleto",
            Self::Blocked => "bloqueado",
        }
    }
}

/// Something that is still there, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Left {
    /// What.
    pub thing: Thing,
    /// Why, in Portuguese.
    pub why: String,
    /// The error that kept it, when there was one.
    pub kind: Option<ProbeErrorKind>,
}

/// What a reset of one account did.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What is gone.
    pub gone: Vec<Thing>,
    /// What of the plan is still there.
    pub left: Vec<Left>,
    /// What could not be looked at, at the end.
    pub unseen: Vec<ProbeError>,
    /// Whether it was stopped before its end.
    pub stopped: bool,
    /// Whether all was looked at again afterwards.
    pub verified: bool,
    /// When the last deletion was accepted, from the beginning.
    pub accepted_after: Duration,
    /// When all was seen to be gone, from the beginning.
    pub verified_after: Duration,
    /// How many calls were made.
    pub calls: usize,
}

impl Outcome {
    /// The one word for it. Only what was seen to be empty is clean.
    pub fn status(&self) -> Status {
        let denied = |kind: ProbeErrorKind| kind == ProbeErrorKind::Denied;
        let blind = |kind: ProbeErrorKind| {
            !matches!(kind, ProbeErrorKind::Denied | ProbeErrorKind::Refused)
        };
        let kinds = || self.left.iter().filter_map(|left| left.kind);
        if kinds().any(denied) {
            Status::Blocked
        } else if self.stopped || !self.unseen.is_empty() || kinds().any(blind) {
            Status::Incomplete
        } else if !self.left.is_empty() {
            Status::Residue
        } else if self.verified {
            Status::Clean
        } else {
            Status::Incomplete
        }
    }
}
