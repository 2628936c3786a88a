//! The files for Moodle and Canvas, read as their importers read them.

use std::collections::BTreeSet;
use std::fs;

use super::school::{Entry, Hand, School};

/// A file as a strict reader of CSV takes it: UTF-8, all rows of one width.
pub(super) fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(false)
        .from_reader(text.as_bytes());
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

/// What Moodle would take in (`grade/import/csv/classes/load_data.php`): for
/// whatever column is mapped to the user, a user of the course in every row; in
/// every item a number from 0 to 100, or nothing. Gives rows as user → numbers.
pub(super) fn moodle(text: &str, known: &[(&str, &[&str])]) -> Vec<(String, Vec<Option<f64>>)> {
    let rows = rows(text);
    let (head, body) = rows.split_first().unwrap();
    let names: BTreeSet<&String> = head.iter().collect();
    assert_eq!(names.len(), head.len(), "a column is there twice: {head:?}");
    let users: Vec<usize> = (0..head.len())
        .filter(|c| ["username", "email", "idnumber"].contains(&head[*c].as_str()))
        .collect();
    assert!(
        !users.is_empty() && users[0] == 0,
        "no column for the user: {head:?}"
    );
    for column in users.iter().copied() {
        let course = known
            .iter()
            .find(|(name, _)| *name == head[column])
            .unwrap()
            .1;
        let mut seen = BTreeSet::new();
        for row in body {
            assert!(
                course.contains(&row[column].as_str()),
                "unknown user «{}»",
                row[column]
            );
            assert!(seen.insert(&row[column]), "twice: {}", row[column]);
        }
    }
    let items: Vec<usize> = (users.len()..head.len())
        .filter(|c| !head[*c].ends_with(" feedback"))
        .collect();
    for item in &items {
        assert_eq!(head[item + 1], format!("{} feedback", head[*item]));
    }
    let number = |cell: &String| match cell.as_str() {
        "" | "-" => None,
        text => {
            let value: f64 = text
                .parse()
                .unwrap_or_else(|_| panic!("«{text}» is no number"));
            assert!((0.0..=100.0).contains(&value), "{value}");
            Some(value)
        }
    };
    body.iter()
        .map(|row| {
            (
                row[0].clone(),
                items.iter().map(|c| number(&row[*c])).collect(),
            )
        })
        .collect()
}

/// One student as Canvas takes them in.
#[derive(Debug, PartialEq)]
pub(super) struct Student {
    pub(super) name: String,
    found_by: &'static str,
    pub(super) scores: Vec<Option<f64>>,
}

/// What Canvas would take in (`lib/gradebook_importer.rb`): the header, the row
/// of possible points, students found by their numbers. Gives the assignments,
/// with the number of those that have one, and the students.
pub(super) fn canvas(text: &str) -> (Vec<(String, Option<u64>)>, Vec<Student>) {
    let rows = rows(text);
    let head = &rows[0];
    assert!(
        head.len() > 3 && head[0].contains("Student") && head[1].contains("ID"),
        "{head:?}"
    );
    let columns = match (head[2].as_str(), head[3].as_str()) {
        ("SIS User ID", "SIS Login ID") => 4,
        ("SIS Login ID", _) => 3,
        other => panic!("Canvas does not read {other:?}"),
    };
    assert!(head[columns].contains("Section"), "{head:?}");
    let first = columns + 1;
    let assignments = head[first..].iter().map(|title| {
        let number = title.strip_suffix(')').and_then(|t| t.rsplit_once('('));
        match number.and_then(|(title, id)| Some((title.trim(), id.parse().ok()?))) {
            Some((title, id)) => (title.to_owned(), Some(id)),
            None => (title.clone(), None),
        }
    });
    assert!(rows[1][0].contains("Points Possible"), "{:?}", rows[1]);
    for points in &rows[1][first..] {
        assert!(points.parse::<f64>().unwrap() > 0.0);
    }
    let students = rows[2..].iter().map(|row| {
        let by = ["ID", "SIS User ID", "SIS Login ID"];
        let found = (1..columns).find(|c| !row[*c].is_empty());
        let found = found.unwrap_or_else(|| panic!("missing student {row:?}"));
        let score = |cell: &String| match cell.as_str() {
            "" | "-" => None,
            text => Some(
                text.parse()
                    .unwrap_or_else(|_| panic!("«{text}» is no score")),
            ),
        };
        Student {
            name: row[0].clone(),
            found_by: by[found - 1],
            scores: row[first..].iter().map(score).collect(),
        }
    });
    (assignments.collect(), students.collect())
}

fn student(name: &str, found_by: &'static str, scores: [Option<f64>; 2]) -> Student {
    Student {
        name: name.to_owned(),
        found_by,
        scores: scores.to_vec(),
    }
}

const QUOTES: &str = "José \"Zé\" D'Ávila, Júnior";

#[tokio::test]
async fn moodle_and_canvas_take_the_files() {
    let school = School::new(&[
        Entry {
            id: "ana",
            name: "Ana Conceição",
            more: "email = \"ana@x.br\"\nmoodle = { username = \"ana.c\" }\ncanvas = { id = 11, section = \"Noite; 2ª\" }",
        },
        Entry {
            id: "ze",
            name: QUOTES,
            more: "email = \"ze@x.br\"\nmoodle = { username = \"zé,1\", idnumber = \"20\" }\ncanvas = { sis_user_id = \"S-20\" }",
        },
        Entry {
            id: "sem",
            name: "Sem Número",
            more: "email = \"sem@x.br\"",
        },
        Entry {
            id: "longe",
            name: "Longe",
            more: "email = \"longe@x.br\"\nmoodle = { username = \"longe\" }\ncanvas = { sis_login_id = \"longe\" }\naccess.sandbox = { endpoint = \"http://127.0.0.1:9\" }",
        },
    ]);
    let mut hand = Hand::new();
    hand.solve(school.pupil("ana"), "primeira-funcao", 99).await;
    hand.solve(school.pupil("ze"), "primeira-funcao", 1).await;
    let both = ["--lab", "00", "--lab", "versoes"];
    school
        .class(&[&["grade"], &both[..]].concat())
        .expect_code(3);
    let first = f64::from(hand.lab("primeira-funcao").steps[0].points);

    let export = |more: &[&str]| {
        let all = [&["export", "--json"], more, &both[..]].concat();
        school.class(&all).expect_code(0).json()
    };
    let answer = export(&["--format", "moodle"]);
    let known: [(&str, &[&str]); 3] = [
        ("username", &["ana.c", "zé,1", "longe"]),
        ("email", &["ana@x.br", "ze@x.br", "sem@x.br", "longe@x.br"]),
        ("idnumber", &["20"]),
    ];
    // Everybody has an e-mail address, so that is what most have.
    let text = school.read("notas-moodle.csv");
    let users: Vec<_> = moodle(&text, &known);
    assert_eq!(users.len(), 4, "{text}");
    assert_eq!(answer["left_out"].as_array().unwrap().len(), 0);
    export(&["--format", "moodle", "--key", "username"]);
    let text = school.read("notas-moodle.csv");
    assert_eq!(
        moodle(&text, &known),
        [
            ("ana.c".to_owned(), vec![Some(100.0), Some(0.0)]),
            ("zé,1".to_owned(), vec![Some(first), Some(0.0)]),
            // What could not be seen has no grade.
            ("longe".to_owned(), vec![None, None]),
        ],
        "{text}"
    );
    let aside = rows(&school.read("notas-moodle.sem-id.csv"));
    assert_eq!(aside[1], ["sem", "Sem Número", "falta `username`"]);

    fs::write(
        school.folder("turma").join("canvas.toml"),
        "primeira-funcao = 4321\n",
    )
    .unwrap();
    let answer = export(&["--format", "canvas", "--assignments", "canvas.toml"]);
    let text = school.read("notas-canvas.csv");
    let (assignments, students) = canvas(&text);
    let titles: Vec<String> = ["primeira-funcao", "versoes"]
        .map(|id| hand.lab(id).title.clone())
        .into();
    assert_eq!(
        assignments,
        [(titles[0].clone(), Some(4321)), (titles[1].clone(), None)]
    );
    assert_eq!(
        students,
        [
            student("Ana Conceição", "ID", [Some(100.0), Some(0.0)]),
            student(QUOTES, "SIS User ID", [Some(first), Some(0.0)]),
            student("Longe", "SIS Login ID", [None, None]),
        ],
        "{text}"
    );
    assert!(
        text.starts_with("Student,ID,SIS User ID,SIS Login ID,Section,"),
        "{text}"
    );
    assert_eq!(answer["left_out"][0]["id"], "sem");
    assert_eq!(answer["blank"].as_array().unwrap().len(), 2);

    records(&school, &export);
}

/// The records for spreadsheets and programs: a line a step, no point that
/// nobody saw.
fn records(school: &School, export: &dyn Fn(&[&str]) -> serde_json::Value) {
    export(&["--format", "csv"]);
    export(&["--format", "json"]);
    let table = rows(&school.read("notas.csv"));
    let list: Vec<serde_json::Value> = serde_json::from_str(&school.read("notas.json")).unwrap();
    assert_eq!(table.len(), list.len() + 1);
    let column = |name: &str| table[0].iter().position(|c| c == name).unwrap();
    for (row, record) in table[1..].iter().zip(&list) {
        for name in ["learner", "lab", "step", "status", "account"] {
            assert_eq!(row[column(name)], record[name].as_str().unwrap());
        }
        let longe = record["learner"] == "longe";
        assert_eq!(record["points"].is_null(), longe, "{record}");
        assert_eq!(row[column("points")].is_empty(), longe);
        assert_eq!(record["mode"], "instructor");
    }
    let passed = list.iter().find(|r| r["status"] == "passed").unwrap();
    assert!(
        passed["evidence"].is_string() && passed["checked_at"].is_string(),
        "{passed}"
    );
    assert!(list.iter().any(|r| r["name"] == QUOTES));
}
