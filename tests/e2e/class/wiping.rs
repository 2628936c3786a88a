//! A class's accounts are reset: what the course made goes, and nothing else,
//! whatever happens meanwhile.

use std::time::{Duration, Instant};

use runner::aws::{Connection, Inventory, Session, TargetKind};
use serde_json::Value;

use super::school::{Entry, Hand, Pupil, REGION, School};
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
async fn what_labs_made_goes_and_every_foreign_thing_stays_as_it_was() {
    let school = School::new(&[ANA, BIA]);
    let (ana, bia) = (school.pupil("ana"), school.pupil("bia"));
    make(ana, &["alheio"]);
    make(bia, &["alheio"]);
    let before = [look(ana).await, look(bia).await];
    let mut hand = Hand::new();
    hand.solve(ana, "notas-fiscais", 7).await;
    hand.solve(ana, "primeira-funcao", 3).await;
    hand.solve(bia, "fila-de-eventos", 3).await;
    let built = [look(ana).await, look(bia).await];
    assert!(built[0] != before[0] && built[1] != before[1]);

    let (file, hash, plan) = plan(&school, &[], 0);
    let parts = plan["parts"].as_array().unwrap();
    assert_eq!(
        parts[0]["labs"],
        serde_json::json!(["notas-fiscais", "primeira-funcao"])
    );
    assert!(parts[0]["stays"].as_array().unwrap().len() > 30, "{plan:#}");
    let why = |name: &str| {
        let stays = parts[0]["stays"].as_array().unwrap();
        let stay = stays.iter().find(|s| s["name"] == name).unwrap();
        stay["why"].as_str().unwrap().to_owned()
    };
    assert_eq!(why("LabReset"), "é um papel de quem administra a turma");
    assert_eq!(why("fila-de-casa"), "nenhum lab pede este nome");
    assert!(why(&format!("{}-notas-vizinho", ana.prefix)).contains("nenhum lab pede este nome"));
    // A plan only looks.
    same(&built[0], &look(ana).await);

    let done = reset(&school, &file, &hash, &["--canary", "bia"])
        .expect_code(0)
        .json();
    assert_eq!(done["status"], "clean");
    assert_eq!(of(&done, "ana")["word"], "limpo", "{done:#}");
    same(&before[0], &look(ana).await);
    same(&before[1], &look(bia).await);

    let (_, _, empty) = self::plan(&school, &[], 0);
    assert_eq!(empty["goes"], 0);
    // The same plan is not done twice.
    let again = reset(&school, &file, &hash, &[]).expect_code(2);
    assert!(again.stdout.contains("já começou"), "{again}");
}

#[tokio::test]
async fn no_guard_can_be_walked_past() {
    let school = School::new(&[ANA, BIA]);
    let (ana, bia) = (school.pupil("ana"), school.pupil("bia"));
    make(ana, &["curso"]);
    make(bia, &["curso"]);
    let before = [look(ana).await, look(bia).await];
    let (file, hash, _) = plan(&school, &[], 0);
    let refused = |arguments: &[&str], says: &str| {
        let ran = school.class(&[&["reset", "--plan", &file], arguments].concat());
        let ran = ran.expect_code(2);
        assert!(ran.stderr.contains(says), "{says}: {ran}");
    };
    refused(&["--yes", &hash], "ainda não tem nota");
    refused(
        &["--discard-grades"],
        "sem um terminal, confirme com `--yes HASH`",
    );
    refused(
        &["--discard-grades", "--yes", "0123456789ab"],
        "não é o hash deste plano",
    );
    refused(
        &["--discard-grades", "--yes", &hash[..4]],
        "não é o hash deste plano",
    );
    refused(
        &["--discard-grades", "--yes", &hash, "--max-deletes", "3"],
        "permite 3",
    );
    refused(
        &["--discard-grades", "--yes", &hash, "--canary", "caio"],
        "deveria ser a primeira",
    );
    school
        .class(&["reset", "--plan", &file, "--discard-grades", "--dry-run"])
        .expect_code(0);
    let dry = ["--dry-run", "--discard-grades", "--json"];
    let dry = school.class(&[&["reset", "--plan", &file], &dry[..]].concat());
    let told = dry.expect_code(0).json();
    assert_eq!(
        (&told["plan"], &told["done"]),
        (&hash.as_str().into(), &false.into())
    );

    // Whoever the roster says now owns the account is not who the plan is about.
    school.write_roster(&[ANA]);
    refused(
        &["--discard-grades", "--yes", &hash],
        "`bia` do plano não está na turma",
    );
    let roster = school.read("turma.toml");
    let path = school.folder("turma").join("turma.toml");
    let mine = format!("management = \"{}\"\n\n[[learner]]", ana.account);
    std::fs::write(&path, roster.replace("[[learner]]", &mine)).unwrap();
    school
        .class(&["reset", "--plan", &file, "--discard-grades", "--yes", &hash])
        .expect_code(4);
    school.write_roster(&[ANA, BIA]);

    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("-notas\"", "-fotos\"")).unwrap();
    refused(
        &["--discard-grades", "--yes", &hash],
        "foi modificado depois de feito",
    );
    same(&before[0], &look(ana).await);
    same(&before[1], &look(bia).await);
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
