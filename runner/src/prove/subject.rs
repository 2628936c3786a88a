use std::collections::BTreeMap;

use super::state::Verdicts;
use super::{State, Worlds, worlds};
use crate::core::{Lab, NearMiss, Solution};
use crate::course::{ContentError, Finding, Source, near_misses, preparation, solution};

/// A lab and everything by which it is proved.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The lab.
    pub lab: Lab,
    /// The reference solution of each step.
    pub solutions: Vec<Option<Solution>>,
    /// What makes the system that it begins with, if it does.
    pub preparation: Option<Solution>,
    /// Its near misses.
    pub near_misses: Vec<NearMiss>,
    /// What was recorded the last time, if anything.
    pub worlds: Option<Worlds>,
}

impl Subject {
    /// Reads all that belongs to a lab; with `anew`, not what was recorded.
    ///
    /// # Errors
    /// Every file that cannot be read, with the place.
    pub fn load(source: &Source, lab: &Lab, anew: bool) -> Result<Self, ContentError> {
        let read = if anew {
            Ok(None)
        } else {
            worlds::read(source, lab)
        };
        let worlds = read.map_err(|e| {
            let file = source.display(&worlds::path(lab));
            ContentError(vec![Finding::file(
                "worlds",
                file,
                e.to_string(),
                "grave de novo com `lab dev prove --record`",
            )])
        })?;
        let solutions = lab.steps.iter().map(|step| solution(source, lab, step));
        Ok(Self {
            lab: lab.clone(),
            solutions: solutions.collect::<Result<_, _>>()?,
            preparation: preparation(source, lab)?,
            near_misses: near_misses(source, lab)?,
            worlds,
        })
    }

    /// Takes out of the states what chance decides.
    pub(super) fn forget_what_varies(&self, states: &mut BTreeMap<State, Verdicts>) {
        for miss in &self.near_misses {
            if let Some(verdicts) = states.get_mut(&State::NearMiss(miss.slug.clone())) {
                verdicts.retain(|id, _| !miss.varies.iter().any(|v| v.get_ref() == id.as_str()));
            }
        }
    }

    /// How many steps come before a near miss.
    pub(super) fn steps_until(&self, miss: &NearMiss) -> usize {
        miss.from.as_ref().map_or(0, |from| {
            let mut steps = self.lab.steps.iter();
            steps
                .position(|step| step.id.get_ref() == from.get_ref())
                .map_or(self.lab.steps.len(), |at| at + 1)
        })
    }

    /// Which steps are solved before a near miss is made: of a prepared system,
    /// those that the learner builds on it.
    pub(super) fn solved_before(&self, miss: &NearMiss) -> Vec<usize> {
        (0..self.steps_until(miss))
            .filter(|number| !self.lab.prepared || self.lab.steps[*number].built)
            .collect()
    }
}
