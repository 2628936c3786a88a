use std::collections::BTreeMap;
use std::sync::Arc;

use super::replay::{Blind, Replay, report};
use super::{State, Subject};
use crate::core::{CheckId, CheckReport, NearMiss, Probe, ProbeError, ProbeErrorKind, Verdict};
use crate::grade::Selection;

/// All that is said of one check when it does not pass.
#[derive(Debug, Clone)]
pub struct Feedback {
    /// Which check.
    pub id: CheckId,
    /// What is said in the recorded states, each different message once.
    pub told: Vec<Told>,
    /// What is said when it cannot look: without the right, without a connection.
    pub blind: Vec<CheckReport>,
}

/// One message, and in which states it is given.
#[derive(Debug, Clone)]
pub struct Told {
    /// The states.
    pub states: Vec<State>,
    /// What is said.
    pub report: CheckReport,
}

/// What learners are told of every check of a lab, by its recorded worlds; `None`
/// when there are none. Of a near miss only what it changed is told, and not
/// which checks wait for those that it broke.
pub async fn feedback(subject: &Subject) -> Option<Vec<Feedback>> {
    let worlds = subject.worlds.as_ref()?;
    let lab = Arc::new(subject.lab.clone());
    let mut reports = BTreeMap::new();
    for state in worlds.states() {
        let told = report(&lab, Replay::of(worlds, &state), Selection::All).await;
        reports.insert(state, told.checks);
    }
    let verdict = |state: &State, id: &CheckId| {
        let mut checks = reports.get(state)?.iter();
        checks.find(|check| check.id == *id)
    };

    let whole = subject.whole();
    let mut all = Vec::new();
    for (id, ..) in lab.checks() {
        let mut told: Vec<Told> = Vec::new();
        for state in subject.states() {
            let Some(report) = verdict(&state, &id) else {
                continue;
            };
            let mistake = subject.mistake(&state);
            let skipped = matches!(report.verdict, Verdict::Skipped { .. });
            let as_before = || {
                let before = mistake.and_then(|m| verdict(&subject.before(m), &id));
                before.is_some_and(|before| before.verdict == report.verdict)
            };
            let varies = |m: &NearMiss| m.varies.iter().any(|v| v.get_ref() == id.as_str());
            let noise = mistake.is_some() && (skipped || as_before());
            if report.verdict == Verdict::Pass || noise || mistake.is_some_and(varies) {
                continue;
            }
            match told.iter_mut().find(|t| t.report.verdict == report.verdict) {
                Some(same) => same.states.push(state),
                None => told.push(Told {
                    states: vec![state],
                    report: report.clone(),
                }),
            }
        }
        let mut blind = Vec::new();
        for error in [denied, offline] {
            let check = id.clone();
            let world = Replay::of(worlds, &whole).but(Blind { check, error });
            let seen = report(&lab, world, Selection::Check(id.clone())).await;
            blind.extend(seen.checks);
        }
        all.push(Feedback { id, told, blind });
    }
    Some(all)
}

impl Subject {
    /// All states in the order in which a learner may come to them. The faults
    /// that are drawn together are told one by one.
    fn states(&self) -> Vec<State> {
        let steps = self.lab.steps.iter();
        let solved = steps.map(|step| State::Solved(step.id.get_ref().clone()));
        let misses = self.near_misses.iter();
        let near = misses.map(|miss| State::NearMiss(miss.slug.clone()));
        [State::Blank]
            .into_iter()
            .chain(solved)
            .chain(near)
            .collect()
    }

    /// The state in which everything passes.
    fn whole(&self) -> State {
        let last = self.lab.steps.last();
        last.map_or(State::Blank, |step| {
            State::Solved(step.id.get_ref().clone())
        })
    }

    fn mistake(&self, state: &State) -> Option<&NearMiss> {
        let mut misses = self.near_misses.iter();
        misses.find(|miss| *state == State::NearMiss(miss.slug.clone()))
    }

    /// The state in which a mistake is made.
    fn before(&self, miss: &NearMiss) -> State {
        let Some(from) = &miss.from else {
            return State::Blank;
        };
        let prepared = self
            .lab
            .prepared
            .then(|| self.lab.last_prepared())
            .flatten();
        let built = self.lab.step(from.get_ref()).is_some_and(|step| step.built);
        match prepared {
            Some(last) if !built => State::Solved(last.id.get_ref().clone()),
            _ => State::Solved(from.get_ref().clone()),
        }
    }
}

/// A call that the learner's user may not make, as AWS says it.
fn denied(probe: &Probe) -> ProbeError {
    let (service, operation) = call(&probe.command());
    ProbeError {
        kind: ProbeErrorKind::Denied,
        message: format!(
            "AccessDenied: User: arn:aws:iam::111122223333:user/aluna is not authorized to perform: {service}:{operation}"
        ),
        operation,
    }
}

fn offline(probe: &Probe) -> ProbeError {
    let (_, operation) = call(&probe.command());
    ProbeError {
        kind: ProbeErrorKind::Offline,
        operation,
        message: "ninguém responde no endereço configurado (Connection refused (os error 111))"
            .to_owned(),
    }
}

/// The service and the operation that an AWS CLI command calls.
fn call(command: &str) -> (String, String) {
    let mut words = command.split(' ').skip(1);
    let service = words.next().unwrap_or_default();
    let operation = match (service, words.next().unwrap_or_default()) {
        ("s3", _) => "get-object",
        (_, operation) => operation,
    };
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    (
        service.trim_end_matches("api").to_owned(),
        operation.split('-').map(capital).collect(),
    )
}
