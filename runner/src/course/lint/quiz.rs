use std::collections::BTreeSet;

use super::{Files, blank};
use crate::course::Finding;
use crate::course::questions::questions;

/// How many questions a quiz has.
const QUESTIONS: std::ops::RangeInclusive<usize> = 8..=12;

/// Questions that can be asked, answered and learnt from.
pub(super) fn lint(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let Some(quiz) = &files.quiz else {
        return;
    };
    questions(&quiz.value, &quiz.page, findings);
    let (all, place) = (&quiz.value.questions, quiz.root.get("questions"));
    if !QUESTIONS.contains(&all.len()) {
        findings.push(quiz.at(
            "quiz-count",
            place.items().last().unwrap_or(place).get("id"),
            format!("o quiz tem {} pergunta(s)", all.len()),
            format!("escreva de {} a {}", QUESTIONS.start(), QUESTIONS.end()),
        ));
    }
    let mut ids = BTreeSet::new();
    for (question, node) in all.iter().zip(place.items()) {
        if !ids.insert(&question.id) {
            findings.push(quiz.at(
                "id-duplicate",
                node.get("id"),
                format!("a pergunta `{}` aparece duas vezes", question.id),
                "dê outro id à pergunta mais nova: as respostas dos alunos ficam sob ele",
            ));
        }
        if blank(&question.context) {
            findings.push(quiz.at(
                "quiz-context",
                node.get("context"),
                format!(
                    "a pergunta `{}` não ensina nada depois da resposta",
                    question.id
                ),
                "explique em `context` o que está por trás da resposta certa",
            ));
        }
        if blank(&question.prompt.prompt) {
            findings.push(quiz.at(
                "quiz-prompt",
                node.get("prompt").get("prompt"),
                format!("a pergunta `{}` não pergunta nada", question.id),
                "escreva a pergunta em `prompt.prompt`",
            ));
        }
        let answer = node.get("answer").get("answer");
        if question.answer.answer.is_empty() || question.answer.answer.iter().any(|a| blank(a)) {
            findings.push(quiz.at(
                "quiz-answer",
                answer,
                format!("a pergunta `{}` não tem resposta certa", question.id),
                "escreva a resposta em `answer.answer`",
            ));
        }
    }
}
