use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use toml::Spanned;

use super::run::{Event, Run};
use super::{ABSENCE_GRACE, CLEANUP_DEADLINE, PROBE_DEADLINE, cause};
use crate::core::{
    Action, Cause, Check, CheckId, FunctionFailure, Matcher, Names, Observation, Probe, ProbeError,
    ProbeErrorKind, Step, Verdict, World, generate, judge,
};

/// A verdict with what the report tells beside it.
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) command: String,
    pub(super) evidence: Option<String>,
    pub(super) took: Duration,
}

/// A check with every placeholder filled in.
pub(super) struct Ready {
    pub(super) id: CheckId,
    pub(super) actions: Vec<Action>,
    pub(super) clean: Vec<Action>,
    pub(super) until: Option<Probe>,
    pub(super) probe: Probe,
    pub(super) expect: BTreeMap<Spanned<String>, Matcher>,
    pub(super) within: Duration,
    pub(super) chain: Vec<CheckId>,
    pub(super) trace: Option<String>,
    /// Digest of the newest observation.
    evidence: Mutex<Option<String>>,
}

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

/// Runs one check; `None` when it was interrupted before its verdict.
pub(super) async fn run_check<W: World>(
    run: &Run<W>,
    id: &CheckId,
    step: &Step,
    check: &Check,
) -> Option<Outcome> {
    let mut cancelled = run.cancelled.clone();
    let ready = match prepare(run, id, step, check) {
        Ok(ready) => ready,
        Err(problem) => {
            return Some(unlooked(Verdict::Broken(problem), String::new()));
        }
    };
    let command = ready.probe.command();
    for need in check.needs_in(step.id.get_ref()) {
        let verdict = tokio::select! {
            verdict = run.verdict(&need) => verdict?,
            _ = cancelled.wait_for(|c| *c) => return None,
        };
        let because = match verdict {
            Verdict::Pass => continue,
            // The root is what the learner has to mend.
            Verdict::Skipped { because } => because,
            _ => need,
        };
        return Some(unlooked(Verdict::Skipped { because }, command));
    }

    let started = Instant::now();
    (run.emit)(Event::Started {
        id: id.clone(),
        says: run.job.names.fill_known(&check.says),
    });
    let verdict = tokio::select! {
        verdict = judge_live(run, &ready) => Some(verdict),
        _ = cancelled.wait_for(|c| *c) => None,
    };
    let took = started.elapsed();
    clean_up(run, &ready).await;
    let evidence = ready.evidence.into_inner().ok().flatten();
    Some(Outcome {
        verdict: verdict?,
        command,
        evidence,
        took,
    })
}

fn unlooked(verdict: Verdict, command: String) -> Outcome {
    Outcome {
        verdict,
        command,
        evidence: None,
        took: Duration::ZERO,
    }
}

fn prepare<W: World>(
    run: &Run<W>,
    id: &CheckId,
    step: &Step,
    check: &Check,
) -> Result<Ready, String> {
    let job = &run.job;
    let mut names: Names = job.names.clone();
    // Every check draws samples of its own, so that concurrent ones never meet.
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    generate(&job.lab.samples, job.seed ^ hasher.finish(), &mut names)?;
    Ok(Ready {
        id: id.clone(),
        actions: names.fill_in(&check.actions)?,
        clean: names.fill_in(&check.clean)?,
        until: check
            .until
            .as_ref()
            .map(|probe| names.fill_in(probe.get_ref()))
            .transpose()?,
        probe: names.fill_in(check.probe.get_ref())?,
        expect: check
            .expect
            .iter()
            .map(|(fact, matcher)| Ok((fact.clone(), names.fill_in(matcher)?)))
            .collect::<Result<_, String>>()?,
        within: check.within.map_or(Duration::ZERO, |s| s.0),
        chain: check.chain_in(step.id.get_ref()),
        trace: check
            .trace
            .as_ref()
            .map(|name| names.fill(name))
            .transpose()
            .map_err(|e| e.to_string())?,
        evidence: Mutex::new(None),
    })
}

async fn judge_live<W: World>(run: &Run<W>, ready: &Ready) -> Verdict {
    let since = now_ms();
    let drive = async {
        for action in &ready.actions {
            (run.emit)(Event::Acting {
                id: ready.id.clone(),
                what: action.describe(),
            });
            let acted = timeout(PROBE_DEADLINE * 3, run.job.world.act(action)).await;
            match acted.unwrap_or_else(|_| Err(unanswered(action.describe()))) {
                Ok(acted) if acted.failure.is_some() => return Ok(acted.failure),
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    };
    let links = cause::links(run, &ready.chain);
    let (driven, links) = tokio::join!(drive, links);
    let seen = match driven {
        Err(error) if error.kind == ProbeErrorKind::Missing => Seen::Bad {
            cause: Cause {
                notes: vec![error.message],
                ..Cause::default()
            },
            settling: None,
            failure: None,
        },
        Err(error) => Seen::Blind(error),
        Ok(Some(failure)) => Seen::Bad {
            cause: Cause::default(),
            settling: None,
            failure: Some(failure),
        },
        Ok(None) => {
            let patience = links.patience(ready.within);
            watch(run, ready, patience, since).await
        }
    };
    cause::explain(run, ready, seen, links, since).await
}

/// Looks until it is as expected or time is up.
async fn watch<W: World>(run: &Run<W>, ready: &Ready, patience: Duration, since: i64) -> Seen {
    let deadline = Instant::now() + patience;
    if let Some(anchor) = &ready.until {
        let present: BTreeMap<Spanned<String>, Matcher> = BTreeMap::new();
        match poll(run, ready, anchor, &present, deadline, since).await {
            Seen::Good => tokio::time::sleep(ABSENCE_GRACE).await,
            other => return other,
        }
        return match poll(
            run,
            ready,
            &ready.probe,
            &ready.expect,
            Instant::now(),
            since,
        )
        .await
        {
            // An absence that was broken stays broken: looking longer cannot mend it.
            Seen::Bad { cause, failure, .. } => Seen::Bad {
                cause,
                settling: None,
                failure,
            },
            other => other,
        };
    }
    poll(run, ready, &ready.probe, &ready.expect, deadline, since).await
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
        let (cause, settling) = match look(run, probe, moment, since).await {
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
        let now = Instant::now();
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
        tokio::time::sleep(pause.min(deadline - now)).await;
        pause = (pause * 3 / 2).min(Duration::from_secs(2));
    }
}

/// One look, with its deadline.
pub(super) async fn look<W: World>(
    run: &Run<W>,
    probe: &Probe,
    moment: &W::Moment,
    since: i64,
) -> Result<Observation, ProbeError> {
    let mut probe = probe.clone();
    if let Probe::LambdaLogs(args) = &mut probe {
        args.since.get_or_insert(since);
    }
    timeout(PROBE_DEADLINE, run.job.world.observe(&probe, moment))
        .await
        .unwrap_or_else(|_| Err(unanswered(probe.name())))
}

fn unanswered(operation: String) -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Timeout,
        message: format!("sem resposta em {} s", PROBE_DEADLINE.as_secs()),
        operation,
    }
}

/// Takes back the actions and removes what the learner's system made of them.
async fn clean_up<W: World>(run: &Run<W>, ready: &Ready) {
    if ready.actions.is_empty() {
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
    undo(&*run.job.world, all).await;
}

/// Does what takes actions back, all at the same time.
pub(super) async fn undo<W: World>(world: &W, actions: Vec<Action>) {
    let all = futures_util::future::join_all(actions.into_iter().map(|action| async move {
        // What cannot be removed (never made, no right, offline) is no verdict.
        let _ = world.act(&action).await;
    }));
    let _ = timeout(CLEANUP_DEADLINE, all).await;
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
