//! `lab hint`: one rung for each failed attempt.

use super::{ana, has, progress, without_sandbox};
use crate::support::Home;

fn fail(home: &Home) {
    home.lab(&["check", "bucket"]).expect_code(1);
}

#[test]
fn each_rung_is_earned_by_a_failed_attempt() {
    let home = Home::new();
    let hint = |number: usize| {
        let ran = home.lab(&["hint", "bucket"]).expect_code(0);
        has(&ran.stdout, &[&format!("dica {number} de 3")]);
        ran.stdout
    };
    let first = hint(1);
    has(
        &first,
        &["se ainda falhar, `lab hint notas-fiscais/bucket` dá a próxima"],
    );
    let same = hint(1);
    has(
        &same,
        &["Esta é a mesma dica: tente e rode `lab check notas-fiscais/bucket`"],
    );
    assert_eq!(home.journal().len(), 1, "the same hint is no second one");

    fail(&home);
    hint(2);
    hint(2);
    fail(&home);
    let third = hint(3);
    has(
        &third,
        &[
            "Depois disto só há a solução, ao custo de 5 pontos deste passo",
            "`lab solution notas-fiscais/bucket`",
        ],
    );
    fail(&home);
    hint(3);
    let lab = &progress(&home);
    assert_eq!(lab["steps"][0]["hints"], 3);
    assert_eq!(lab["steps"][0]["attempts"], 3);
    // Hints cost nothing.
    assert_eq!(lab["reachable"], 100);
}

#[test]
fn a_hint_begins_with_what_was_seen() {
    let home = Home::new();
    let before = home.lab(&["hint", "bucket"]).expect_code(0).stdout;
    assert!(!before.contains("O que a verificação viu"), "{before}");
    fail(&home);
    let after = home.lab(&["hint", "bucket"]).expect_code(0).stdout;
    let missing = format!("observado:  o bucket `{}-notas` não existe", home.prefix());
    has(
        &after,
        &[
            "O que a verificação viu, ",
            "✘ FALHOU O bucket",
            &missing,
            "comece por: Crie o bucket",
            "dica 2 de 3",
        ],
    );
    let answer = home
        .lab(&["hint", "bucket", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(answer["observed"]["id"], "bucket/existe");
    assert_eq!(answer["observed"]["mismatches"][0]["fact"], "exists");
}

#[test]
fn the_report_tells_the_help_that_was_taken_and_its_cost() {
    let home = Home::new();
    let check = |arguments: &[&str]| home.lab(&[&["check", "bucket"], arguments].concat());
    let none = check(&["--json"]).expect_code(1).json();
    assert_eq!(none["help"], serde_json::json!([]));
    home.lab(&["hint", "bucket"]).expect_code(0);
    has(
        &check(&[]).stdout,
        &["Ajuda no passo bucket: 1 dica, sem custo em pontos\n"],
    );
    home.lab(&["solution", "bucket", "--yes"]).expect_code(0);
    has(
        &check(&[]).stdout,
        &["1 dica, sem custo em pontos; a solução, que custa 5 pontos dos 10 do passo"],
    );
    assert_eq!(
        check(&["--json"]).json()["help"],
        serde_json::json!([{ "step": "bucket", "hints": 1, "solution": true, "cost": 5 }])
    );
}

#[test]
fn names_are_filled_in_and_the_current_step_needs_no_name() {
    let home = Home::new();
    let said = home.lab(&["hint"]).expect_code(0).stdout;
    has(
        &said,
        &["Um bucket fechado ao público · dica 1 de 3", home.prefix()],
    );
    assert!(!said.contains("{bucket}"));
}

#[test]
fn all_at_once_and_as_json() {
    let home = ana();
    let answer = home
        .lab(&["hint", "tabela", "--all", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(answer["step"], "tabela");
    assert_eq!(answer["total"], 3);
    assert_eq!(answer["repeated"], false);
    assert_eq!(answer["solution_cost"], 5);
    let rungs: Vec<_> = answer["hints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| &h["rung"])
        .collect();
    assert_eq!(rungs, [1, 2, 3]);
}

#[test]
fn what_was_not_judged_earns_no_hint() {
    // Without a sandbox nothing can be looked at.
    let home = without_sandbox();
    home.lab(&["hint", "bucket"]).expect_code(0);
    let ran = home.lab(&["check", "bucket"]).expect_code(3);
    has(
        &ran.stderr,
        &["o sandbox não está ligado", "lab sandbox start"],
    );
    let again = home.lab(&["hint", "bucket"]).expect_code(0);
    has(&again.stdout, &["dica 1 de 3", "Esta é a mesma dica"]);
}
