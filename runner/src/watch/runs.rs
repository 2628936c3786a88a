//! What a run against the account means: when one is begun, and what its
//! outcome changes.

use std::collections::BTreeMap;

use super::event::{Effect, Task};
use super::state::{Glimpse, State, Work};
use crate::core::{CheckReport, ProbeError, ProbeErrorKind, Report, Verdict};
use crate::grade;
use crate::journal::LabProgress;
use crate::ui::words;

impl State {
    pub(super) fn grade(&self, task: Task) -> Effect {
        Effect::Grade {
            task,
            step: self.id(),
        }
    }

    /// Begins a check.
    pub(super) fn check(&mut self, task: Task, asked: bool) -> Vec<Effect> {
        let step = self.id();
        let checks = self.lab.checks();
        let total = checks.filter(|(id, ..)| task == Task::Lab || id.step() == step);
        self.work = Work::Checking {
            done: 0,
            total: total.count(),
            waiting: Vec::new(),
        };
        self.wanted = false;
        self.again = false;
        self.asked = asked;
        vec![self.grade(task)]
    }

    pub(super) fn grading(&mut self, event: grade::Event) {
        let Work::Checking { done, waiting, .. } = &mut self.work else {
            return;
        };
        match event {
            grade::Event::Waiting { id, deadline, .. } => {
                waiting.retain(|(other, _)| *other != id);
                waiting.push((id, deadline));
            }
            grade::Event::Finished(report) => {
                waiting.retain(|(other, _)| *other != report.id);
                *done += 1;
            }
            grade::Event::CleaningUp => self.work = Work::CleaningUp,
            grade::Event::Started { .. } | grade::Event::Acting { .. } => {}
        }
    }

    pub(super) fn graded(
        &mut self,
        task: Task,
        step: &str,
        report: &Report,
        progress: LabProgress,
    ) -> Vec<Effect> {
        if task == Task::Look && (self.work != Work::Looking || *step != self.id()) {
            // Overtaken by a check, or by another step.
            self.pace.calls += report.calls;
            return Vec::new();
        }
        self.work = Work::Idle;
        if self.leaving {
            return vec![Effect::Quit];
        }
        if report.interrupted {
            self.pace.looked(self.now, report.calls, false);
            return Vec::new();
        }
        let seen = report.checks.iter().all(|c| unknown(c).is_none());
        if self.troubled && seen {
            self.troubled = false;
            self.notice = None;
        }
        match task {
            Task::Look => self.looked(report),
            Task::Step | Task::Lab => self.checked(report, progress),
        }
    }

    /// A look is not in the journal: it only tells whether to check.
    fn looked(&mut self, report: &Report) -> Vec<Effect> {
        if let Some(error) = report.checks.iter().find_map(unknown) {
            // What was seen before still stands.
            self.pace.looked(self.now, report.calls, false);
            self.blind(error);
            return Vec::new();
        }
        let changed = report.checks.iter().any(|check| {
            let now = glimpse(check);
            match self.seen.get(check.id.as_str()) {
                Some(before) => *before != now,
                None => now.0 == "pass",
            }
        });
        self.pace.looked(self.now, report.calls, changed);
        if !changed {
            self.keep(report);
            return Vec::new();
        }
        // What other steps' checks saw is only a sign: the check will not tell it anew.
        let step = self.id();
        let others = report.checks.iter().filter(|c| c.id.step() != step);
        for check in others {
            self.seen
                .insert(check.id.as_str().to_owned(), glimpse(check));
        }
        if self.pace.may_drive(self.now) {
            return self.check(Task::Step, false);
        }
        self.wanted = true;
        Vec::new()
    }

    fn checked(&mut self, report: &Report, progress: LabProgress) -> Vec<Effect> {
        let before = self.words();
        let passed = self.step_passed();
        self.progress = progress;
        self.keep(report);
        let news = self.words() != before;
        self.pace
            .checked(self.now, report.calls, news || self.asked);
        self.read_out(report, &before);
        // What AWS is still at work on is looked at again.
        let fails = |c: &CheckReport| matches!(c.verdict, Verdict::Fail(_));
        let waits = |c: &CheckReport| matches!(c.verdict, Verdict::Pending(_));
        self.wanted = report.checks.iter().any(waits) && !report.checks.iter().any(fails);
        if self.step_passed() && !passed {
            return self.step_done();
        }
        if let Some(error) = report.checks.iter().find_map(unknown) {
            self.blind(error);
        } else if self.asked {
            self.say(format!("Verificado em {}.", words::duration(report.took)));
        }
        Vec::new()
    }

    /// Says once that it could not be looked at.
    fn blind(&mut self, error: &ProbeError) {
        let remedy = match error.kind {
            ProbeErrorKind::Offline => "O sandbox caiu? Veja com `lab sandbox status`.",
            _ => "Para examinar: `lab doctor`.",
        };
        self.troubled = true;
        let text = format!("Não foi possível olhar: {}. {remedy}", error.kind);
        if self.notice.as_ref() != Some(&text) {
            self.say(text);
        }
    }

    /// The newest verdict of each check.
    pub(super) fn words(&self) -> BTreeMap<String, String> {
        let all = self.seen.iter();
        all.map(|(id, (word, _))| (id.clone(), word.clone()))
            .collect()
    }

    fn keep(&mut self, report: &Report) {
        for check in report.checks.iter().chain(&report.others) {
            let id = check.id.as_str().to_owned();
            self.seen.insert(id.clone(), glimpse(check));
            self.reports.insert(id, check.clone());
        }
    }
}

/// Why a check could not be looked at.
fn unknown(check: &CheckReport) -> Option<&ProbeError> {
    match &check.verdict {
        Verdict::Unknown(error) => Some(error),
        _ => None,
    }
}

fn glimpse(check: &CheckReport) -> Glimpse {
    (check.verdict.word().to_owned(), check.evidence.clone())
}
