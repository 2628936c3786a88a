use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::fold::fold;

/// A quiz in mdbook-quiz's format, with a reason for every option beside it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// The questions in order.
    #[serde(default)]
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable id; answers are kept by it.
    pub id: String,
    /// Kind of question.
    #[serde(rename = "type")]
    pub kind: QuestionKind,
    /// What is asked.
    pub prompt: Prompt,
    /// The right answer.
    pub answer: Answer,
    /// Said after the right answer or on giving up.
    pub context: String,
    /// Why each option is right or wrong, by the option's text.
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
}

/// Kinds of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum QuestionKind {
    /// One or several of the options.
    MultipleChoice,
    /// A word or two, compared without regard to case, accents and outer spaces.
    ShortAnswer,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The question, Markdown.
    pub prompt: String,
    /// Wrong options.
    #[serde(default)]
    pub distractors: Vec<String>,
    /// How long a short answer is expected to be; for the page's text field.
    #[serde(default)]
    pub response: Option<Response>,
}

/// How long a short answer is expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Response {
    /// A word or two.
    Short,
    /// A sentence.
    Long,
    /// A piece of code.
    Code,
}

/// The right answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// One text, or several for a question with several right options.
    #[serde(deserialize_with = "one_or_more")]
    #[schemars(with = "Vec<String>", extend("type" = ["string", "array"]))]
    pub answer: Vec<String>,
    /// Other spellings of a short answer.
    #[serde(default)]
    pub alternatives: Vec<String>,
}

/// Right and total answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Questions answered right.
    pub right: usize,
    /// Questions.
    pub total: usize,
}

impl Question {
    /// All options, right ones first; the asker shuffles them.
    pub fn options(&self) -> Vec<&str> {
        self.answer
            .answer
            .iter()
            .chain(&self.prompt.distractors)
            .map(String::as_str)
            .collect()
    }

    /// Whether several options are right.
    pub fn is_multiple(&self) -> bool {
        self.kind == QuestionKind::MultipleChoice && self.answer.answer.len() > 1
    }

    /// Whether `given` is right: all right options and no other, in any order.
    pub fn is_right(&self, given: &[String]) -> bool {
        match self.kind {
            QuestionKind::MultipleChoice => {
                let sorted = |texts: &[String]| {
                    let mut texts = texts.to_vec();
                    texts.sort();
                    texts
                };
                sorted(given) == sorted(&self.answer.answer)
            }
            QuestionKind::ShortAnswer => given.first().is_some_and(|text| {
                let text = fold(text);
                self.answer
                    .answer
                    .iter()
                    .chain(&self.answer.alternatives)
                    .any(|a| fold(a) == text)
            }),
        }
    }

    /// Everything that is wrong with the question as it is written.
    pub fn faults(&self) -> Vec<QuizFault> {
        let mut faults = Vec::new();
        if self.kind == QuestionKind::ShortAnswer {
            if !self.prompt.distractors.is_empty() {
                faults.push(QuizFault::Distractors);
            }
            return faults;
        }
        let mut options = self.options();
        if options.len() < 3 {
            faults.push(QuizFault::TooFew);
        }
        options.sort_unstable();
        for pair in options.windows(2).filter(|pair| pair[0] == pair[1]) {
            faults.push(QuizFault::Repeated(pair[0].to_owned()));
        }
        options.dedup();
        for option in &options {
            match self.reasons.get(*option).map(|reason| reason.trim()) {
                None => faults.push(QuizFault::Unexplained((*option).to_owned())),
                Some("") => faults.push(QuizFault::EmptyReason((*option).to_owned())),
                Some(_) => {}
            }
        }
        let strays = self.reasons.keys();
        faults.extend(
            strays
                .filter(|reason| !options.contains(&reason.as_str()))
                .map(|reason| QuizFault::Stray(reason.clone())),
        );
        faults
    }
}

/// What can be wrong with a question as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuizFault {
    /// Too little to choose from.
    #[error("precisa de pelo menos três opções")]
    TooFew,
    /// The same option twice.
    #[error("a opção «{0}» aparece duas vezes")]
    Repeated(String),
    /// An option without its reason.
    #[error("falta a razão da opção «{0}» em `reasons`")]
    Unexplained(String),
    /// A reason without a word.
    #[error("a razão da opção «{0}» está vazia")]
    EmptyReason(String),
    /// A reason for something that is no option.
    #[error("`reasons` fala de uma opção que não existe: «{0}»")]
    Stray(String),
    /// A short answer with wrong options.
    #[error("uma resposta curta não tem `distractors`")]
    Distractors,
}

impl QuizFault {
    /// The rule that was broken, as findings name it.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::TooFew | Self::Repeated(_) | Self::Distractors => "quiz-options",
            Self::Unexplained(_) | Self::EmptyReason(_) | Self::Stray(_) => "quiz-reason",
        }
    }

    /// What to do.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::TooFew => {
                "acrescente em `prompt.distractors` opções erradas que alguém escolheria"
            }
            Self::Repeated(_) => "troque uma das duas por outra opção",
            Self::Unexplained(_) | Self::EmptyReason(_) => {
                "diga em `[questions.reasons]` por que esta opção está certa ou errada"
            }
            Self::Stray(_) => "escreva a razão com o texto exato da opção, ou apague-a",
            Self::Distractors => "apague `prompt.distractors`, ou use o tipo `MultipleChoice`",
        }
    }
}

/// mdbook-quiz writes one answer as a text and several as a list. A visitor
/// in place of an untagged enum keeps the parser's own error and position.
fn one_or_more<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMore;
    impl<'de> serde::de::Visitor<'de> for OneOrMore {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("um texto ou uma lista de textos")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<String>, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(
            self,
            mut seq: A,
        ) -> Result<Vec<String>, A::Error> {
            let mut all = Vec::new();
            while let Some(text) = seq.next_element()? {
                all.push(text);
            }
            Ok(all)
        }
    }
    input.deserialize_any(OneOrMore)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(toml: &str) -> Question {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn several_right_options_in_any_order() {
        let q = question(
            r#"id = "q"
            type = "MultipleChoice"
            prompt.prompt = "?"
            prompt.distractors = ["c"]
            answer.answer = ["a", "b"]
            context = "x"
            reasons = { a = "1", b = "2", c = "3" }"#,
        );
        assert!(q.is_multiple() && q.faults().is_empty());
        assert!(q.is_right(&["b".into(), "a".into()]));
        assert!(!q.is_right(&["a".into()]));
        assert!(!q.is_right(&["a".into(), "b".into(), "c".into()]));
    }

    #[test]
    fn short_answers_fold_case_and_accents() {
        let q = question(
            r#"id = "q"
            type = "ShortAnswer"
            prompt.prompt = "?"
            answer.answer = "Idempotência"
            context = "x""#,
        );
        assert!(q.is_right(&[" idempotencia ".into()]));
        assert!(!q.is_right(&["outra".into()]) && !q.is_right(&[]));
    }

    #[test]
    fn every_option_has_its_reason() {
        let q = question(
            r#"id = "q"
            type = "MultipleChoice"
            prompt.prompt = "?"
            prompt.distractors = ["b", "c"]
            answer.answer = "a"
            context = "x"
            reasons = { a = "1", b = "2" }"#,
        );
        assert_eq!(q.faults(), [QuizFault::Unexplained("c".into())]);
        assert!(q.faults()[0].to_string().contains("«c»"));
    }
}
