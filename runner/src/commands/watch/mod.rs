//! `lab` alone on a terminal, and `lab check --watch`: the loop around the
//! state of the view, which waits for keys, files and time, does what the state
//! asks for, and shows it.

mod files;
mod lines;
mod screen;
mod work;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::check::interrupted;
use super::context::Context;
use crate::aws::TargetKind;
use crate::core::{Course, Lab};
use crate::error::CliError;
use crate::journal::progress;
use crate::settings::Settings;
use crate::watch::{Beginning, Effect, Event, Key, Pace, State};
use lines::Lines;
use screen::{Input, Screen};
use work::{Done, Work};

/// How often time is told to the state.
const TICK: Duration = Duration::from_millis(200);

/// How often a frame is drawn when nothing but time has changed.
const FRAME: Duration = Duration::from_secs(1);

/// How long a file is left alone after a change: editors write several times.
const QUIET: Duration = Duration::from_millis(500);

/// What is watched.
pub(super) struct Watch<'a> {
    pub(super) context: &'a Context,
    pub(super) course: &'a Course,
    pub(super) lab: &'a Lab,
    pub(super) settings: &'a Settings,
    pub(super) target: TargetKind,
}

/// Who shows the state.
enum Front {
    Screen(Box<Screen>),
    Lines(Lines),
}

/// What the loop waits for.
struct Sources {
    keys: UnboundedReceiver<Input>,
    files: UnboundedReceiver<String>,
    grading: UnboundedReceiver<crate::grade::Event>,
}

impl Watch<'_> {
    /// The view of the lab; as lines that are read and typed with `--plain`.
    pub(super) fn view(&self) -> Result<ExitCode, CliError> {
        let (to, keys) = unbounded_channel();
        let state = self.state(None, false)?;
        let front = if self.context.out.plain {
            Front::Lines(Lines::typed(self.context.out, to))
        } else {
            let screen = Screen::enter(to)
                .map_err(|e| CliError::io("não foi possível usar o terminal", &e))?;
            Front::Screen(Box::new(screen))
        };
        self.run(front, keys, state, None)
            .map(|_| ExitCode::SUCCESS)
    }

    /// Checks a step, or the lab step by step, until it has passed.
    pub(super) fn follow(&self, step: Option<&str>) -> Result<ExitCode, CliError> {
        let (_nobody, keys) = unbounded_channel();
        let state = self.state(step, step.is_none())?;
        let front = Front::Lines(Lines::only(self.context.out));
        let code = self.run(front, keys, state, Some(step.is_some()))?;
        Ok(ExitCode::from(code))
    }

    fn state(&self, step: Option<&str>, follow: bool) -> Result<State, CliError> {
        let records = self.context.records()?;
        let now = Instant::now();
        let account = self.settings.account.as_deref();
        let account = account.filter(|_| self.target == TargetKind::Aws);
        let seen = self
            .context
            .looks(self.lab, self.settings, self.target, &records);
        let with = Beginning {
            lab: Arc::new(self.lab.clone()),
            names: self.context.names(self.lab, self.settings),
            place: match (self.target, account) {
                (TargetKind::Sandbox, _) => "sandbox".to_owned(),
                (TargetKind::Aws, None) => "AWS".to_owned(),
                (TargetKind::Aws, Some(account)) => format!("AWS · conta {account}"),
            },
            progress: progress(self.lab, &records),
            seen: seen
                .into_values()
                .map(|look| {
                    (
                        look.verdict.id,
                        (look.verdict.verdict, look.verdict.evidence),
                    )
                })
                .collect(),
            pace: match self.target {
                TargetKind::Sandbox => Pace::sandbox(now),
                TargetKind::Aws => Pace::aws(now),
            },
            aloud: follow || self.context.out.plain,
            follow,
            step: step.map(str::to_owned),
        };
        Ok(State::new(now, with))
    }

    /// Runs until the learner leaves or, with `until_passed`, until the step
    /// (or the lab) has passed; gives the exit code of the newest check.
    fn run(
        &self,
        mut front: Front,
        keys: UnboundedReceiver<Input>,
        mut state: State,
        until_passed: Option<bool>,
    ) -> Result<u8, CliError> {
        let (file, files) = unbounded_channel();
        let folder = self.context.workspace(self.lab, self.settings);
        let _watcher = folder.and_then(|folder| files::watch(folder, &file));
        let (event, grading) = unbounded_channel();
        let sources = Sources {
            keys,
            files,
            grading,
        };
        let mut work = Work::new(self, event);
        let ended = self.context.block_on(self.turn(
            &mut front,
            &mut state,
            &mut work,
            sources,
            until_passed,
        ));
        drop(front);
        ended??;
        Ok(work.code)
    }

    async fn turn(
        &self,
        front: &mut Front,
        state: &mut State,
        work: &mut Work<'_>,
        mut from: Sources,
        until_passed: Option<bool>,
    ) -> Result<(), CliError> {
        let mut running = FuturesUnordered::new();
        let mut ticks = tokio::time::interval(TICK);
        let mut changed: Option<(String, Instant)> = None;
        let ending = interrupted();
        tokio::pin!(ending);
        let mut asked_to_end = false;
        let mut shown: Option<Instant> = None;
        loop {
            if shown.is_none_or(|at| at.elapsed() >= FRAME) {
                front.show(state)?;
                shown = Some(Instant::now());
            }
            if until_passed.is_some_and(|one| state.complete() || one && state.step_passed()) {
                return Ok(());
            }
            let event = tokio::select! {
                _ = ticks.tick() => match changed.take_if(|(_, at)| at.elapsed() >= QUIET) {
                    Some((name, _)) => Event::File(name),
                    None => Event::Tick,
                },
                Some(input) = from.keys.recv() => match input {
                    Input::Key(key) => Event::Key(key),
                    Input::Closed => Event::Key(Key::Stop),
                    Input::Resized => {
                        shown = None;
                        continue;
                    }
                    Input::Suspend => {
                        front.suspend()?;
                        shown = None;
                        Event::Tick
                    }
                },
                Some(name) = from.files.recv() => {
                    changed = Some((name, Instant::now()));
                    continue;
                }
                Some(event) = from.grading.recv() => Event::Grading(event),
                Some(done) = running.next() => self.taken(work, done),
                () = continued() => {
                    front.resume()?;
                    shown = None;
                    Event::Tick
                }
                () = &mut ending, if !asked_to_end => {
                    asked_to_end = true;
                    Event::Key(Key::Stop)
                }
            };
            if Screen::panicked() {
                return Err(CliError::environment("o programa teve um defeito, e o terminal foi devolvido")
                    .hint("conte o que aparece acima a quem cuida do curso; o seu progresso está guardado"));
            }
            let only_time = matches!(event, Event::Tick);
            let mut effects = state.update(Instant::now(), event);
            if !only_time || !effects.is_empty() {
                shown = None;
            }
            while let Some(effect) = effects.pop() {
                match effect {
                    Effect::Quit => {
                        front.show(state)?;
                        return Ok(());
                    }
                    Effect::Interrupt => work.interrupt(),
                    Effect::Hint { step } => {
                        let event = work.hint(&step);
                        effects.extend(state.update(Instant::now(), event));
                    }
                    Effect::Grade { task, step } => running.push(work.grade(task, step)),
                    Effect::Plan { step } => running.push(work.plan(step)),
                    Effect::Reset => running.push(work.reset()),
                }
            }
        }
    }

    /// Keeps what came out before it is shown.
    fn taken(&self, work: &mut Work<'_>, done: Done) -> Event {
        work.taken(done).unwrap_or_else(|error| Event::Trouble {
            message: error.message,
            hints: error.hints,
        })
    }
}

impl Front {
    fn show(&mut self, state: &mut State) -> Result<(), CliError> {
        let said = state.take_said();
        match self {
            Self::Lines(lines) => {
                lines.show(&said);
                Ok(())
            }
            Self::Screen(screen) => screen
                .show(state)
                .map_err(|e| CliError::io("não foi possível usar o terminal", &e)),
        }
    }

    fn suspend(&mut self) -> Result<(), CliError> {
        self.terminal(Screen::suspend)
    }

    fn resume(&mut self) -> Result<(), CliError> {
        self.terminal(Screen::resume)
    }

    fn terminal(
        &mut self,
        action: impl FnOnce(&mut Screen) -> std::io::Result<()>,
    ) -> Result<(), CliError> {
        match self {
            Self::Lines(_) => Ok(()),
            Self::Screen(screen) => {
                action(screen).map_err(|e| CliError::io("não foi possível usar o terminal", &e))
            }
        }
    }
}

/// Done when the job was stopped from outside and goes on.
#[cfg(unix)]
async fn continued() {
    use tokio::signal::unix::{SignalKind, signal};
    let number = if cfg!(target_os = "linux") { 18 } else { 19 };
    match signal(SignalKind::from_raw(number)) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn continued() {
    std::future::pending::<()>().await;
}

#[cfg(test)]
mod tests {
    use crate::course::{Source, load};
    use crate::grade::quiet;

    #[test]
    fn a_quiet_look_drives_nothing_and_every_step_has_one() {
        let course = load(&Source::Embedded).unwrap();
        for lab in &course.labs {
            for step in &lab.steps {
                let id = step.id.get_ref();
                let quiet = quiet(lab, id);
                assert!(!quiet.is_empty(), "{}/{id}", lab.id);
                for (id, _, check) in lab.checks().filter(|(id, ..)| quiet.contains(id)) {
                    assert!(check.only_reads(), "{id}");
                }
            }
        }
    }
}
