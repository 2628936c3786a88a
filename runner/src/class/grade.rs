use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use tokio::sync::watch;

use super::access::{AccessError, Gate, Purpose};
use super::gradebook::{GRADE_VERSION, Grade, Gradebook, GradebookError, Mode};
use super::roster::{Learner, Roster};
use crate::aws::{Identity, Session};
use crate::core::{Lab, Report, Verdict};
use crate::grade::{Job, Selection, grade};
use crate::journal::{CheckVerdict, Entry, RECORD_VERSION, Record};

/// What is graded, and how much at the same time.
pub struct Grading<'a> {
    /// The class.
    pub roster: &'a Roster,
    /// The way into the accounts.
    pub gate: &'a Gate,
    /// Where grades are kept.
    pub book: &'a dyn Gradebook,
    /// The course's id.
    pub course: &'a str,
    /// Id of this grading, the same after an interruption.
    pub run: &'a str,
    /// Which labs.
    pub labs: Vec<Arc<Lab>>,
    /// Which learners.
    pub learners: Vec<&'a Learner>,
    /// Learner and lab of what was graded before an interruption.
    pub done: BTreeSet<(String, String)>,
    /// How much at the same time.
    pub limits: Limits,
}

/// How much is done at the same time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Accounts.
    pub accounts: usize,
    /// Labs in each account.
    pub labs: usize,
}

/// What happens while grading, for whoever shows it.
#[derive(Debug, Clone)]
pub enum Step {
    /// A learner's lab is being looked at.
    Started {
        /// The learner's id.
        learner: String,
        /// The lab's id.
        lab: String,
    },
    /// A learner's lab is graded, and the grade is in the gradebook.
    Graded {
        /// The learner's id.
        learner: String,
        /// The lab's id.
        lab: String,
        /// How it went.
        outcome: Outcome,
        /// Wall time.
        took: Duration,
    },
}

/// How one look went.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was looked at.
    Seen {
        /// Points earned.
        earned: u32,
        /// Most that could be earned.
        max: u32,
        /// Checks that could not be looked at.
        blind: usize,
        /// Why the first of them could not.
        why: Option<String>,
        /// Checks for which AWS was still at work.
        pending: usize,
        /// Whether the lab itself is at fault.
        broken: bool,
    },
    /// The account could not be entered.
    Unreachable(AccessError),
}

/// How a grading went.
#[derive(Debug, Default)]
pub struct Graded {
    /// What was graded, in the order in which it was done.
    pub done: Vec<(String, String, Outcome)>,
    /// Whether it was interrupted; what was being looked at then is not graded.
    pub interrupted: bool,
}

impl Grading<'_> {
    /// How many looks there are to take.
    pub fn total(&self) -> usize {
        self.left().map(|(_, labs)| labs.len()).sum()
    }

    /// What is left of each learner.
    fn left(&self) -> impl Iterator<Item = (&Learner, Vec<Arc<Lab>>)> {
        self.learners.iter().filter_map(|learner| {
            let open = |lab: &&Arc<Lab>| !self.done.contains(&(learner.id.clone(), lab.id.clone()));
            let labs: Vec<Arc<Lab>> = self.labs.iter().filter(open).cloned().collect();
            (!labs.is_empty()).then_some((*learner, labs))
        })
    }

    /// Grades. Each grade is in the gradebook before it is told of.
    ///
    /// # Errors
    /// The gradebook cannot be written; nothing more is looked at then.
    pub async fn run(
        &self,
        interrupted: watch::Receiver<bool>,
        emit: impl Fn(Step) + Send + Sync,
    ) -> Result<Graded, GradebookError> {
        let work = Work {
            grading: self,
            interrupted,
            emit: &emit,
            done: Mutex::default(),
            refused: watch::channel(false).0,
        };
        let left: Vec<_> = self.left().collect();
        let mut accounts = stream::iter(left)
            .map(|(learner, labs)| work.account(learner, labs))
            .buffer_unordered(self.limits.accounts.max(1));
        let mut refusal = None;
        while let Some(answer) = accounts.next().await {
            if let Err(error) = answer {
                // The others end what they are at, and take back what they made.
                work.refused.send_replace(true);
                refusal.get_or_insert(error);
            }
        }
        drop(accounts);
        match refusal {
            Some(error) => Err(error),
            None => Ok(Graded {
                interrupted: work.stopped(),
                done: work.done.into_inner().unwrap_or_default(),
            }),
        }
    }
}

/// What all accounts of one grading share.
struct Work<'a, E> {
    grading: &'a Grading<'a>,
    interrupted: watch::Receiver<bool>,
    emit: &'a E,
    done: Mutex<Vec<(String, String, Outcome)>>,
    /// Whether the gradebook could not be written.
    refused: watch::Sender<bool>,
}

impl<E: Fn(Step) + Send + Sync> Work<'_, E> {
    fn stopped(&self) -> bool {
        *self.interrupted.borrow() || *self.refused.borrow()
    }

    async fn account(&self, learner: &Learner, labs: Vec<Arc<Lab>>) -> Result<(), GradebookError> {
        if self.stopped() {
            return Ok(());
        }
        let Grading { roster, gate, .. } = self.grading;
        let entered = tokio::select! {
            entered = gate.enter(roster, learner, Purpose::Grade) => entered,
            () = self.stop() => return Ok(()),
        };
        let (session, identity) = match entered {
            Ok(entered) => entered,
            Err(error) => return self.unreachable(learner, &labs, &error).await,
        };
        let mut looks = stream::iter(labs)
            .map(|lab| self.lab(learner, lab, &session, &identity))
            .buffer_unordered(self.grading.limits.labs.max(1));
        let mut answer = Ok(());
        while let Some(look) = looks.next().await {
            answer = answer.and(look);
        }
        answer
    }

    async fn unreachable(
        &self,
        learner: &Learner,
        labs: &[Arc<Lab>],
        error: &AccessError,
    ) -> Result<(), GradebookError> {
        for lab in labs {
            let unknown = lab
                .checks()
                .map(|(id, ..)| CheckVerdict::bare(&id, "unknown"));
            let mut record = self.record(learner, lab, unknown.collect());
            record.trouble = Some(error.to_string());
            self.keep(record, Outcome::Unreachable(error.clone()), Duration::ZERO)
                .await?;
        }
        Ok(())
    }

    async fn lab(
        &self,
        learner: &Learner,
        lab: Arc<Lab>,
        session: &Session,
        identity: &Identity,
    ) -> Result<(), GradebookError> {
        if self.stopped() {
            return Ok(());
        }
        (self.emit)(Step::Started {
            learner: learner.id.clone(),
            lab: lab.id.clone(),
        });
        let began = Instant::now();
        let job = Job {
            world: Arc::new(session.clone()),
            lab: Arc::clone(&lab),
            selection: Selection::All,
            names: lab.names_for(&learner.prefix, &identity.account, session.region()),
            seed: fastrand::u64(..),
        };
        let report = grade(job, self.stop(), |_| ()).await;
        if report.interrupted {
            return Ok(());
        }
        // A grade says how somebody stands; what was seen is for who learns.
        let verdicts = report.checks.iter().map(|check| CheckVerdict {
            seen: None,
            ..CheckVerdict::of(check)
        });
        let mut record = self.record(learner, &lab, verdicts.collect());
        let outcome = outcome(&report);
        if let Outcome::Seen { why, .. } = &outcome {
            record.trouble.clone_from(why);
        }
        self.keep(record, outcome, began.elapsed()).await
    }

    fn record(&self, learner: &Learner, lab: &Lab, verdicts: Vec<CheckVerdict>) -> Grade {
        Grade {
            format_version: GRADE_VERSION,
            id: format!("{:016x}", fastrand::u64(..)),
            class: self.grading.roster.id.clone(),
            learner: learner.id.clone(),
            mode: Mode::Instructor,
            run: self.grading.run.to_owned(),
            grader: std::env::var("USER")
                .or_else(|_| std::env::var("USERNAME"))
                .ok(),
            trouble: None,
            record: Record {
                format_version: RECORD_VERSION,
                time: jiff::Timestamp::now(),
                course: self.grading.course.to_owned(),
                lab: lab.id.clone(),
                lab_version: lab.version.clone(),
                target: learner.target(),
                account: Some(learner.account.clone()),
                region: Some(learner.region.clone()),
                runner: env!("CARGO_PKG_VERSION").to_owned(),
                entry: Entry::Check { verdicts },
            },
        }
    }

    /// Writes a grade, then tells of it.
    async fn keep(
        &self,
        record: Grade,
        outcome: Outcome,
        took: Duration,
    ) -> Result<(), GradebookError> {
        self.grading.book.append(&record).await?;
        let (learner, lab) = (record.learner, record.record.lab);
        if let Ok(mut done) = self.done.lock() {
            done.push((learner.clone(), lab.clone(), outcome.clone()));
        }
        (self.emit)(Step::Graded {
            learner,
            lab,
            outcome,
            took,
        });
        Ok(())
    }

    /// Over when somebody interrupts the grading, or the gradebook cannot be written.
    fn stop(&self) -> BoxFuture<'static, ()> {
        let (mut asked, mut refused) = (self.interrupted.clone(), self.refused.subscribe());
        Box::pin(async move {
            tokio::select! {
                _ = asked.wait_for(|stop| *stop) => {}
                _ = refused.wait_for(|stop| *stop) => {}
            }
        })
    }
}

fn outcome(report: &Report) -> Outcome {
    let count = |wanted: fn(&Verdict) -> bool| {
        let all = report.checks.iter().filter(|c| wanted(&c.verdict));
        all.count()
    };
    Outcome::Seen {
        earned: report.points.earned,
        max: report.points.max,
        blind: count(|v| matches!(v, Verdict::Unknown(_))),
        why: report.checks.iter().find_map(|c| match &c.verdict {
            Verdict::Unknown(error) => Some(error.in_full()),
            _ => None,
        }),
        pending: count(|v| matches!(v, Verdict::Pending(_))),
        broken: count(|v| matches!(v, Verdict::Broken(_))) > 0,
    }
}
