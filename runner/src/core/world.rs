use std::future::Future;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Action, CheckId, Observation, Probe, ProbeError};

/// What is graded: something that can be looked at and acted on. One is AWS
/// (or the sandbox), another replays recorded observations.
pub trait World: Send + Sync + 'static {
    /// What looks made in the same moment may share, so that a call that
    /// several probes make is made once.
    type Moment: Default + Send + Sync;

    /// Looks.
    ///
    /// # Errors
    /// Only when it could not look; "not found" is an observation.
    fn observe(
        &self,
        probe: &Probe,
        at: &At<'_, Self::Moment>,
    ) -> impl Future<Output = Result<Observation, ProbeError>> + Send;

    /// Acts.
    ///
    /// # Errors
    /// When the action could not be done; kind `Missing` when the learner's
    /// resource that it needs is not there.
    fn act(&self, action: &Action) -> impl Future<Output = Result<Acted, ProbeError>> + Send;

    /// Whether behaviour is enforced as on AWS (`true`), or some rules are only
    /// configuration (`false`, the sandbox).
    fn enforces_everything(&self) -> bool;

    /// How many API calls were made so far.
    fn calls(&self) -> u64;

    /// The world's own clock; a replayed one does not wait for ours.
    fn now(&self) -> Instant;

    /// Lets time pass in the world.
    fn pause(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

/// Who looks, and when.
#[derive(Debug, Clone, Copy)]
pub struct At<'a, M> {
    /// The check on whose behalf the look is taken.
    pub check: &'a CheckId,
    /// What other looks it shares its calls with.
    pub moment: &'a M,
    /// When the check's actions began, in milliseconds since 1970: of a log,
    /// only what is newer belongs to the check.
    pub since: i64,
}

/// What an action did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Acted {
    /// The function's own error, when a function was called and failed.
    pub failure: Option<FunctionFailure>,
}

/// An error that the learner's function raised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionFailure {
    /// Exception type, such as `KeyError`.
    pub kind: String,
    /// The exception's message.
    pub message: String,
    /// Where it was raised, `app.py, linha 12`, when the log tells.
    pub place: Option<String>,
}

impl std::fmt::Display for FunctionFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.kind)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(place) = &self.place {
            write!(f, " ({place})")?;
        }
        Ok(())
    }
}
