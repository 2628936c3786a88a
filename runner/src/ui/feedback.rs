//! The page on which authors read all that a lab's checks tell learners.

use std::fmt::Write as _;

use super::details::{COMMAND, details};
use super::words;
use crate::core::{CheckId, CheckReport};
use crate::prove::{Feedback, State, Subject};

/// The names that a page tells once for all messages of a check.
const ONCE: [&str; 2] = [COMMAND, "dica:"];

/// All feedback of a lab as Markdown.
pub fn page(subject: &Subject, feedback: &[Feedback]) -> String {
    let lab = &subject.lab;
    let mut page = format!(
        "# Retornos do lab `{}`\n\n\
         O que `lab check` diz de cada check que não passa: na conta vazia, depois de cada passo, \
         em cada quase-acerto, e quando não dá para olhar. Feito por `lab dev feedback --write` \
         das observações gravadas; leia como quem está começando.\n",
        lab.id
    );
    for (number, step) in lab.steps.iter().enumerate() {
        let _ = write!(page, "\n## {} {}\n", number + 1, step.title);
        let of_step = |one: &&Feedback| one.id.step() == step.id.get_ref();
        for one in feedback.iter().filter(of_step) {
            check(&mut page, subject, feedback, one);
        }
    }
    page
}

fn check(page: &mut String, subject: &Subject, all: &[Feedback], one: &Feedback) {
    let Some(first) = head(one) else {
        return;
    };
    let _ = write!(page, "\n### {}\n\n{}\n", one.id, first.says);
    let _ = write!(
        page,
        "\n- veja: `{}`\n- dica: {}\n",
        first.command, first.hint
    );
    for told in &one.told {
        page.push('\n');
        for place in places(subject, &told.states) {
            let _ = writeln!(page, "- {place}");
        }
        said(page, all, &told.report);
    }
    for (why, report) in ["sem permissão para olhar", "sem conexão"]
        .iter()
        .zip(&one.blind)
    {
        let _ = writeln!(page, "\n- {why}");
        said(page, all, report);
    }
}

/// States in words, the steps in one line; of a near miss also what was done wrong.
fn places(subject: &Subject, states: &[State]) -> Vec<String> {
    let mut said = Vec::new();
    let mut steps: Vec<String> = Vec::new();
    let mut mistakes = Vec::new();
    for state in states {
        match state {
            State::Solved(step) => steps.push(format!("`{step}`")),
            State::NearMiss(slug) => {
                let miss = subject.near_misses.iter().find(|miss| miss.slug == *slug);
                let says = miss.map_or("", |miss| &miss.says);
                mistakes.push(format!("{state}: {says}"));
            }
            other => said.push(other.to_string()),
        }
    }
    match steps.as_slice() {
        [] => {}
        [step] => said.push(format!("depois do passo {step}")),
        _ => said.push(format!("depois dos passos {}", steps.join(", "))),
    }
    said.extend(mistakes);
    said
}

/// A message as it is read, without what the head of the check says.
fn said(page: &mut String, all: &[Feedback], report: &CheckReport) {
    let (symbol, word) = words::sign(words::standing_of(&report.verdict));
    let _ = writeln!(page, "\n```text\n{symbol} {word}");
    let title = |id: &CheckId| format!("{} ({id})", says(all, id));
    for (name, text) in details(report, title) {
        if !ONCE.contains(&name) {
            let text = text.replace('\n', &format!("\n{:14}", ""));
            let _ = writeln!(page, "  {name:<12}{text}");
        }
    }
    page.push_str("```\n");
}

/// What a check asks, with the names filled in.
fn says<'f>(all: &'f [Feedback], id: &CheckId) -> &'f str {
    let one = all.iter().find(|one| one.id == *id);
    one.and_then(head).map_or("", |report| &report.says)
}

fn head(one: &Feedback) -> Option<&CheckReport> {
    let told = one.told.iter().map(|told| &told.report);
    told.chain(&one.blind).next()
}
