//! What `cargo run` has compiled, `cargo test` uses: on a fresh machine the two
//! commands of the README build the dependencies once.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::support::{Ran, repository};

/// The crates of a build, each with the sets of features that it is built with.
fn built(selection: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([
            "tree", "--locked", "--prefix", "none", "--format", "{p}|{f}",
        ])
        .args(selection)
        .current_dir(repository());
    let mut crates = BTreeMap::<_, BTreeSet<_>>::new();
    for line in Ran::run(cargo).expect_code(0).stdout.lines() {
        // What was shown before ends in a star.
        if let Some((name, features)) = line.trim_end_matches(" (*)").split_once('|') {
            let of_crate = crates.entry(name.to_owned()).or_default();
            of_crate.insert(features.to_owned());
        }
    }
    crates
}

#[test]
fn a_run_and_the_tests_share_what_is_compiled() {
    let run = built(&["--package", "runner", "--edges", "normal,build"]);
    let test = built(&["--workspace", "--edges", "normal,build,dev"]);
    assert!(run.len() > 200, "{}", run.len());
    for (name, features) in &run {
        assert_eq!(Some(features), test.get(name), "{name}");
    }
}
