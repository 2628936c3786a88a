//! What the scripts of the built pages do: a quiz and the search, in a browser.

use std::collections::BTreeSet;
use std::process::Command;

use runner::core::QuestionKind;
use serde_json::{Value, json};

use super::{book, course};
use crate::support::{Ran, fixture};

/// What a script sees in a page of the book, in a browser.
fn seen(page: &str, script: &str, data: &Value) -> Value {
    let mut command = Command::new("python3");
    command
        .arg(fixture("livro.py"))
        .arg(book())
        .arg(page)
        .arg(fixture(script))
        .arg(data.to_string());
    Ran::run(command).expect_code(0).json()
}

/// Markdown of an option as it is read.
fn read(markdown: &str) -> String {
    markdown.replace(['`', '*'], "")
}

#[test]
fn a_quiz_is_answered_wrong_and_then_right() {
    let course = course();
    let lab = course.lab("notas-fiscais").unwrap();
    let questions = &lab.quiz.questions;
    let right: serde_json::Map<String, Value> = questions
        .iter()
        .map(|q| {
            let answers: Vec<String> = q.answer.answer.iter().map(|a| read(a)).collect();
            (q.id.clone(), json!(answers))
        })
        .collect();
    let looks = seen(
        "labs/notas-fiscais.html",
        "livro_perguntas.js",
        &json!(right),
    );
    let count = |look: usize, key: &str| {
        let value = &looks[look][key];
        value
            .as_array()
            .map_or_else(|| value.as_u64().unwrap() as usize, Vec::len)
    };
    let n = questions.len();
    // Nothing is told before anything was answered.
    assert_eq!(
        (count(0, "reasons"), count(0, "verdicts")),
        (0, 0),
        "{looks:#}"
    );
    assert_eq!((count(1, "right"), count(1, "wrong")), (0, n), "{looks:#}");
    assert_eq!(looks[1]["result"], format!("0 de {n} certas."));
    assert_eq!(looks[1]["again"], "Tentar de novo as que errei");
    // One reason for each option that was chosen.
    let choices = questions
        .iter()
        .filter(|q| q.kind == QuestionKind::MultipleChoice);
    let reasons: BTreeSet<String> = questions
        .iter()
        .flat_map(|q| q.reasons.values())
        .map(|r| read(r))
        .collect();
    assert_eq!(count(1, "reasons"), choices.count(), "{looks:#}");
    for reason in looks[1]["reasons"].as_array().unwrap() {
        assert!(
            reasons.contains(&read(reason.as_str().unwrap())),
            "{reason}"
        );
    }
    assert_eq!(
        (count(2, "right"), count(2, "wrong")),
        (n - 1, 1),
        "{looks:#}"
    );
    assert_eq!(looks[2]["again"], "Tentar de novo a que errei");
    // Only the wrong one comes back.
    assert_eq!(
        (count(3, "right"), count(3, "open")),
        (n - 1, 1),
        "{looks:#}"
    );
    assert_eq!(count(4, "right"), n);
    assert_eq!(looks[4]["result"], format!("{n} de {n} certas. Muito bem!"));
    let context = read(&questions[0].context);
    let verdict = looks[4]["verdicts"][0].as_str().unwrap();
    assert_eq!(verdict, format!("✔ Certo. {context}"));
}

#[test]
fn the_search_does_not_mind_accents_and_plurals() {
    let words = [
        "notificação",
        "notificacao",
        "notificações",
        "função",
        "xyzzyx",
    ];
    let found = seen("abertura.html", "livro_busca.js", &json!(words));
    let places = |word: &str| found[word]["places"].clone();
    assert!(
        places("notificação").as_array().unwrap().len() > 3,
        "{found:#}"
    );
    assert_eq!(places("notificação"), places("notificacao"), "{found:#}");
    assert_eq!(places("notificação"), places("notificações"), "{found:#}");
    assert!(
        found["notificacao"]["marked"].as_u64().unwrap() > 0,
        "{found:#}"
    );
    assert_ne!(places("notificação"), places("função"));
    assert!(
        found["função"]["header"]
            .as_str()
            .unwrap()
            .contains("resultados para"),
        "{found:#}"
    );
    let nothing = found["xyzzyx"]["header"].as_str().unwrap();
    assert!(nothing.starts_with("Nada encontrado"), "{nothing}");
    let labels = found["labels"].to_string();
    for label in ["Mudar as cores", "Buscar no livro…", "Imprimir o livro"] {
        assert!(labels.contains(label), "{labels}");
    }
}
