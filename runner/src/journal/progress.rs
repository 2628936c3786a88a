use std::collections::{BTreeMap, BTreeSet};

use super::record::{Entry, Record};
use crate::core::{CheckId, Lab, Score};

/// How far the learner is in one lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabProgress {
    /// The steps in order.
    pub steps: Vec<StepProgress>,
    /// The newest answers to the quiz's questions.
    pub quiz: Score,
    /// Questions that were never answered, or wrong the last time.
    pub quiz_open: Vec<String>,
}

/// How far the learner is in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepProgress {
    /// The step's id.
    pub id: String,
    /// Whether all its checks passed in one run.
    pub passed: bool,
    /// Points earned.
    pub earned: u32,
    /// Points that the step is worth.
    pub max: u32,
    /// Points that can still be earned: less when the solution was seen before.
    pub reachable: u32,
    /// Runs in which something of the step was judged.
    pub attempts: usize,
    /// Hints shown.
    pub hints: usize,
    /// Whether an attempt failed since the last hint, which earns the next one.
    pub failed_since_hint: bool,
    /// Whether the solution was shown.
    pub solution: bool,
    /// The newest verdict of each check.
    pub verdicts: BTreeMap<String, String>,
}

impl LabProgress {
    /// The first step that is not passed.
    pub fn next_step(&self) -> Option<&StepProgress> {
        self.steps.iter().find(|s| !s.passed)
    }

    /// Points earned.
    pub fn earned(&self) -> u32 {
        self.steps.iter().map(|s| s.earned).sum()
    }

    /// Points that the lab is worth.
    pub fn max(&self) -> u32 {
        self.steps.iter().map(|s| s.max).sum()
    }

    /// Points that can still be earned.
    pub fn reachable(&self) -> u32 {
        self.steps.iter().map(|s| s.reachable).sum()
    }
}

/// Derives a lab's progress from the journal.
pub fn progress(lab: &Lab, records: &[Record]) -> LabProgress {
    let mut steps: Vec<StepProgress> = lab
        .steps
        .iter()
        .map(|step| StepProgress {
            id: step.id.get_ref().clone(),
            passed: false,
            earned: 0,
            max: step.points,
            reachable: step.points,
            attempts: 0,
            hints: 0,
            failed_since_hint: false,
            solution: false,
            verdicts: BTreeMap::new(),
        })
        .collect();
    let mut answers: BTreeMap<&str, bool> = BTreeMap::new();
    for record in records.iter().filter(|r| r.lab == lab.id) {
        match &record.entry {
            Entry::Quiz {
                question, right, ..
            } => {
                answers.insert(question, *right);
            }
            Entry::Hint { step, rung } => {
                if let Some(step) = steps.iter_mut().find(|s| s.id == *step) {
                    step.hints = step.hints.max(*rung);
                    step.failed_since_hint = false;
                }
            }
            Entry::Solution { step } => {
                let both = lab.steps.iter().zip(&mut steps);
                for (step, progress) in both.filter(|(_, p)| p.id == *step) {
                    // After the step was passed, looking costs nothing.
                    if !progress.passed {
                        progress.solution = true;
                        progress.reachable = step.points.saturating_sub(step.solution_cost);
                    }
                }
            }
            Entry::Prepared { .. } => {}
            Entry::Check { verdicts } => {
                for (step, progress) in lab.steps.iter().zip(&mut steps) {
                    let mut judged = false;
                    let mut passed = BTreeSet::new();
                    for v in verdicts
                        .iter()
                        .filter(|v| v.id.split('/').next() == Some(&progress.id))
                    {
                        judged |= matches!(v.verdict.as_str(), "pass" | "fail");
                        progress.failed_since_hint |= v.verdict == "fail";
                        if v.verdict == "pass" {
                            passed.insert(v.id.as_str());
                        }
                        progress.verdicts.insert(v.id.clone(), v.verdict.clone());
                    }
                    progress.attempts += usize::from(judged);
                    let all = step.checks.iter().all(|c| {
                        passed.contains(CheckId::new(&progress.id, c.id.get_ref()).as_str())
                    });
                    if all && !progress.passed {
                        progress.passed = true;
                        progress.earned = progress.reachable;
                    }
                }
            }
        }
    }
    let open: Vec<String> = lab
        .quiz
        .questions
        .iter()
        .filter(|q| answers.get(q.id.as_str()) != Some(&true))
        .map(|q| q.id.clone())
        .collect();
    let total = lab.quiz.questions.len();
    LabProgress {
        steps,
        quiz: Score {
            right: total - open.len(),
            total,
        },
        quiz_open: open,
    }
}
