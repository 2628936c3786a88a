//! A class from its first grade to empty accounts, in one run: every learner
//! went as far as he or she did, and each account holds foreign things too.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use super::export::{canvas, moodle, rows};
use super::school::{Entry, Hand, REGION, School};
use super::wiping::{make, of, plan};
use crate::support::{Ran, fixture, shared};

/// Three labs in the order of the course, and how many steps of each a learner did.
type Labs = [&'static str; 3];
type Degree = [usize; 3];

/// All that the accounts hold, by account and thing, as boto3 tells it.
fn portrait(school: &School) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut python = shared().python();
    python.arg(fixture("retrato.py")).arg(REGION);
    python.args(school.pupils.iter().map(|pupil| &pupil.account));
    serde_json::from_value(Ran::run(python).expect_code(0).json()).unwrap()
}

/// A class of so many, each with a number in every other system.
fn class(size: usize) -> School {
    let ids: Vec<String> = (1..=size).map(|n| format!("aluno-{n:02}")).collect();
    let more: Vec<String> = (1..=size)
        .map(|n| {
            format!(
                "email = \"a{n}@x.br\"\nmoodle = {{ username = \"a.{n}\" }}\ncanvas = {{ id = {n} }}"
            )
        })
        .collect();
    let entries = ids.iter().zip(&more);
    let entries: Vec<Entry<'_>> = entries
        .map(|(id, more)| Entry { id, name: id, more })
        .collect();
    School::new(&entries)
}

/// What somebody earns who did so many steps of each lab.
fn due(hand: &Hand, labs: Labs, steps: Degree) -> [u32; 3] {
    let both = [0, 1, 2].map(|at| (labs[at], steps[at]));
    both.map(|(lab, steps)| {
        let done = hand.lab(lab).steps.iter().take(steps);
        done.map(|step| step.points).sum()
    })
}

/// The grades in the files for other programs are those that are due.
fn exported(school: &School, dues: &[[u32; 3]], chosen: &[&str]) {
    for format in ["moodle", "canvas", "csv", "json"] {
        let asked = [&["export", "--json", "--format", format], chosen].concat();
        let answer = school.class(&asked).expect_code(0).json();
        assert_eq!(answer["left_out"], json!([]), "{format}");
    }
    let due = |at: usize| dues[at].map(|points| Some(f64::from(points))).to_vec();
    let names: Vec<String> = (1..=dues.len()).map(|n| format!("a.{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mails: Vec<String> = (1..=dues.len()).map(|n| format!("a{n}@x.br")).collect();
    let mails: Vec<&str> = mails.iter().map(String::as_str).collect();
    let known = [("username", &names[..]), ("email", &mails[..])];
    let users = moodle(&school.read("notas-moodle.csv"), &known);
    assert_eq!(users.len(), dues.len());
    for (at, (_, scores)) in users.iter().enumerate() {
        assert_eq!(*scores, due(at), "Moodle, {at}");
    }
    let (_, students) = canvas(&school.read("notas-canvas.csv"));
    assert_eq!(students.len(), dues.len());
    for (at, student) in students.iter().enumerate() {
        assert_eq!(student.scores, due(at), "Canvas, {}", student.name);
    }
    let list: Vec<Value> = serde_json::from_str(&school.read("notas.json")).unwrap();
    assert_eq!(rows(&school.read("notas.csv")).len(), list.len() + 1);
    let points = list.iter().map(|step| step["points"].as_u64().unwrap());
    let all: u32 = dues.iter().flatten().sum();
    assert_eq!(points.sum::<u64>(), u64::from(all));
}

/// A plan says of what stays why, and tells what it would never delete.
#[track_caller]
fn said_of_foreign_things(part: &Value, prefix: &str) {
    let stays = part["stays"].as_array().unwrap();
    assert!(stays.len() > 30, "{part:#}");
    let neighbour = format!("{prefix}-notas-vizinho");
    for (name, why) in [
        ("LabReset", "é um papel de quem administra a turma"),
        ("fila-de-casa", "nenhum lab pede este nome"),
        (
            &*neighbour,
            "começa com o prefixo do aluno, mas nenhum lab pede este nome",
        ),
    ] {
        let stay = stays.iter().find(|stay| stay["name"] == name).unwrap();
        assert_eq!(stay["why"], why, "{name}");
    }
    let aside = part["aside"].as_array().unwrap().iter();
    let aside: Vec<(&Value, &Value)> = aside.map(|one| (&one["kind"], &one["name"])).collect();
    let policy = json!(format!("{prefix}-processa-nota"));
    let layer = json!(format!("{prefix}-comum"));
    assert_eq!(
        aside,
        [
            (&json!("iam_policy"), &policy),
            (&json!("lambda_layer"), &layer)
        ]
    );
}

/// What is different, thing by thing: a whole portrait would be pages.
#[track_caller]
fn as_before(
    before: &BTreeMap<String, BTreeMap<String, Value>>,
    after: &BTreeMap<String, BTreeMap<String, Value>>,
) {
    for (account, things) in before {
        let now = &after[account];
        let names = things.keys().chain(now.keys());
        for name in names {
            assert_eq!(things.get(name), now.get(name), "{account}: {name}");
        }
    }
}

#[expect(clippy::print_stderr, reason = "figures of a run that takes minutes")]
fn clock(what: &str, began: Instant) {
    eprintln!("{what} in {:.1?}", began.elapsed());
}

/// Learners who work, are graded and exported, and whose accounts are reset:
/// what is foreign is then as it was, and nothing else is there.
async fn from_grades_to_empty_accounts(labs: Labs, degrees: &[Degree]) {
    let school = class(degrees.len());
    let mut hand = Hand::new();
    let began = Instant::now();
    for pupil in &school.pupils {
        make(pupil, &["alheio", "vizinhanca"]);
    }
    let before = portrait(&school);
    let foreign: usize = before.values().map(BTreeMap::len).sum();
    clock(&format!("{foreign} foreign things made and read"), began);
    let began = Instant::now();
    for (pupil, degree) in school.pupils.iter().zip(degrees) {
        for (lab, steps) in labs.iter().zip(degree) {
            hand.solve(pupil, lab, *steps).await;
        }
    }
    clock("solved", began);

    let chosen: Vec<&str> = labs.iter().flat_map(|lab| ["--lab", lab]).collect();
    let began = Instant::now();
    let ran = school.class(&[&["grade", "--json"], &chosen[..]].concat());
    clock(&format!("graded, exit {},", ran.code), began);
    let answer = ran.expect_code(0).json();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), degrees.len() * labs.len());
    let dues: Vec<[u32; 3]> = degrees.iter().map(|d| due(&hand, labs, *d)).collect();
    for (pupil, dues) in school.pupils.iter().zip(&dues) {
        for (lab, due) in labs.iter().zip(dues) {
            let of_lab = |r: &&Value| r["learner"] == *pupil.id && r["lab"] == *lab;
            let result = results.iter().find(of_lab).unwrap();
            assert_eq!(result["points"]["earned"], *due, "{result}");
        }
    }
    exported(&school, &dues, &chosen);

    let began = Instant::now();
    let (file, hash, planned) = plan(&school, &[], 0);
    let goes = planned["goes"].as_u64().unwrap();
    clock(&format!("{goes} things planned"), began);
    let parts = planned["parts"].as_array().unwrap();
    for ((part, degree), pupil) in parts.iter().zip(degrees).zip(&school.pupils) {
        let done = labs.iter().zip(degree).filter(|(_, steps)| **steps > 0);
        let mut done: Vec<&str> = done.map(|(lab, _)| *lab).collect();
        done.sort_unstable();
        assert_eq!(part["labs"], json!(done), "{part:#}");
        assert_eq!(part["goes"] == json!([]), done.is_empty(), "{part:#}");
        said_of_foreign_things(part, &pupil.prefix);
    }
    let began = Instant::now();
    // All is graded, so nothing has to be discarded.
    let reset = ["reset", "--plan", &file, "--yes", &hash, "--json"];
    let canary = ["--canary", school.pupils[1].id.as_str()];
    let done = school.class(&[&reset[..], &canary].concat());
    let done = done.expect_code(0).json();
    clock("reset and verified", began);
    assert_eq!(done["status"], "clean", "{done:#}");
    let gone = school.pupils.iter().map(|pupil| {
        let told = of(&done, &pupil.id);
        assert_eq!(told["word"], "limpo", "{told:#}");
        told["gone"].as_u64().unwrap()
    });
    assert_eq!(gone.sum::<u64>(), goes);

    as_before(&before, &portrait(&school));
    let (_, _, nothing) = plan(&school, &[], 0);
    assert_eq!(nothing["goes"], 0, "{nothing:#}");
    // The same plan is not done twice.
    let again = school.class(&reset).expect_code(2);
    assert!(again.stdout.contains("já começou"), "{again}");
    // The grades outlive what they are about.
    exported(&school, &dues, &chosen);
}

#[tokio::test]
async fn four_learners_from_their_grades_to_empty_accounts() {
    let labs = ["primeira-funcao", "notas-fiscais", "fila-de-eventos"];
    let degrees = [[3, 99, 0], [0, 0, 3], [0, 0, 0], [2, 0, 0]];
    from_grades_to_empty_accounts(labs, &degrees).await;
}

/// Takes minutes, so it is asked for:
/// `cargo test --test e2e class::whole -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "takes minutes"]
async fn forty_learners_from_their_grades_to_empty_accounts() {
    let labs = ["primeira-funcao", "notas-fiscais", "versoes"];
    let by_turns = [[99, 0, 99], [99, 0, 3], [2, 4, 0], [0, 0, 0], [99, 99, 99]];
    let degrees: Vec<Degree> = by_turns.into_iter().cycle().take(40).collect();
    from_grades_to_empty_accounts(labs, &degrees).await;
}
