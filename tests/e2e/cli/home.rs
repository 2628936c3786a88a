//! The data folder: where it cannot be, and what is found in it.

use std::fs;

use super::{ana, failure, has, lab_with};
use crate::support::Home;

#[test]
fn below_a_file_nothing_can_be_kept() {
    let home = Home::untouched();
    fs::write(home.path().join("arquivo"), "").unwrap();
    let below = home.path().join("arquivo/dados").display().to_string();
    let variables = [("LAB_HOME", below.as_str())];
    for arguments in [
        &["start"][..],
        &["list"],
        &["progress"],
        &["hint"],
        &["show"],
        &[],
    ] {
        let ran = lab_with(&home, &variables, arguments).expect_code(3);
        has(
            &ran.stderr,
            &[
                "erro: ",
                &below,
                "uma parte do caminho é um arquivo, não uma pasta",
                "LAB_HOME",
            ],
        );
        assert!(!ran.stderr.contains("os error"), "{ran}");
    }
    let ran = lab_with(&home, &variables, &["list", "--json"]).expect_code(3);
    failure(&ran, "environment");
    let ran = lab_with(&home, &variables, &["doctor"]).expect_code(3);
    has(&ran.stdout, &["✘ PROBLEMA dados"]);
}

#[test]
fn an_empty_lab_home_is_none() {
    let home = Home::untouched();
    let variables = [("LAB_HOME", "")];
    lab_with(&home, &variables, &["show"]).expect_code(0);
    assert!(!home.data().exists());
    let left: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(
        left,
        ["home"],
        "nothing was written into the current folder"
    );
}

#[test]
fn a_relative_lab_home_is_one_place_from_the_folder_it_is_said_in() {
    let home = Home::untouched();
    lab_with(&home, &[("LAB_HOME", "dados é")], &["hint"]).expect_code(0);
    assert!(home.path().join("dados é/journal.jsonl").is_file());
}

#[test]
fn settings_that_cannot_be_read_are_left_alone() {
    for (text, said) in [
        ("prefix = \n", "não está no formato esperado"),
        (
            "prefix = \"a\"\ntarget = \"lua\"\n",
            "não está no formato esperado",
        ),
        (
            "prefix = \"a\"\ntarget = \"sandbox\"\ncor = 1\n",
            "não está no formato esperado",
        ),
        ("", "não está no formato esperado"),
    ] {
        let home = Home::untouched();
        home.settings(text);
        for command in ["show", "check", "start", "env"] {
            let ran = home.lab(&[command]).expect_code(3);
            has(&ran.stderr, &["settings.toml", said, "o progresso não"]);
        }
        let kept = fs::read_to_string(home.data().join("settings.toml")).unwrap();
        assert_eq!(kept, text);
        has(
            &home.lab(&["doctor"]).expect_code(3).stdout,
            &["✘ PROBLEMA ajustes"],
        );
    }
}

#[test]
fn a_journal_of_a_newer_version_is_refused_and_left_alone() {
    let home = ana();
    home.lab(&["hint"]).expect_code(0);
    let path = home.data().join("journal.jsonl");
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("{\"format_version\":99,\"nova\":true}\n");
    fs::write(&path, &text).unwrap();
    for arguments in [
        &["progress"][..],
        &["list"],
        &["hint"],
        &["next"],
        &["quiz", "--answer", "notas-fiscais-decimal=Decimal"],
        &["solution", "bucket", "--yes"],
    ] {
        let ran = home.lab(arguments).expect_code(3);
        has(
            &ran.stderr,
            &["é da versão 99", "conhece até a 1", "atualize o `lab`"],
        );
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    has(
        &home.lab(&["doctor"]).expect_code(3).stdout,
        &["✘ PROBLEMA diário"],
    );
}

#[test]
fn a_torn_last_line_is_said_once_and_put_aside() {
    let home = ana();
    home.lab(&["hint"]).expect_code(0);
    let path = home.data().join("journal.jsonl");
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{whole}{{\"format_ver")).unwrap();
    let ran = home.lab(&["progress"]).expect_code(0);
    has(
        &ran.stderr,
        &["aviso: a última linha do diário ficou pela metade"],
    );
    home.lab(&["quiz", "--answer", "notas-fiscais-decimal=Decimal"])
        .expect_code(0);
    assert_eq!(home.journal().len(), 2);
    let ran = home.lab(&["progress"]).expect_code(0);
    assert_eq!(ran.stderr, "");
}
