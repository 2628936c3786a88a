//! A lab that begins with a prepared system: what is drawn, for whom, and who
//! is told.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ana, failure, has};
use crate::support::Home;

const LAB: &str = "projeto-final";

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
    for check in report["results"].as_array().unwrap() {
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
