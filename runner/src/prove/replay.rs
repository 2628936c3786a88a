use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::judge::{ACCOUNT, PREFIX, REGION};
use super::state::{Verdicts, verdicts};
use super::worlds::{Answer, Question, Worlds, digest};
use super::{State, live::SEED};
use crate::core::{
    Acted, Action, At, CheckId, Lab, Observation, Probe, ProbeError, ProbeErrorKind, Report, World,
};
use crate::grade::{Job, Selection, grade};

/// Judges a lab in every recorded state.
pub(super) async fn replay(lab: &Lab, worlds: &Worlds) -> BTreeMap<State, Verdicts> {
    let lab = Arc::new(lab.clone());
    let mut states = BTreeMap::new();
    for state in worlds.states() {
        let report = report(&lab, Replay::of(worlds, &state), Selection::All).await;
        states.insert(state, verdicts(&report, str::to_owned));
    }
    states
}

/// What is said of the checks asked for.
pub(super) async fn report(lab: &Arc<Lab>, world: Replay, selection: Selection) -> Report {
    let job = Job {
        world: Arc::new(world),
        lab: Arc::clone(lab),
        selection,
        names: lab.names_for(PREFIX, ACCOUNT, REGION),
        seed: SEED,
    };
    grade(job, std::future::pending(), |_| ()).await
}

/// A world that answers what was recorded. Its time passes only when somebody
/// waits, and then at once.
pub(super) struct Replay {
    answers: BTreeMap<String, Answer>,
    blind: Option<Blind>,
    began: Instant,
    passed: AtomicU64,
}

/// A check that cannot look, and what every look gets instead.
pub(super) struct Blind {
    pub(super) check: CheckId,
    pub(super) error: fn(&Probe) -> ProbeError,
}

impl Replay {
    pub(super) fn of(worlds: &Worlds, state: &State) -> Self {
        Self {
            answers: worlds.answers(state),
            blind: None,
            began: Instant::now(),
            passed: AtomicU64::new(0),
        }
    }

    pub(super) fn but(mut self, blind: Blind) -> Self {
        self.blind = Some(blind);
        self
    }

    fn answer(&self, question: &Question) -> Option<&Answer> {
        self.answers.get(&digest(question))
    }
}

fn unrecorded(operation: String) -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Refused,
        operation,
        message:
            "isto não foi perguntado quando o mundo foi gravado: rode `lab dev prove --record`"
                .to_owned(),
    }
}

impl World for Replay {
    type Moment = ();

    async fn observe(&self, probe: &Probe, at: &At<'_, ()>) -> Result<Observation, ProbeError> {
        if let Some(blind) = self.blind.as_ref().filter(|b| b.check == *at.check) {
            return Err((blind.error)(probe));
        }
        let question = Question::Look {
            check: at.check.clone(),
            probe: probe.clone(),
        };
        match self.answer(&question) {
            Some(Answer::Saw(observation)) => Ok(observation.clone()),
            Some(Answer::CouldNot(error)) => Err(error.clone()),
            _ => Err(unrecorded(probe.name())),
        }
    }

    async fn act(&self, action: &Action) -> Result<Acted, ProbeError> {
        if action.removes() {
            return Ok(Acted::default());
        }
        match self.answer(&Question::Act(action.clone())) {
            Some(Answer::Did(acted)) => Ok(acted.clone()),
            Some(Answer::CouldNot(error)) => Err(error.clone()),
            // A check that cannot look begins anew, with other samples.
            _ if self.blind.is_some() => Ok(Acted::default()),
            _ => Err(unrecorded(action.describe())),
        }
    }

    fn enforces_everything(&self) -> bool {
        false
    }

    fn calls(&self) -> u64 {
        0
    }

    fn now(&self) -> Instant {
        self.began + Duration::from_millis(self.passed.load(Ordering::Relaxed))
    }

    async fn pause(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.passed.fetch_add(millis, Ordering::Relaxed);
        tokio::task::yield_now().await;
    }
}
