//! `lab dev prove`: what it proves of the course, and that it finds a check
//! that was broken.

use std::path::Path;

use serde_json::Value;

use crate::support::{Home, Ran, course_copy, repository};

/// The proofs by lab of a run with `--json`.
fn proofs(ran: &Ran) -> Vec<Value> {
    ran.json()["labs"].as_array().unwrap().clone()
}

/// The problems of the only lab, as `kind state check`.
fn problems(ran: &Ran) -> Vec<String> {
    proofs(ran)
        .iter()
        .flat_map(|lab| lab["problems"].as_array().unwrap())
        .map(|p| {
            let text = |key: &str| p[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("kind"), text("state"), text("check"))
        })
        .collect()
}

fn replace(file: &Path, old: &str, new: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert_eq!(text.matches(old).count(), 1, "{old} in {}", file.display());
    std::fs::write(file, text.replace(old, new)).unwrap();
}
