//! The view in words, line by line: for screen readers, and for a log.

use std::collections::BTreeMap;

use super::parts::{KEYS, help};
use super::state::{Panel, State};
use crate::core::{CheckId, CheckReport, Report, Standing, Verdict};
use crate::ui::details::details;
use crate::ui::words;

impl State {
    /// The step that is shown now.
    pub(super) fn step_in_words(&self) -> Vec<String> {
        let step = self.current();
        let mut lines = vec![format!(
            "{}, passo {} de {}, {}",
            self.lab.title,
            self.step + 1,
            self.lab.steps.len(),
            words::count(step.points as usize, "ponto", "pontos")
        )];
        lines.push(self.names.fill_known(&step.body).trim_end().to_owned());
        lines
    }

    /// What was opened.
    pub(super) fn panel_in_words(&self) -> Vec<String> {
        match &self.panel {
            Panel::None => Vec::new(),
            Panel::Steps(_) => {
                let steps = self.lab.steps.iter().zip(&self.progress.steps).enumerate();
                let mut lines: Vec<String> = steps
                    .map(|(number, (step, done))| {
                        let word = if done.passed { "feito" } else { "a fazer" };
                        format!("Passo {}, {}: {word}", number + 1, step.title)
                    })
                    .collect();
                lines.push("Escreva o número do passo que quer ver.".to_owned());
                lines
            }
            Panel::Map => {
                let lines = self.map_lines().into_iter();
                lines
                    .map(|line| format!("{}: {}", line.words, words::sign(line.standing).1))
                    .collect()
            }
            Panel::Help => help()
                .iter()
                .map(super::text::Para::read)
                .filter(|line| !line.is_empty() && !line.contains('↑'))
                .collect(),
            Panel::Plan(plan) => {
                let mut lines: Vec<String> = plan
                    .doomed
                    .iter()
                    .map(|(kind, name, what)| format!("remove {kind} {name} ({what})"))
                    .collect();
                lines.extend(plan.staying.iter().map(|(kind, name, why)| {
                    format!("fica {kind} {name} (não foi possível olhar: {why})")
                }));
                lines.push(format!(
                    "Remover {}? s remove; outra resposta deixa tudo como está.",
                    words::count(plan.doomed.len(), "recurso", "recursos")
                ));
                lines
            }
        }
    }

    /// Reads out the checks whose verdict is another than before, and all that
    /// is missing when the check was asked for.
    pub(super) fn read_out(&mut self, report: &Report, before: &BTreeMap<String, String>) {
        let mut lines = Vec::new();
        let mut passed = 0;
        for check in &report.checks {
            passed += usize::from(check.verdict == Verdict::Pass);
            if before.get(check.id.as_str()).map(String::as_str) != Some(check.verdict.word()) {
                lines.extend(in_words(check));
            }
        }
        let total = report.checks.len();
        lines.push(format!(
            "{passed} de {} passaram.",
            words::count(total, "verificação", "verificações")
        ));
        self.said.extend(lines);
    }

    /// The keys, for who types them.
    pub fn keys_in_words() -> String {
        let keys = KEYS.iter().map(|(key, name, _)| format!("{key} {name}"));
        format!(
            "Escreva uma letra e Enter: {}.",
            keys.collect::<Vec<_>>().join(", ")
        )
    }
}

/// A check with what is missing.
fn in_words(check: &CheckReport) -> Vec<String> {
    let (_, word) = words::sign(Standing::of([Some(check.verdict.word())]));
    let mut lines = vec![format!("{word}: {}", check.says)];
    let told = details(check, CheckId::to_string);
    lines.extend(
        told.into_iter()
            .map(|(name, text)| format!("{name} {text}")),
    );
    lines
}
