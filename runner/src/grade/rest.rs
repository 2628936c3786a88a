use std::time::Duration;

use super::REST_PAUSE;
use super::cause::Links;
use super::job::Run;
use super::ready::Ready;
use super::watch::{MOVING, Seen, counts, look, watch};
use crate::core::{LambdaLogsArgs, Probe, ProbeError, World};

/// Looks on, once time is up, for as long as the function that is at work has
/// not come to rest, but no longer than the time that was given. On a slow
/// machine a call may still be on its way, and the calls in the log may be
/// those of other checks: only what is at rest is wrong.
pub(super) async fn rest<W: World>(
    run: &Run<W>,
    ready: &Ready,
    mut seen: Seen,
    links: &Links,
    since: i64,
) -> Seen {
    let Some(function) = &ready.trace else {
        return seen;
    };
    let bad = matches!(seen, Seen::Bad { .. });
    if !bad || ready.actions.is_empty() || links.broken.is_some() {
        return seen;
    }
    let world = &run.job.world;
    let deadline = world.now() + ready.within;
    let mut before = at_work(run, ready, function, since).await;
    let mut moving = false;
    while matches!(seen, Seen::Bad { .. }) && world.now() < deadline {
        world.pause(REST_PAUSE).await;
        let counted = numbers(&seen);
        seen = watch(run, ready, Duration::ZERO, since).await;
        moving = numbers(&seen) != counted;
        let now = at_work(run, ready, function, since).await;
        if now == before && !moving && now.is_none_or(|(_, unfinished)| unfinished == 0) {
            break;
        }
        before = now;
    }
    if let Seen::Bad { settling, .. } = &mut seen
        && moving
    {
        settling.get_or_insert_with(|| MOVING.to_owned());
    }
    seen
}

fn numbers(seen: &Seen) -> Vec<(String, String)> {
    match seen {
        Seen::Bad { cause, .. } => counts(cause),
        Seen::Good | Seen::Blind(_) => Vec::new(),
    }
}

/// How many calls of the function the log shows, and how many have not ended.
pub(super) async fn at_work<W: World>(
    run: &Run<W>,
    ready: &Ready,
    function: &str,
    since: i64,
) -> Option<(u64, u64)> {
    calls(run, ready, function, since).await.ok().flatten()
}

/// The same, where it matters that the log could not be read; nothing where there
/// is none.
pub(super) async fn calls<W: World>(
    run: &Run<W>,
    ready: &Ready,
    function: &str,
    since: i64,
) -> Result<Option<(u64, u64)>, ProbeError> {
    let probe = Probe::LambdaLogs(LambdaLogsArgs {
        function: function.to_owned(),
        containing: vec![],
    });
    let log = look(run, ready, &probe, &W::Moment::default(), since).await?;
    let count = |fact: &str| log.fact(fact).as_u64();
    Ok(count("invocations").zip(count("unfinished")))
}
