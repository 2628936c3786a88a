use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::check::{Outcome, run_check};
use super::drive::undo;
use super::job::{Event, Job, Run};
use super::plan::closure;
use super::{CLEANUP_DEADLINE, DRAIN_DEADLINE, INTERRUPTION_GRACE};
use crate::core::{Action, CheckId, CheckReport, Points, Report, Verdict, World};

/// Grades. Stops when `interrupt` is done, after taking back what the actions
/// made; what was not judged by then is not in the report.
pub async fn grade<W: World>(
    job: Job<W>,
    interrupt: impl Future<Output = ()> + Send + 'static,
    emit: impl Fn(Event) + Send + Sync + 'static,
) -> Report {
    let started = Instant::now();
    let calls = job.world.calls();
    let plan = closure(&job.lab, &job.selection);
    let (cancel, cancelled) = watch::channel(false);
    let verdicts = plan
        .iter()
        .map(|id| (id.clone(), watch::channel(None).0))
        .collect();
    let run = Arc::new(Run {
        job,
        moment: W::Moment::default(),
        verdicts,
        cancelled,
        undone: Mutex::default(),
        called: Mutex::default(),
        emit: Box::new(emit),
    });

    let mut tasks = JoinSet::new();
    for id in plan {
        let run = Arc::clone(&run);
        tasks.spawn(async move { Box::pin(run_one(&run, id)).await });
    }
    let mut done: HashMap<CheckId, CheckReport> = HashMap::new();
    let mut interrupted = false;
    tokio::pin!(interrupt);
    loop {
        tokio::select! {
            finished = tasks.join_next() => match finished {
                Some(Ok(Some(report))) => { done.insert(report.id.clone(), report); }
                Some(Ok(None)) => {}
                Some(Err(_)) => {
                    // A bug ended a task: nobody may wait for its verdict.
                    interrupted = true;
                    let _ = cancel.send(true);
                }
                None => break,
            },
            () = &mut interrupt, if !interrupted => {
                interrupted = true;
                (run.emit)(Event::CleaningUp);
                let _ = cancel.send(true);
            }
        }
    }
    sweep(&run, interrupted).await;
    report(
        &run.job,
        done,
        started.elapsed(),
        run.job.world.calls() - calls,
        interrupted,
    )
}

/// Takes everything back once more. A notification may call the learner's
/// function beside the call that was judged, and what it is slow to write comes
/// after its check has tidied up.
async fn sweep<W: World>(run: &Run<W>, interrupted: bool) {
    let undone = match run.undone.lock() {
        Ok(mut all) => std::mem::take(&mut *all),
        Err(_) => return,
    };
    if undone.is_empty() {
        return;
    }
    if interrupted {
        run.job.world.pause(INTERRUPTION_GRACE).await;
    }
    // What still waits in a queue would bring back what is removed before it.
    let (last, rest): (Vec<_>, Vec<_>) = undone.into_iter().partition(Action::at_end);
    let (waits, last) = last.into_iter().partition(Action::waits);
    let world = &*run.job.world;
    undo(world, waits, DRAIN_DEADLINE).await;
    undo(world, last, DRAIN_DEADLINE).await;
    undo(world, rest, CLEANUP_DEADLINE).await;
}

async fn run_one<W: World>(run: &Run<W>, id: CheckId) -> Option<CheckReport> {
    let lab = Arc::clone(&run.job.lab);
    let (_, step, check) = lab.checks().find(|(other, ..)| *other == id)?;
    let Outcome {
        verdict,
        command,
        evidence,
        took,
    } = run_check(run, &id, step, check).await?;
    let names = &run.job.names;
    let report = CheckReport {
        id: id.clone(),
        says: names.fill_known(&check.says),
        verdict: verdict.clone(),
        fidelity: check.fidelity,
        hint: names.fill_known(&check.hint),
        command,
        book: check.book.clone(),
        evidence,
        took,
    };
    (run.emit)(Event::Finished(Box::new(report.clone())));
    if let Some(sender) = run.verdicts.get(&id) {
        sender.send_replace(Some(verdict));
    }
    Some(report)
}

fn report<W: World>(
    job: &Job<W>,
    mut done: HashMap<CheckId, CheckReport>,
    took: Duration,
    calls: u64,
    interrupted: bool,
) -> Report {
    let mut points = Points::default();
    for step in &job.lab.steps {
        let ids: Vec<CheckId> = step
            .checks
            .iter()
            .map(|c| CheckId::new(step.id.get_ref(), c.id.get_ref()))
            .collect();
        if ids.iter().all(|id| job.selection.includes(id)) {
            points.max += step.points;
            if ids
                .iter()
                .all(|id| done.get(id).is_some_and(|r| r.verdict == Verdict::Pass))
            {
                points.earned += step.points;
            }
        }
    }
    let mut checks = Vec::new();
    let mut others = Vec::new();
    for (id, ..) in job.lab.checks() {
        if let Some(report) = done.remove(&id) {
            if job.selection.includes(&id) {
                checks.push(report);
            } else if report.verdict != Verdict::Pass {
                others.push(report);
            }
        }
    }
    Report {
        lab: job.lab.id.clone(),
        checks,
        others,
        points,
        calls,
        took,
        interrupted,
    }
}
