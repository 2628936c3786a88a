//! Grading several accounts: what was seen counts, what could not be seen is no
//! zero, and what learners say of themselves counts for nothing.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::school::{Entry, Hand, School};
use crate::support::{Ran, fixture};

fn of<'a>(answer: &'a Value, id: &str, lab: &str) -> &'a Value {
    let learners = answer["learners"].as_array().unwrap();
    let learner = learners.iter().find(|l| l["id"] == id).unwrap();
    let labs = learner["labs"].as_array().unwrap();
    labs.iter().find(|l| l["lab"] == lab).unwrap()
}

#[tokio::test]
async fn what_was_seen_counts_and_what_was_not_is_no_zero() {
    let school = School::new(&[
        Entry {
            id: "ana",
            name: "Ana",
            more: "",
        },
        Entry {
            id: "beto",
            name: "Beto",
            more: "",
        },
        Entry {
            id: "caio",
            name: "Caio",
            more: "",
        },
        Entry {
            id: "dora",
            name: "Dora",
            more: "access.sandbox = { endpoint = \"http://127.0.0.1:9\" }",
        },
    ]);
    let mut hand = Hand::new();
    hand.solve(school.pupil("ana"), "primeira-funcao", 99).await;
    hand.solve(school.pupil("beto"), "primeira-funcao", 3).await;
    // Somebody who claims everything, with a journal that was written by hand.
    let ids = hand
        .lab("primeira-funcao")
        .checks()
        .map(|(id, ..)| json!({ "id": id, "verdict": "pass" }));
    let claim = json!({
        "format_version": 1, "time": "2026-11-01T10:00:00Z", "course": "aws-serverless",
        "lab": "primeira-funcao", "lab_version": "x", "target": "sandbox", "runner": "0.1.0",
        "entry": { "check": { "verdicts": ids.collect::<Vec<_>>() } },
    });
    fs::create_dir(school.folder("turma").join("diarios")).unwrap();
    fs::write(
        school.folder("turma").join("diarios/caio.jsonl"),
        format!("{claim}\n"),
    )
    .unwrap();

    let grade = ["grade", "--lab", "primeira-funcao", "--json"];
    let ran = school.class(&grade).expect_code(3);
    let graded = ran.json();
    assert_eq!(graded["results"].as_array().unwrap().len(), 4, "{ran}");
    assert_eq!(
        (&graded["left"], &graded["interrupted"]),
        (&json!(0), &json!(false))
    );
    let steps = hand.lab("primeira-funcao").steps.iter().take(3);
    let three: u32 = steps.map(|s| s.points).sum();
    for (id, points) in [("ana", 100), ("beto", three), ("caio", 0)] {
        let records = school.grades(id);
        assert_eq!(records.len(), 1, "{id}");
        assert_eq!(records[0]["mode"], "instructor");
        assert_eq!(
            records[0]["record"]["account"],
            school.pupil(id).account.as_str()
        );
        let result = graded["results"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["learner"] == id);
        let earned = &result.unwrap()["points"]["earned"];
        assert_eq!(*earned, json!(points), "{id}: {ran}");
    }
    let report = school
        .class(&["report", "--lab", "00", "--json"])
        .expect_code(0)
        .json();
    let lab = "primeira-funcao";
    assert_eq!(of(&report, "ana", lab)["grade"], 100);
    assert_eq!(of(&report, "caio", lab)["grade"], 0);
    assert_eq!(of(&report, "caio", lab)["claimed"], 100);
    let dora = of(&report, "dora", lab);
    assert_eq!(
        (&dora["grade"], &dora["mark"]),
        (&Value::Null, &json!("unverified"))
    );
    assert!(
        dora["trouble"].as_str().unwrap().contains("sem conexão"),
        "{dora:#}"
    );
    let hardest = report["hardest"].as_array().unwrap();
    assert!(!hardest.is_empty());
    assert!(
        hardest.iter().all(|h| h["judged"].as_u64() <= Some(3)),
        "Dora failed nothing"
    );

    let told = school
        .class(&["report", "--lab", "00"])
        .expect_code(0)
        .stdout;
    assert!(
        told.contains("Caio · primeira-funcao: diz 100, visto 0"),
        "{told}"
    );
    page(&school);
    what_passed_once_stays(&school, &mut hand).await;
}

/// The page needs nothing else, and a sign says what a colour says.
fn page(school: &School) {
    school
        .class(&["report", "--lab", "00", "--html", "notas.html"])
        .expect_code(0);
    let page = school.read("notas.html");
    for part in [
        "<html lang=\"pt-BR\">",
        "Programação: serverless",
        "✔<span class=\"hidden\"> passou</span>",
        "✘<span class=\"hidden\"> falhou</span>",
        "?<span class=\"hidden\"> não verificado</span>",
        "<th scope=\"row\" title=\"dora\">Dora</th>",
        "As verificações mais difíceis",
    ] {
        assert!(page.contains(part), "«{part}» is missing");
    }
    for outside in ["http://", "https://", "src=", "<script", "@import", "url("] {
        let own = outside == "http://" && page.contains("127.0.0.1:9");
        assert!(own || !page.contains(outside), "«{outside}» in the page");
    }
    #[cfg(target_os = "linux")]
    page_in_a_browser(school);
}

/// What the page is in a browser: every step has its sign, each kind a colour of
/// its own, and the page fits the window.
#[cfg(target_os = "linux")]
fn page_in_a_browser(school: &School) {
    // The script's place is the server's, so nothing of the page is fetched.
    let mut command = std::process::Command::new("python3");
    command
        .arg(fixture("livro.py"))
        .arg(school.folder("turma"))
        .arg("notas.html")
        .arg(fixture("turma_pagina.js"));
    let seen = Ran::run(command).expect_code(0).json();
    let signs: Vec<String> = seen["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let signs = row["signs"].as_array().unwrap().iter();
            let signs: String = signs.map(|s| s.as_str().unwrap()).collect();
            format!(
                "{} {signs} {}",
                row["name"].as_str().unwrap(),
                row["points"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(signs[0], "Ana ✔✔✔✔✔✔ 100/100", "{seen:#}");
    assert!(signs[1].starts_with("Beto ✔✔✔✘"), "{seen:#}");
    assert_eq!(
        signs[2..],
        ["Caio ✘✘✘✘✘✘ 0/100", "Dora ?????? 0/100"],
        "{seen:#}"
    );
    let colours: BTreeSet<_> = seen["colours"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::as_str)
        .collect();
    assert_eq!(colours.len(), 3, "{seen:#}");
    assert_eq!(
        (&seen["wide"], &seen["outside"]),
        (&json!(false), &json!(0)),
        "{seen:#}"
    );
}

async fn what_passed_once_stays(school: &School, hand: &mut Hand) {
    // Ana cleans up; Beto goes on.
    let ana = school.pupil("ana");
    let resources = hand
        .lab("primeira-funcao")
        .steps
        .iter()
        .flat_map(|s| s.resources.clone());
    let names = hand
        .lab("primeira-funcao")
        .names_for(&ana.prefix, &ana.account, "us-east-1");
    let resources: Vec<_> = resources.map(|r| names.fill_in(&r).unwrap()).collect();
    let session = runner::aws::Session::connect(&runner::aws::Connection {
        kind: runner::aws::TargetKind::Sandbox,
        endpoint: Some(crate::support::shared().endpoint().to_owned()),
        region: Some("us-east-1".to_owned()),
        keys: Some((ana.account.clone(), "sandbox".to_owned())),
    })
    .await;
    let plan = session.plan_reset(&resources).await;
    assert!(
        runner::reset::reset(&session, &plan, |_| ())
            .await
            .failed
            .is_empty()
    );
    hand.go_on(school.pupil("beto"), "primeira-funcao", 3, 99)
        .await;
    let again = [
        "grade",
        "--lab",
        "00",
        "--learner",
        "ana",
        "--learner",
        "beto",
    ];
    school.class(&again).expect_code(0);
    let report = school
        .class(&["report", "--lab", "00", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(of(&report, "ana", "primeira-funcao")["grade"], 100);
    assert_eq!(of(&report, "beto", "primeira-funcao")["grade"], 100);
    assert_eq!(
        (school.grades("ana").len(), school.grades("dora").len()),
        (2, 1)
    );
}

#[test]
fn what_is_asked_for_has_to_be_there() {
    let school = School::new(&[Entry {
        id: "ana",
        name: "Ana",
        more: "",
    }]);
    for (arguments, said) in [
        (
            &["grade", "--learner", "anna"][..],
            "a turma não tem o aluno `anna`",
        ),
        (
            &["grade", "--lab", "nota-fiscal"],
            "você quis dizer `notas-fiscais`?",
        ),
        (&["grade", "--gradebook", "s3://x"], "não serve para"),
        (
            &["export", "--format", "csv", "--key", "email"],
            "é só do formato moodle",
        ),
        (
            &["export", "--format", "moodle"],
            "a nenhum aluno se pode dar nota: falta `username`",
        ),
        (&["--class", "nao-existe", "list"], "não há uma turma"),
    ] {
        let ran = school.class(arguments).expect_code(2);
        assert!(ran.stderr.contains(said), "{ran}");
    }
    assert!(school.grades("ana").is_empty());
}
