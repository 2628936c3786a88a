use std::collections::VecDeque;

use super::live::Wanted;
use super::{State, Subject};

/// The seeds whose faults are proved together; the first ones are those that
/// the whole way mends.
pub(super) const SEEDS: [u64; 3] = [1, 2, 3];

/// One account's work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Job {
    /// The way from the empty account to the reset, of the subject with this
    /// index; or only so many steps of it.
    Spine(usize, Option<usize>),
    /// The near miss with the second index.
    NearMiss(usize, usize),
    /// The system of a prepared lab with the faults of a seed.
    Prepared(usize, u64),
}

/// All that is wanted. What takes longest, the whole way of a lab, comes first.
pub(super) fn jobs(subjects: &[Subject], wanted: &Wanted) -> VecDeque<Job> {
    let mut jobs = VecDeque::new();
    for (index, subject) in subjects.iter().enumerate() {
        let last = wanted.only.as_ref().and_then(|slug| {
            let miss = subject.near_misses.iter().find(|m| m.slug == *slug)?;
            // A prepared system is whole without the way to it.
            Some(match subject.lab.prepared {
                true => 0,
                false => subject.steps_until(miss),
            })
        });
        jobs.push_front(Job::Spine(index, last));
        if subject.lab.prepared && wanted.only.is_none() {
            let seeds = SEEDS.iter().skip(1);
            jobs.extend(seeds.map(|seed| Job::Prepared(index, *seed)));
        }
        for (number, miss) in subject.near_misses.iter().enumerate() {
            if wanted.only.as_ref().is_none_or(|slug| miss.slug == *slug) {
                jobs.push_back(Job::NearMiss(index, number));
            }
        }
    }
    jobs
}

impl Job {
    /// The job of the subject with this index in which a state is reached.
    pub(super) fn of(index: usize, subject: &Subject, state: &State) -> Option<Self> {
        match state {
            State::Blank | State::Solved(_) => Some(Self::Spine(index, None)),
            State::Prepared(seed) if *seed != SEEDS[0] => Some(Self::Prepared(index, *seed)),
            State::Prepared(_) => Some(Self::Spine(index, None)),
            State::NearMiss(slug) => {
                let number = subject.near_misses.iter().position(|m| m.slug == *slug)?;
                Some(Self::NearMiss(index, number))
            }
        }
    }

    /// The index of its subject.
    pub(super) fn index(&self) -> usize {
        match self {
            Self::Spine(index, _) | Self::NearMiss(index, _) | Self::Prepared(index, _) => *index,
        }
    }

    /// The index of its subject, and what it is for people.
    pub(super) fn subject(&self, subjects: &[Subject]) -> (usize, String) {
        let subject = &subjects[self.index()];
        let what = match self {
            Self::Spine(..) => "solução",
            Self::Prepared(..) => "defeitos juntos",
            Self::NearMiss(_, number) => &subject.near_misses[*number].slug,
        };
        (self.index(), format!("{}: {what}", subject.lab.id))
    }
}
