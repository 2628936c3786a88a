use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use toml::Spanned;

use super::again::passing;
use super::cause::AT_WORK;
use super::job::{Event, Run};
use super::ready::Ready;
use super::rest::calls;
use super::{ABSENCE_GRACE, AWS_ABSENCE_GRACE, LOOK_AGAIN, PROBE_DEADLINE, PROMPT, REST_PAUSE};
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
    mut deadline: Instant,
    since: i64,
) -> Seen {
    let world = &run.job.world;
    let mut pause = Duration::from_millis(20);
    let mut first = ready.actions.is_empty();
    // By so much more the time may grow: at most, it is doubled.
    let mut spare = deadline.saturating_duration_since(world.now());
    let mut before = None;
    loop {
        // What was read before the actions, or a moment ago, says nothing new.
        let fresh = W::Moment::default();
        let moment = if first { &run.moment } else { &fresh };
        first = false;
        let asked = world.now();
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
        let now = world.now();
        let slow = (now - asked).saturating_sub(PROMPT).min(spare);
        spare -= slow;
        deadline += slow;
        let counted = counts(&cause);
        let moving = before
            .replace(counted.clone())
            .is_some_and(|b| b != counted);
        if moving && now >= deadline {
            let more = REST_PAUSE.min(spare);
            spare -= more;
            deadline = now + more;
        }
        // Nothing was set in motion and nothing is at work: waiting shows nothing new.
        let still = ready.actions.is_empty() && settling.is_none();
        if now >= deadline || still {
            return Seen::Bad {
                cause,
                settling: settling.or(moving.then(|| MOVING.to_owned())),
                failure: None,
            };
        }
        (run.emit)(Event::Waiting {
            id: ready.id.clone(),
            deadline,
            cause,
        });
        world.pause(pause.min(deadline - now)).await;
        pause = (pause * 3 / 2).min(Duration::from_secs(2));
    }
}

/// Said of a count that was another one at the look before.
pub(super) const MOVING: &str =
    "o número ainda mudava quando o tempo acabou: verifique de novo daqui a pouco";

/// The counts that are not as expected: while they change, more is on its way.
pub(super) fn counts(cause: &Cause) -> Vec<(String, String)> {
    let counted = cause.mismatches.iter();
    let counted = counted.filter(|m| m.actual.parse::<f64>().is_ok());
    counted
        .map(|m| (m.fact.clone(), m.actual.clone()))
        .collect()
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
            .unwrap_or_else(|_| Err(unanswered(probe.name(), deadline)))
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
pub(super) fn unanswered(operation: String, deadline: Duration) -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Timeout,
        message: format!("sem resposta em {} s", deadline.as_secs()),
        operation,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::core::{Acted, Action, Lab, Verdict};
    use crate::grade::{Job, Selection, grade};

    /// A world with a clock of its own, in which a count is right after a time.
    struct Late {
        began: Instant,
        passed: AtomicU64,
        /// How long a look takes, in milliseconds.
        look: u64,
        /// When the count is right, in milliseconds.
        right: u64,
        /// Whether the count changes until then.
        moves: bool,
    }

    impl World for Late {
        type Moment = ();

        async fn observe(&self, _: &Probe, _: &At<'_, ()>) -> Result<Observation, ProbeError> {
            let now = self.passed.fetch_add(self.look, Ordering::Relaxed) + self.look;
            let count = match self.moves {
                _ if now >= self.right => 0,
                true => now,
                false => 1,
            };
            Ok(Observation::present().with("count", count))
        }

        async fn act(&self, _: &Action) -> Result<Acted, ProbeError> {
            Ok(Acted::default())
        }

        fn enforces_everything(&self) -> bool {
            false
        }

        fn calls(&self) -> u64 {
            0
        }

        fn now(&self) -> Instant {
            self.began + Duration::from_millis(self.passed.load(Ordering::Relaxed))
        }

        async fn pause(&self, time: Duration) {
            let time = u64::try_from(time.as_millis()).unwrap();
            self.passed.fetch_add(time, Ordering::Relaxed);
        }
    }

    async fn judged(look: u64, right: u64, moves: bool) -> Verdict {
        let lab: Lab = toml::from_str(
            r#"
            id = "l"
            title = ""
            summary = ""
            minutes = 1
            cost = ""
            names = {}
            [[step]]
            id = "a"
            title = ""
            points = 1
            text = ""
            hints = []
            [[step.check]]
            id = "x"
            says = ""
            hint = ""
            do = [{ sqs_send = { queue = "q", body = "b" } }]
            probe.dynamodb_count = { table = "t", matching = {} }
            within = "10s"
            expect.count.equals = 0
            "#,
        )
        .unwrap();
        let world = Late {
            began: Instant::now(),
            passed: AtomicU64::new(0),
            look,
            right,
            moves,
        };
        let job = Job {
            names: lab.names_for("p", "1", "r"),
            world: Arc::new(world),
            lab: Arc::new(lab),
            selection: Selection::All,
            seed: 1,
        };
        let report = grade(job, std::future::pending(), |_| ()).await;
        report.checks.into_iter().next().unwrap().verdict
    }

    #[tokio::test]
    async fn what_is_wrong_when_time_is_up_fails() {
        assert!(matches!(judged(10, 15_000, false).await, Verdict::Fail(_)));
        assert_eq!(judged(10, 9_000, false).await, Verdict::Pass);
    }

    #[tokio::test]
    async fn a_slow_machine_is_given_more_time_and_not_for_ever() {
        assert_eq!(judged(3_000, 15_000, false).await, Verdict::Pass);
        assert!(matches!(
            judged(3_000, 60_000, false).await,
            Verdict::Fail(_)
        ));
    }

    #[tokio::test]
    async fn a_count_that_still_changes_is_waited_for_and_not_blamed() {
        assert_eq!(judged(10, 15_000, true).await, Verdict::Pass);
        assert!(matches!(
            judged(10, 60_000, true).await,
            Verdict::Pending(_)
        ));
    }
}
