//! `lab demo`: the whole lab, unattended, and nothing left of it.

use std::process::Stdio;

use serde_json::Value;

use super::{has, lab_with};
use crate::support::{Home, Ran, shared};

/// Everything that an account of the sandbox holds.
fn holdings(account: &str) -> String {
    let program = "\
import boto3
s3 = [b['Name'] for b in boto3.client('s3').list_buckets()['Buckets']]
tables = boto3.client('dynamodb').list_tables()['TableNames']
functions = [f['FunctionName'] for f in boto3.client('lambda').list_functions()['Functions']]
roles = [r['RoleName'] for r in boto3.client('iam').list_roles()['Roles'] if 'demo-' in r['RoleName']]
apis = [a['name'] for a in boto3.client('apigateway').get_rest_apis()['items']]
groups = [g['logGroupName'] for g in boto3.client('logs').describe_log_groups()['logGroups']]
print(sorted(s3 + tables + functions + roles + apis + groups))
";
    let mut python = shared().python();
    python
        .args(["-c", program])
        .env("AWS_ACCESS_KEY_ID", account)
        .stdin(Stdio::null());
    Ran::run(python).expect_code(0).stdout.trim().to_owned()
}

#[test]
fn every_step_passes_and_nothing_is_left() {
    let home = Home::new();
    // Someone who works with AWS tries it first thing.
    let own = [
        ("AWS_PROFILE", "empresa"),
        ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9"),
        ("AWS_SESSION_TOKEN", "FwoGZXIvYXdzEXEMPLO"),
    ];
    let ran = lab_with(&home, &own, &["demo"]).expect_code(0);
    has(
        &ran.stdout,
        &[
            "Demonstração: Nota fiscal no S3 aciona uma função",
            "Conta vazia: 0 de 29 verificações passam.",
            "Passo 1 · Um bucket fechado ao público",
            "Passo 7 · Consulta pela API",
            "29 de 29 verificações passaram · 100 de 100 pontos",
            "100 % em ",
        ],
    );
    assert!(
        ran.stdout
            .trim_end()
            .ends_with("Agora é a sua vez: `lab start`"),
        "{ran}"
    );
    let (_, rest) = ran.stdout.split_once("conta descartável ").unwrap();
    let account = &rest[..12];
    assert!(account.bytes().all(|b| b.is_ascii_digit()), "{account}");
    assert_eq!(holdings(account), "[]");
    // It is nobody's attempt.
    assert!(home.journal().is_empty());
    home.lab(&["sandbox", "status"]).expect_code(0);
}

#[test]
fn the_whole_course_as_json() {
    let home = Home::new();
    let answer = home.lab(&["demo", "--all", "--json"]).expect_code(0).json();
    assert_eq!(answer["version"], 1);
    let course = home.lab(&["list", "--json"]).expect_code(0).json();
    let ids = |all: &Value, name: &str| -> Vec<String> {
        let all = all.as_array().unwrap();
        all.iter()
            .map(|lab| lab[name].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&answer["labs"], "lab"), ids(&course["labs"], "id"));
    for lab in answer["labs"].as_array().unwrap() {
        assert_eq!(lab["points"]["earned"], 100, "{lab}");
        // The empty account, what a prepared lab begins with, every step, and
        // all of it at once.
        let stages = lab["stages"].as_array().unwrap();
        assert_eq!(stages[0]["passed"], 0, "{lab}");
        let prepared = usize::from(lab["lab"] == "projeto-final");
        for broken in &stages[1..=prepared] {
            assert!(
                broken["passed"].as_u64() < broken["checks"].as_u64(),
                "{lab}"
            );
        }
        for stage in &stages[1 + prepared..] {
            assert_eq!(stage["passed"], stage["checks"], "{stage}");
        }
        let steps = stages.iter().filter(|stage| !stage["step"].is_null());
        assert!(steps.count() >= 4, "{lab}");
    }
}
