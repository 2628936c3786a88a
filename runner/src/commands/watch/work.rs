//! What the state asks for, done.

use futures_util::future::{BoxFuture, LocalBoxFuture};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::super::check::{exit_code, job, record};
use super::super::context::journal_error;
use super::super::hint::climb;
use super::super::reset::resources;
use super::Watch;
use crate::aws::{Identity, ResetPlan, Session};
use crate::core::{ProbeErrorKind, Report, Verdict};
use crate::error::CliError;
use crate::grade::{Event as Grading, Selection, grade, quiet};
use crate::journal::{LabProgress, progress};
use crate::watch::{Event, Hint, Plan, Removal, Task};

type At = (Session, Identity);

/// The work of one view, and what it remembers between.
pub(super) struct Work<'w> {
    watch: &'w Watch<'w>,
    tell: UnboundedSender<Grading>,
    stop: watch::Sender<bool>,
    at: Option<At>,
    plan: Option<ResetPlan>,
    /// Exit code of the newest check.
    pub(super) code: u8,
}

/// What was done.
pub(super) enum Done {
    Graded(Task, String, Result<(At, Report), CliError>),
    Planned(Result<(At, ResetPlan), CliError>),
    Removed(Removal),
}

impl<'w> Work<'w> {
    pub(super) fn new(watch: &'w Watch<'w>, tell: UnboundedSender<Grading>) -> Self {
        Self {
            watch,
            tell,
            stop: watch::channel(false).0,
            at: None,
            plan: None,
            code: 3,
        }
    }

    /// Ends what is running, after it has tidied up.
    pub(super) fn interrupt(&self) {
        self.stop.send_replace(true);
    }

    pub(super) fn grade(&self, task: Task, step: String) -> LocalBoxFuture<'w, Done> {
        let (watch, at, tell) = (self.watch, self.at.clone(), self.tell.clone());
        let mut stop = self.stop.subscribe();
        Box::pin(async move {
            let selection = match task {
                Task::Look => Selection::These(quiet(watch.lab, &step)),
                Task::Step => Selection::Step(step.clone()),
                Task::Lab => Selection::All,
            };
            let run = async {
                let at = connected(watch, at).await?;
                let job = job(watch.lab, watch.settings, (&at.0, &at.1), selection);
                let stopped = async move {
                    if stop.wait_for(|stop| *stop).await.is_err() {
                        std::future::pending::<()>().await;
                    }
                };
                let shown = move |event| {
                    if task != Task::Look {
                        let _ = tell.send(event);
                    }
                };
                let report = grade(job, stopped, shown).await;
                Ok((at, report))
            };
            let ended = run.await;
            Done::Graded(task, step, ended)
        })
    }

    pub(super) fn plan(&self, step: String) -> LocalBoxFuture<'w, Done> {
        let (watch, at) = (self.watch, self.at.clone());
        Box::pin(async move {
            let run = async {
                let (session, identity) = connected(watch, at).await?;
                let prefix = &watch.settings.prefix;
                let names = watch
                    .lab
                    .names_for(prefix, &identity.account, session.region());
                let steps: Vec<_> = watch.lab.step(&step).into_iter().collect();
                let plan = session.plan_reset(&resources(&steps, &names)).await;
                Ok(((session, identity), plan))
            };
            Done::Planned(run.await)
        })
    }

    pub(super) fn reset(&mut self) -> BoxFuture<'static, Done> {
        let planned = self.plan.take().zip(self.at.clone());
        Box::pin(async move {
            let Some((plan, (session, _))) = planned else {
                return Done::Removed(Removal::default());
            };
            let done = crate::reset::reset(&session, &plan, |_| {}).await;
            Done::Removed(Removal {
                deleted: done.deleted.len(),
                failed: done
                    .failed
                    .iter()
                    .map(|(r, error)| format!("{} {}: {}", r.kind(), r.name(), error.message))
                    .collect(),
            })
        })
    }

    pub(super) fn hint(&self, step: &str) -> Event {
        self.next_hint(step).unwrap_or_else(trouble)
    }

    fn next_hint(&self, step: &str) -> Result<Event, CliError> {
        let Watch {
            context,
            course,
            lab,
            settings,
            ..
        } = self.watch;
        let progress = self.progress()?;
        let state = progress.steps.iter().find(|s| s.id == step);
        let state = state.ok_or_else(|| CliError::usage(format!("não há o passo `{step}`")))?;
        let climbed = climb(context, course, lab, settings, state, false)?;
        let newest = climbed.hints.last();
        Ok(Event::Hint(Hint {
            step: step.to_owned(),
            title: newest.map_or_else(
                || "Este passo não tem dicas".to_owned(),
                |(rung, _)| climbed.title(*rung),
            ),
            text: newest.map_or_else(String::new, |(_, text)| text.clone()),
            next: climbed.next(),
        }))
    }

    /// What the journal says now; its warnings were said at the beginning.
    fn progress(&self) -> Result<LabProgress, CliError> {
        let read = self.watch.context.journal().read().map_err(journal_error)?;
        Ok(progress(self.watch.lab, &read.records))
    }

    /// Writes down what is an attempt, and tells the state.
    pub(super) fn taken(&mut self, done: Done) -> Result<Event, CliError> {
        match done {
            Done::Graded(task, step, ended) => {
                let ended = ended.inspect_err(|_| self.at = None);
                let (at, report) = ended?;
                if task != Task::Look {
                    let Watch {
                        context,
                        course,
                        lab,
                        ..
                    } = self.watch;
                    record(context, course, lab, (&at.0, &at.1), &report)?;
                    self.code = exit_code(&report);
                }
                // A sandbox that was started anew has another address.
                self.at = Some(at).filter(|_| !offline(&report));
                Ok(Event::Graded {
                    task,
                    step,
                    report: Box::new(report),
                    progress: self.progress()?,
                })
            }
            Done::Planned(ended) => {
                let (at, plan) = ended?;
                self.at = Some(at);
                let event = shown(&plan);
                self.plan = Some(plan);
                Ok(Event::Plan(event))
            }
            Done::Removed(removal) => Ok(Event::Removed(removal)),
        }
    }
}

async fn connected(watch: &Watch<'_>, at: Option<At>) -> Result<At, CliError> {
    match at {
        Some(at) => Ok(at),
        None => watch.context.session(watch.settings, watch.target).await,
    }
}

fn offline(report: &Report) -> bool {
    report.checks.iter().any(|check| {
        matches!(&check.verdict, Verdict::Unknown(error) if error.kind == ProbeErrorKind::Offline)
    })
}

fn shown(plan: &ResetPlan) -> Plan {
    let name =
        |resource: &crate::core::Resource| (resource.kind().to_owned(), resource.name().to_owned());
    let with = |(kind, name): (String, String), what: String| (kind, name, what);
    Plan {
        doomed: plan
            .doomed
            .iter()
            .map(|(r, what)| with(name(r), what.to_string()))
            .collect(),
        staying: plan
            .unread
            .iter()
            .map(|(r, error)| with(name(r), error.in_full()))
            .collect(),
    }
}

fn trouble(error: CliError) -> Event {
    Event::Trouble {
        message: error.message,
        hints: error.hints,
    }
}
