//! Places where it is hard to work: a full disk, a folder that only can be read,
//! paths that are no text, no home at all, and others at the same account.

#![cfg(unix)]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{ana, failure, has};
use crate::support::{Home, Ran};

/// `lab` in a shell that may not make any file longer: writes fail as on a full
/// disk, which nobody can be given without being root.
fn where_nothing_fits(home: &Home, arguments: &[&str]) -> Ran {
    let lab = home.command(arguments);
    let mut shell = Command::new("bash");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "bash"])
        .arg(lab.get_program())
        .args(lab.get_args())
        .current_dir(home.path())
        .stdin(Stdio::null())
        .env_clear();
    for (name, value) in lab.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    Ran::run(shell)
}

#[test]
fn a_full_disk_loses_nothing_that_was_kept() {
    let home = Home::new();
    home.lab(&["check", "bucket", "--json"]).expect_code(1);
    let kept = home.journal();
    for arguments in [
        &["check", "bucket"][..],
        &["hint", "bucket"],
        &["quiz", "--answer", "notas-fiscais-decimal=Decimal"],
        &["start"],
    ] {
        let ran = where_nothing_fits(&home, arguments).expect_code(3);
        has(
            &ran.stderr,
            &[
                "o arquivo passaria do tamanho permitido",
                "libere espaço no disco",
            ],
        );
        assert!(!ran.stderr.contains("os error"), "{ran}");
    }
    let ran = where_nothing_fits(&home, &["check", "bucket", "--json"]).expect_code(3);
    failure(&ran, "environment");
    assert_eq!(home.journal(), kept);
    let progress = home.lab(&["progress"]).expect_code(0);
    assert_eq!(progress.stderr, "");
}

#[test]
fn paths_that_are_no_text_are_paths_all_the_same() {
    let home = ana();
    let name = OsString::from_vec(b"dados \xff\xc3".to_vec());
    let data = home.path().join(name);
    let run = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.env("LAB_HOME", &data);
        Ran::run(command)
    };
    run(&["hint"]).expect_code(0);
    assert!(data.join("journal.jsonl").is_file());
    run(&["list", "--json"]).expect_code(0).json();
    let place = data.join("trabalho");
    let mut command = home.command(&["start", "notas-fiscais", "--dir"]);
    command.arg(&place).env("LAB_HOME", home.data());
    let ran = Ran::run(command).expect_code(3);
    has(&ran.stderr, &["não são UTF-8", "--dir"]);
}

#[test]
fn a_path_with_spaces_and_accents_is_nothing_special() {
    let home = Home::new();
    let place = home.path().join("Área de Trabalho/minhas notas");
    let mut command = home.command(&["start", "notas-fiscais", "--dir"]);
    command.arg(&place);
    Ran::run(command).expect_code(0);
    assert!(place.join("processa-nota/app.py").is_file());
    let mut command = home.command(&["zip", "processa-nota"]);
    command.current_dir(&place);
    Ran::run(command).expect_code(0);
}

#[test]
fn without_a_home_the_data_folder_is_asked_for() {
    let home = Home::untouched();
    let run = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.env_remove("HOME").env_remove("LAB_HOME");
        Ran::run(command)
    };
    // The system may know the person's folder; if not, the message says what to set.
    let ran = run(&["list"]);
    assert!(
        ran.code == 0 || (ran.code == 3 && ran.stderr.contains("LAB_HOME")),
        "{ran}"
    );
}

#[test]
fn two_checks_and_a_reset_of_one_account_at_once() {
    let home = Home::new();
    home.boto3("aluno_boto3.py", &[]).expect_code(0);
    let check = || home.lab(&["check", "--json"]);
    let reset = || home.lab(&["reset", "--yes", "--json"]);
    let (first, second, reset) = std::thread::scope(|scope| {
        let (first, second) = (scope.spawn(check), scope.spawn(check));
        let reset = scope.spawn(reset);
        (
            first.join().unwrap(),
            second.join().unwrap(),
            reset.join().unwrap(),
        )
    });
    for ran in [&first, &second] {
        // What is being deleted may be there or not: what is said of it is true
        // either way, and nothing is the lab's own fault.
        assert!([0, 1, 3, 5].contains(&ran.code), "{ran}");
        let json = ran.json();
        for result in json["results"].as_array().unwrap() {
            assert_ne!(result["verdict"], "broken", "{result:#}");
        }
    }
    let done = reset.json();
    assert!([0, 3].contains(&reset.code), "{reset}");
    assert!(done["deleted"].is_array(), "{reset}");
    // Whatever the checks set in motion meanwhile, and its log, goes with a later one.
    let began = Instant::now();
    loop {
        home.lab(&["reset", "--yes"]).expect_code(0);
        let plan = home.lab(&["reset", "--dry-run", "--json"]).expect_code(0);
        if plan.json()["plan"] == Value::Array(vec![]) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{plan}");
    }
    assert_eq!(home.journal().len(), 2);
}
