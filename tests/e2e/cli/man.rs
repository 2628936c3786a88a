//! `lab man`.

use super::{failure, has};
use crate::support::{Home, Ran};

/// What clap_mangen says in English by itself.
const ENGLISH: [&str; 7] = [
    ".SH NAME",
    ".SH SYNOPSIS",
    ".SH DESCRIPTION",
    ".SH EXTRA",
    ".SH VERSION",
    "Possible values",
    "default:",
];

#[test]
fn every_command_has_a_page_in_portuguese() {
    let home = Home::untouched();
    let folder = home.path().join("man 1");
    let ran = home.lab(&["man", "--dest", "man 1", "--json"]);
    let answer = ran.expect_code(0).json();
    let files: Vec<&str> = answer["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.as_str().unwrap())
        .collect();
    for file in ["lab.1", "lab-check.1", "lab-class-grade.1", "lab-man.1"] {
        assert!(files.contains(&file), "{file} is not in {files:?}");
    }
    assert!(
        !files.contains(&"lab-mdbook.1"),
        "it is no command of people"
    );
    for file in &files {
        let page = std::fs::read_to_string(folder.join(file)).unwrap();
        has(&page, &[".TH", ".SH NOME", ".SH SINOPSE"]);
        for english in ENGLISH {
            assert!(!page.contains(english), "«{english}» in {file}:\n{page}");
        }
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), files.len());
    assert!(!home.data().exists(), "a page leaves no trace");
}

#[test]
fn one_page_is_the_one_that_is_written() {
    let home = Home::untouched();
    home.lab(&["man", "--dest", "m"]).expect_code(0);
    let of = |arguments: &[&str]| home.lab(arguments).expect_code(0).stdout;
    for (arguments, file) in [
        (&["man"][..], "lab.1"),
        (&["man", "class", "corrigir"], "lab-class-grade.1"),
    ] {
        let written = std::fs::read_to_string(home.path().join("m").join(file)).unwrap();
        assert_eq!(of(arguments), written);
    }
    let json = home.lab(&["man", "check", "--json"]).expect_code(0).json();
    assert_eq!(json["file"], "lab-check.1");
    assert_eq!(json["page"], of(&["man", "check"]));
}

#[test]
fn what_is_no_command_or_no_folder_is_said() {
    let home = Home::untouched();
    for name in ["chek", "mdbook"] {
        let ran = home.lab(&["man", name, "--json"]).expect_code(2);
        has(&failure(&ran, "usage").to_string(), &[name]);
    }
    std::fs::write(home.path().join("arquivo"), "").unwrap();
    let ran = home.lab(&["man", "--dest", "arquivo/m", "--json"]);
    failure(&ran.expect_code(3), "environment");
}

/// The program `man` is not everywhere; where it is, it reads the pages.
#[cfg(unix)]
#[test]
fn man_reads_the_page() {
    let home = Home::untouched();
    home.lab(&["man", "--dest", "m"]).expect_code(0);
    let mut man = std::process::Command::new("man");
    man.args(["--warnings", "-E", "utf8", "-l", "m/lab.1"])
        .env("MANWIDTH", "80")
        .env("LC_ALL", "C.UTF-8")
        .current_dir(home.path());
    if std::process::Command::new("man")
        .arg("--version")
        .output()
        .is_ok_and(|out| String::from_utf8_lossy(&out.stdout).starts_with("man 2"))
    {
        let ran = Ran::run(man).expect_code(0);
        assert_eq!(ran.stderr, "");
        has(
            &ran.stdout,
            &[
                "NOME",
                "OPÇÕES GERAIS",
                "COMANDOS",
                "Manual do lab",
                "lab-check(1)",
                "Verifica",
            ],
        );
    }
}
