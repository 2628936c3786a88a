//! What `cargo deny` asks of licences, banned crates and sources, as far as it
//! can be asked without installing it: the gate has no time for that.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{Ran, repository};

/// The crates of this platform's build, as cargo knows them.
fn packages() -> Vec<Value> {
    let rustc = Ran::run({
        let mut rustc = Command::new("rustc");
        rustc.arg("-vV").current_dir(repository());
        rustc
    });
    let host = rustc.stdout.lines().find_map(|l| l.strip_prefix("host: "));
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["metadata", "--locked", "--format-version", "1"])
        .args(["--filter-platform", host.unwrap()])
        .current_dir(repository());
    let answer = Ran::run(cargo).expect_code(0).json();
    let packages = answer["packages"].as_array().unwrap().clone();
    assert!(packages.len() > 200, "{}", packages.len());
    packages
}

/// Whether an SPDX expression can be met with the licences of a list.
fn met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    // `/` is how old crates write `OR`; AND binds stronger, and groups are few.
    let text = expression.replace('/', " OR ");
    if let Some((before, rest)) = text.split_once('(') {
        let (inner, after) = rest.split_once(')').unwrap();
        let group = if met(inner, allowed) { "sim" } else { "não" };
        return met(&format!("{before}{group}{after}"), allowed);
    }
    text.split(" OR ").any(|part| {
        let mut all = part.split(" AND ").map(str::trim);
        all.all(|licence| licence == "sim" || allowed.contains(licence))
    })
}

#[test]
fn licences_bans_and_sources_are_those_of_deny_toml() {
    let text = std::fs::read_to_string(repository().join("deny.toml")).unwrap();
    let deny: toml::Value = toml::from_str(&text).unwrap();
    let list = |table: &str, key: &str| deny[table][key].as_array().unwrap().clone();
    let allowed = list("licenses", "allow");
    let allowed: BTreeSet<&str> = allowed.iter().map(|l| l.as_str().unwrap()).collect();
    let banned = list("bans", "deny");
    let banned: BTreeSet<&str> = banned
        .iter()
        .map(|b| b["crate"].as_str().unwrap())
        .collect();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(met(licence, &allowed), "{name}: {licence}");
        assert!(!banned.contains(name), "{name} is banned");
        // The repository's own crates have no source.
        let source = package["source"].as_str();
        let own = Path::new(package["manifest_path"].as_str().unwrap()).starts_with(repository());
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        assert!(own || source == Some(registry), "{name}: {source:?}");
    }
}

#[test]
fn an_expression_is_read_as_cargo_deny_reads_it() {
    let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Unicode-3.0"]);
    for (expression, expected) in [
        ("MIT", true),
        ("MIT/GPL-3.0", true),
        ("GPL-3.0 OR Apache-2.0", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("(GPL-3.0 OR LGPL-3.0) AND MIT", false),
        ("", false),
    ] {
        assert_eq!(met(expression, &allowed), expected, "{expression}");
    }
}
