//! A lab that begins with a prepared system: what is drawn, for whom, and who
//! is told.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ana, failure, has};
use crate::support::Home;

const LAB: &str = "projeto-final";

/// A seed whose second fault two commands repair, and what the other three say.
const SEED: &str = "42";
const REPAIRED: &str = "eventos-mapeamento-desligado";
const CAUSES: [(&str, &str, &str); 3] = [
    (
        "notas-papel-sem-putitem",
        "notas/escrita",
        "dynamodb:PutItem",
    ),
    (
        "produtos-id-texto-quebra",
        "produtos/id-texto",
        "ValueError: invalid literal",
    ),
    (
        "versoes-notificacao-sem-alias",
        "versoes/notificacao",
        "fim do ARN da notificação",
    ),
];

/// What `lab dev faults` tells an instructor.
fn faults(home: &Home, who: &[&str]) -> Value {
    let given = [&["dev", "faults", LAB, "--json"], who].concat();
    home.lab(&given).expect_code(0).json()
}

#[test]
fn an_instructor_sees_what_a_learner_got() {
    let home = ana();
    let drawn = faults(&home, &["--prefix", "ana-7k3f"]);
    assert_eq!(
        drawn["seed"], 693_269,
        "the same in every version: {drawn:#}"
    );
    let all = drawn["faults"].as_array().unwrap();
    let steps: BTreeSet<&str> = all.iter().map(|f| f["step"].as_str().unwrap()).collect();
    assert_eq!(
        (all.len(), steps.len()),
        (4, 4),
        "one in each of four steps"
    );
    for fault in all {
        assert!(fault["like"].as_str().unwrap().contains('/'), "{fault:#}");
        assert!(!fault["checks"].as_array().unwrap().is_empty(), "{fault:#}");
    }
    assert_eq!(faults(&home, &["--seed", "693269"]), drawn);
    let others = ["bia-22mn", "caio-9xyz", "davi-w4h8"];
    let others = others.map(|prefix| faults(&home, &["--prefix", prefix])["faults"].to_string());
    let different: BTreeSet<&String> = others.iter().collect();
    assert!(different.len() > 1, "{others:?}");

    let ran = home
        .lab(&["dev", "faults", LAB, "--prefix", "ana-7k3f"])
        .expect_code(0);
    has(
        &ran.stdout,
        &[
            "Semente 693269",
            all[0]["id"].as_str().unwrap(),
            "aparece em",
        ],
    );
    home.lab(&["dev", "faults", LAB]).expect_code(2);
    let ran = home.lab(&["dev", "faults", "notas-fiscais", "--seed", "1", "--json"]);
    failure(&ran.expect_code(2), "usage");
    let ran = home.lab(&["start", "notas-fiscais", "--seed", "1", "--json"]);
    failure(&ran.expect_code(2), "usage");
}

#[test]
fn three_faults_at_once_are_three_first_causes() {
    let home = Home::new();
    let drawn = faults(&home, &["--seed", SEED]);
    let all = drawn["faults"].as_array().unwrap();
    let ids: BTreeSet<&str> = all.iter().map(|f| f["id"].as_str().unwrap()).collect();
    let due: BTreeSet<&str> = CAUSES
        .iter()
        .map(|(fault, ..)| *fault)
        .chain([REPAIRED])
        .collect();
    assert_eq!(ids, due, "choose another seed");
    home.lab(&["start", LAB, "--seed", SEED]).expect_code(0);
    repair(&home);

    let report = home.lab(&["check", LAB, "--json"]).expect_code(1).json();
    let results = report["results"].as_array().unwrap();
    let failed: BTreeSet<&str> = results
        .iter()
        .filter(|check| check["verdict"] == "fail" && !of_alarms(check))
        .map(|check| check["id"].as_str().unwrap())
        .collect();
    assert_eq!(failed, CAUSES.map(|(_, id, _)| id).into(), "{report:#}");
    for (_, id, said) in CAUSES {
        let check = results.iter().find(|check| check["id"] == id).unwrap();
        // Its own cause, in its own words, and not that of another fault.
        assert!(check["cause"].to_string().contains(said), "{check:#}");
        for (_, other, _) in CAUSES.iter().filter(|(_, other, _)| *other != id) {
            assert!(!check["cause"].to_string().contains(other), "{check:#}");
        }
    }
    for check in results.iter().filter(|check| !of_alarms(check)) {
        let because = check["dependency"].as_str().unwrap_or_default();
        match check["verdict"].as_str().unwrap() {
            "skipped" => assert!(failed.contains(because), "{check:#}"),
            verdict => assert!(matches!(verdict, "pass" | "fail"), "{check:#}"),
        }
    }
    home.lab(&["reset", LAB, "--yes"]).expect_code(0);
}

/// Repairs one fault as a learner does.
fn repair(home: &Home) {
    let aws = |arguments: &[&str]| {
        let given = [&["run", "--", "aws", "lambda"], arguments].concat();
        home.lab(&given).expect_code(0).stdout
    };
    let function = format!("{}-final-eventos", home.prefix());
    let found = aws(&[
        "list-event-source-mappings",
        "--function-name",
        &function,
        "--query",
        "EventSourceMappings[0].UUID",
        "--output",
        "text",
    ]);
    aws(&[
        "update-event-source-mapping",
        "--uuid",
        found.trim(),
        "--enabled",
    ]);
}

/// The learner builds the alarms: none is there, and none is a fault.
fn of_alarms(check: &Value) -> bool {
    check["id"].as_str().unwrap().starts_with("alarmes/")
}

#[test]
fn a_learner_gets_faults_and_is_not_told_which() {
    let home = Home::new();
    let ran = home.lab(&["start", LAB]).expect_code(0);
    let drawn = faults(&home, &["--prefix", home.prefix()]);
    let all = drawn["faults"].as_array().unwrap();
    for fault in all {
        for word in ["id", "says"] {
            let word = fault[word].as_str().unwrap();
            assert!(
                !ran.stdout.contains(word) && !ran.stderr.contains(word),
                "{ran}"
            );
        }
    }
    has(&ran.stderr, &["preparando o sistema"]);
    let entry = &home.journal()[0]["entry"];
    assert_eq!(entry, &json!({ "prepared": { "seed": drawn["seed"] } }));

    // Each fault is told by itself, and what only waits for it is skipped.
    let report = home.lab(&["check", LAB, "--json"]).expect_code(1).json();
    let mut failed = BTreeSet::new();
    let results = report["results"].as_array().unwrap();
    for check in results.iter().filter(|check| !of_alarms(check)) {
        match check["verdict"].as_str().unwrap() {
            "fail" => drop(failed.insert(check["id"].as_str().unwrap())),
            verdict => assert!(matches!(verdict, "pass" | "skipped"), "{check:#}"),
        }
    }
    let due: BTreeSet<&str> = all
        .iter()
        .flat_map(|fault| fault["checks"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();
    assert_eq!(failed, due, "{report:#}");

    // What is there is not prepared over.
    let again = failure(&home.lab(&["start", LAB, "--json"]).expect_code(2), "usage");
    let again = again.to_string();
    has(
        &again,
        &["já existe", "lab reset projeto-final", "lab next"],
    );
    home.lab(&["reset", LAB, "--yes"]).expect_code(0);
}
