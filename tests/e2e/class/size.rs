//! A class of forty, with its figures. Takes minutes, so it is asked for:
//! `cargo test --test e2e class::size -- --ignored --nocapture`.

use std::time::Instant;

use super::school::{Entry, Hand, School};

/// How far each learner went, by turns.
const DEGREES: [[usize; 3]; 5] = [[99, 99, 0], [99, 3, 0], [2, 0, 4], [0, 0, 0], [99, 99, 99]];
const LABS: [&str; 3] = ["primeira-funcao", "versoes", "notas-fiscais"];

#[tokio::test]
#[ignore = "takes minutes"]
async fn forty_learners() {
    let ids: Vec<String> = (1..=40).map(|n| format!("aluno-{n:02}")).collect();
    let entries: Vec<Entry<'_>> = ids
        .iter()
        .map(|id| Entry {
            id,
            name: id,
            more: "",
        })
        .collect();
    let school = School::new(&entries);
    let mut hand = Hand::new();
    let began = Instant::now();
    for (pupil, degree) in school.pupils.iter().zip(DEGREES.iter().cycle()) {
        for (lab, steps) in LABS.iter().zip(degree) {
            hand.solve(pupil, lab, *steps).await;
        }
    }
    eprintln!("solved in {:.1?}", began.elapsed());
    let chosen = LABS.iter().flat_map(|lab| ["--lab", lab]);
    let chosen: Vec<&str> = chosen.collect();
    let began = Instant::now();
    let ran = school.class(&[&["grade", "--json"], &chosen[..]].concat());
    eprintln!("graded in {:.1?}, exit {}", began.elapsed(), ran.code);
    let answer = ran.expect_code(0).json();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 120);
    let mut wrong = Vec::new();
    for (pupil, degree) in school.pupils.iter().zip(DEGREES.iter().cycle()) {
        for (lab, steps) in LABS.iter().zip(degree) {
            let due: u32 = hand
                .lab(lab)
                .steps
                .iter()
                .take(*steps)
                .map(|s| s.points)
                .sum();
            let result = results
                .iter()
                .find(|r| r["learner"] == *pupil.id && r["lab"] == *lab);
            let earned = &result.unwrap()["points"]["earned"];
            if *earned != due {
                wrong.push(format!("{} {lab}: {earned} and not {due}", pupil.id));
            }
        }
    }
    eprintln!("{} of 120 not as due: {wrong:#?}", wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
