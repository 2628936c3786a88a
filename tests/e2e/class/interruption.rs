//! A grading that is broken off goes on where it was.
#![cfg(unix)]

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::school::{Entry, School};
use crate::support::{Answer, Ran, Server};

const NAMES: [&str; 3] = ["ana", "beto", "carla"];

/// A class whose last learner's sandbox never answers, until the test ends that.
fn school(silent: &Server) -> School {
    let access = format!(
        "access.sandbox = {{ endpoint = \"{}\" }}",
        silent.endpoint()
    );
    let school = School::new(&NAMES.map(|id| Entry {
        id,
        name: id,
        more: "",
    }));
    school.write_roster(&NAMES.map(|id| Entry {
        id,
        name: id,
        more: if id == "carla" { &access } else { "" },
    }));
    school
}

const GRADE: [&str; 6] = [
    "grade",
    "--lab",
    "primeira-funcao",
    "--accounts",
    "1",
    "--json",
];

/// Begins to grade, and waits until two of the three are in the gradebook.
fn two_of_three(school: &School) -> Child {
    let child = school
        .command(&GRADE)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while school.grades("beto").is_empty() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "nothing is graded"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    child
}

fn goes_on(school: &School) {
    school.write_roster(&NAMES.map(|id| Entry {
        id,
        name: id,
        more: "",
    }));
    let ran = school.class(&GRADE).expect_code(0);
    assert!(
        ran.stderr.contains("Continua a correção interrompida"),
        "{ran}"
    );
    let answer = ran.json();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{ran}");
    assert_eq!(
        (&results[0]["learner"], &answer["left"]),
        (&"carla".into(), &0.into())
    );
    let runs: Vec<_> = NAMES.iter().map(|id| school.grades(id)).collect();
    assert!(runs.iter().all(|r| r.len() == 1), "{runs:?}");
    assert!(
        runs.iter().all(|r| r[0]["run"] == runs[0][0]["run"]),
        "one grading"
    );
    // It is over: the same command begins a new one.
    let ran = school.class(&GRADE).expect_code(0);
    assert!(!ran.stderr.contains("interrompida"), "{ran}");
    assert_eq!(ran.json()["results"].as_array().unwrap().len(), 3);
}

#[test]
fn a_killed_grading_goes_on_with_what_is_missing() {
    let silent = Server::answering(|_| Answer::Silence);
    let school = school(&silent);
    let mut child = two_of_three(&school);
    // While it is at work, no other may begin in the same folder.
    let busy = school.class(&GRADE).expect_code(3);
    assert!(
        busy.stdout.contains("outra correção está em andamento"),
        "{busy}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    goes_on(&school);
}

#[test]
fn an_interrupted_grading_says_what_is_left() {
    let silent = Server::answering(|_| Answer::Silence);
    let school = school(&silent);
    let child = two_of_three(&school);
    let sent = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let ran = Ran::of(child.wait_with_output().unwrap()).expect_code(3);
    let answer = ran.json();
    assert_eq!(
        (&answer["interrupted"], &answer["left"]),
        (&true.into(), &1.into()),
        "{ran}"
    );
    assert!(school.grades("carla").is_empty());
    goes_on(&school);
}
