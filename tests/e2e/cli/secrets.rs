//! The keys of who learns, in no output and in no file, whatever is done.

use super::has;
use crate::support::{Home, Ran, Secrets, shared};

const ACCOUNT: &str = "444455556666";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "FwoGZXIvYXdzEHEXEMPLO//////////wEaDG";
const PROXY: &str = "senha-do-proxy";

/// Everything that calls AWS, or tells or writes what was seen there.
const COMMANDS: [&[&str]; 19] = [
    &["start", "notas-fiscais", "--target", "aws", "--yes"],
    &["doctor"],
    &["doctor", "--json"],
    &["check"],
    &["check", "--json"],
    &["check", "bucket", "--plain"],
    &["hint", "bucket"],
    &["map", "--check"],
    &["map", "--check", "--json"],
    &["map"],
    &["solution", "bucket", "--yes"],
    &["show"],
    &["next"],
    &["list", "--json"],
    &["progress", "--json"],
    &["reset", "--dry-run", "--json"],
    &["reset", "--yes"],
    &["run", "--", "aws", "sts", "get-caller-identity"],
    &["env"],
];

fn on_aws() -> Home {
    let home = Home::untouched();
    home.settings("prefix = \"ana-7k3f\"\ntarget = \"aws\"\nlab = \"notas-fiscais\"\n");
    home
}

fn run(home: &Home, arguments: &[&str], endpoint: &str) -> Ran {
    let mut command = home.command(arguments);
    command.envs([
        ("AWS_ACCESS_KEY_ID", ACCOUNT),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_SESSION_TOKEN", TOKEN),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", endpoint),
        (
            "HTTPS_PROXY",
            "http://ana:senha-do-proxy@proxy.example:3128",
        ),
        ("RUST_LOG", "trace"),
    ]);
    Ran::run(command)
}

#[test]
fn no_command_shows_or_writes_the_keys_in_use() {
    let secrets = Secrets::of([SECRET, TOKEN, PROXY]);
    let home = on_aws();
    let mut said = String::new();
    for arguments in COMMANDS {
        let ran = run(&home, arguments, shared().endpoint());
        assert!(!matches!(ran.code, 2 | 4 | 101), "{arguments:?}: {ran}");
        secrets.not_in(&arguments.join(" "), &ran);
        said.push_str(&ran.stdout);
    }
    assert!(said.contains(ACCOUNT), "the keys were in use:\n{said}");
    let read = secrets.not_below(home.path(), &[]);
    assert!(read > 3, "a journal, settings, starter files: {read}");
    secrets.not_in_the_sandbox(&shared().dir);
}

#[test]
fn an_error_does_not_quote_the_keys() {
    let secrets = Secrets::of([SECRET, TOKEN, PROXY]);
    for arguments in [&["check"][..], &["doctor", "--json"], &["reset", "--yes"]] {
        let home = on_aws();
        let ran = run(&home, arguments, "http://127.0.0.1:9").expect_code(3);
        secrets.not_in(&arguments.join(" "), &ran);
        secrets.not_below(home.path(), &[]);
    }
}

/// Configuration that cannot be read is told without what is in it.
#[test]
fn broken_configuration_is_told_without_its_keys() {
    let secrets = Secrets::of([SECRET]);
    let process =
        format!("credential_process = printf '{{\"Version\":2,\"SecretAccessKey\":\"{SECRET}\"}}'");
    for (what, text) in [
        ("no equals sign", format!("aws_secret_access_key {SECRET}")),
        ("only one part", format!("aws_secret_access_key = {SECRET}")),
        ("another version", process),
    ] {
        let home = on_aws();
        let file = home.path().join("credentials");
        std::fs::write(&file, format!("[default]\n{text}\n")).unwrap();
        for arguments in [&["check"][..], &["doctor"], &["doctor", "--json"]] {
            let mut command = home.command(arguments);
            command
                .env("AWS_SHARED_CREDENTIALS_FILE", &file)
                .env("AWS_REGION", "us-east-1")
                .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
            let ran = Ran::run(command).expect_code(3);
            has(&format!("{}{}", ran.stdout, ran.stderr), &["credencia"]);
            secrets.not_in(what, &ran);
        }
        secrets.not_below(home.path(), &[&file]);
    }
}
