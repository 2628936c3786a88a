//! A class's accounts are reset: what the course made goes, and nothing else,
//! whatever happens meanwhile.

use std::time::{Duration, Instant};

use runner::aws::{Connection, Inventory, Session, TargetKind};
use serde_json::Value;

use super::school::{Entry, Pupil, REGION, School};
use crate::support::{Ran, fixture, shared};

pub(super) const ANA: Entry<'_> = Entry {
    id: "ana",
    name: "Ana Conceição",
    more: "",
};
pub(super) const BIA: Entry<'_> = Entry {
    id: "bia",
    name: "Bia \"B\" Souza, a 2ª",
    more: "",
};

/// Makes things in a learner's account.
pub(super) fn make(pupil: &Pupil, what: &[&str]) {
    let mut python = shared().python();
    python
        .env("AWS_ACCESS_KEY_ID", &pupil.account)
        .env("AWS_SECRET_ACCESS_KEY", "sandbox")
        .env_remove("AWS_SESSION_TOKEN")
        .arg(fixture("limpeza.py"))
        .args([&pupil.prefix, &pupil.account, REGION])
        .args(what);
    Ran::run(python).expect_code(0);
}

pub(super) async fn look(pupil: &Pupil) -> Inventory {
    let session = Session::connect(&Connection {
        kind: TargetKind::Sandbox,
        endpoint: Some(shared().endpoint().to_owned()),
        region: Some(REGION.to_owned()),
        keys: Some((pupil.account.clone(), "sandbox".to_owned())),
    })
    .await;
    session.inventory().await.unwrap()
}

/// Nothing new, nothing gone.
#[track_caller]
pub(super) fn same(before: &Inventory, after: &Inventory) {
    assert_eq!(before.difference(after), (vec![], vec![]));
}

/// Makes a plan: its file and its hash.
pub(super) fn plan(school: &School, arguments: &[&str], code: i32) -> (String, String, Value) {
    let all = [&["plan", "--json"], arguments].concat();
    let plan = school.class(&all).expect_code(code).json();
    let text = |field: &str| plan[field].as_str().unwrap().to_owned();
    (text("file"), text("hash"), plan)
}

pub(super) fn reset(school: &School, file: &str, hash: &str, more: &[&str]) -> Ran {
    let arguments = [
        "reset",
        "--plan",
        file,
        "--yes",
        hash,
        "--discard-grades",
        "--json",
    ];
    school.class(&[&arguments, more].concat())
}

pub(super) fn of<'v>(answer: &'v Value, learner: &str) -> &'v Value {
    let learners = answer["learners"].as_array().unwrap();
    learners.iter().find(|l| l["learner"] == learner).unwrap()
}

#[tokio::test]
async fn what_was_made_anew_after_the_plan_stays_and_is_told() {
    let school = School::new(&[ANA]);
    let ana = school.pupil("ana");
    make(ana, &["curso"]);
    let (file, hash, _) = plan(&school, &[], 0);
    // Its date of creation is told in seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    make(ana, &["tabela-nova"]);
    let done = reset(&school, &file, &hash, &[]).expect_code(1).json();
    let ana_done = of(&done, "ana");
    assert_eq!(ana_done["word"], "resíduo");
    let table = format!("{}-notas-fiscais", ana.prefix);
    let left = ana_done["left"].as_array().unwrap();
    assert_eq!(left.len(), 1, "{done:#}");
    assert_eq!(left[0]["name"], table);
    assert!(left[0]["why"].as_str().unwrap().contains("depois do plano"));
    assert_eq!(
        left[0]["commands"][0],
        format!("aws dynamodb delete-table --table-name {table} --region us-east-1")
    );
    let there = look(ana).await;
    assert!(
        there.lines().all(|line| line.contains(&table)),
        "{there:#?}"
    );
}

#[tokio::test]
async fn a_bucket_of_two_thousand_versions_and_an_open_upload_goes() {
    let school = School::new(&[ANA]);
    let ana = school.pupil("ana");
    make(ana, &["versoes"]);
    let there = look(ana).await;
    let count = |start: &str| there.lines().filter(|l| l.starts_with(start)).count();
    assert_eq!(count("s3_object "), 2000);
    assert_eq!(
        (count("s3_delete_marker "), count("s3_multipart_upload ")),
        (1, 1)
    );
    let (file, hash, _) = plan(&school, &[], 0);
    reset(&school, &file, &hash, &[]).expect_code(0);
    assert!(look(ana).await.is_empty());
}

#[tokio::test]
async fn a_function_that_still_runs_leaves_no_log_group() {
    let school = School::new(&[ANA]);
    let ana = school.pupil("ana");
    make(ana, &["demora"]);
    let (file, hash, _) = plan(&school, &[], 0);
    reset(&school, &file, &hash, &[]).expect_code(0);
    // Longer than the call takes.
    let until = Instant::now() + Duration::from_secs(6);
    while Instant::now() < until {
        assert!(look(ana).await.is_empty());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
