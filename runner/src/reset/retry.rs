use std::time::Duration;

use tokio::sync::watch;

use crate::core::{ProbeError, ProbeErrorKind};

/// How often one call is tried.
const TRIES: u32 = 9;
/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(30);

/// Codes by which AWS says that a thing is still at work, or still used by
/// something that is being deleted.
const BUSY: [&str; 9] = [
    "BucketNotEmpty",
    "BadRequestException: Active stages",
    "ConcurrentModification",
    "ConflictException",
    "DeleteConflict",
    "LimitExceededException",
    "OperationAborted",
    "ResourceConflictException",
    "ResourceInUse",
];

/// Whether the same call may work a little later.
pub(super) fn passes(error: &ProbeError) -> bool {
    match error.kind {
        ProbeErrorKind::Throttled
        | ProbeErrorKind::Service
        | ProbeErrorKind::Timeout
        | ProbeErrorKind::Offline => true,
        ProbeErrorKind::Refused => BUSY.iter().any(|code| error.message.starts_with(code)),
        ProbeErrorKind::Denied
        | ProbeErrorKind::Credentials
        | ProbeErrorKind::Clock
        | ProbeErrorKind::Expired
        | ProbeErrorKind::Missing => false,
    }
}

/// The pause after so many tries; `None` when there were enough. Longer each
/// time, and never the same for two who were refused together.
pub(super) fn pause(error: &ProbeError, tries: u32) -> Option<Duration> {
    if tries >= TRIES || !passes(error) {
        return None;
    }
    let most = LONGEST.min(Duration::from_millis(400) * 2_u32.pow(tries));
    Some(most.mul_f64(0.5 + fastrand::f64() / 2.0))
}

/// Whether somebody asked to stop. What was begun is finished; nothing new is.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A switch, and what it switches.
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (switch, stop) = watch::channel(false);
        (switch, Self(stop))
    }

    /// One that nobody can switch.
    pub fn never() -> Self {
        Self::new().1
    }

    /// Whether it was switched.
    pub fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is switched; for ever when nobody can any more.
    pub(super) async fn wait(&self) {
        let mut stop = self.0.clone();
        if stop.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ProbeErrorKind, message: &str) -> ProbeError {
        ProbeError {
            kind,
            operation: "x".to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn only_what_may_pass_is_tried_again_and_not_for_ever() {
        assert!(passes(&error(ProbeErrorKind::Throttled, "")));
        assert!(passes(&error(
            ProbeErrorKind::Refused,
            "DeleteConflict: in use"
        )));
        assert!(!passes(&error(
            ProbeErrorKind::Refused,
            "ValidationException: no"
        )));
        assert!(!passes(&error(ProbeErrorKind::Denied, "AccessDenied")));
        let slow = error(ProbeErrorKind::Throttled, "");
        let pauses: Vec<Duration> = (1..).map_while(|tries| pause(&slow, tries)).collect();
        assert_eq!(pauses.len(), 8);
        assert!(
            pauses
                .iter()
                .all(|p| *p <= LONGEST && *p >= Duration::from_millis(400))
        );
    }
}
