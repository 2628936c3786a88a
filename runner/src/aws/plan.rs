//! A reset in two halves, so that what is deleted is what was shown.

use std::collections::HashSet;

use futures_util::future::join_all;

use super::session::Session;
use crate::core::{ProbeError, Resource};

/// What a reset would do.
#[derive(Debug, Default)]
pub struct ResetPlan {
    /// What goes, with what there is of it, in the order of deletion.
    pub doomed: Vec<(Resource, String)>,
    /// What could not be looked at, and so stays.
    pub unread: Vec<(Resource, ProbeError)>,
}

/// What a reset did.
#[derive(Debug, Default)]
pub struct ResetDone<'p> {
    /// What is gone.
    pub deleted: Vec<&'p Resource>,
    /// What AWS refused to delete; parts of it may be gone.
    pub failed: Vec<(&'p Resource, ProbeError)>,
}

impl Session {
    /// Looks at the resources, all at once; what is not there is in no list.
    pub async fn plan_reset(&self, resources: &[Resource]) -> ResetPlan {
        let mut once = HashSet::new();
        let mut resources: Vec<&Resource> = resources.iter().filter(|r| once.insert(*r)).collect();
        resources.sort_by_key(|r| r.rank());
        let looks = join_all(resources.iter().map(|r| self.inspect(r))).await;
        let mut plan = ResetPlan::default();
        for (resource, look) in resources.into_iter().zip(looks) {
            match look {
                Ok(Some(what)) => plan.doomed.push((resource.clone(), what)),
                Ok(None) => {}
                Err(error) => plan.unread.push((resource.clone(), error)),
            }
        }
        plan
    }

    /// Deletes what the plan says: rank after rank, what is of one rank at the
    /// same time. `on` is told each resource before it is deleted.
    pub async fn apply_reset<'p>(
        &self,
        plan: &'p ResetPlan,
        mut on: impl FnMut(&Resource),
    ) -> ResetDone<'p> {
        let mut done = ResetDone::default();
        for rank in plan.doomed.chunk_by(|(a, _), (b, _)| a.rank() == b.rank()) {
            let deletions = join_all(rank.iter().map(|(resource, _)| {
                on(resource);
                async move { (resource, self.delete(resource).await) }
            }));
            for (resource, answer) in deletions.await {
                match answer {
                    Ok(()) => done.deleted.push(resource),
                    Err(error) => done.failed.push((resource, error)),
                }
            }
        }
        done
    }
}
