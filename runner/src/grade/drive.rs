use std::time::Duration;

use tokio::time::timeout;

use super::job::{Event, Run};
use super::ready::Ready;
use super::watch::unanswered;
use super::{CLEANUP_DEADLINE, PROBE_DEADLINE};
use crate::core::{Action, FunctionFailure, ProbeError, World};

/// Does a check's actions in order; stops at the first error of a function.
pub(super) async fn drive<W: World>(
    run: &Run<W>,
    ready: &Ready,
) -> Result<Option<FunctionFailure>, ProbeError> {
    for action in &ready.actions {
        (run.emit)(Event::Acting {
            id: ready.id.clone(),
            what: action.describe(),
        });
        if let (Some(function), Ok(mut called)) = (action.calls(), run.called.lock()) {
            called.push(function.to_owned());
        }
        let deadline = match action {
            Action::ApiLoad(_) => PROBE_DEADLINE * 9,
            _ => PROBE_DEADLINE * 3,
        };
        let acted = timeout(deadline, run.job.world.act(action)).await;
        let acted = acted.unwrap_or_else(|_| Err(unanswered(action.describe(), deadline)))?;
        if acted.failure.is_some() {
            return Ok(acted.failure);
        }
    }
    Ok(None)
}

/// Takes back the actions and removes what the learner's system made of them.
pub(super) async fn clean_up<W: World>(run: &Run<W>, ready: &Ready) {
    if ready.actions.is_empty() && ready.clean.is_empty() {
        return;
    }
    let all: Vec<Action> = ready
        .actions
        .iter()
        .rev()
        .filter_map(Action::undo)
        .chain(ready.clean.iter().cloned())
        .collect();
    if let Ok(mut undone) = run.undone.lock() {
        undone.extend(all.iter().cloned());
    }
    let now = all.into_iter().filter(|action| !action.at_end()).collect();
    undo(&*run.job.world, now, CLEANUP_DEADLINE).await;
}

/// Does what takes actions back, all at the same time.
pub(super) async fn undo<W: World>(world: &W, actions: Vec<Action>, deadline: Duration) {
    let all = futures_util::future::join_all(actions.into_iter().map(|action| async move {
        // What cannot be removed (never made, no right, offline) is no verdict.
        let _ = world.act(&action).await;
    }));
    let _ = timeout(deadline, all).await;
}

/// The time in milliseconds since 1970.
pub(super) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
