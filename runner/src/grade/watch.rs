use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use toml::Spanned;

use super::again::passing;
use super::cause::AT_WORK;
use super::job::{Event, Run};
use super::ready::Ready;
use super::rest::calls;
use super::{ABSENCE_GRACE, AWS_ABSENCE_GRACE, LOOK_AGAIN, PROBE_DEADLINE};
use crate::core::{
    At, Cause, FunctionFailure, Matcher, Observation, Probe, ProbeError, ProbeErrorKind, World,
    judge,
};

/// What driving and looking gave, before it is explained.
pub(super) enum Seen {
    /// As expected.
    Good,
    /// Not as expected when time was up.
    Bad {
        cause: Cause,
        settling: Option<String>,
        failure: Option<FunctionFailure>,
    },
    /// Could not look or act.
    Blind(ProbeError),
}

/// Looks until it is as expected or time is up.
pub(super) async fn watch<W: World>(
    run: &Run<W>,
    ready: &Ready,
    patience: Duration,
    since: i64,
) -> Seen {
    let world = &run.job.world;
    let deadline = world.now() + patience;
    if let Some(anchor) = &ready.until {
        let present: BTreeMap<Spanned<String>, Matcher> = BTreeMap::new();
        match poll(run, ready, anchor, &present, deadline, since).await {
            Seen::Good => {}
            other => return other,
        }
        let at_rest = absence(run, ready, since).await;
        return match poll(run, ready, &ready.probe, &ready.expect, world.now(), since).await {
            // An absence that was broken stays broken: looking longer cannot mend it.
            Seen::Bad { cause, failure, .. } => Seen::Bad {
                cause,
                settling: None,
                failure,
            },
            Seen::Good => match at_rest {
                Ok(true) => Seen::Good,
                Ok(false) => Seen::Bad {
                    cause: Cause::default(),
                    settling: Some(AT_WORK.to_owned()),
                    failure: None,
                },
                // Nobody knows whether it is still to come.
                Err(error) => Seen::Blind(error),
            },
            blind @ Seen::Blind(_) => blind,
        };
    }
    poll(run, ready, &ready.probe, &ready.expect, deadline, since).await
}

/// Gives what must not happen the time to happen: for a moment, and for as long
/// as a call of the function goes on. Says whether it came to rest.
async fn absence<W: World>(run: &Run<W>, ready: &Ready, since: i64) -> Result<bool, ProbeError> {
    let world = &run.job.world;
    world
        .pause(if world.enforces_everything() {
            AWS_ABSENCE_GRACE
        } else {
            ABSENCE_GRACE
        })
        .await;
    let Some(function) = &ready.trace else {
        return Ok(true);
    };
    let deadline = world.now() + ready.within;
    loop {
        match calls(run, ready, function, since).await? {
            Some((_, unfinished)) if unfinished > 0 => {}
            _ => return Ok(true),
        }
        if world.now() >= deadline {
            return Ok(false);
        }
        world.pause(ABSENCE_GRACE).await;
    }
}

async fn poll<W: World>(
    run: &Run<W>,
    ready: &Ready,
    probe: &Probe,
    expect: &BTreeMap<Spanned<String>, Matcher>,
    deadline: Instant,
    since: i64,
) -> Seen {
    let mut pause = Duration::from_millis(20);
    let mut first = ready.actions.is_empty();
    loop {
        // What was read before the actions, or a moment ago, says nothing new.
        let fresh = W::Moment::default();
        let moment = if first { &run.moment } else { &fresh };
        first = false;
        let (cause, settling) = match look(run, ready, probe, moment, since).await {
            Ok(observation) => {
                if let Ok(mut evidence) = ready.evidence.lock() {
                    *evidence = Some(observation.digest());
                }
                (judge(probe, expect, &observation), observation.settling)
            }
            Err(error) => return Seen::Blind(error),
        };
        if cause.mismatches.is_empty() {
            return Seen::Good;
        }
        let now = run.job.world.now();
        // Nothing was set in motion and nothing is at work: waiting shows nothing new.
        let still = ready.actions.is_empty() && settling.is_none();
        if now >= deadline || still {
            return Seen::Bad {
                cause,
                settling,
                failure: None,
            };
        }
        (run.emit)(Event::Waiting {
            id: ready.id.clone(),
            deadline,
            cause,
        });
        run.job.world.pause(pause.min(deadline - now)).await;
        pause = (pause * 3 / 2).min(Duration::from_secs(2));
    }
}

/// One look, with its deadline; once or twice more when the fault may be a passing one.
pub(super) async fn look<W: World>(
    run: &Run<W>,
    ready: &Ready,
    probe: &Probe,
    moment: &W::Moment,
    since: i64,
) -> Result<Observation, ProbeError> {
    // An API lets the learner's code run for up to 29 s; a metric filter is
    // tried on two calls of the function.
    let deadline = match probe {
        Probe::ApiCall(_) | Probe::LogMetric(_) => PROBE_DEADLINE * 3,
        _ => PROBE_DEADLINE,
    };
    let world = &run.job.world;
    let once = async |moment: &W::Moment| {
        let at = At {
            check: &ready.id,
            moment,
            since,
        };
        timeout(deadline, world.observe(probe, &at))
            .await
            .unwrap_or_else(|_| Err(unanswered(probe.name())))
    };
    let mut seen = once(moment).await;
    for pause in LOOK_AGAIN {
        match &seen {
            Err(error) if passing(probe, error) => world.pause(pause).await,
            _ => break,
        }
        // A moment keeps its faults too.
        seen = once(&W::Moment::default()).await;
    }
    seen
}

/// A call that got no answer in time.
pub(super) fn unanswered(operation: String) -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Timeout,
        message: format!("sem resposta em {} s", PROBE_DEADLINE.as_secs()),
        operation,
    }
}
