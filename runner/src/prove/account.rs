use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::judge::{ACCOUNT, PREFIX, REGION};
use super::live::Bed;
use super::recorder::Recorder;
use super::state::{Verdicts, verdicts};
use super::worlds::Recording;
use super::{Kind, Problem, State, Subject};
use crate::apply::{ApplyError, AwsWorker, Bench, Environment};
use crate::aws::{Connection, Inventory, Session, TargetKind};
use crate::core::{Command, Lab, Names, Report, Resource, draw};
use crate::course::files_for;
use crate::grade::{Job, Selection, grade};
use crate::reset::reset;

/// How long what was set in motion may take to come to rest.
const REST: Duration = Duration::from_secs(4);
/// A captured value shorter than this is no id, and is left as it is.
const SHORTEST_ID: usize = 8;

/// A sandbox account of its own, in which one lab is solved, broken and judged.
pub(super) struct Account {
    pub(super) session: Arc<Session>,
    pub(super) names: Names,
    lab: Arc<Lab>,
    prefix: String,
    number: String,
    captured: Vec<String>,
    bench: Bench,
    _folder: TempDir,
}

impl Account {
    pub(super) async fn open(
        bed: &Bed,
        lab: &Arc<Lab>,
        worker: AwsWorker,
    ) -> Result<Self, ApplyError> {
        let number = format!("8{:011}", fastrand::u64(..100_000_000_000));
        // Bucket names are shared by all accounts.
        let prefix = format!("p{:08x}", fastrand::u32(..));
        let connection = Connection {
            kind: TargetKind::Sandbox,
            endpoint: Some(bed.endpoint.clone()),
            region: Some(REGION.to_owned()),
            keys: Some((number.clone(), "prova".to_owned())),
        };
        let folder =
            tempfile::tempdir().map_err(ApplyError::io(Path::new("uma pasta temporária")))?;
        Ok(Self {
            session: Arc::new(Session::connect(&connection).await),
            names: lab.names_for(&prefix, &number, REGION),
            lab: Arc::clone(lab),
            prefix,
            number,
            captured: Vec::new(),
            bench: Bench {
                folder: folder.path().to_owned(),
                environment: Environment::sandbox(&connection, bed.bin.clone()),
                worker: Some(worker),
            },
            _folder: folder,
        })
    }

    /// The worker, for the next account.
    pub(super) fn close(mut self) -> Option<AwsWorker> {
        self.bench.worker.take()
    }

    /// Applies the reference solution of one step; `Err` says what is wrong with it.
    pub(super) async fn solve(&mut self, subject: &Subject, number: usize) -> Result<(), Problem> {
        let step = subject.lab.steps[number].id.get_ref().clone();
        let state = State::Solved(step);
        let Some(solution) = subject.solutions.get(number).and_then(Option::as_ref) else {
            return Err(Problem::new(
                Kind::Command,
                &state,
                "uma solução de referência",
                "o passo não tem solução",
            ));
        };
        self.apply(&solution.files, &solution.commands)
            .await
            .map_err(|e| {
                Problem::new(
                    Kind::Command,
                    &state,
                    "os comandos funcionam",
                    e.to_string(),
                )
            })
    }

    /// Makes the system that a prepared lab begins with, and the faults that a
    /// seed draws; nothing for another lab.
    pub(super) async fn prepare(
        &mut self,
        subject: &Subject,
        state: &State,
        seed: Option<u64>,
    ) -> Result<(), Problem> {
        let Some(preparation) = &subject.preparation else {
            return Ok(());
        };
        let drawn = seed.map(|seed| draw(&subject.lab, &subject.near_misses, seed));
        let mut work = vec![(&preparation.files, &preparation.commands)];
        let faults = drawn.iter().flatten();
        work.extend(faults.map(|fault| (&fault.files, &fault.commands)));
        for (files, commands) in work {
            let applied = self.apply(files, commands).await;
            applied.map_err(|e| {
                Problem::new(Kind::Command, state, "os comandos funcionam", e.to_string())
            })?;
        }
        Ok(())
    }

    /// Empties the account. A function that is gone takes its warm processes
    /// along: a weak machine could not hold those of every account.
    pub(super) async fn tidy(&self, subject: &Subject) {
        let resources = self.resources(subject);
        let plan = self.session.plan_reset(&resources).await;
        reset(&self.session, &plan, |_| ()).await;
    }

    pub(super) async fn apply(
        &mut self,
        files: &[(String, Vec<u8>)],
        commands: &[Command],
    ) -> Result<(), ApplyError> {
        let files = files_for(files, &self.names);
        self.captured
            .extend(commands.iter().filter_map(|c| c.capture.clone()));
        self.bench
            .apply(&files, commands, &mut self.names, |_| ())
            .await
    }

    /// What the lab asks for, as it is called in this account.
    pub(super) fn resources(&self, subject: &Subject) -> Vec<Resource> {
        let steps = subject.lab.steps.iter();
        steps
            .flat_map(|step| &step.resources)
            .filter_map(|resource| self.names.fill_in(resource).ok())
            .collect()
    }

    fn job(&self, world: Arc<Recorder<Session>>, seed: u64) -> Job<Recorder<Session>> {
        Job {
            world,
            lab: Arc::clone(&self.lab),
            selection: Selection::All,
            names: self.names.clone(),
            seed,
        }
    }

    /// Grades the whole lab and writes down what was observed.
    pub(super) async fn observe(&self, seed: u64) -> (Verdicts, Recording) {
        let recorder = Arc::new(Recorder::new(Arc::clone(&self.session)));
        let job = self.job(Arc::clone(&recorder), seed);
        let report = grade(job, std::future::pending(), |_| ()).await;
        let verdicts = verdicts(&report, |text| self.anonymous(text));
        (verdicts, self.anonymous_recording(&recorder.take()))
    }

    /// Grades the whole lab until `interrupt` is done.
    pub(super) async fn grade(
        &self,
        seed: u64,
        interrupt: impl Future<Output = ()> + Send + 'static,
    ) -> Report {
        let recorder = Arc::new(Recorder::new(Arc::clone(&self.session)));
        grade(self.job(recorder, seed), interrupt, |_| ()).await
    }

    /// Everything in the account; what could not be read is a problem.
    pub(super) async fn inventory(&self, state: &State) -> Result<Inventory, Problem> {
        self.session.inventory().await.map_err(|e| {
            Problem::new(
                Kind::Blind,
                state,
                "um inventário da conta",
                format!("{}: {}", e.operation, e.message),
            )
        })
    }

    /// What is different from `before`, once everything has come to rest.
    /// A function's first call makes its log group, whoever calls it.
    pub(super) async fn change(
        &self,
        state: &State,
        before: &Inventory,
        expected: &str,
    ) -> Option<Problem> {
        let before = before.without_logs();
        let began = std::time::Instant::now();
        loop {
            let now = match self.inventory(state).await {
                Ok(now) => now.without_logs(),
                Err(problem) => return Some(problem),
            };
            if now == before {
                return None;
            }
            if began.elapsed() > REST {
                return Some(Problem::new(
                    Kind::Changed,
                    state,
                    expected,
                    self.shown(&before, &now),
                ));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Two inventories' difference, a line each, with `-` and `+`.
    pub(super) fn shown(&self, before: &Inventory, after: &Inventory) -> String {
        let (gone, new) = before.difference(after);
        let gone = gone.iter().map(|line| format!("- {line}"));
        let new = new.iter().map(|line| format!("+ {line}"));
        self.anonymous(&gone.chain(new).collect::<Vec<_>>().join("\n"))
    }

    /// A text with this account's own names replaced by those under which all
    /// accounts are compared.
    pub(super) fn anonymous(&self, text: &str) -> String {
        let mut text = text
            .replace(&self.prefix, PREFIX)
            .replace(&self.number, ACCOUNT);
        for name in &self.captured {
            if let Some(value) = self.names.get(name).filter(|v| v.len() >= SHORTEST_ID) {
                text = text.replace(value, &format!("<{name}>"));
            }
        }
        text
    }

    fn anonymous_recording(&self, recording: &Recording) -> Recording {
        serde_json::to_string(recording)
            .ok()
            .and_then(|json| serde_json::from_str(&self.anonymous(&json)).ok())
            .unwrap_or_default()
    }
}
