//! Help, version and the errors of the command line, all in Portuguese.

use snapbox::{assert_data_eq, str};

use super::{ana, failure, has};
use crate::support::Home;

/// What clap says by itself, and words that only its English has.
const ENGLISH: [&str; 14] = [
    "Usage",
    "USAGE",
    "Options:",
    "[OPTIONS]",
    "Commands:",
    "<COMMAND>",
    "[COMMAND]",
    "Arguments:",
    "Print ",
    "default:",
    "possible values",
    "aliases:",
    "subcommand",
    "error:",
];

/// The commands that a help text lists.
fn listed(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Comandos:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split_once(' '))
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Visits the help of a command and of all below it.
fn walk(home: &Home, command: &[String], seen: &mut Vec<String>) {
    for flag in ["--help", "--ajuda", "-h"] {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        arguments.push(flag);
        let ran = home.lab(&arguments).expect_code(0);
        assert_eq!(ran.stderr, "", "{ran}");
        for word in ENGLISH {
            assert!(!ran.stdout.contains(word), "«{word}»: {ran}");
        }
        has(&ran.stdout, &["Uso: lab", "Opções gerais:", "--ajuda"]);
        let first = ran.stdout.lines().next().unwrap();
        assert!(
            first.len() > 10 && first.contains(' '),
            "nothing is said about {command:?}: {ran}"
        );
        if flag == "--help" {
            for sub in listed(&ran.stdout) {
                let below = [command, &[sub]].concat();
                seen.push(below.join(" "));
                walk(home, &below, seen);
            }
        }
    }
}

#[test]
fn every_command_explains_itself_in_portuguese() {
    let home = Home::untouched();
    let mut seen = Vec::new();
    walk(&home, &[], &mut seen);
    for name in [
        "start",
        "list",
        "show",
        "next",
        "map",
        "check",
        "hint",
        "solution",
        "quiz",
        "progress",
        "reset",
        "sandbox",
        "sandbox start",
        "sandbox stop",
        "sandbox status",
        "sandbox logs",
        "sandbox reset",
        "env",
        "run",
        "doctor",
        "demo",
        "zip",
        "book",
        "book build",
        "completions",
        "man",
        "class",
        "class init",
        "class list",
        "class check",
        "class grade",
        "class report",
        "class export",
        "class plan",
        "class reset",
        "class resume",
    ] {
        assert!(seen.iter().any(|s| s == name), "{name} is not in {seen:?}");
    }
    // It is called by a program, not by people.
    assert!(!seen.iter().any(|s| s == "mdbook"), "{seen:?}");
    assert!(!home.data().exists(), "help leaves no trace");
}

#[test]
fn own_options_come_before_the_general_ones() {
    let help = Home::untouched().lab(&["start", "--help"]).stdout;
    let at = |text: &str| help.find(text).unwrap();
    assert!(at("--prefix") < at("Opções gerais"), "{help}");
    assert!(at("Opções gerais") < at("--json"), "{help}");
}

#[test]
fn commands_have_portuguese_names_too() {
    let home = Home::untouched();
    for (alias, name) in [
        ("iniciar", "start"),
        ("listar", "list"),
        ("mostrar", "show"),
        ("proximo", "next"),
        ("verificar", "check"),
        ("dica", "hint"),
        ("solucao", "solution"),
        ("perguntas", "quiz"),
        ("progresso", "progress"),
        ("limpar", "reset"),
        ("ambiente", "env"),
        ("rodar", "run"),
        ("diagnostico", "doctor"),
        ("empacotar", "zip"),
        ("livro", "book"),
        ("turma", "class"),
        ("class corrigir", "class grade"),
        ("class exportar", "class export"),
        ("class planejar", "class plan"),
        ("class limpar", "class reset"),
        ("class continuar", "class resume"),
        ("completar", "completions"),
        ("manual", "man"),
        ("book montar", "book build"),
        ("sandbox ligar", "sandbox start"),
        ("sandbox desligar", "sandbox stop"),
        ("sandbox situacao", "sandbox status"),
        ("sandbox apagar", "sandbox reset"),
    ] {
        let ask = |command: &str| {
            let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
            home.lab(&arguments).expect_code(0).stdout
        };
        assert_eq!(ask(alias), ask(name));
        let last = alias.split(' ').next_back().unwrap();
        has(&ask(name), &[&format!("(também: {last})")]);
    }
}

#[test]
fn the_version() {
    let home = Home::untouched();
    for flag in ["--versao", "--version", "-V"] {
        let said = home.lab(&[flag]).expect_code(0).stdout;
        assert_eq!(said, concat!("lab ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

#[test]
fn what_is_misspelled_gets_a_suggestion() {
    let home = Home::untouched();
    let chek = home.lab(&["chek"]).expect_code(2);
    assert_eq!(chek.stdout, "");
    assert_data_eq!(
        chek.stderr,
        str![[r#"
erro: não conheço o comando `chek`
  → você quis dizer `check`?
  → veja `lab --help`, ou `--help` depois de um comando

"#]]
    );
    assert_data_eq!(
        home.lab(&["lis"]).expect_code(2).stderr,
        str![[r#"
erro: não conheço o comando `lis`
  → você quis dizer `list` ou `listar`?
  → veja `lab --help`, ou `--help` depois de um comando

"#]]
    );
    assert_data_eq!(
        home.lab(&["check", "--jsn"]).expect_code(2).stderr,
        str![[r#"
erro: não conheço a opção `--jsn`
  → você quis dizer `--json`?
  → veja `lab --help`, ou `--help` depois de um comando

"#]]
    );
    assert_data_eq!(
        home.lab(&["list", "--color", "nunca"])
            .expect_code(2)
            .stderr,
        str![[r#"
erro: `nunca` não serve para `--color <QUANDO>`
  → valores possíveis: auto, always, never
  → veja `lab --help`, ou `--help` depois de um comando

"#]]
    );
    assert_data_eq!(
        home.lab(&["zip"]).expect_code(2).stderr,
        str![[r#"
erro: falta `<PASTA>`
  → veja `lab --help`, ou `--help` depois de um comando

"#]]
    );
}

#[test]
fn other_mistakes_are_told_in_portuguese() {
    let home = Home::untouched();
    for (arguments, said) in [
        (&["check", "--all", "bucket"][..], "não combina com"),
        (&["reset", "--yes", "--dry-run"], "não combina com"),
        (&["sandbox", "start", "--port", "abc"], "`abc` não serve"),
        (
            &["sandbox", "start", "--port", "70000"],
            "`70000` não serve",
        ),
        (&["env", "--shell", "tcsh"], "valores possíveis: bash, zsh"),
        (&["completions", "bsh"], "você quis dizer `bash`?"),
        (&["list", "demais"], "demais"),
        (&["quiz", "--answer"], "precisa de um valor"),
        (&["run"], "falta `<COMANDO>...`"),
    ] {
        let ran = home.lab(arguments).expect_code(2);
        assert_eq!(ran.stdout, "", "{ran}");
        has(&ran.stderr, &["erro: ", said]);
        for word in ENGLISH {
            assert!(!ran.stderr.contains(word), "«{word}»: {ran}");
        }
        let mut json = arguments.to_vec();
        json.insert(0, "--json");
        failure(&home.lab(&json).expect_code(2), "usage");
    }
    // A command that has commands shows them.
    let ran = home.lab(&["sandbox"]).expect_code(2);
    has(&ran.stderr, &["Comandos:", "logs", "Uso: lab sandbox"]);
}

#[test]
fn an_error_is_json_where_json_was_asked_for() {
    let home = Home::untouched();
    for arguments in [
        &["chek", "--json"][..],
        &["--json", "chek"],
        &["list", "--foo", "--json"],
        &["show", "nada", "--json"],
        &["sandbox", "--json"],
        &["--course", "/nao/existe", "list", "--json"],
        &["solution", "bucket", "--json"],
        &["reset", "lab-99", "--json"],
    ] {
        let ran = home.lab(arguments).expect_code(2);
        let answer = failure(&ran, "usage");
        assert!(answer["error"]["message"].as_str().unwrap().len() > 5);
        assert_eq!(ran.stderr, "", "{ran}");
    }
}

#[test]
fn a_name_that_is_nearly_right_is_recognised() {
    let home = ana();
    for (arguments, said) in [
        (&["show", "bucke"][..], "você quis dizer `bucket`?"),
        (
            &["check", "nota-fiscal"],
            "você quis dizer `notas-fiscais`?",
        ),
        (
            &["hint", "notas-fiscais/gatilo"],
            "`notas-fiscais/gatilho`?",
        ),
        (
            &["quiz", "notas-fiscal"],
            "você quis dizer `notas-fiscais`?",
        ),
        (&["show", "8"], "os passos de notas-fiscais são: bucket,"),
        (&["show", "0"], "não há lab nem passo `0`"),
        (&["solution", "notas-fiscais"], "falta dizer o passo"),
    ] {
        has(&home.lab(arguments).expect_code(2).stderr, &[said]);
    }
}
