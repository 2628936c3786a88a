use std::ops::Range;

use super::tree::Node;
use super::{Finding, Page};
use crate::core::{Question, Quiz, QuizFault};

/// Questions that cannot be asked fairly, each at the option that it is about.
pub(super) fn questions(quiz: &Quiz, page: &Page, findings: &mut Vec<Finding>) {
    let faults: Vec<_> = quiz.questions.iter().map(Question::faults).collect();
    if faults.iter().all(Vec::is_empty) {
        return;
    }
    let Some(root) = Node::parse(&page.text) else {
        return;
    };
    for (index, (question, faults)) in quiz.questions.iter().zip(faults).enumerate() {
        let node = root.get("questions").item(index);
        for fault in faults {
            findings.push(page.at(
                fault.rule(),
                place(&fault, question, node),
                format!("pergunta `{}`: {fault}", question.id),
                fault.remedy(),
            ));
        }
    }
}

fn place(fault: &QuizFault, question: &Question, node: &Node) -> Range<usize> {
    let last = |options: &[String], option: &str| options.iter().rposition(|o| o == option);
    match fault {
        QuizFault::Repeated(option) | QuizFault::Unexplained(option) => {
            let (prompt, answer) = (node.get("prompt"), node.get("answer"));
            let wrong = last(&question.prompt.distractors, option);
            let right = last(&question.answer.answer, option);
            match (wrong, right) {
                (Some(at), _) => prompt.get("distractors").item(at).span.clone(),
                (None, Some(at)) => answer.get("answer").item(at).span.clone(),
                (None, None) => node.span.clone(),
            }
        }
        QuizFault::Stray(option) | QuizFault::EmptyReason(option) => {
            node.get("reasons").get(option).key.clone()
        }
        QuizFault::TooFew | QuizFault::Distractors => node.get("id").span.clone(),
    }
}
