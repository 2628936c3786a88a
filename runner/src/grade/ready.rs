use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;
use std::time::Duration;

use toml::Spanned;

use super::job::Run;
use crate::core::{Action, Check, CheckId, Matcher, Names, Probe, Step, World, generate};

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
    pub(super) evidence: Mutex<Option<String>>,
}

/// Until when to look again.
fn patience(check: &Check, on_aws: bool) -> Duration {
    let there = check.within_aws.filter(|_| on_aws);
    there.or(check.within).map_or(Duration::ZERO, |s| s.0)
}

/// Fills in the placeholders of a check, with samples of its own, which are others
/// each time that it is made again.
pub(super) fn prepare<W: World>(
    run: &Run<W>,
    id: &CheckId,
    step: &Step,
    check: &Check,
    again: usize,
) -> Result<Ready, String> {
    let job = &run.job;
    let mut names: Names = job.names.clone();
    // Every check draws samples of its own, so that concurrent ones never meet.
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    if again > 0 {
        again.hash(&mut hasher);
    }
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
        within: patience(check, job.world.enforces_everything()),
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
