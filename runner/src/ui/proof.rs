//! What proving labs came to, for authors.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, LineStyle, Table};
use serde::Serialize;

use super::{Out, style, words};
use crate::prove::{Kind, Problem, Proof};

/// A proof as version 1 of `lab dev prove --json`.
#[derive(Debug, Serialize)]
pub struct ProofV1<'a> {
    lab: &'a str,
    checks: usize,
    near_misses: usize,
    killed: usize,
    unproved: &'a [String],
    unproved_facts: &'a [String],
    false_pass: usize,
    false_fail: usize,
    problems: Vec<ProblemV1<'a>>,
    unsteady: Vec<ProblemV1<'a>>,
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct ProblemV1<'a> {
    kind: &'static str,
    state: Option<String>,
    check: Option<&'a str>,
    expected: &'a str,
    seen: &'a str,
}

/// A proof as version 1.
pub fn json(proof: &Proof) -> ProofV1<'_> {
    ProofV1 {
        lab: &proof.lab,
        checks: proof.checks,
        near_misses: proof.near_misses,
        killed: proof.killed,
        unproved: &proof.unproved,
        unproved_facts: &proof.unproved_facts,
        false_pass: proof.count(Kind::FalsePass),
        false_fail: proof.count(Kind::FalseFail),
        problems: proof.problems.iter().map(problem).collect(),
        unsteady: proof.unsteady.iter().map(problem).collect(),
        seconds: (proof.took.as_secs_f64() * 10.0).round() / 10.0,
    }
}

fn problem(problem: &Problem) -> ProblemV1<'_> {
    ProblemV1 {
        kind: problem.kind.word(),
        state: problem.state.as_ref().map(crate::prove::State::key),
        check: problem.check.as_ref().map(crate::core::CheckId::as_str),
        expected: &problem.expected,
        seen: &problem.seen,
    }
}

/// Said of what was not as it should be only once.
const UNSTEADY: &str = "visto só na primeira de duas vezes:";

/// Shows a table with a row a lab, and below it every problem with what was
/// expected and what was seen.
pub fn show(out: Out, proofs: &[Proof]) {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "lab",
        "checks",
        "quase-acertos",
        "provados",
        "falso OK",
        "falsa falha",
        "problemas",
        "tempo",
    ]);
    for proof in proofs {
        table.add_row([
            proof.lab.clone(),
            proof.checks.to_string(),
            proof.near_misses.to_string(),
            format!("{} de {}", proof.killed, proof.checks),
            proof.count(Kind::FalsePass).to_string(),
            proof.count(Kind::FalseFail).to_string(),
            proof.problems.len().to_string(),
            words::duration(proof.took),
        ]);
    }
    out.line(table);
    for proof in proofs {
        for problem in &proof.problems {
            show_problem(out, proof, problem, title(problem.kind));
        }
        for problem in &proof.unsteady {
            show_problem(out, proof, problem, UNSTEADY);
        }
        if !proof.unproved_facts.is_empty() {
            out.line("");
            out.wrapped(
                "",
                &format!(
                    "{}: de {} expectativas, {} nunca foram contrariadas; se fossem afrouxadas, nada acusaria: {}",
                    style::strong(&proof.lab),
                    proof.facts,
                    proof.unproved_facts.len(),
                    proof.unproved_facts.join(", ")
                ),
            );
        }
    }
}

fn show_problem(out: Out, proof: &Proof, problem: &Problem, title: &str) {
    out.line("");
    let place = problem
        .state
        .as_ref()
        .map(|state| format!(", {state}"))
        .unwrap_or_default();
    let what = match &problem.check {
        Some(check) => format!("{}/{check}", proof.lab),
        None => proof.lab.clone(),
    };
    out.line(format!(
        "{} {}{}",
        style::bad(title),
        style::strong(&what),
        style::inline_code(&place)
    ));
    out.wrapped("  esperado:  ", &style::inline_code(&problem.expected));
    out.wrapped("  observado: ", &style::inline_code(&problem.seen));
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::FalsePass => "falso OK:",
        Kind::FalseFail => "falsa falha:",
        Kind::Verdict => "outro veredito:",
        Kind::Message => "falta dizer:",
        Kind::Unproved => "sem prova:",
        Kind::Changed => "verificar mudou a conta:",
        Kind::Reset => "limpeza:",
        Kind::Stale => "gravação antiga:",
        Kind::Command => "comando:",
        Kind::Blind => "não foi possível olhar:",
    }
}
