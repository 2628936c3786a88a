//! Answers as a page gives them and shows them: options by their place.

use serde_json::{Value, json};

use crate::book::serve::Given;
use crate::book::{inline, shown};
use crate::commands::answers::reasons;
use crate::core::{Lab, Question, QuestionKind};
use crate::journal::{Entry, Record};

/// The question, and the answer as the journal keeps it.
pub(super) fn read<'l>(lab: &'l Lab, given: &Given) -> Result<(&'l Question, Vec<String>), String> {
    let mut questions = lab.quiz.questions.iter();
    let question = questions
        .find(|question| question.id == given.id)
        .ok_or_else(|| format!("o lab não tem a pergunta `{}`", given.id))?;
    let odd = || format!("a pergunta `{}` não aceita esta resposta", given.id);
    if question.kind == QuestionKind::ShortAnswer {
        let text = given.text.trim();
        let fits = !text.is_empty() && given.chosen.is_empty();
        return fits
            .then(|| (question, vec![text.to_owned()]))
            .ok_or_else(odd);
    }
    let mut places = given.chosen.clone();
    places.sort_unstable();
    places.dedup();
    let options = shown(question);
    let texts: Option<Vec<String>> = places
        .iter()
        .map(|place| options.get(*place).map(|option| (*option).to_owned()))
        .collect();
    let fits = |texts: &Vec<String>| match texts.len() {
        0 => false,
        1 => true,
        _ => question.is_multiple(),
    };
    let texts = texts.filter(fits).filter(|_| given.text.is_empty());
    Ok((question, texts.ok_or_else(odd)?))
}

/// What is told of an answer: reasons of what was chosen, and no others; the
/// context to who was right.
pub(super) fn told(question: &Question, texts: &[String], right: bool) -> Value {
    let options = shown(question);
    let place = |text: &str| options.iter().position(|option| *option == text);
    let short = question.kind == QuestionKind::ShortAnswer;
    json!({
        "id": question.id,
        "right": right,
        "chosen": texts.iter().filter_map(|text| place(text)).collect::<Vec<_>>(),
        "text": texts.first().filter(|_| short),
        "reasons": reasons(question, texts).iter().map(|(option, reason)| json!({
            "option": place(option), "html": inline(reason),
        })).collect::<Vec<_>>(),
        "context": right.then(|| inline(&question.context)),
    })
}

/// The newest answer to each question that was answered.
pub(super) fn known(lab: &Lab, records: &[Record]) -> Vec<Value> {
    let newest = |question: &Question| {
        let own = records.iter().filter(|record| record.lab == lab.id).rev();
        own.map(|record| &record.entry)
            .find_map(|entry| match entry {
                Entry::Quiz {
                    question: id,
                    answer,
                    right,
                } if *id == question.id => Some(told(question, answer, *right)),
                _ => None,
            })
    };
    lab.quiz.questions.iter().filter_map(newest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Source, load};

    fn given(id: &str, chosen: &[usize], text: &str) -> Given {
        Given {
            id: id.to_owned(),
            chosen: chosen.to_vec(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn an_answer_by_places_is_the_one_of_the_terminal() {
        let course = load(&Source::Embedded).unwrap();
        for lab in &course.labs {
            for question in &lab.quiz.questions {
                let right = &question.answer.answer;
                let asked = if question.kind == QuestionKind::ShortAnswer {
                    given(&question.id, &[], &format!(" {} ", right[0].to_uppercase()))
                } else {
                    let options = shown(question);
                    let at = |text: &String| options.iter().position(|o| o == text).unwrap();
                    given(&question.id, &right.iter().map(at).collect::<Vec<_>>(), "")
                };
                let (found, texts) = read(lab, &asked).unwrap();
                assert!(found.is_right(&texts), "{}", question.id);
            }
        }
    }

    #[test]
    fn odd_answers_are_refused_and_wrong_ones_tell_little() {
        let course = load(&Source::Embedded).unwrap();
        let lab = course.lab("notas-fiscais").unwrap();
        let of = |multiple: bool| {
            let mut all = lab.quiz.questions.iter();
            let choice = |q: &&Question| q.kind == QuestionKind::MultipleChoice;
            all.find(|q| choice(q) && q.is_multiple() == multiple)
        };
        let single = of(false).unwrap();
        for odd in [
            given("nada", &[0], ""),
            given(&single.id, &[], ""),
            given(&single.id, &[0, 1], ""),
            given(&single.id, &[99], ""),
            given(&single.id, &[0], "a"),
        ] {
            assert!(read(lab, &odd).is_err(), "{odd:?}");
        }
        let wrong = &single.prompt.distractors[0];
        let told = told(single, std::slice::from_ref(wrong), false);
        assert_eq!(told["context"], Value::Null);
        assert_eq!(told["reasons"].as_array().unwrap().len(), 1);
        assert!(!told.to_string().contains(&single.context));
    }
}
