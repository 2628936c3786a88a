use pulldown_cmark::{Parser, html};

use super::edition::Edition;
use super::seal::{hash, seal};
use crate::core::{Lab, Question, QuestionKind, fold};

/// The questions of a lab as a form; `quiz.js` brings it to life. Beside the
/// runner, which grades, nothing of an answer is in the page.
pub(super) fn section(lab: &Lab, edition: &Edition) -> String {
    if lab.quiz.questions.is_empty() {
        return String::new();
    }
    let id = &lab.id;
    let (counts, mark) = if edition.served() {
        let text = format!(
            "As respostas contam: ficam no seu diário, como as de `lab quiz {id}` no terminal."
        );
        (text, " data-vale")
    } else {
        let text = format!(
            "Aqui você pratica: nada fica registrado. As respostas que valem são as de \
             `lab quiz {id}`, no terminal."
        );
        (text, "")
    };
    let mut out = format!(
        "\n## Perguntas {{#perguntas}}\n\n{counts}\n\n\
         <form class=\"lab-quiz\" data-quiz=\"{id}\"{mark} aria-label=\"Perguntas do lab\">\n",
    );
    for (number, question) in (1..).zip(&lab.quiz.questions) {
        out.push_str(&fieldset(number, question, edition));
    }
    out.push_str(
        "<div class=\"lab-quiz-fim\">\n\
         <button type=\"submit\">Conferir respostas</button>\n\
         <button type=\"button\" class=\"lab-de-novo\" hidden>Tentar de novo</button>\n\
         <p class=\"lab-resultado\" role=\"status\" aria-live=\"polite\"></p>\n\
         </div>\n\
         <noscript><p>Para conferir as respostas nesta página é preciso JavaScript; \
         <code>lab quiz</code> funciona sem ele.</p></noscript>\n</form>\n",
    );
    out
}

fn fieldset(number: usize, question: &Question, edition: &Edition) -> String {
    let id = &question.id;
    let (kind, fields) = match question.kind {
        QuestionKind::ShortAnswer => ("curta", text_field(question)),
        QuestionKind::MultipleChoice if question.is_multiple() => {
            ("varias", options(question, "checkbox", edition))
        }
        QuestionKind::MultipleChoice => ("uma", options(question, "radio", edition)),
    };
    format!(
        "<fieldset class=\"lab-pergunta\" data-id=\"{id}\" data-tipo=\"{kind}\"{}>\n\
         <legend><span class=\"lab-numero\">{number}.</span> {}</legend>\n\
         {fields}<p class=\"lab-veredito\" hidden></p>\n</fieldset>\n",
        match edition.served() {
            true => String::new(),
            false => sealed(question),
        },
        inline(&question.prompt.prompt),
    )
}

/// The context comes with each right answer, and only that answer opens it.
fn sealed(question: &Question) -> String {
    let right: Vec<String> = answers(question)
        .iter()
        .map(|answer| {
            let key = format!("{}\n{answer}", question.id);
            format!("{}:{}", hash(&key), seal(&inline(&question.context), &key))
        })
        .collect();
    format!(" data-certas=\"{}\"", right.join(" "))
}

fn text_field(question: &Question) -> String {
    format!(
        "<label class=\"lab-opcao\">Sua resposta: <input type=\"text\" name=\"{}\" \
         autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\"></label>\n",
        question.id
    )
}

fn options(question: &Question, input: &str, edition: &Edition) -> String {
    let id = &question.id;
    let mut out = String::new();
    for (index, option) in shown(question).iter().enumerate() {
        let reason = question.reasons.get(*option).map_or("", String::as_str);
        let sealed = match edition.served() {
            true => String::new(),
            false => {
                let key = format!("{id}\n?{index}");
                format!(" data-razao=\"{}\"", seal(&inline(reason), &key))
            }
        };
        out.push_str(&format!(
            "<div class=\"lab-opcao\"><label><input type=\"{input}\" name=\"{id}\" \
             value=\"{index}\"> <span>{}</span></label>\
             <p class=\"lab-razao\"{sealed} hidden></p></div>\n",
            inline(option),
        ));
    }
    out
}

/// The options of a question as a page shows them: in an order that tells
/// nothing and is the same in every build.
pub fn shown(question: &Question) -> Vec<&str> {
    let mut options = question.options();
    options.sort_by_cached_key(|option| hash(&format!("{}\n{option}", question.id)));
    options
}

/// Every right answer as `quiz.js` writes it: the numbers of the chosen
/// options, or the folded text.
fn answers(question: &Question) -> Vec<String> {
    let answer = &question.answer;
    if question.kind == QuestionKind::ShortAnswer {
        let mut all: Vec<String> = answer.answer.iter().map(|a| fold(a)).collect();
        all.extend(answer.alternatives.iter().map(|a| fold(a)));
        all.sort();
        all.dedup();
        return all;
    }
    let right: Vec<String> = shown(question)
        .iter()
        .enumerate()
        .filter(|(_, option)| answer.answer.iter().any(|a| a == *option))
        .map(|(index, _)| index.to_string())
        .collect();
    vec![right.join(",")]
}

/// Markdown of the course as HTML without its paragraph; one line, since it
/// stands in a form.
pub fn inline(text: &str) -> String {
    let mut out = String::new();
    html::push_html(&mut out, Parser::new(text));
    let out = out.trim();
    match out.strip_prefix("<p>").and_then(|o| o.strip_suffix("</p>")) {
        Some(inner) if !inner.contains("<p>") => inner.replace('\n', " "),
        _ => out.replace("</p>\n<p>", "<br>").replace(['\n'], " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Source, load};

    #[test]
    fn answers_and_reasons_cannot_be_read() {
        let course = load(&Source::Embedded).unwrap();
        for lab in &course.labs {
            let page = section(lab, &Edition::Published);
            for question in &lab.quiz.questions {
                assert!(
                    !page.contains(&inline(&question.context)),
                    "{}",
                    question.id
                );
                for reason in question.reasons.values() {
                    assert!(!page.contains(&inline(reason)), "{reason}");
                }
                for option in question.options() {
                    let there = page.contains(&inline(option));
                    let short = question.kind == QuestionKind::ShortAnswer;
                    assert!(there || short, "{option}");
                }
            }
        }
    }

    #[test]
    fn beside_the_runner_nothing_of_an_answer_is_in_the_page() {
        let course = load(&Source::Embedded).unwrap();
        for lab in &course.labs {
            let page = section(lab, &Edition::Served(None));
            let published = section(lab, &Edition::Published);
            for seal in ["data-certas", "data-razao"] {
                assert!(
                    !page.contains(seal) && published.contains(seal),
                    "{}",
                    lab.id
                );
            }
            // The same questions and options, in the same order.
            for part in ["<legend>", "<input "] {
                let count = |page: &str| page.matches(part).count();
                assert_eq!(count(&page), count(&published), "{}", lab.id);
            }
        }
    }

    #[test]
    fn the_right_option_is_not_always_at_one_place() {
        let course = load(&Source::Embedded).unwrap();
        let questions = course.labs.iter().flat_map(|lab| &lab.quiz.questions);
        let mut places: Vec<String> = questions
            .filter(|q| q.kind == QuestionKind::MultipleChoice && !q.is_multiple())
            .flat_map(answers)
            .collect();
        places.sort();
        places.dedup();
        assert!(places.len() >= 3, "{places:?}");
    }

    #[test]
    fn markdown_of_an_option_is_inline() {
        assert_eq!(
            inline("`a<b` é **x**"),
            "<code>a&lt;b</code> é <strong>x</strong>"
        );
    }
}
