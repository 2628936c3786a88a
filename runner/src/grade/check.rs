use std::time::{Duration, Instant};

use super::LOOK_AGAIN;
use super::again::anew;
use super::cause;
use super::drive::{clean_up, drive, now_ms};
use super::errors::explained;
use super::job::{Event, Run};
use super::ready::{Ready, prepare};
use super::rest::rest;
use super::watch::{Seen, watch};
use crate::core::{Cause, Check, CheckId, ProbeErrorKind, Step, Verdict, World};

/// A verdict with what the report tells beside it.
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) command: String,
    pub(super) evidence: Option<String>,
    pub(super) took: Duration,
}

/// Runs one check; `None` when it was interrupted before its verdict.
pub(super) async fn run_check<W: World>(
    run: &Run<W>,
    id: &CheckId,
    step: &Step,
    check: &Check,
) -> Option<Outcome> {
    let mut cancelled = run.cancelled.clone();
    let mut ready = match prepare(run, id, step, check, 0) {
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
    let mut pauses = LOOK_AGAIN.iter().enumerate();
    let (verdict, took) = loop {
        let verdict = tokio::select! {
            verdict = judge_live(run, &ready) => Some(verdict),
            _ = cancelled.wait_for(|c| *c) => None,
        };
        let took = started.elapsed();
        clean_up(run, &ready).await;
        let verdict = verdict?;
        let again = pauses.next().filter(|_| anew(&ready, &verdict));
        let Some((before, pause)) = again else {
            break (verdict, took);
        };
        run.job.world.pause(*pause).await;
        match prepare(run, id, step, check, before + 1) {
            Ok(other) => ready = other,
            Err(_) => break (verdict, took),
        }
    };
    let evidence = ready.evidence.into_inner().ok().flatten();
    Some(Outcome {
        verdict,
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

async fn judge_live<W: World>(run: &Run<W>, ready: &Ready) -> Verdict {
    let since = now_ms();
    let links = cause::links(run, &ready.chain);
    let (driven, links) = tokio::join!(drive(run, ready), links);
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
            let seen = watch(run, ready, patience, since).await;
            rest(run, ready, seen, &links, since).await
        }
    };
    explained(cause::explain(run, ready, seen, links, since).await)
}
