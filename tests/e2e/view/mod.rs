//! The watch view without a terminal: what it decides, and the frames it draws.

mod decisions;
mod frames;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use runner::core::{Cause, CheckId, CheckReport, Course, Lab, Mismatch, Points, Report, Verdict};
use runner::course::{Source, load};
use runner::journal::{LabProgress, progress};
use runner::watch::{Beginning, Effect, Event, Key, Pace, State, Task};

/// A view of lab 01 at its beginning, and the time.
struct View {
    lab: Arc<Lab>,
    state: State,
    now: Instant,
}

impl View {
    fn new() -> Self {
        let course: Course = load(&Source::Embedded).unwrap();
        let lab = Arc::new(course.lab("notas-fiscais").unwrap().clone());
        let now = Instant::now();
        let with = Beginning {
            lab: Arc::clone(&lab),
            names: lab.names_for("ana-7k3f", "000000000000", "us-east-1"),
            place: "sandbox".to_owned(),
            progress: progress(&lab, &[]),
            seen: BTreeMap::new(),
            pace: Pace::sandbox(now),
            aloud: false,
            follow: false,
            step: None,
        };
        Self {
            state: State::new(now, with),
            lab,
            now,
        }
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        self.state.update(self.now, event)
    }

    fn key(&mut self, letter: char) -> Vec<Effect> {
        self.event(Event::Key(Key::Char(letter)))
    }

    /// Lets time pass; gives what is to be done then.
    fn after(&mut self, seconds: u64) -> Vec<Effect> {
        self.now += Duration::from_secs(seconds);
        self.event(Event::Tick)
    }

    /// The progress when these steps have passed.
    fn progress(&self, passed: &[&str]) -> LabProgress {
        let mut progress = progress(&self.lab, &[]);
        for step in &mut progress.steps {
            step.passed = passed.contains(&step.id.as_str());
            step.earned = if step.passed { step.max } else { 0 };
        }
        progress
    }

    /// A run of the first step is over, with these verdicts of its checks.
    fn graded(&mut self, task: Task, verdicts: [Verdict; 2]) -> Vec<Effect> {
        let passed = verdicts.iter().all(|v| *v == Verdict::Pass);
        let report = report(&self.lab, verdicts);
        let passed: &[&str] = if passed && task != Task::Look {
            &["bucket"]
        } else {
            &[]
        };
        let progress = self.progress(passed);
        self.event(Event::Graded {
            task,
            step: "bucket".to_owned(),
            report: Box::new(report),
            progress,
        })
    }
}

fn run(task: Task) -> Vec<Effect> {
    let step = "bucket".to_owned();
    vec![Effect::Grade { task, step }]
}

/// Nothing is there.
fn absent() -> [Verdict; 2] {
    let cause = Cause {
        mismatches: vec![Mismatch {
            fact: "exists".to_owned(),
            label: "existe".to_owned(),
            expected: "existe".to_owned(),
            actual: "o bucket `ana-7k3f-notas` não existe".to_owned(),
            follows: false,
        }],
        ..Cause::default()
    };
    let because = CheckId::new("bucket", "existe");
    [Verdict::Fail(cause), Verdict::Skipped { because }]
}

/// The bucket is there, and two locks are open.
fn open() -> [Verdict; 2] {
    let cause = Cause {
        mismatches: vec![Mismatch {
            fact: "public_access_open".to_owned(),
            label: "travas de acesso público desligadas".to_owned(),
            expected: "vazia".to_owned(),
            actual: "[\"BlockPublicPolicy\",\"RestrictPublicBuckets\"]".to_owned(),
            follows: false,
        }],
        ..Cause::default()
    };
    [Verdict::Pass, Verdict::Fail(cause)]
}

fn report(lab: &Lab, verdicts: [Verdict; 2]) -> Report {
    let step = &lab.steps[0];
    let names = lab.names_for("ana-7k3f", "000000000000", "us-east-1");
    let checks = step
        .checks
        .iter()
        .zip(verdicts)
        .map(|(check, verdict)| CheckReport {
            id: CheckId::new("bucket", check.id.get_ref()),
            says: names.fill_known(&check.says),
            evidence: Some(format!("{verdict:?}")),
            verdict,
            fidelity: check.fidelity,
            hint: names.fill_known(&check.hint),
            command: names.fill_known("aws s3api head-bucket --bucket {bucket}"),
            book: None,
            took: Duration::from_millis(12),
        });
    Report {
        lab: lab.id.clone(),
        checks: checks.collect(),
        others: Vec::new(),
        points: Points::default(),
        calls: 3,
        took: Duration::from_millis(20),
        interrupted: false,
    }
}
