//! The commands as a person meets them.

mod completions;
mod demo;
mod doctor;
mod env;
mod help;
mod hint;
mod home;
mod lint;
mod look;
mod man;
mod map;
mod new;
mod places;
mod prepared;
mod quiz;
mod reset;
mod sandbox;
mod secrets;
mod solution;
mod start;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod tmux;
#[cfg(unix)]
mod watch;
mod zip;

#[cfg(unix)]
pub(crate) use terminal::{ENTER, Terminal};

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Home, Ran, Shared, repository};

/// A learner of lab 01 whose texts can be compared as a whole; the sandbox is not needed.
fn ana() -> Home {
    let home = Home::untouched();
    home.settings("prefix = \"ana-7k3f\"\ntarget = \"sandbox\"\nlab = \"notas-fiscais\"\n");
    home
}

/// What `lab progress` says of lab 01.
fn progress(home: &Home) -> Value {
    let ran = home.lab(&["progress", "notas-fiscais", "--json"]);
    ran.expect_code(0).json()["labs"][0].clone()
}

/// A learner whose sandbox was never started, and is not on the disk.
fn without_sandbox() -> Home {
    let name = format!("lab-e2e-none-{:016x}", fastrand::u64(..));
    Home::on(&Shared {
        dir: std::env::temp_dir().join(name),
        variables: BTreeMap::new(),
        bin: PathBuf::new(),
    })
}

/// Runs `lab` with further variables.
fn lab_with(home: &Home, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = home.command(arguments);
    command.envs(variables.iter().copied());
    Ran::run(command)
}

/// Asserts the published form of an error, and gives it back.
#[track_caller]
fn failure(ran: &Ran, kind: &str) -> Value {
    let answer = ran.json();
    let path = repository().join("docs/json-v1.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    if let Err(error) = jsonschema::validate(&schema, &answer) {
        panic!("{error}\n{ran}");
    }
    assert_eq!(answer["error"]["kind"], kind, "{ran}");
    answer
}

/// A file of the course.
fn course_file(path: &str) -> String {
    std::fs::read_to_string(repository().join("labs/01-notas-fiscais").join(path)).unwrap()
}

/// Asserts that a text has all of the parts.
#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "«{part}» is missing in:\n{text}");
    }
}
