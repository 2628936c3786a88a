//! What the served book knows and does: the reader's state as the journal has
//! it, checks as `lab check` makes them, answers as `lab quiz` takes them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex as StdMutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Map, Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, watch};

use super::answers;
use super::serve::pages;
use crate::book::serve::{Answered, Desk, Given, Pages, Refusal, RefusalKind};
use crate::commands::answers::record;
use crate::commands::check::{self, job};
use crate::commands::context::{Context, journal_error};
use crate::commands::report;
use crate::core::{
    Cause, Check, CheckId, CheckReport, Course, Lab, Names, Standing, Standings, Step, Verdict,
};
use crate::course::Source;
use crate::error::CliError;
use crate::grade::{Event, Selection, grade};
use crate::journal::{Look, Record, progress};
use crate::settings::Settings;
use crate::ui::{json as published, words};

/// One reader's course, for as long as the book is served.
pub(super) struct Live {
    context: Context,
    course: RwLock<Arc<Course>>,
    /// When the course's files were last changed, as far as the pages know.
    changed: StdMutex<Option<SystemTime>>,
    stop: watch::Sender<bool>,
    /// One run at a time: what the reader's account has to bear stays bounded.
    turn: Arc<Mutex<()>>,
}

impl Live {
    pub(super) fn new(context: Context, course: Course) -> Self {
        Self {
            changed: StdMutex::new(newest(&context.source)),
            course: RwLock::new(Arc::new(course)),
            context,
            stop: watch::Sender::new(false),
            turn: Arc::default(),
        }
    }

    /// Interrupts a run, and lets none begin.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Done when no run is under way, its clean-up included.
    pub(super) async fn finished(&self) {
        drop(self.turn.lock().await);
    }

    fn course(&self) -> Arc<Course> {
        Arc::clone(&self.course.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn lab<'c>(&self, course: &'c Course, id: &str) -> Result<&'c Lab, Refusal> {
        course
            .lab(id)
            .ok_or_else(|| unknown(format!("não há um lab `{id}`")))
    }

    fn rebuilt(&self) -> Result<Pages, CliError> {
        let course = self.context.course()?;
        let pages = pages(&self.context, &course)?;
        let mut known = self.course.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::new(course);
        Ok(pages)
    }

    fn records(&self) -> Result<Vec<Record>, CliError> {
        // What is odd in a journal is said by the commands; a page asks often.
        Ok(self
            .context
            .journal()
            .read()
            .map_err(journal_error)?
            .records)
    }

    /// Everything that a lab's page shows beside its text.
    fn known(&self, lab: &Lab) -> Result<Value, CliError> {
        let settings = self.context.settings()?;
        let records = self.records()?;
        let looks = self
            .context
            .looks(lab, &settings, settings.target, &records);
        let progress = progress(lab, &records);
        let names = self.context.names(lab, &settings);
        let steps = lab.steps.iter().zip(&progress.steps);
        let quiz = answers::known(lab, &records);
        let check = |step: &Step, check: &Check| {
            let id = CheckId::new(step.id.get_ref(), check.id.get_ref());
            let look = looks.get(id.as_str());
            json!({
                "id": id, "standing": Standing::of([word(&looks, id.as_str())]).word(),
                "seen": look.map(|look| look.time),
                "told": look.and_then(|look| kept(check, &id, look, &names)).as_ref().map(told),
            })
        };
        Ok(json!({
            "version": 1,
            "lab": lab.id,
            "target": settings.target,
            "names": names.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect::<Map<_, _>>(),
            "steps": steps.map(|(step, done)| {
                let id = step.id.get_ref();
                let checks: Vec<CheckId> =
                    step.checks.iter().map(|c| CheckId::new(id, c.id.get_ref())).collect();
                let seen = checks.iter().filter_map(|c| looks.get(c.as_str())).map(|l| l.time).max();
                json!({
                    "id": id, "passed": done.passed, "earned": done.earned, "max": done.max,
                    "standing": Standing::of(checks.iter().map(|c| word(&looks, c.as_str()))).word(),
                    "seen": seen,
                    "checks": step.checks.iter().map(|c| check(step, c)).collect::<Vec<_>>(),
                })
            }).collect::<Vec<_>>(),
            "points": { "earned": progress.earned(), "max": progress.max() },
            "map": map(lab, &looks),
            "quiz": { "right": progress.quiz.right, "total": progress.quiz.total, "answers": quiz },
            "signs": signs(),
        }))
    }

    async fn attempt(
        &self,
        course: &Course,
        lab: &Lab,
        selection: Selection,
        told: UnboundedSender<Value>,
    ) -> Result<Value, CliError> {
        let settings: Settings = self.context.settings()?;
        let (session, identity) = self.context.session(&settings, settings.target).await?;
        let at = (&session, &identity);
        let mut stopped = self.stop.subscribe();
        let interrupt = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let tell = move |event: Event| {
            // Nobody may be reading any more; the run goes on for the journal.
            if let Some(event) = line(&event) {
                let _ = told.send(event);
            }
        };
        let report = grade(job(lab, &settings, at, selection), interrupt, tell).await;
        check::record(&self.context, course, lab, at, &report)?;
        let passed = |c: &&CheckReport| c.verdict == Verdict::Pass;
        Ok(json!({
            "event": "end",
            "passed": report.passed(),
            "interrupted": report.interrupted,
            "checks": { "passed": report.checks.iter().filter(passed).count(), "total": report.checks.len() },
            "ms": report.took.as_millis(),
            "state": self.known(lab)?,
        }))
    }
}

impl Desk for Live {
    fn renewed(&self) -> Option<Pages> {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = newest(&self.context.source);
        if *changed == now {
            return None;
        }
        *changed = now;
        let began = Instant::now();
        match self.rebuilt() {
            Ok(pages) => {
                let took = words::duration(began.elapsed());
                self.context
                    .out
                    .note(format!("o livro foi refeito, em {took}"));
                Some(pages)
            }
            // An author in the middle of an edit: the last good pages stay.
            Err(error) => {
                report(self.context.out, &error);
                None
            }
        }
    }

    fn state(&self, lab: &str) -> Answered {
        let course = self.course();
        self.known(self.lab(&course, lab)?).map_err(trouble)
    }

    fn answer(&self, lab: &str, given: &[Given]) -> Answered {
        let course = self.course();
        let lab = self.lab(&course, lab)?;
        // All are read before one is recorded.
        let read: Result<Vec<_>, _> = given.iter().map(|g| answers::read(lab, g)).collect();
        let read = read.map_err(unknown)?;
        let target = self.context.settings().map_err(trouble)?.target;
        let mut results = Vec::new();
        for (question, texts) in read {
            let right =
                record(&self.context, &course, lab, target, question, &texts).map_err(trouble)?;
            results.push(answers::told(question, &texts, right));
        }
        let score = progress(lab, &self.records().map_err(trouble)?).quiz;
        Ok(json!({
            "version": 1, "answers": results,
            "quiz": { "right": score.right, "total": score.total },
        }))
    }

    fn check(
        self: Arc<Self>,
        lab: &str,
        step: Option<&str>,
    ) -> Result<UnboundedReceiver<Value>, Refusal> {
        let course = self.course();
        let lab = self.lab(&course, lab)?.clone();
        let selection = match step {
            None => Selection::All,
            Some(step) if lab.step(step).is_some() => Selection::Step(step.to_owned()),
            Some(step) => return Err(unknown(format!("o lab não tem o passo `{step}`"))),
        };
        let busy = |text: &str| refusal(RefusalKind::Busy, &CliError::environment(text));
        if *self.stop.borrow() {
            return Err(busy("o livro está fechando"));
        }
        let turn = Arc::clone(&self.turn).try_lock_owned();
        let turn =
            turn.map_err(|_| busy("outra verificação está em andamento: espere o fim dela"))?;
        let (sender, receiver) = unbounded_channel();
        tokio::spawn(async move {
            let told = sender.clone();
            let end = self.attempt(&course, &lab, selection, told).await;
            let end = end.unwrap_or_else(
                |error| json!({ "event": "error", "error": told_error(&error)["error"] }),
            );
            let _ = sender.send(end);
            drop(turn);
        });
        Ok(receiver)
    }
}

/// When the newest of the files was changed that the pages are made of; the
/// ones in the program never are.
fn newest(source: &Source) -> Option<SystemTime> {
    let Source::Folder(root) = source else {
        return None;
    };
    let changed = |path: PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    let folders = ["labs", "book/src", "book/theme"];
    let files = folders.iter().flat_map(|folder| {
        let files = source.files(folder).unwrap_or_default();
        files
            .into_iter()
            .map(move |file| format!("{folder}/{file}"))
    });
    let single = ["book/book.toml", "docs/guia-do-autor.md"].map(str::to_owned);
    files
        .chain(single)
        .filter_map(|file| changed(root.join(file)))
        .max()
}

fn word<'l>(looks: &'l BTreeMap<String, Look>, id: &str) -> Option<&'l str> {
    looks.get(id).map(|look| look.verdict.verdict.as_str())
}

/// A finding as a run tells it, but for the command, which the journal does not keep.
fn kept(check: &Check, id: &CheckId, look: &Look, names: &Names) -> Option<CheckReport> {
    let seen = look.verdict.seen.as_ref()?;
    let cause = Cause {
        mismatches: seen.mismatches.clone(),
        first: seen.first.as_ref().map(|id| CheckId::resolve("", id)),
        notes: seen.notes.clone(),
    };
    Some(CheckReport {
        id: id.clone(),
        says: names.fill_known(&check.says),
        verdict: match look.verdict.verdict.as_str() {
            "pending" => Verdict::Pending(cause),
            _ => Verdict::Fail(cause),
        },
        fidelity: check.fidelity,
        hint: names.fill_known(&check.hint),
        command: String::new(),
        book: check.book.clone(),
        evidence: look.verdict.evidence.clone(),
        took: Duration::ZERO,
    })
}

/// What a page shows of a check's outcome.
fn told(report: &CheckReport) -> Value {
    json!({ "event": "verdict", "result": published::result(report), "book": report.book })
}

/// Nodes, and arrows of one pair together, as they are drawn.
fn map(lab: &Lab, looks: &BTreeMap<String, Look>) -> Value {
    let map = &lab.map;
    let word = |id: &str| word(looks, id);
    let nodes = map.nodes.iter().zip(Standings::of(map, word).nodes);
    let flows = map.flows();
    let flows = flows.iter().map(|flow| {
        let checks = flow
            .arrows
            .iter()
            .flat_map(|arrow| &map.arrows[*arrow].checks);
        json!({
            "from": map.nodes[flow.from].id, "to": map.nodes[flow.to].id,
            "standing": Standing::of(checks.map(|id| word(id.get_ref()))).word(),
        })
    });
    json!({
        "nodes": nodes.map(|(node, standing)| json!({ "id": node.id, "standing": standing.word() }))
            .collect::<Vec<_>>(),
        "flows": flows.collect::<Vec<_>>(),
    })
}

/// The sign and the word of every standing.
fn signs() -> Map<String, Value> {
    let sign = |standing: Standing| (standing.word().to_owned(), json!(words::sign(standing)));
    Standing::ALL.into_iter().map(sign).collect()
}

/// An event as one line; what a page does not show is none.
fn line(event: &Event) -> Option<Value> {
    Some(match event {
        Event::Started { id, .. } => json!({ "event": "started", "id": id }),
        Event::Waiting { id, deadline, .. } => json!({
            "event": "waiting", "id": id,
            "seconds": deadline.saturating_duration_since(Instant::now()).as_secs(),
        }),
        Event::Finished(report) => told(report),
        Event::Acting { .. } | Event::CleaningUp => return None,
    })
}

fn unknown(message: String) -> Refusal {
    refusal(RefusalKind::Unknown, &CliError::usage(message))
}

fn trouble(error: CliError) -> Refusal {
    refusal(RefusalKind::Trouble, &error)
}

fn refusal(kind: RefusalKind, error: &CliError) -> Refusal {
    Refusal {
        kind,
        body: told_error(error),
    }
}

fn told_error(error: &CliError) -> Value {
    serde_json::to_value(published::error(error)).unwrap_or_default()
}
