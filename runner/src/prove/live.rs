use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures_util::future::join_all;

use super::account::Account;
use super::jobs::{Job, jobs};
use super::state::Verdicts;
use super::worlds::{Recording, Worlds};
use super::{Kind, Problem, Proof, State, Subject, near, replay, second, spine, stale};
use crate::apply::AwsWorker;
use crate::core::Lab;

/// Decides the samples of everything that is recorded.
pub(super) const SEED: u64 = 1;

/// Where labs are proved: a running sandbox with nothing else in it.
#[derive(Debug, Clone)]
pub struct Bed {
    /// The sandbox's endpoint.
    pub endpoint: String,
    /// A Python with the AWS CLI.
    pub python: PathBuf,
    /// Folder of the sandbox's own programs.
    pub bin: PathBuf,
    /// How many accounts are worked in at the same time.
    pub lanes: usize,
}

/// One account is done.
#[derive(Debug, Clone)]
pub struct Done {
    /// What was proved in it, in Portuguese.
    pub what: String,
    /// Accounts done so far.
    pub done: usize,
    /// Accounts in all.
    pub total: usize,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only this near miss, and the states before it.
    pub only: Option<String>,
    /// Whether what is observed is kept, and replaces what was recorded.
    pub record: bool,
}

/// What was found in one account.
#[derive(Default)]
pub(super) struct Found {
    pub(super) states: Vec<(State, Verdicts, Recording)>,
    pub(super) problems: Vec<Problem>,
}

/// Proves labs in accounts of their own, several at the same time. What is not
/// as it should be is looked at a second time, alone: on a machine that is busy
/// with all the others, a function may be late or a queue in another order.
pub async fn prove(
    subjects: &[Subject],
    bed: &Bed,
    wanted: &Wanted,
    emit: impl Fn(Done) + Sync,
) -> Vec<Proof> {
    let began = Instant::now();
    let work = Work {
        subjects,
        labs: subjects.iter().map(|s| Arc::new(s.lab.clone())).collect(),
        bed,
        emit: &emit,
    };
    let mut found = work.through(jobs(subjects, wanted), bed.lanes).await;
    let first = work.conclude(&found, wanted, began).await;
    let again = match wanted.only {
        None => second::looks(subjects, &first),
        // Who writes a near miss wants to see what was seen.
        Some(_) => Vec::new(),
    };
    if again.is_empty() {
        return first;
    }
    let anew = work.through(again.iter().cloned().collect(), 1).await;
    found.retain(|(job, _)| !again.contains(job));
    found.extend(anew);
    let mut proofs = work.conclude(&found, wanted, began).await;
    second::compare(&first, &mut proofs);
    proofs
}

/// What all accounts of one run share.
struct Work<'a, E> {
    subjects: &'a [Subject],
    labs: Vec<Arc<Lab>>,
    bed: &'a Bed,
    emit: &'a E,
}

impl<E: Fn(Done) + Sync> Work<'_, E> {
    /// Does all jobs, so many at the same time.
    async fn through(&self, jobs: VecDeque<Job>, lanes: usize) -> Vec<(Job, Found)> {
        let total = jobs.len();
        let queue = Mutex::new(jobs);
        let found: Mutex<Vec<(Job, Found)>> = Mutex::default();
        let lane = || async {
            let mut worker = None;
            loop {
                let job = queue.lock().ok().and_then(|mut jobs| jobs.pop_front());
                let Some(job) = job else { return };
                let (index, what) = job.subject(self.subjects);
                let (subject, lab) = (&self.subjects[index], &self.labs[index]);
                let done = work(subject, lab, self.bed, &job, &mut worker).await;
                if let Ok(mut found) = found.lock() {
                    found.push((job, done));
                    (self.emit)(Done {
                        what,
                        done: found.len(),
                        total,
                    });
                }
            }
        };
        join_all((0..lanes.max(1)).map(|_| lane())).await;
        found.into_inner().unwrap_or_default()
    }

    /// Judges every lab by what was found in its accounts.
    async fn conclude(
        &self,
        found: &[(Job, Found)],
        wanted: &Wanted,
        began: Instant,
    ) -> Vec<Proof> {
        let proofs = self.subjects.iter().enumerate().map(|(index, subject)| {
            let of_lab = found.iter().filter(move |(job, _)| job.index() == index);
            conclude(subject, of_lab.map(|(_, found)| found), wanted, began)
        });
        join_all(proofs).await
    }
}

async fn work(
    subject: &Subject,
    lab: &Arc<Lab>,
    bed: &Bed,
    job: &Job,
    worker: &mut Option<AwsWorker>,
) -> Found {
    let cannot = |e: crate::apply::ApplyError| Found {
        problems: vec![Problem::new(
            Kind::Command,
            &State::Blank,
            "uma conta e a AWS CLI",
            e.to_string(),
        )],
        ..Found::default()
    };
    let hand = match worker.take() {
        Some(worker) => worker,
        None => match AwsWorker::start(&bed.python) {
            Ok(worker) => worker,
            Err(error) => return cannot(error),
        },
    };
    let mut account = match Account::open(bed, lab, hand).await {
        Ok(account) => account,
        Err(error) => return cannot(error),
    };
    let found = match job {
        Job::Spine(_, last) => spine::spine(&mut account, subject, *last).await,
        Job::NearMiss(_, number) => {
            near::near_miss(&mut account, subject, &subject.near_misses[*number]).await
        }
        Job::Prepared(_, seed) => near::prepared(&mut account, subject, *seed).await,
    };
    // A worker that stopped answering is replaced by a new one.
    let stopped = |p: &Problem| p.kind == Kind::Command;
    *worker = account
        .close()
        .filter(|_| !found.problems.iter().any(stopped));
    found
}

async fn conclude(
    subject: &Subject,
    found: impl Iterator<Item = &Found>,
    wanted: &Wanted,
    began: Instant,
) -> Proof {
    let mut states = BTreeMap::new();
    let mut problems = Vec::new();
    let mut recorded = Worlds::new(&subject.lab);
    for one in found {
        problems.extend(one.problems.iter().cloned());
        for (state, verdicts, recording) in &one.states {
            recorded.add(state, recording.clone());
            states.insert(state.clone(), verdicts.clone());
        }
    }
    subject.forget_what_varies(&mut states);
    let mut proof = Proof::of(subject, &states, began);
    if wanted.only.is_some() {
        // Of one near miss nothing follows for the others.
        proof.problems.retain(|p| p.kind != Kind::Unproved);
        proof.unproved.clear();
        proof.unproved_facts.clear();
    }
    proof.problems.splice(0..0, problems);
    let worlds = if wanted.record {
        Some(&recorded)
    } else {
        subject.worlds.as_ref()
    };
    match worlds {
        // A near miss that is being written is not recorded yet.
        _ if wanted.only.is_some() => {}
        Some(worlds) => {
            let mut replayed = replay::replay(&subject.lab, worlds).await;
            subject.forget_what_varies(&mut replayed);
            proof.problems.extend(stale::stale(&states, &replayed));
        }
        None => proof.problems.push(Problem::unrecorded(None)),
    }
    proof.recorded = wanted.record.then_some(recorded);
    proof.took = began.elapsed();
    proof
}
