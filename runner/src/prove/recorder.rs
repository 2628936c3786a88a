use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::worlds::{Answer, Question, Recording};
use crate::core::{Acted, Action, At, Observation, Probe, ProbeError, World};

/// A world that writes down what it is asked and what it answers.
pub(super) struct Recorder<W: World> {
    world: Arc<W>,
    recording: Mutex<Recording>,
}

impl<W: World> Recorder<W> {
    pub(super) fn new(world: Arc<W>) -> Self {
        Self {
            world,
            recording: Mutex::default(),
        }
    }

    /// What was asked and answered so far, in order.
    pub(super) fn take(&self) -> Recording {
        self.recording
            .lock()
            .map(|mut all| std::mem::take(&mut *all))
            .unwrap_or_default()
    }

    fn note(&self, question: Question, answer: Answer) {
        if let Ok(mut recording) = self.recording.lock() {
            recording.push((question, answer));
        }
    }
}

impl<W: World> World for Recorder<W> {
    type Moment = W::Moment;

    async fn observe(
        &self,
        probe: &Probe,
        at: &At<'_, W::Moment>,
    ) -> Result<Observation, ProbeError> {
        let seen = self.world.observe(probe, at).await;
        let question = Question::Look {
            check: at.check.clone(),
            probe: probe.clone(),
        };
        let answer = match &seen {
            Ok(observation) => Answer::Saw(observation.clone()),
            Err(error) => Answer::CouldNot(error.clone()),
        };
        self.note(question, answer);
        seen
    }

    async fn act(&self, action: &Action) -> Result<Acted, ProbeError> {
        let done = self.world.act(action).await;
        // What clean-up finds depends on chance, and no verdict on it.
        if !action.removes() {
            let answer = match &done {
                Ok(acted) => Answer::Did(acted.clone()),
                Err(error) => Answer::CouldNot(error.clone()),
            };
            self.note(Question::Act(action.clone()), answer);
        }
        done
    }

    fn enforces_everything(&self) -> bool {
        self.world.enforces_everything()
    }

    fn calls(&self) -> u64 {
        self.world.calls()
    }

    fn now(&self) -> Instant {
        self.world.now()
    }

    async fn pause(&self, time: Duration) {
        self.world.pause(time).await;
    }
}
