use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::event::{Effect, Event, Hint, Plan, Removal, Task};
use super::pace::Pace;
use crate::core::{CheckId, CheckReport, Lab, Names, Step};
use crate::journal::LabProgress;
use crate::ui::words;

/// What the view begins with.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The lab.
    pub lab: Arc<Lab>,
    /// The learner's names.
    pub names: Names,
    /// Where the learner works, for people.
    pub place: String,
    /// How far the learner is.
    pub progress: LabProgress,
    /// What the journal says of each check: the newest verdict, and the digest
    /// of what was seen.
    pub seen: BTreeMap<String, Glimpse>,
    /// How often to look.
    pub pace: Pace,
    /// Whether to go on to the next step by itself.
    pub follow: bool,
    /// Whether it is read out and not seen: what is opened does not stay open.
    pub aloud: bool,
    /// The step to begin with; without it the first that is open.
    pub step: Option<String>,
}

/// What is being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    /// Nothing: waiting for a change.
    Idle,
    /// Looking whether something changed.
    Looking,
    /// Checking.
    Checking {
        done: usize,
        total: usize,
        waiting: Vec<(CheckId, Instant)>,
    },
    /// Taking back what checks made.
    CleaningUp,
    /// Finding out what a reset would delete.
    Planning,
    /// Deleting.
    Resetting,
}

/// What lies over the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Panel {
    /// Nothing.
    None,
    /// The steps, with the chosen one.
    Steps(usize),
    /// The map.
    Map,
    /// The keys.
    Help,
    /// What a reset would delete.
    Plan(Plan),
}

/// The part that the arrows move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    /// The step's text.
    Text,
    /// The checks.
    Checks,
}

/// How far each part is moved down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Scroll {
    pub(super) text: usize,
    pub(super) checks: usize,
    pub(super) panel: usize,
}

/// Everything that the view shows, and what it decides by.
#[derive(Debug, Clone)]
pub struct State {
    pub(super) lab: Arc<Lab>,
    pub(super) names: Names,
    pub(super) place: String,
    pub(super) progress: LabProgress,
    pub(super) seen: BTreeMap<String, Glimpse>,
    pub(super) reports: BTreeMap<String, CheckReport>,
    pub(super) step: usize,
    pub(super) panel: Panel,
    pub(super) focus: Focus,
    pub(super) scroll: Scroll,
    pub(super) page: usize,
    pub(super) notice: Option<String>,
    pub(super) hint: Option<Hint>,
    pub(super) work: Work,
    pub(super) pace: Pace,
    pub(super) now: Instant,
    pub(super) said: Vec<String>,
    pub(super) leaving: bool,
    pub(super) aloud: bool,
    follow: bool,
    /// A check that something has asked for and that waits for its time.
    pub(super) wanted: bool,
    /// A file changed while something was being done.
    pub(super) again: bool,
    /// Whether the check that is going on was asked for by a key.
    pub(super) asked: bool,
    /// Whether the notice tells of something that could not be done.
    pub(super) troubled: bool,
}

/// The word of a verdict, and the digest of what was seen.
pub type Glimpse = (String, Option<String>);

impl State {
    /// The view at its beginning.
    pub fn new(now: Instant, with: Beginning) -> Self {
        let open = with.progress.next_step().map(|s| s.id.clone());
        let step = with.step.or(open).unwrap_or_default();
        let position = with.lab.steps.iter().position(|s| *s.id.get_ref() == step);
        let mut state = Self {
            step: position.unwrap_or_default(),
            lab: with.lab,
            names: with.names,
            place: with.place,
            progress: with.progress,
            seen: with.seen,
            reports: BTreeMap::new(),
            panel: Panel::None,
            focus: Focus::Text,
            scroll: Scroll::default(),
            page: 10,
            notice: None,
            hint: None,
            work: Work::Idle,
            pace: with.pace,
            now,
            said: Vec::new(),
            leaving: false,
            aloud: with.aloud,
            follow: with.follow,
            wanted: false,
            again: false,
            asked: false,
            troubled: false,
        };
        state.said.extend(state.step_in_words());
        state
    }

    /// Takes in what happened; gives what is to be done now.
    pub fn update(&mut self, now: Instant, event: Event) -> Vec<Effect> {
        self.now = now;
        match event {
            Event::Key(key) => self.key(key),
            Event::Tick => self.tick(),
            Event::File(name) => self.file(&name),
            Event::Grading(event) => {
                self.grading(event);
                Vec::new()
            }
            Event::Graded {
                task,
                step,
                report,
                progress,
            } => self.graded(task, &step, &report, progress),
            Event::Hint(hint) => {
                self.said.push(format!("{}: {}", hint.title, hint.text));
                self.said.push(hint.next.clone());
                self.hint = Some(hint);
                self.focus = Focus::Checks;
                self.scroll.checks = usize::MAX;
                Vec::new()
            }
            Event::Plan(plan) => self.plan(plan),
            Event::Removed(removal) => self.removed(&removal),
            Event::Trouble { message, hints } => self.trouble(message, &hints),
        }
    }

    /// What is new to read out, since the last time.
    pub fn take_said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    /// Whether every step has passed.
    pub fn complete(&self) -> bool {
        self.progress.next_step().is_none()
    }

    /// Whether the step that is shown has passed.
    pub fn step_passed(&self) -> bool {
        self.progress.steps.get(self.step).is_some_and(|s| s.passed)
    }

    pub(super) fn current(&self) -> &Step {
        &self.lab.steps[self.step.min(self.lab.steps.len() - 1)]
    }

    pub(super) fn id(&self) -> String {
        self.current().id.get_ref().clone()
    }

    /// Says something short, on the screen and aloud.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.said.push(text.clone());
        self.notice = Some(text);
    }

    fn tick(&mut self) -> Vec<Effect> {
        if self.work != Work::Idle || self.leaving || self.step_passed() {
            return Vec::new();
        }
        if (self.wanted || self.again) && self.pace.may_drive(self.now) {
            return self.check(Task::Step, false);
        }
        if self.pace.due(self.now) {
            self.work = Work::Looking;
            return vec![self.grade(Task::Look)];
        }
        Vec::new()
    }

    fn file(&mut self, name: &str) -> Vec<Effect> {
        if self.step_passed() {
            return Vec::new();
        }
        self.pace.asked(self.now);
        self.say(format!("{name} mudou: verifico de novo."));
        if self.work == Work::Idle {
            return self.check(Task::Step, false);
        }
        self.again = true;
        Vec::new()
    }

    pub(super) fn step_done(&mut self) -> Vec<Effect> {
        let earned = self.progress.steps[self.step].earned as usize;
        let earned = words::count(earned, "ponto", "pontos");
        self.hint = None;
        if self.complete() {
            let quiz = match self.progress.quiz_open.len() {
                0 => "",
                _ => " Faltam as perguntas: `lab quiz`.",
            };
            self.say(format!("Lab completo: mais {earned}.{quiz}"));
        } else {
            self.say(format!(
                "Passo feito: mais {earned}. A tecla n vai ao próximo."
            ));
        }
        if self.follow && !self.complete() {
            return self.next();
        }
        Vec::new()
    }

    /// Goes to the first open step after this one, or the first open one.
    pub(super) fn next(&mut self) -> Vec<Effect> {
        let open = |number: &usize| !self.progress.steps[*number].passed;
        let after = (self.step + 1..self.lab.steps.len()).find(open);
        match after.or_else(|| (0..self.step).find(open)) {
            Some(number) => self.go(number),
            None => {
                self.say("Você já fez todos os passos deste lab.");
                Vec::new()
            }
        }
    }

    /// Shows a step.
    pub(super) fn go(&mut self, number: usize) -> Vec<Effect> {
        self.step = number.min(self.lab.steps.len() - 1);
        self.panel = Panel::None;
        self.focus = Focus::Text;
        self.scroll = Scroll::default();
        self.notice = None;
        self.hint = None;
        self.wanted = false;
        if self.work == Work::Looking {
            self.work = Work::Idle;
        }
        self.pace.asked(self.now);
        self.said.extend(self.step_in_words());
        self.tick()
    }

    fn plan(&mut self, plan: Plan) -> Vec<Effect> {
        self.work = Work::Idle;
        if plan.doomed.is_empty() {
            let unread = plan.staying.first();
            self.say(unread.map_or_else(
                || "Não há nada deste passo para remover.".to_owned(),
                |(kind, name, why)| format!("Não foi possível olhar {kind} {name}: {why}"),
            ));
            return Vec::new();
        }
        self.panel = Panel::Plan(plan);
        self.scroll.panel = 0;
        self.said.extend(self.panel_in_words());
        Vec::new()
    }

    fn removed(&mut self, removal: &Removal) -> Vec<Effect> {
        self.work = Work::Idle;
        let went = words::count(removal.deleted, "recurso removido", "recursos removidos");
        self.say(match removal.failed.as_slice() {
            [] => format!("{went}. Seu progresso e seus arquivos ficaram."),
            failed => format!("{went}; ficou: {}", failed.join("; ")),
        });
        self.pace.asked(self.now);
        if self.leaving {
            return vec![Effect::Quit];
        }
        self.check(Task::Step, true)
    }

    fn trouble(&mut self, message: String, hints: &[String]) -> Vec<Effect> {
        let text = std::iter::once(message).chain(hints.iter().cloned());
        let text = text.collect::<Vec<_>>().join(" → ");
        if self.notice.as_ref() != Some(&text) {
            self.say(text);
        }
        self.troubled = true;
        self.work = Work::Idle;
        self.pace.looked(self.now, 0, false);
        if self.leaving {
            return vec![Effect::Quit];
        }
        Vec::new()
    }

    /// For how long nothing has changed.
    pub(super) fn waited(&self) -> Duration {
        self.now.saturating_duration_since(self.pace.changed)
    }
}
