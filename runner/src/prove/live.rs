use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures_util::future::join_all;

use super::account::Account;
use super::state::Verdicts;
use super::worlds::{Recording, Worlds};
use super::{Kind, Problem, Proof, State, Subject, near, replay, spine, stale};
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

/// One account's work.
enum Job {
    /// The way from the empty account to the reset, of the subject with this
    /// index; or only so many steps of it.
    Spine(usize, Option<usize>),
    /// The near miss with the second index.
    NearMiss(usize, usize),
}

/// Proves labs in accounts of their own, several at the same time.
pub async fn prove(
    subjects: &[Subject],
    bed: &Bed,
    wanted: &Wanted,
    emit: impl Fn(Done) + Sync,
) -> Vec<Proof> {
    let began = Instant::now();
    let jobs = jobs(subjects, wanted);
    let total = jobs.len();
    let queue = Mutex::new(jobs);
    let found: Mutex<Vec<(usize, Found)>> = Mutex::default();
    let labs: Vec<Arc<Lab>> = subjects.iter().map(|s| Arc::new(s.lab.clone())).collect();
    let lane = || async {
        let mut worker = None;
        loop {
            let job = queue.lock().ok().and_then(|mut jobs| jobs.pop_front());
            let Some(job) = job else { return };
            let (index, what) = job.subject(subjects);
            let done = work(&subjects[index], &labs[index], bed, &job, &mut worker).await;
            if let Ok(mut found) = found.lock() {
                found.push((index, done));
                emit(Done {
                    what,
                    done: found.len(),
                    total,
                });
            }
        }
    };
    join_all((0..bed.lanes.max(1)).map(|_| lane())).await;

    let mut of_each: Vec<Vec<Found>> = subjects.iter().map(|_| Vec::new()).collect();
    for (index, one) in found.into_inner().unwrap_or_default() {
        of_each[index].push(one);
    }
    let proofs = subjects.iter().zip(of_each);
    join_all(proofs.map(|(subject, found)| conclude(subject, found, wanted, began))).await
}

fn jobs(subjects: &[Subject], wanted: &Wanted) -> VecDeque<Job> {
    let mut jobs = VecDeque::new();
    for (index, subject) in subjects.iter().enumerate() {
        let last = wanted.only.as_ref().and_then(|slug| {
            let miss = subject.near_misses.iter().find(|m| m.slug == *slug)?;
            Some(subject.steps_until(miss))
        });
        jobs.push_front(Job::Spine(index, last));
        for (number, miss) in subject.near_misses.iter().enumerate() {
            if wanted.only.as_ref().is_none_or(|slug| miss.slug == *slug) {
                jobs.push_back(Job::NearMiss(index, number));
            }
        }
    }
    jobs
}

impl Job {
    fn subject(&self, subjects: &[Subject]) -> (usize, String) {
        match self {
            Self::Spine(index, _) => (*index, format!("{}: solução", subjects[*index].lab.id)),
            Self::NearMiss(index, number) => {
                let subject = &subjects[*index];
                let slug = &subject.near_misses[*number].slug;
                (*index, format!("{}: {slug}", subject.lab.id))
            }
        }
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
    };
    // A worker that stopped answering is replaced by a new one.
    let stopped = |p: &Problem| p.kind == Kind::Command;
    *worker = account
        .close()
        .filter(|_| !found.problems.iter().any(stopped));
    found
}

async fn conclude(subject: &Subject, found: Vec<Found>, wanted: &Wanted, began: Instant) -> Proof {
    let mut states = BTreeMap::new();
    let mut problems = Vec::new();
    let mut recorded = Worlds::new(&subject.lab);
    for one in found {
        problems.extend(one.problems);
        for (state, verdicts, recording) in one.states {
            recorded.add(&state, recording);
            states.insert(state, verdicts);
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
