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
        for state in &told.states {
            let _ = writeln!(page, "- {}", place(subject, state));
        }
        said(page, all, &told.report);
    }
    for report in &one.blind {
        let _ = writeln!(page, "\n- quando não dá para olhar");
        said(page, all, report);
    }
}

/// A state in words; of a near miss also what was done wrong.
fn place(subject: &Subject, state: &State) -> String {
    let mut misses = subject.near_misses.iter();
    let miss = misses.find(|miss| *state == State::NearMiss(miss.slug.clone()));
    miss.map_or_else(
        || state.to_string(),
        |miss| format!("{state}: {}", miss.says),
    )
}

/// A message as it is read, without what the head of the check says.
fn said(page: &mut String, all: &[Feedback], report: &CheckReport) {
    let (symbol, word) = words::sign(words::standing_of(&report.verdict));
    let _ = writeln!(page, "\n```text\n{symbol} {word}");
    let title = |id: &CheckId| format!("{} ({id})", says(all, id));
    for (name, text) in details(report, title) {
        if !ONCE.contains(&name) {
            let text = text.replace('\n', &format!("\n{:13}", ""));
            let _ = writeln!(page, "  {name:<11}{text}");
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
