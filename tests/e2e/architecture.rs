//! How the program's modules depend on each other, and their size.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// Module, and the modules that it may use. `main` and `lib` are not among them.
const RULES: [(&str, &[&str]); 18] = [
    ("core", &[]),
    ("aws", &["core"]),
    ("course", &["core"]),
    ("book", &["core", "course"]),
    ("grade", &["core"]),
    ("apply", &["core", "aws"]),
    (
        "prove",
        &["core", "aws", "apply", "course", "grade", "reset"],
    ),
    ("sandbox", &[]),
    ("reset", &["core", "aws"]),
    (
        "class",
        &["core", "aws", "course", "grade", "journal", "reset"],
    ),
    // Of aws only the kind of the target; see `only_the_target_kind`.
    ("journal", &["core", "aws"]),
    (
        "ui",
        &["core", "aws", "class", "course", "error", "grade", "prove"],
    ),
    ("watch", &["core", "grade", "journal", "ui"]),
    ("settings", &["aws", "error"]),
    ("error", &["core", "course"]),
    (
        "commands",
        &[
            "core", "aws", "apply", "book", "class", "course", "grade", "prove", "sandbox",
            "journal", "reset", "ui", "settings", "error", "watch",
        ],
    ),
    ("fuzz", &["core", "aws", "class", "course", "journal", "ui"]),
    ("main", &["commands"]),
];

/// All files below a folder with one of the endings.
pub(crate) fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, endings, found);
        } else if path
            .extension()
            .is_some_and(|e| endings.contains(&e.to_str().unwrap_or_default()))
        {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&repository().join("runner/src"), &["rs"], &mut found);
    assert!(found.len() > 50, "{found:?}");
    found
}

/// The path in the repository, with `/`.
pub(crate) fn shown(path: &Path) -> String {
    let path = path.strip_prefix(repository()).unwrap();
    let parts: Vec<_> = path
        .components()
        .map(|c| c.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// The code without comments and without what is between quotes.
fn code(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default();
        for (index, part) in line.split('"').enumerate() {
            if index % 2 == 0 {
                out.push_str(part);
            }
        }
        out.push('\n');
    }
    out
}

/// What follows each `start` in the code: one path, or the paths between braces.
fn paths_after(code: &str, start: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(start) {
        // `crate::` but not `my_crate::`.
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = code[at + start.len()..].trim_start();
        if let Some(inner) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in inner.chars() {
                match c {
                    '}' if depth == 0 => break,
                    ',' if depth == 0 => found.push(std::mem::take(&mut item)),
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth > 0 || (c != ',' && !c.is_whitespace()) {
                    item.push(c);
                }
            }
            found.push(item);
        } else {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            let path = &rest[..end.unwrap_or(rest.len())];
            // `aws::{TargetKind, …}`: the braces say what of it.
            let group = rest[path.len()..]
                .strip_prefix('{')
                .and_then(|g| g.split_once('}'));
            found.push(match group {
                Some((names, _)) => format!("{path}{{{names}}}"),
                None => path.to_owned(),
            });
        }
    }
    found.retain(|path| !path.is_empty());
    found
}

/// The modules of the crate that a file uses, each with the path that says so.
fn used(file: &str, text: &str) -> BTreeSet<(String, String)> {
    let code = code(text);
    let inside: Vec<&str> = file
        .trim_start_matches("runner/src/")
        .trim_end_matches(".rs")
        .split('/')
        .filter(|part| *part != "mod")
        .collect();
    let mut paths = paths_after(&code, "crate::");
    if file.ends_with("/main.rs") {
        paths.extend(paths_after(&code, "runner::"));
    }
    // `super::` that leaves the module, also from its inner `mod tests`.
    let up = "super::".repeat(inside.len());
    paths.extend(paths_after(&code, &up));
    let own = inside[0];
    paths
        .into_iter()
        .filter_map(|path| {
            let module = path.split(['{', ':']).next()?.to_owned();
            let known = RULES.iter().any(|(name, _)| *name == module);
            (known && module != own).then_some((module, path))
        })
        .collect()
}

#[test]
fn dependencies_flow_one_way() {
    let mut broken = String::new();
    for path in sources() {
        let file = shown(&path);
        let own = file
            .trim_start_matches("runner/src/")
            .split(['/', '.'])
            .next()
            .unwrap();
        if own == "lib" {
            continue;
        }
        let (_, allowed) = RULES
            .iter()
            .find(|(name, _)| *name == own)
            .unwrap_or_else(|| {
                panic!("{file}: `{own}` has no rule in this test and ARCHITECTURE.md")
            });
        for (module, path) in used(&file, &fs::read_to_string(&path).unwrap()) {
            if !allowed.contains(&module.as_str()) {
                writeln!(broken, "{file} uses `{path}`: {own} may use {allowed:?}").unwrap();
            }
            if own == "journal" && module == "aws" && !only_the_target_kind(&path) {
                writeln!(
                    broken,
                    "{file} uses `{path}`: journal may use TargetKind alone of aws"
                )
                .unwrap();
            }
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}

fn only_the_target_kind(path: &str) -> bool {
    let names = path.trim_start_matches("aws").trim_matches([':', '{', '}']);
    names
        .split(',')
        .all(|name| name.trim().is_empty() || name.trim().starts_with("TargetKind"))
}

#[test]
fn the_scan_sees_what_it_has_to_see() {
    let seen = |file: &str, text: &str| -> Vec<String> {
        used(file, text)
            .into_iter()
            .map(|(module, _)| module)
            .collect()
    };
    let grade = "runner/src/grade/run.rs";
    assert_eq!(seen(grade, "use crate::aws::Session;"), ["aws"]);
    assert_eq!(
        seen(grade, "use crate::{aws::Session, core::{Lab, Step}, ui};"),
        ["aws", "core", "ui"]
    );
    assert_eq!(seen(grade, "fn f() { crate::ui::json::report() }"), ["ui"]);
    assert_eq!(
        seen(grade, "use super::super::journal::Entry;"),
        ["journal"]
    );
    assert_eq!(
        seen(
            grade,
            "use super::plan; // crate::ui\nlet a = \"crate::ui\";"
        ),
        [""; 0]
    );
    assert_eq!(
        seen("runner/src/grade/mod.rs", "use super::journal::Entry;"),
        ["journal"]
    );
    assert_eq!(seen("runner/src/error.rs", "use super::ui::Out;"), ["ui"]);
    assert_eq!(
        seen("runner/src/main.rs", "runner::commands::main()"),
        ["commands"]
    );
    assert!(only_the_target_kind("aws::TargetKind") && only_the_target_kind("aws::{TargetKind}"));
    assert!(
        !only_the_target_kind("aws::Session") && !only_the_target_kind("aws::{Session,TargetKind}")
    );
}

#[test]
fn the_rules_are_the_ones_that_are_written_down() {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    for (module, _) in RULES {
        let file = repository().join("runner/src").join(module);
        let name = if file.is_dir() {
            format!("`runner/src/{module}`")
        } else {
            format!("{module}.rs")
        };
        assert!(
            module == "main" || text.contains(&name),
            "{name} is not in ARCHITECTURE.md"
        );
    }
}

#[test]
fn no_file_has_two_subjects() {
    for path in &sources() {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        assert!(
            lines <= 400,
            "{} has {lines} lines; 400 are the most",
            shown(path)
        );
    }
}
