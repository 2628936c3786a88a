//! `lab quiz`: from the command line, and in the terminal.

use mdbook_quiz_schema::{Question, Quiz};
use serde_json::Value;

use super::{ana, course_file, failure, has, progress};
use crate::support::{Home, Ran};

/// A question of the course as a test needs it.
struct Asked {
    id: String,
    right: Vec<String>,
    wrong: Vec<String>,
    context: String,
}

impl Asked {
    /// The arguments that give these answers.
    fn answers(&self, given: &[String]) -> Vec<String> {
        given
            .iter()
            .flat_map(|text| ["--answer".to_owned(), format!("{}={text}", self.id)])
            .collect()
    }
}

/// The course's questions, as mdbook-quiz reads them.
fn questions() -> Vec<Asked> {
    let quiz: Quiz = toml::from_str(&course_file("quiz.toml")).unwrap();
    let quiz = serde_json::to_value(&quiz).unwrap();
    let texts = |value: &Value| match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().map(|t| t.as_str().unwrap().to_owned()).collect(),
        _ => vec![],
    };
    quiz["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|q| Asked {
            id: q["id"].as_str().unwrap().to_owned(),
            right: texts(&q["answer"]["answer"]),
            wrong: match texts(&q["prompt"]["distractors"]) {
                none if none.is_empty() => vec!["nenhuma ideia".to_owned()],
                some => some,
            },
            context: q["context"].as_str().unwrap().to_owned(),
        })
        .collect()
}

fn answer(home: &Home, asked: &Asked, given: &[String], more: &[&str]) -> Ran {
    let answers = asked.answers(given);
    let mut arguments = vec!["quiz"];
    arguments.extend(answers.iter().map(String::as_str));
    arguments.extend(more);
    home.lab(&arguments)
}

#[test]
fn the_questions_are_in_the_format_of_mdbook_quiz() {
    let quiz: Quiz = toml::from_str(&course_file("quiz.toml")).unwrap();
    assert_eq!(quiz.questions.len(), 12);
    for question in &quiz.questions {
        let id = match question {
            Question::MultipleChoice(q) => &q.0.id,
            Question::ShortAnswer(q) => &q.0.id,
            Question::Tracing(q) => &q.0.id,
        };
        assert!(id.is_some(), "{question:?}");
    }
}

#[test]
fn a_right_answer_is_explained_and_kept() {
    let home = ana();
    for (index, asked) in questions().iter().enumerate() {
        let ran = answer(&home, asked, &asked.right, &[]).expect_code(0);
        has(
            &ran.stdout,
            &["✔ Certo", &asked.context, "1 de 1 resposta certa"],
        );
        let journal = home.journal();
        assert_eq!(journal.len(), index + 1);
        let entry = &journal[index]["entry"]["quiz"];
        assert_eq!(entry["question"], asked.id.as_str());
        assert_eq!(entry["right"], true);
        assert_eq!(entry["answer"].as_array().unwrap().len(), asked.right.len());
    }
    let done = home.lab(&["quiz"]).expect_code(0);
    has(
        &done.stdout,
        &["Você já acertou todas as perguntas deste lab."],
    );
    let lab = &progress(&home);
    assert_eq!(lab["quiz"]["right"], 12);
}

#[test]
fn a_wrong_answer_does_not_give_the_right_one_away() {
    let home = ana();
    for asked in questions() {
        for more in [&[][..], &["--json"]] {
            let ran = answer(&home, &asked, &asked.wrong[..1], more).expect_code(1);
            assert!(!ran.stdout.contains(&asked.context), "{ran}");
            for right in &asked.right {
                assert!(!ran.stdout.contains(right.as_str()), "«{right}»: {ran}");
            }
            if more.is_empty() {
                has(&ran.stdout, &["✘ Errado", "volta no próximo `lab quiz`"]);
            }
        }
    }
    assert_eq!(home.journal().len(), 24);
}

#[test]
fn only_the_open_questions_come_again() {
    let home = ana();
    let all = questions();
    let open = || -> Vec<String> {
        let answer = home.lab(&["quiz", "--json"]).expect_code(0).json();
        let questions = answer["questions"].as_array().unwrap().clone();
        questions
            .iter()
            .map(|q| q["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(open().len(), 12);
    answer(&home, &all[0], &all[0].right, &[]).expect_code(0);
    answer(&home, &all[1], &all[1].wrong[..1], &[]).expect_code(1);
    let now = open();
    assert_eq!(now.len(), 11);
    assert!(!now.contains(&all[0].id) && now.contains(&all[1].id));
    // What was right and is answered wrong is open again.
    answer(&home, &all[0], &all[0].wrong[..1], &[]).expect_code(1);
    assert!(open().contains(&all[0].id));
    answer(&home, &all[1], &all[1].right, &[]).expect_code(0);
    let answer = home.lab(&["quiz", "--all", "--json"]).json();
    assert_eq!(answer["questions"].as_array().unwrap().len(), 12);
    assert_eq!(answer["score"]["right"], 1);
}

#[test]
fn several_options_are_marked_by_repeating() {
    let home = ana();
    let all = questions();
    let several = all.iter().find(|q| q.right.len() > 1).unwrap();
    let some = answer(&home, several, &several.right[..1], &[]).expect_code(1);
    has(
        &some.stdout,
        &["marca todas as opções certas e nenhuma outra"],
    );
    let with_wrong = [&several.right[..], &several.wrong[..1]].concat();
    answer(&home, several, &with_wrong, &[]).expect_code(1);
    let mut turned = several.right.clone();
    turned.reverse();
    answer(&home, several, &turned, &[]).expect_code(0);
}

#[test]
fn short_answers_are_read_with_goodwill() {
    for text in ["assíncrona", "Assincrona", "  ASSÍNCRONO ", "async"] {
        let text = format!("notas-fiscais-invocacao-assincrona={text}");
        ana().lab(&["quiz", "--answer", &text]).expect_code(0);
    }
    let text = "notas-fiscais-invocacao-assincrona=síncrona";
    ana().lab(&["quiz", "--answer", text]).expect_code(1);
}

#[test]
fn the_list_of_questions_gives_nothing_away() {
    let answer = ana().lab(&["quiz", "--json"]).expect_code(0).json();
    let text = course_file("quiz.toml");
    let source: Value = toml::from_str(&text).unwrap();
    for (listed, source) in std::iter::zip(
        answer["questions"].as_array().unwrap(),
        source["questions"].as_array().unwrap(),
    ) {
        let keys: Vec<&String> = listed.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "multiple", "options", "prompt", "type"]);
        let listed_text = listed.to_string();
        let reasons = source["reasons"].as_object();
        for reason in reasons.into_iter().flat_map(|all| all.values()) {
            assert!(!listed_text.contains(reason.as_str().unwrap()));
        }
        // Sorted: the place of an option says nothing.
        let options: Vec<&str> = listed["options"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o.as_str().unwrap())
            .collect();
        assert!(options.is_sorted(), "{options:?}");
    }
}

#[test]
fn what_cannot_be_an_answer_is_refused_and_not_kept() {
    let home = ana();
    for (answer, said) in [
        ("sem-igual", "não tem a forma ID=TEXTO"),
        ("nada=x", "não tem a pergunta `nada`"),
        (
            "notas-fiscais-tipo-da-chave=porque sim",
            "não é uma opção da pergunta",
        ),
    ] {
        let ran = home.lab(&["quiz", "--answer", answer]).expect_code(2);
        has(&ran.stderr, &[said, "  → "]);
        assert_eq!(ran.stdout, "");
        failure(&home.lab(&["quiz", "--answer", answer, "--json"]), "usage");
    }
    // One bad answer among several: none counts.
    let ran = home.lab(&[
        "quiz",
        "--answer",
        "notas-fiscais-decimal=Decimal",
        "--answer",
        "nada=x",
    ]);
    ran.expect_code(2);
    assert!(home.journal().is_empty());
}

#[test]
fn an_answer_is_on_the_disk_before_it_is_judged_aloud() {
    let home = ana();
    std::fs::create_dir_all(home.data().join("journal.jsonl")).unwrap();
    let ran = home
        .lab(&["quiz", "--answer", "notas-fiscais-decimal=Decimal"])
        .expect_code(3);
    assert!(!ran.stdout.contains("Certo"), "{ran}");
    has(
        &ran.stderr,
        &["erro: o diário", "é uma pasta, não um arquivo"],
    );
}

#[test]
fn without_a_terminal_the_flag_is_named() {
    let ran = ana().lab(&["quiz"]).expect_code(2);
    has(
        &ran.stderr,
        &["sem um terminal", "--answer ID=TEXTO", "lab quiz --json"],
    );
}

#[cfg(unix)]
mod in_the_terminal {
    use super::super::terminal::{CTRL_C, DOWN, ENTER, ESC, Terminal};
    use super::*;

    /// Moves to an option, in whatever order they are shown, and confirms.
    fn choose(terminal: &mut Terminal, asked: &Asked, option: &str) {
        terminal.until("Sua resposta:");
        let screen = terminal.until("Esc sai");
        let lines: Vec<&str> = screen
            .lines()
            .map(|line| line.trim().trim_start_matches("> ").trim())
            .filter(|line| asked.right.iter().chain(&asked.wrong).any(|o| o == line))
            .collect();
        let place = lines.iter().position(|line| *line == option);
        let place = place.unwrap_or_else(|| panic!("«{option}» is not in {lines:?}\n{screen}"));
        for _ in 0..place {
            terminal.press(DOWN);
        }
        terminal.press(ENTER);
    }

    #[test]
    fn one_wrong_one_right_then_esc() {
        let home = ana();
        let all = questions();
        let mut terminal = Terminal::lab(&home, &["quiz"]);
        terminal.until("Pergunta 1 de 12");
        choose(&mut terminal, &all[0], &all[0].wrong[1]);
        terminal.until("✘ Errado");
        terminal.until("Pergunta 2 de 12");
        choose(&mut terminal, &all[1], &all[1].right[0]);
        terminal.until("✔ Certo");
        assert_eq!(home.journal().len(), 2, "kept before it is shown");
        terminal.until("Pergunta 3 de 12");
        terminal.until("Esc sai");
        terminal.press(ESC);
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        has(
            &shown,
            &[
                "as respostas dadas até aqui estão guardadas",
                "1 de 2 respostas certas",
                "→ Faltam 11 perguntas: `lab quiz notas-fiscais`",
            ],
        );
        let lab = &progress(&home);
        assert_eq!(lab["quiz"]["right"], 1);

        // The wrong one is the first again; leaving at once changes nothing.
        let mut again = Terminal::lab(&home, &["quiz"]);
        let first = again.until("Esc sai");
        has(&first, &["Pergunta 1 de 11", "sem servidor"]);
        again.press(CTRL_C);
        let (code, shown) = again.end();
        assert_eq!(code, 3, "{shown}");
        has(&shown, &["você saiu antes de responder; nada foi mudado"]);
        assert_eq!(home.journal().len(), 2);
    }

    #[test]
    fn the_last_one_by_typing() {
        let home = ana();
        let all = questions();
        let (last, others) = all.split_last().unwrap();
        for asked in others {
            answer(&home, asked, &asked.right, &[]).expect_code(0);
        }
        let mut terminal = Terminal::lab(&home, &["quiz"]);
        terminal.until("Pergunta 1 de 1");
        terminal.until("Sua resposta:");
        terminal.press(ENTER);
        terminal.until("Dê uma resposta, ou saia com Esc.");
        terminal.until("Sua resposta:");
        terminal.press("Assíncrona");
        terminal.press(ENTER);
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        has(
            &shown,
            &["✔ Certo", "Você acertou todas as perguntas deste lab."],
        );
        assert_eq!(last.right, ["assíncrona"]);
    }
}
