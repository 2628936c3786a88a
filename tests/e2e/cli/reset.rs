//! `lab reset`: the plan first, and nothing without a yes.

use super::{failure, has};
use crate::support::Home;

/// A learner with a bucket and a table, and a bucket that is not the lab's.
fn with_resources() -> (Home, String) {
    let home = Home::new();
    let foreign = format!("{}-ferias", home.prefix());
    for bucket in [
        format!("s3://{}-notas", home.prefix()),
        format!("s3://{foreign}"),
    ] {
        home.lab(&["run", "--", "aws", "s3", "mb", &bucket])
            .expect_code(0);
    }
    let table = format!("{}-notas-fiscais", home.prefix());
    home.lab(&[
        "run",
        "--",
        "aws",
        "dynamodb",
        "create-table",
        "--table-name",
        &table,
        "--attribute-definitions",
        "AttributeName=numero,AttributeType=S",
        "--key-schema",
        "AttributeName=numero,KeyType=HASH",
        "--billing-mode",
        "PAY_PER_REQUEST",
    ])
    .expect_code(0);
    (home, foreign)
}

fn planned(home: &Home) -> Vec<String> {
    let answer = home
        .lab(&["reset", "--dry-run", "--json"])
        .expect_code(0)
        .json();
    let plan = answer["plan"].as_array().unwrap().clone();
    plan.iter()
        .map(|r| r["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_plan_comes_first_and_the_rest_stays() {
    let (home, foreign) = with_resources();
    let bucket = format!("{}-notas", home.prefix());
    let table = format!("{}-notas-fiscais", home.prefix());
    let mut plan = planned(&home);
    plan.sort();
    assert_eq!(plan, [bucket.clone(), table.clone()]);

    let asked = home.lab(&["reset"]).expect_code(2);
    has(
        &asked.stdout,
        &["Plano de limpeza", "remove", &bucket, &table, "fica"],
    );
    has(
        &asked.stderr,
        &["sem um terminal, confirme com `--yes`", "`--dry-run`"],
    );
    failure(&home.lab(&["reset", "--json"]).expect_code(2), "usage");
    assert_eq!(planned(&home).len(), 2, "nothing went");

    // One step, then the rest.
    let ran = home.lab(&["reset", "tabela", "--yes"]).expect_code(0);
    has(
        &ran.stdout,
        &[
            &table,
            "1 de 1 removidos",
            "Seu progresso e seus arquivos ficaram.",
        ],
    );
    assert_eq!(planned(&home), std::slice::from_ref(&bucket));
    let answer = home
        .lab(&["reset", "--yes", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(answer["deleted"], serde_json::json!([bucket]));
    let ran = home.lab(&["reset"]).expect_code(0);
    has(&ran.stdout, &["Não há nada deste lab para remover."]);

    let left = home.lab(&["run", "--", "aws", "s3", "ls"]).stdout;
    has(&left, &[&foreign]);
    assert!(!left.contains(&bucket), "{left}");
    let foreign = format!("s3://{foreign}");
    home.lab(&["run", "--", "aws", "s3", "rb", &foreign])
        .expect_code(0);
}

#[cfg(unix)]
#[test]
fn it_asks_and_enter_means_no() {
    use super::terminal::{ENTER, ESC, Terminal};

    let (home, foreign) = with_resources();
    for (keys, code, said) in [
        (ENTER, 0, "Nada foi removido."),
        ("n\r", 0, "Nada foi removido."),
        (ESC, 3, "você saiu antes de responder; nada foi mudado"),
    ] {
        let mut terminal = Terminal::lab(&home, &["reset"]);
        let shown = terminal.until("Remover 2 recursos?");
        has(&shown, &["Plano de limpeza", "-notas-fiscais"]);
        terminal.until("s/N");
        terminal.press(keys);
        let (ended, shown) = terminal.end();
        assert_eq!(ended, code, "{shown}");
        has(&shown, &[said]);
        assert_eq!(planned(&home).len(), 2);
    }
    let mut terminal = Terminal::lab(&home, &["reset"]);
    terminal.until("s/N");
    terminal.press("s\r");
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    has(&shown, &["2 de 2 removidos"]);
    assert!(planned(&home).is_empty());
    let foreign = format!("s3://{foreign}");
    home.lab(&["run", "--", "aws", "s3", "rb", &foreign])
        .expect_code(0);
}
