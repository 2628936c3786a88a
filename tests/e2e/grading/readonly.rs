//! Looking changes nothing, also when it is broken off.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use super::report::Report;
use crate::support::{Home, Ran};

#[test]
fn a_check_leaves_the_account_as_it_was() {
    let home = Home::new();
    home.boto3("aluno_boto3.py", &[]).expect_code(0);
    // The first call of a function makes its log group.
    home.lab(&["check"]).expect_code(0);
    let before = inventory(&home);
    home.lab(&["check"]).expect_code(0);
    home.lab(&["check", "gatilho"]).expect_code(0);
    // What was set in motion twice may still be on its way.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(inventory(&home), before);
    home.lab(&["reset", "--yes"]).expect_code(0);
}

#[test]
fn a_failed_check_leaves_the_account_as_it_was() {
    let home = Home::new();
    home.boto3("mutacoes.py", &["recusa-e-grava"])
        .expect_code(0);
    home.lab(&["check"]).expect_code(1);
    let before = inventory(&home);
    home.lab(&["check"]).expect_code(1);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(inventory(&home), before);
    home.lab(&["reset", "--yes"]).expect_code(0);
}

#[test]
fn a_slow_function_leaves_nothing_behind() {
    let home = Home::new();
    home.boto3("mutacoes.py", &["demora"]).expect_code(0);
    home.lab(&["check"]).expect_code(0);
    let before = inventory(&home);
    home.lab(&["check"]).expect_code(0);
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(inventory(&home), before);
    home.lab(&["reset", "--yes"]).expect_code(0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_check_takes_back_what_it_made() {
    // A notification that is not there, a function that takes its time.
    std::thread::scope(|scope| {
        for mutation in ["sem-notificacao", "demora"] {
            scope.spawn(move || interrupted(mutation));
        }
    });
}

#[cfg(unix)]
fn interrupted(mutation: &str) {
    let home = Home::new();
    home.boto3("mutacoes.py", &[mutation]).expect_code(0);
    // Warm: how long a first start takes says nothing here.
    home.lab(&["check", "funcao"]).expect_code(0);
    let mut before = inventory(&home);
    let child = home
        .command(&["check", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(900));
    signal("-INT", child.id());
    let ran = Ran::of(child.wait_with_output().unwrap());
    let report = Report::of(&ran);
    assert_eq!(report.json["interrupted"], json!(true), "{mutation}: {ran}");
    assert!(report.results().len() < 29, "{mutation}");
    // What was seen to be wrong before the interruption stays wrong.
    let failed = !report.with("fail").is_empty();
    assert_eq!(ran.code, if failed { 1 } else { 3 }, "{ran}");
    assert_eq!(failed, mutation == "sem-notificacao", "{ran}");
    assert_eq!(home.journal().len(), 2);
    std::thread::sleep(Duration::from_millis(2500));
    let mut after = inventory(&home);
    for inventory in [&mut before, &mut after] {
        inventory["log_groups"] = json!({});
    }
    assert_eq!(after, before, "{mutation}");
    home.lab(&["reset", "--yes"]).expect_code(0);
}

/// Sends a signal to a process that this test started.
#[cfg(unix)]
pub(super) fn signal(name: &str, pid: u32) {
    let sent = std::process::Command::new("kill")
        .args([name, &pid.to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

fn inventory(home: &Home) -> Value {
    home.boto3("inventario.py", &[]).expect_code(0).json()
}
