use std::ops::Range;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::context::{Context, journal_error};
use crate::core::{CheckId, Course, Lab, Names, Standing, Step};
use crate::error::CliError;
use crate::journal::{Entry, Seen, StepProgress};
use crate::settings::Settings;
use crate::ui::{Out, markdown, report, style, words};

/// Dá a próxima dica do passo
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O passo: LAB/PASSO, ou um passo do lab atual (id ou número); sem nada, o passo em que você está
    #[arg(value_name = "LAB[/PASSO]")]
    what: Option<String>,
    /// Mostra todas as dicas do passo de uma vez
    #[arg(long)]
    all: bool,
}

/// A step of the ladder, as it was taken.
pub(super) struct Climbed {
    /// The hints that are shown now, each with its rung from 1.
    pub(super) hints: Vec<(usize, String)>,
    /// How many the step has.
    total: usize,
    /// Whether the newest hint is shown once more.
    repeated: bool,
    /// Whether nothing but the solution comes after these.
    last: bool,
    passed: bool,
    cost: u32,
    reference: String,
    observed: Option<Observed>,
}

/// What the newest check saw first that is not as it should be.
struct Observed {
    check: CheckId,
    says: String,
    help: String,
    ago: Duration,
    standing: Standing,
    seen: Seen,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let (lab, step) = context.lab_and_step(&course, &settings, args.what.as_deref())?;
    let progress = context.progress(lab)?;
    let out = context.out;
    let state = match step {
        Some(step) => progress.steps.iter().find(|s| s.id == *step.id.get_ref()),
        None => progress.next_step(),
    };
    let Some((state, step)) = state.and_then(|state| Some((state, lab.step(&state.id)?))) else {
        out.json(&json!({ "version": 1, "lab": lab.id, "step": null, "hints": [] }));
        out.line("Você já fez todos os passos deste lab: não falta nenhuma dica.");
        out.line(style::inline_code(&format!(
            "→ Para rever as de um passo: `lab hint {}/PASSO`",
            lab.id
        )));
        return Ok(ExitCode::SUCCESS);
    };

    let climbed = climb(context, &course, lab, &settings, state, args.all)?;
    out.json(&json!({
        "version": 1, "lab": lab.id, "step": state.id, "total": climbed.total, "repeated": climbed.repeated,
        "hints": climbed.hints.iter().map(|(rung, text)| json!({ "rung": rung, "text": text })).collect::<Vec<_>>(),
        "solution_cost": climbed.cost,
        "observed": climbed.observed.as_ref().map(Observed::json),
    }));
    if let Some(observed) = &climbed.observed {
        observed.show(out);
        out.line("");
    }
    if climbed.hints.is_empty() {
        out.line("Este passo não tem dicas.");
    }
    for (rung, text) in &climbed.hints {
        out.line(style::dim(&format!(
            "{} · {}",
            step.title,
            climbed.title(*rung)
        )));
        markdown::show(out, text);
        out.line("");
    }
    out.line(style::inline_code(&format!("→ {}", climbed.next())));
    Ok(ExitCode::SUCCESS)
}

/// Takes the next hint of a step, and writes it to the journal.
pub(super) fn climb(
    context: &Context,
    course: &Course,
    lab: &Lab,
    settings: &Settings,
    state: &StepProgress,
    all: bool,
) -> Result<Climbed, CliError> {
    let Some(step) = lab.step(&state.id) else {
        return Err(CliError::usage(format!("não há o passo `{}`", state.id)));
    };
    let total = step.hints.len();
    let shown = rungs(state, total, all);
    if !state.passed {
        for rung in shown.clone().filter(|index| *index >= state.hints) {
            let entry = Entry::Hint {
                step: state.id.clone(),
                rung: rung + 1,
            };
            context.record(course, lab, None, settings.target, entry)?;
        }
    }
    let names = context.names(lab, settings);
    let observed = match state.passed {
        true => None,
        false => observed(context, lab, settings, step, &names)?,
    };
    Ok(Climbed {
        observed,
        hints: shown
            .clone()
            .map(|index| (index + 1, names.fill_known(&step.hints[index])))
            .collect(),
        total,
        repeated: !state.passed && !shown.is_empty() && shown.end <= state.hints,
        last: shown.end >= total,
        passed: state.passed,
        cost: step.solution_cost,
        reference: format!("{}/{}", lab.id, state.id),
    })
}

/// A hint begins from what was seen, which the journal keeps.
fn observed(
    context: &Context,
    lab: &Lab,
    settings: &Settings,
    step: &Step,
    names: &Names,
) -> Result<Option<Observed>, CliError> {
    let read = context.journal().read().map_err(journal_error)?;
    let mut looks = context.looks(lab, settings, settings.target, &read.records);
    Ok(step.checks.iter().find_map(|check| {
        let id = CheckId::new(step.id.get_ref(), check.id.get_ref());
        let look = looks.remove(id.as_str())?;
        let ago = jiff::Timestamp::now().duration_since(look.time);
        Some(Observed {
            check: id,
            says: names.fill_known(&check.says),
            help: names.fill_known(&check.hint),
            ago: ago.try_into().unwrap_or_default(),
            standing: Standing::of([Some(look.verdict.verdict.as_str())]),
            seen: look.verdict.seen?,
        })
    }))
}

impl Observed {
    fn show(&self, out: Out) {
        out.line(style::dim(&format!(
            "O que a verificação viu, {}",
            words::ago(self.ago)
        )));
        let sign = words::standing(self.standing, out.plain, 0);
        out.wrapped(&format!("{sign} "), &style::inline_code(&self.says));
        let item = |name: &str, text: &str| report::item(out, name, &style::inline_code(text));
        if let Some(first) = &self.seen.first {
            item("1ª causa:", first);
        }
        for mismatch in &self.seen.mismatches {
            if mismatch.fact != "exists" {
                item("fato:", &mismatch.label);
                item("esperado:", &mismatch.expected);
            }
            item("observado:", &mismatch.actual);
        }
        for note in &self.seen.notes {
            item("repare:", note);
        }
        item("comece por:", &self.help);
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "id": self.check, "says": self.says, "help": self.help,
            "first_cause": self.seen.first, "mismatches": self.seen.mismatches,
            "notes": self.seen.notes,
        })
    }
}

impl Climbed {
    /// `dica 1 de 3`.
    pub(super) fn title(&self, rung: usize) -> String {
        format!("dica {rung} de {}", self.total)
    }

    /// What comes after the hint, and what that costs.
    pub(super) fn next(&self) -> String {
        let reference = &self.reference;
        if self.passed {
            "Este passo já está feito.".to_owned()
        } else if self.last {
            let cost = match self.cost {
                0 => "sem custo em pontos".to_owned(),
                cost => format!(
                    "ao custo de {} deste passo",
                    words::count(cost as usize, "ponto", "pontos")
                ),
            };
            format!(
                "Depois disto só há a solução, {cost}: `lab solution {reference}`. Antes, tente e rode `lab check {reference}`."
            )
        } else if self.repeated {
            format!("Esta é a mesma dica: tente e rode `lab check {reference}` antes da próxima.")
        } else {
            format!(
                "Tente e rode `lab check {reference}`; se ainda falhar, `lab hint {reference}` dá a próxima."
            )
        }
    }
}

/// Which hints are shown now: the next one when it is earned, otherwise the
/// newest again; all of them when asked, or when the step is passed.
fn rungs(state: &StepProgress, total: usize, all: bool) -> Range<usize> {
    let seen = state.hints.min(total);
    if all || state.passed {
        0..total
    } else if seen < total && (seen == 0 || state.failed_since_hint) {
        seen..seen + 1
    } else {
        seen.saturating_sub(1)..seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(hints: usize, failed_since_hint: bool, passed: bool) -> StepProgress {
        StepProgress {
            id: "s".into(),
            passed,
            earned: 0,
            max: 5,
            reachable: 5,
            attempts: 0,
            hints,
            failed_since_hint,
            solution: false,
            verdicts: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn the_next_rung_is_earned_by_an_attempt() {
        assert_eq!(rungs(&state(0, false, false), 3, false), 0..1);
        assert_eq!(rungs(&state(1, false, false), 3, false), 0..1);
        assert_eq!(rungs(&state(1, true, false), 3, false), 1..2);
        assert_eq!(rungs(&state(3, true, false), 3, false), 2..3);
        assert_eq!(rungs(&state(5, true, false), 3, false), 2..3);
        assert_eq!(rungs(&state(0, true, false), 0, false), 0..0);
    }

    #[test]
    fn nothing_is_kept_back_when_asked_or_after_the_step() {
        assert_eq!(rungs(&state(1, false, false), 3, true), 0..3);
        assert_eq!(rungs(&state(0, false, true), 3, false), 0..3);
    }
}
