use std::sync::Mutex;

use futures_util::future::join_all;

use super::engine::{Event, Job, apply};
use super::lanes::{Lanes, Places};
use super::limits::Limits;
use super::retry::Stop;
use crate::aws::{ResetPlan, Session};
use crate::core::{ProbeError, ProbeErrorKind, Resource, Thing, World};

/// How many calls of a learner's own reset are in flight.
const PLACES: usize = 16;

/// What a reset did.
#[derive(Debug, Default)]
pub struct ResetDone<'p> {
    /// What is gone.
    pub deleted: Vec<&'p Resource>,
    /// What AWS refused to delete; parts of it may be gone.
    pub failed: Vec<(&'p Resource, ProbeError)>,
}

impl Limits {
    /// The limits that are in force where a session leads.
    pub fn of(session: &Session) -> Self {
        if session.enforces_everything() {
            Self::Aws
        } else {
            Self::None
        }
    }
}

/// Deletes what the plan says, each resource with what belongs to it. `on` is
/// told each one when its first part is about to go.
pub async fn reset<'p>(
    session: &Session,
    plan: &'p ResetPlan,
    on: impl FnMut(&Resource) + Send,
) -> ResetDone<'p> {
    let session = session.unretried();
    let lanes = Lanes::new(Limits::of(&session), &Places::new(PLACES));
    let looks = plan
        .doomed
        .iter()
        .map(|(resource, _)| session.things_of(resource, &lanes));
    let mut things: Vec<Thing> = Vec::new();
    let mut owners: Vec<usize> = Vec::new();
    let mut errors: Vec<Option<ProbeError>> = vec![None; plan.doomed.len()];
    for (owner, look) in join_all(looks).await.into_iter().enumerate() {
        match look {
            Ok(parts) => {
                owners.extend(parts.iter().map(|_| owner));
                things.extend(parts);
            }
            Err(error) => errors[owner] = Some(error),
        }
    }
    let job = Job {
        control: &session,
        lanes: &lanes,
        things: &things,
        before: Vec::new(),
        verify: false,
        journal: None,
        stop: Stop::never(),
    };
    let of = |thing: &Thing| {
        let at = things.iter().position(|t| t.is(thing));
        at.map(|at| owners[at])
    };
    let told = Mutex::new((vec![false; plan.doomed.len()], on));
    let outcome = apply(&job, &|event| {
        if let (Event::Began(thing), Ok(mut told)) = (event, told.lock())
            && let Some(owner) = of(thing)
            && !std::mem::replace(&mut told.0[owner], true)
        {
            (told.1)(&plan.doomed[owner].0);
        }
    })
    .await;
    for left in outcome.left {
        if let Some(owner) = of(&left.thing) {
            errors[owner] = Some(ProbeError {
                kind: left.kind.unwrap_or(ProbeErrorKind::Refused),
                operation: "delete".to_owned(),
                message: left.why,
            });
        }
    }
    let mut done = ResetDone::default();
    for ((resource, _), error) in plan.doomed.iter().zip(errors) {
        match error {
            None => done.deleted.push(resource),
            Some(error) => done.failed.push((resource, error)),
        }
    }
    done
}
