use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep_until};

use super::engine::{Event, Fate, Job, remove, unless_stopped};
use super::outcome::{Left, Outcome};
use crate::core::{Control, Kind, Thing, log_group_of};

/// How long after the last moment that AWS names a thing may still be there.
const PATIENCE: Duration = Duration::from_secs(120);
/// The first and the longest pause between two looks.
const FIRST: Duration = Duration::from_millis(300);
const LONGEST: Duration = Duration::from_secs(8);
/// How long after a call's end its log may still be written.
const LATE_LOG: Duration = Duration::from_secs(3);

/// Looks until everything that was deleted is seen to be gone, or time is up.
/// Meanwhile it deletes again the log groups that calls which were still
/// running bring back.
pub(super) async fn verify<C: Control>(
    job: &Job<'_, C>,
    accepted: &[Option<Instant>],
    outcome: &mut Outcome,
    on: &(dyn Fn(Event<'_>) + Sync),
) {
    let limits = job.lanes.limits();
    let gone = || {
        let all = job.things.iter().zip(accepted);
        all.filter_map(|(thing, at)| Some((thing, (*at)?)))
    };
    let logs = Logs::of(gone().map(|(thing, _)| thing), outcome);
    let due = |thing: &Thing, at: Instant| at + limits.gone_after(thing.kind);
    // Nothing is over before these moments.
    let queues = gone().map(|(thing, at)| due(thing, at));
    let calls = gone().filter_map(|(thing, at)| Some(at + last_log(thing)?));
    let floor = queues.chain(calls).max().unwrap_or_else(Instant::now);
    let mut pending: Vec<(&Thing, Instant)> = gone().map(|(t, at)| (t, due(t, at))).collect();
    let mut delay = FIRST;
    let mut last_look = false;
    loop {
        let now = Instant::now();
        last_look |= now >= floor;
        let mut kinds: BTreeSet<Kind> = pending
            .iter()
            .filter(|(_, due)| *due <= now)
            .map(|(thing, _)| thing.kind)
            .collect();
        if !logs.is_empty() {
            kinds.insert(Kind::LogGroup);
        }
        let asked: Vec<Kind> = kinds.into_iter().collect();
        let lists = asked.iter().map(|kind| async move {
            let list = unless_stopped(&job.stop, || job.control.list(*kind, job.lanes)).await;
            (*kind, list)
        });
        let mut came_back = Vec::new();
        for (kind, list) in join_all(lists).await {
            match list {
                Ok(list) => {
                    pending.retain(|(thing, due)| {
                        thing.kind != kind || *due > now || list.iter().any(|t| t.is(thing))
                    });
                    came_back.extend(list.into_iter().filter(|t| logs.has(t)));
                }
                Err(error) => {
                    outcome.unseen.push(error);
                    return;
                }
            }
        }
        // What was planned itself is among the groups; it is pending no more
        // than it is back.
        pending.retain(|(thing, _)| !came_back.iter().any(|group| group.is(thing)));
        for group in &came_back {
            match remove(job, group, job.lanes, on).await {
                Fate::Gone => {}
                Fate::Stayed(left) => {
                    on(Event::Stayed(&left));
                    outcome.left.push(left);
                    return;
                }
                Fate::Stopped => outcome.stopped = true,
            }
        }
        if job.stop.asked() || outcome.stopped {
            outcome.stopped = true;
            return;
        }
        if pending.is_empty() && came_back.is_empty() && last_look {
            outcome.verified = true;
            return;
        }
        let now = Instant::now();
        if now > floor + PATIENCE {
            for (thing, _) in pending {
                outcome.left.push(still_there(thing));
            }
            for group in came_back {
                outcome.left.push(still_there(&group));
            }
            return;
        }
        let waits = pending.iter().all(|(_, due)| *due > now) && came_back.is_empty();
        // What AWS names a moment for is looked at then; the rest ever more seldom.
        let next = if waits {
            pending.iter().map(|(_, due)| *due).min().unwrap_or(floor)
        } else {
            delay = LONGEST.min(delay * 2);
            now + delay / 2
        };
        tokio::select! {
            () = job.stop.wait() => {}
            () = sleep_until(next) => {}
        }
    }
}

/// When the last line of a call that was running may be in the log: a call
/// goes on although its function is gone, on AWS and in the sandbox.
fn last_log(thing: &Thing) -> Option<Duration> {
    let function = thing.kind == Kind::LambdaFunction;
    function.then(|| Duration::from_secs(thing.lingers) + LATE_LOG)
}

fn still_there(thing: &Thing) -> Left {
    Left {
        thing: thing.clone(),
        why: "foi apagado, e ainda aparece na conta".to_owned(),
        kind: None,
    }
}

/// The log groups that follow from what is gone.
struct Logs {
    functions: BTreeSet<String>,
    apis: Vec<String>,
}

impl Logs {
    fn of<'t>(gone: impl Iterator<Item = &'t Thing>, outcome: &Outcome) -> Self {
        let mut logs = Self {
            functions: BTreeSet::new(),
            apis: Vec::new(),
        };
        for thing in gone {
            match thing.kind {
                Kind::LambdaFunction => drop(logs.functions.insert(log_group_of(&thing.name))),
                Kind::RestApi => logs.apis.push(execution_logs(&thing.id)),
                _ => {}
            }
        }
        // One that has to stay is not deleted here either.
        for left in &outcome.left {
            logs.functions.remove(&left.thing.name);
        }
        logs
    }

    fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.apis.is_empty()
    }

    fn has(&self, group: &Thing) -> bool {
        group.kind == Kind::LogGroup
            && (self.functions.contains(&group.name)
                || self.apis.iter().any(|start| group.name.starts_with(start)))
    }
}

/// How the names of a REST API's own log groups begin.
pub(super) fn execution_logs(api: &str) -> String {
    format!("API-Gateway-Execution-Logs_{api}/")
}
