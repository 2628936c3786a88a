//! Answers to a lab's questions, wherever they are given.

use super::context::Context;
use crate::aws::TargetKind;
use crate::core::{Course, Lab, Question};
use crate::error::CliError;
use crate::journal::Entry;

/// Records an answer; gives whether it is right.
pub(super) fn record(
    context: &Context,
    course: &Course,
    lab: &Lab,
    target: TargetKind,
    question: &Question,
    given: &[String],
) -> Result<bool, CliError> {
    let right = question.is_right(given);
    let entry = Entry::Quiz {
        question: question.id.clone(),
        answer: given.to_vec(),
        right,
    };
    context.record(course, lab, None, target, entry)?;
    Ok(right)
}

/// The reasons of the chosen options, each with its option.
pub(super) fn reasons<'q>(question: &'q Question, given: &[String]) -> Vec<(&'q str, &'q str)> {
    given
        .iter()
        .filter_map(|option| question.reasons.get_key_value(option))
        .map(|(option, reason)| (option.as_str(), reason.as_str()))
        .collect()
}
