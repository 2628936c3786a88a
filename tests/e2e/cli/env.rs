//! `lab env` and `lab run`: the learner's own tools on the sandbox.

use super::{has, lab_with, without_sandbox};
use crate::support::{Home, Ran, shared};

/// A person who works with AWS already.
const OWN: [(&str, &str); 8] = [
    ("AWS_PROFILE", "empresa"),
    ("AWS_DEFAULT_PROFILE", "empresa"),
    ("AWS_SESSION_TOKEN", "FwoGZXIvYXdzEXEMPLO"),
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIbPxRfiCYEXAMPLEKEY"),
    ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9"),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
    ("AWS_REGION", "sa-east-1"),
];

const WHO: [&str; 6] = [
    "aws",
    "sts",
    "get-caller-identity",
    "--query",
    "Account",
    "--output",
];

fn who() -> Vec<&'static str> {
    [&["run", "--"], &WHO[..], &["text"]].concat()
}

#[test]
fn run_reaches_the_sandbox() {
    let home = Home::new();
    let ran = home.lab(&who()).expect_code(0);
    assert_eq!(ran.stdout.trim(), "000000000000");
}

#[test]
fn the_own_configuration_of_the_person_does_not_get_in_the_way() {
    let home = Home::new();
    let ran = lab_with(&home, &OWN, &who()).expect_code(0);
    assert_eq!(ran.stdout.trim(), "000000000000");
    let shown = lab_with(&home, &OWN, &["run", "--", "env"])
        .expect_code(0)
        .stdout;
    for (name, value) in OWN {
        assert!(
            !shown.contains(&format!("{name}={value}")),
            "{name}:\n{shown}"
        );
    }
    // Nor in that of a check, which fails only because nothing was built.
    lab_with(&home, &OWN, &["check", "bucket"]).expect_code(1);
}

#[test]
fn a_proxy_does_not_get_between() {
    let home = Home::new();
    let proxy = [
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("http_proxy", "http://127.0.0.1:9"),
        ("no_proxy", "intra.example"),
    ];
    lab_with(&home, &proxy, &who()).expect_code(0);
    lab_with(&home, &proxy, &["check", "bucket"]).expect_code(1);
    let shown = lab_with(&home, &proxy, &["env", "--shell", "bash"]).stdout;
    has(
        &shown,
        &["export NO_PROXY='intra.example,127.0.0.1,localhost'"],
    );
}

#[test]
fn run_gives_back_the_exit_code() {
    let home = Home::new();
    for code in [0, 1, 7, 255] {
        let exit = format!("exit {code}");
        home.lab(&["run", "--", "sh", "-c", &exit])
            .expect_code(code);
    }
    let ran = home.lab(&[
        "run",
        "--",
        "aws",
        "s3",
        "ls",
        "s3://bucket-que-nao-existe-7k3f",
    ]);
    assert_ne!(ran.code, 0, "{ran}");
    has(&ran.stderr, &["NoSuchBucket"]);
}

#[test]
fn run_passes_every_argument_as_it_is() {
    let home = Home::new();
    let given = [
        "com espaço",
        "-x",
        "--json",
        "--help",
        "--",
        "nota de José.json",
        "$HOME",
        "*",
        "",
        "a'b\"c",
    ];
    let arguments = [&["run", "--", "printf", "<%s>"], &given[..]].concat();
    let ran = home.lab(&arguments).expect_code(0);
    let expected: String = given.iter().map(|g| format!("<{g}>")).collect();
    assert_eq!(ran.stdout, expected);
    // Without the dashes too: they belong to the command.
    let ran = home
        .lab(&["run", "printf", "<%s>", "-n", "--plain"])
        .expect_code(0);
    assert_eq!(ran.stdout, "<-n><--plain>");
}

#[test]
fn a_program_that_is_not_there() {
    let home = Home::new();
    let ran = home.lab(&["run", "--", "nao-existe", "x"]).expect_code(3);
    has(
        &ran.stderr,
        &[
            "não encontrei o programa `nao-existe`",
            "instalado e no PATH",
        ],
    );
    let ran = home.lab(&["run", "--", "./nao-existe"]).expect_code(3);
    has(&ran.stderr, &["`./nao-existe`", "não existe"]);
}

#[test]
fn without_a_sandbox_it_is_said() {
    for arguments in [
        &["env"][..],
        &["run", "--", "aws", "s3", "ls"],
        &["check"],
        &["reset"],
    ] {
        let ran = without_sandbox().lab(arguments).expect_code(3);
        assert_eq!(ran.stdout, "");
        has(
            &ran.stderr,
            &["o sandbox não está ligado", "`lab sandbox start`"],
        );
    }
}

#[test]
fn every_shell_gets_its_own_words() {
    let home = Home::new();
    let endpoint = shared().endpoint();
    for (shell, line, how) in [
        (
            "bash",
            format!("export AWS_ENDPOINT_URL='{endpoint}'"),
            "eval \"$(lab env)\"",
        ),
        (
            "zsh",
            format!("export AWS_ENDPOINT_URL='{endpoint}'"),
            "eval \"$(lab env)\"",
        ),
        (
            "fish",
            format!("set -gx AWS_ENDPOINT_URL '{endpoint}'"),
            "| source",
        ),
        (
            "powershell",
            format!("$env:AWS_ENDPOINT_URL = '{endpoint}'"),
            "Invoke-Expression",
        ),
        (
            "cmd",
            format!("set \"AWS_ENDPOINT_URL={endpoint}\""),
            "copie e cole",
        ),
    ] {
        let ran = home.lab(&["env", "--shell", shell]).expect_code(0);
        has(&ran.stdout, &[&line]);
        assert_eq!(ran.stderr, "", "only a person is told how to use it");
        assert!(!ran.stdout.contains('#'), "{ran}");
        #[cfg(unix)]
        {
            let arguments = ["env", "--shell", shell];
            let (code, shown) = super::terminal::Terminal::lab(&home, &arguments).end();
            assert_eq!(code, 0);
            has(&shown, &["# para usar: ", how]);
        }
        #[cfg(not(unix))]
        let _ = how;
    }
    let answer = home.lab(&["env", "--json"]).expect_code(0).json();
    assert_eq!(answer["variables"]["AWS_ACCESS_KEY_ID"], "000000000000");
    assert_eq!(answer["variables"]["AWS_PAGER"], "");
}

#[test]
fn on_aws_nothing_is_changed() {
    let home = Home::untouched();
    home.settings("prefix = \"ana-7k3f\"\ntarget = \"aws\"\n");
    let ran = home.lab(&["env"]).expect_code(0);
    assert_eq!(ran.stdout, "");
    has(&ran.stderr, &["Você trabalha na AWS", "AWS_PROFILE"]);
    let shown = lab_with(&home, &OWN, &["run", "--", "env"])
        .expect_code(0)
        .stdout;
    has(&shown, &["AWS_PROFILE=empresa", "AWS_REGION=sa-east-1"]);
}

#[cfg(unix)]
#[test]
fn evaluated_in_bash_the_sandbox_s_own_aws_works() {
    use std::process::{Command, Stdio};

    let home = Home::new();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_lab"))
        .parent()
        .unwrap();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c"])
        .arg("eval \"$(lab env)\" && command -v aws && aws sts get-caller-identity --query Account --output text && printf '<%s>' \"$AWS_PAGER\" \"${AWS_PROFILE-sem}\"")
        .env_clear()
        .current_dir(home.path())
        .stdin(Stdio::null());
    for (name, value) in home.command(&[]).get_envs() {
        if let Some(value) = value {
            bash.env(name, value);
        }
    }
    bash.env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("AWS_PROFILE", "empresa");
    let ran = Ran::run(bash).expect_code(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    // Someone who has an AWS CLI keeps it; the rest get the sandbox's.
    assert!(lines[0].ends_with("/aws"), "{ran}");
    assert_eq!(lines[1..], ["000000000000", "<><sem>"], "{ran}");
}
