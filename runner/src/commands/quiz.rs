use std::process::ExitCode;

use serde_json::{Value, json};

use super::answers::{reasons, record};
use super::context::Context;
use crate::aws::TargetKind;
use crate::core::{Course, Lab, Question, QuestionKind};
use crate::error::{CliError, ErrorKind};
use crate::journal::LabProgress;
use crate::ui::{markdown, prompt, style, words};

/// Faz as perguntas do lab; as que você errou voltam
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab; sem ele, o atual
    #[arg(value_name = "LAB")]
    lab: Option<String>,
    /// Responde sem perguntar; repita para várias perguntas, e com o mesmo ID para marcar várias opções
    #[arg(long = "answer", value_name = "ID=TEXTO")]
    answers: Vec<String>,
    /// Faz todas as perguntas de novo, também as que você já acertou
    #[arg(long, conflicts_with = "answers")]
    all: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let lab = context.lab(&course, &settings, args.lab.as_deref())?;
    let out = context.out;
    let round = Round {
        context,
        course: &course,
        lab,
        target: settings.target,
    };
    if !args.answers.is_empty() {
        return round.grade(&args.answers);
    }
    let progress = context.progress(lab)?;
    let asked: Vec<&Question> = lab
        .quiz
        .questions
        .iter()
        .filter(|q| args.all || progress.quiz_open.contains(&q.id))
        .collect();
    if out.json {
        out.json(&json!({
            "version": 1, "lab": lab.id, "score": score(&progress),
            "questions": asked.iter().map(|q| question_json(q)).collect::<Vec<_>>(),
        }));
        return Ok(ExitCode::SUCCESS);
    }
    if asked.is_empty() {
        out.line(if lab.quiz.questions.is_empty() {
            "Este lab não tem perguntas.".to_owned()
        } else {
            style::inline_code(
                "Você já acertou todas as perguntas deste lab. Para repetir: `lab quiz --all`",
            )
        });
        return Ok(ExitCode::SUCCESS);
    }
    if !out.asks() {
        return Err(
            CliError::usage("sem um terminal, responda com `--answer ID=TEXTO`")
                .hint("`lab quiz --json` lista as perguntas com os seus ids"),
        );
    }
    round.ask(&asked)
}

/// One round of questions.
struct Round<'a> {
    context: &'a Context,
    course: &'a Course,
    lab: &'a Lab,
    target: TargetKind,
}

impl Round<'_> {
    /// Asks in the terminal.
    fn ask(&self, asked: &[&Question]) -> Result<ExitCode, CliError> {
        let out = self.context.out;
        let (mut answered, mut right) = (0, 0);
        for question in asked {
            out.line(style::dim(&format!(
                "Pergunta {} de {}",
                answered + 1,
                asked.len()
            )));
            markdown::show(out, &question.prompt.prompt);
            let given = match self.answer_to(question) {
                // Leaving the first question leaves the command; later ones leave something behind.
                Err(error) if error.kind == ErrorKind::Environment && answered > 0 => {
                    out.line("");
                    out.line(
                        "Você parou antes do fim: as respostas dadas até aqui estão guardadas.",
                    );
                    self.summary(right, answered)?;
                    return Ok(ExitCode::SUCCESS);
                }
                other => other?,
            };
            answered += 1;
            right += usize::from(self.judge(question, &given)?);
            out.line("");
        }
        self.summary(right, answered)?;
        Ok(exit_code(right, answered))
    }

    fn answer_to(&self, question: &Question) -> Result<Vec<String>, CliError> {
        loop {
            let mut options: Vec<String> =
                question.options().into_iter().map(str::to_owned).collect();
            fastrand::shuffle(&mut options);
            let given = match question.kind {
                QuestionKind::MultipleChoice if question.is_multiple() => {
                    prompt::choose_many("Sua resposta (marque todas as certas):", options)?
                }
                QuestionKind::MultipleChoice => vec![prompt::choose_one("Sua resposta:", options)?],
                QuestionKind::ShortAnswer => vec![prompt::text("Sua resposta:")?],
            };
            if given.iter().any(|text| !text.trim().is_empty()) {
                return Ok(given);
            }
            self.context.out.line("Dê uma resposta, ou saia com Esc.");
        }
    }

    /// Grades answers from the command line.
    fn grade(&self, answers: &[String]) -> Result<ExitCode, CliError> {
        let out = self.context.out;
        let answers = parse(self.lab, answers)?;
        let mut right = 0;
        let mut results = Vec::new();
        for (question, given) in &answers {
            out.line(style::dim(&question.id));
            markdown::show(out, &question.prompt.prompt);
            let passed = self.judge(question, given)?;
            right += usize::from(passed);
            results.push(json!({
                "id": question.id, "right": passed,
                "reasons": reasons(question, given).iter().map(|(option, reason)| {
                    json!({ "option": option, "reason": reason })
                }).collect::<Vec<_>>(),
                "context": passed.then_some(&question.context),
            }));
            out.line("");
        }
        let progress = self.summary(right, answers.len())?;
        out.json(&json!({
            "version": 1, "lab": self.lab.id, "answers": results,
            "score": score(&progress), "open": progress.quiz_open,
        }));
        Ok(exit_code(right, answers.len()))
    }

    /// Records an answer, then says whether it is right, and why.
    fn judge(&self, question: &Question, given: &[String]) -> Result<bool, CliError> {
        let right = record(
            self.context,
            self.course,
            self.lab,
            self.target,
            question,
            given,
        )?;
        let out = self.context.out;
        let mark = |symbol: &str, word: &str| {
            if out.plain {
                word.to_owned()
            } else {
                format!("{symbol} {word}")
            }
        };
        out.line(if right {
            style::good(&mark("✔", "Certo"))
        } else {
            style::bad(&mark("✘", "Errado"))
        });
        let reasons = reasons(question, given);
        match given {
            [_] => reasons
                .iter()
                .for_each(|(_, reason)| markdown::show(out, reason)),
            _ => {
                let list: Vec<String> = reasons
                    .iter()
                    .map(|(option, reason)| format!("- {option} → {reason}"))
                    .collect();
                markdown::show(out, &list.join("\n"));
            }
        }
        if right {
            markdown::show(out, &question.context);
        } else {
            if question.is_multiple() {
                out.line(
                    "Está certa só a resposta que marca todas as opções certas e nenhuma outra.",
                );
            }
            out.line(style::inline_code(
                "Esta pergunta volta no próximo `lab quiz`.",
            ));
        }
        Ok(right)
    }

    /// How it went, and what is left.
    fn summary(&self, right: usize, answered: usize) -> Result<LabProgress, CliError> {
        let out = self.context.out;
        let progress = self.context.progress(self.lab)?;
        let text = format!(
            "{right} de {}",
            words::count(answered, "resposta certa", "respostas certas")
        );
        out.line(if right == answered {
            style::good(&text)
        } else {
            style::strong(&text)
        });
        out.line(style::inline_code(&match progress.quiz_open.len() {
            0 => "Você acertou todas as perguntas deste lab.".to_owned(),
            1 => format!("→ Falta 1 pergunta: `lab quiz {}`", self.lab.id),
            open => format!("→ Faltam {open} perguntas: `lab quiz {}`", self.lab.id),
        }));
        Ok(progress)
    }
}

/// Answers by question, in the order in which they were given.
fn parse<'q>(
    lab: &'q Lab,
    answers: &[String],
) -> Result<Vec<(&'q Question, Vec<String>)>, CliError> {
    let mut found: Vec<(&Question, Vec<String>)> = Vec::new();
    for answer in answers {
        let (id, text) = answer.split_once('=').ok_or_else(|| {
            CliError::usage(format!("`--answer {answer}` não tem a forma ID=TEXTO"))
                .hint("`lab quiz --json` lista as perguntas com os seus ids")
        })?;
        let question = lab
            .quiz
            .questions
            .iter()
            .find(|q| q.id == id.trim())
            .ok_or_else(|| {
                let ids: Vec<&str> = lab.quiz.questions.iter().map(|q| q.id.as_str()).collect();
                CliError::usage(format!(
                    "o lab {} não tem a pergunta `{}`",
                    lab.id,
                    id.trim()
                ))
                .hint(format!("as perguntas são: {}", ids.join(", ")))
            })?;
        let text = match question.kind {
            QuestionKind::ShortAnswer => text.trim(),
            QuestionKind::MultipleChoice => question
                .options()
                .into_iter()
                .find(|option| option.trim() == text.trim())
                .ok_or_else(|| {
                    let error = CliError::usage(format!(
                        "«{}» não é uma opção da pergunta `{}`",
                        text.trim(),
                        question.id
                    ));
                    sorted_options(question)
                        .into_iter()
                        .fold(error, |error, option| {
                            error.hint(format!("opção: {option}"))
                        })
                })?,
        };
        match found.iter_mut().find(|(other, _)| other.id == question.id) {
            None => found.push((question, vec![text.to_owned()])),
            Some((_, texts)) if question.is_multiple() => {
                if !texts.iter().any(|t| t == text) {
                    texts.push(text.to_owned());
                }
            }
            Some(_) => {
                return Err(CliError::usage(format!(
                    "a pergunta `{}` aceita uma resposta só",
                    question.id
                )));
            }
        }
    }
    Ok(found)
}

/// The options in an order that does not tell which are right.
fn sorted_options(question: &Question) -> Vec<&str> {
    let mut options = match question.kind {
        QuestionKind::MultipleChoice => question.options(),
        QuestionKind::ShortAnswer => vec![],
    };
    options.sort_unstable();
    options
}

fn question_json(question: &Question) -> Value {
    json!({
        "id": question.id,
        "type": match question.kind {
            QuestionKind::MultipleChoice => "MultipleChoice",
            QuestionKind::ShortAnswer => "ShortAnswer",
        },
        "multiple": question.is_multiple(),
        "prompt": question.prompt.prompt,
        "options": sorted_options(question),
    })
}

fn score(progress: &LabProgress) -> Value {
    json!({ "right": progress.quiz.right, "total": progress.quiz.total })
}

fn exit_code(right: usize, answered: usize) -> ExitCode {
    ExitCode::from(u8::from(right < answered))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Source, load};

    fn lab() -> Lab {
        load(&Source::Embedded).unwrap().labs.remove(0)
    }

    #[test]
    fn answers_are_grouped_by_question() {
        let lab = lab();
        let question = lab.quiz.questions.iter().find(|q| q.is_multiple()).unwrap();
        let answers: Vec<String> = question
            .answer
            .answer
            .iter()
            .map(|text| format!("{}= {text} ", question.id))
            .collect();
        let parsed = parse(&lab, &[answers.clone(), answers].concat()).unwrap();
        assert_eq!(parsed.len(), 1);
        assert!(question.is_right(&parsed[0].1));
    }

    #[test]
    fn odd_answers_are_usage_errors() {
        let lab = lab();
        let single = lab
            .quiz
            .questions
            .iter()
            .find(|q| q.kind == QuestionKind::MultipleChoice && !q.is_multiple())
            .unwrap();
        let right = format!("{}={}", single.id, single.answer.answer[0]);
        let bad = [
            vec!["x".to_owned()],
            vec!["x=y".to_owned()],
            vec![format!("{}=y", single.id)],
            vec![right.clone(), right],
        ];
        for answers in bad {
            assert_eq!(
                parse(&lab, &answers).unwrap_err().kind,
                ErrorKind::Usage,
                "{answers:?}"
            );
        }
    }

    #[test]
    fn the_list_gives_nothing_away() {
        for question in &lab().quiz.questions {
            let listed = question_json(question).to_string();
            assert!(!listed.contains(&question.context) && !listed.contains("\"answer\""));
            assert!(
                question
                    .reasons
                    .values()
                    .all(|reason| !listed.contains(reason))
            );
        }
    }
}
