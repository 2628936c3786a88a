//! What a reset of some resources would do: the half of it that is shown first.

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
}
