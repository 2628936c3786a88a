//! Two who teach grade at the same time into one table.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::school::{Entry, School};
use crate::support::{Ran, shared};

const PUPILS: [&str; 6] = ["ana", "beto", "caio", "dora", "eva", "fábio"];

/// `lab class` as somebody who has an account of their own in the sandbox.
fn teacher(school: &School, folder: &str, account: &str, arguments: &[&str]) -> Command {
    let mut command = school.command(arguments);
    command
        .current_dir(school.folder(folder))
        .env("AWS_ENDPOINT_URL", shared().endpoint())
        .env("AWS_ACCESS_KEY_ID", account)
        .env("AWS_SECRET_ACCESS_KEY", "sandbox")
        .env("AWS_REGION", "us-east-1");
    command
}

#[test]
fn of_two_gradings_into_one_table_nothing_is_lost() {
    let ids = ["ana", "beto", "caio", "dora", "eva", "fabio"];
    let entries: Vec<Entry<'_>> = ids
        .iter()
        .zip(PUPILS)
        .map(|(id, name)| Entry { id, name, more: "" })
        .collect();
    let school = School::new(&entries);
    // The second one has a folder of their own, with the same roster.
    fs::create_dir(school.folder("outra")).unwrap();
    fs::write(school.folder("outra/turma.toml"), school.read("turma.toml")).unwrap();
    let account = format!("6{:011}", fastrand::u64(..100_000_000_000));
    let table = format!("dynamodb://notas-{}", school.home.prefix());
    let grade = [
        "grade",
        "--lab",
        "00",
        "--lab",
        "versoes",
        "--accounts",
        "4",
        "--json",
        "--gradebook",
        &table,
    ];
    // Who only reads makes no table.
    for _ in 0..2 {
        let early = teacher(
            &school,
            "turma",
            &account,
            &["report", "--gradebook", &table],
        );
        let early = Ran::run(early).expect_code(2);
        assert!(early.stderr.contains("não existe"), "{early}");
    }
    std::thread::scope(|scope| {
        for folder in ["turma", "outra"] {
            let command = teacher(&school, folder, &account, &grade);
            scope.spawn(|| Ran::run(command).expect_code(0));
        }
    });
    let ask = |arguments: &[&str]| {
        let with_table = [arguments, &["--gradebook", &table]].concat();
        Ran::run(teacher(&school, "outra", &account, &with_table)).expect_code(0)
    };
    ask(&[
        "export", "--format", "json", "--lab", "00", "--lab", "versoes",
    ]);
    let text = fs::read_to_string(school.folder("outra/notas.json")).unwrap();
    let records: Vec<Value> = serde_json::from_str(&text).unwrap();
    let steps = records.len() / ids.len();
    assert_eq!((steps, records.len() % ids.len()), (14, 0));
    for record in &records {
        assert_eq!(record["looks"], 2, "{record}");
    }
    // Nothing is in the folders, and a table of something else is left alone.
    assert!(!school.folder("turma/notas").exists() && !school.folder("outra/notas").exists());
    let foreign = format!("alheia-{}", school.home.prefix());
    let mut make = shared().python();
    make.env("AWS_ACCESS_KEY_ID", &account).args([
        "-c",
        "import boto3, sys; boto3.client('dynamodb').create_table(TableName=sys.argv[1], \
         BillingMode='PAY_PER_REQUEST', KeySchema=[{'AttributeName': 'numero', 'KeyType': 'HASH'}], \
         AttributeDefinitions=[{'AttributeName': 'numero', 'AttributeType': 'S'}])",
        &foreign,
    ]);
    Ran::run(make).expect_code(0);
    let book = format!("dynamodb://{foreign}");
    let refused = teacher(
        &school,
        "turma",
        &account,
        &["grade", "--lab", "00", "--gradebook", &book],
    );
    let refused = Ran::run(refused).expect_code(2);
    assert!(
        refused
            .stderr
            .contains("existe e não é um caderno de notas"),
        "{refused}"
    );
}
