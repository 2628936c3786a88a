//! What the pages for people and the learner's texts promise.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::architecture::{files, shown};
use crate::support::repository;

/// The pages for people at the top of the repository.
fn pages() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = fs::read_dir(repository())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .map(|path| (shown(&path), fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    for needed in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        assert!(
            found.iter().any(|(name, _)| name == needed),
            "{needed} is missing"
        );
    }
    found
}

/// The texts between single backticks, outside fenced blocks.
fn inline_code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let parts = line.split('`').enumerate();
            found.extend(
                parts
                    .filter(|(i, _)| i % 2 == 1)
                    .map(|(_, part)| part.to_owned()),
            );
        }
    }
    found
}

#[test]
fn paths_that_are_written_down_exist() {
    let root = repository();
    let top: BTreeSet<String> = fs::read_dir(&root)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let mut missing = String::new();
    for (page, text) in pages() {
        for path in inline_code(&text) {
            let plain = path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            let first = path.split('/').next().unwrap();
            // A file by its name alone, or a path that begins at the top or in
            // the sources; `NN` stands for a number.
            let folder = plain && path.contains('/') && !path.contains("NN");
            let below = ["runner", "labs", "solutions", "tests", "docs"].contains(&first)
                || top.contains(first)
                || path.ends_with(".rs");
            let ours = top.contains(&path) || folder && below;
            let exists = root.join(&path).exists() || root.join("runner/src").join(&path).exists();
            if ours && !exists {
                writeln!(missing, "{page}: `{path}`").unwrap();
            }
        }
    }
    assert!(missing.is_empty(), "\n{missing}");
}

#[test]
fn relative_links_lead_somewhere() {
    let mut broken = String::new();
    let mut seen = 0;
    let mut all = pages();
    let guide = "docs/guia-do-autor.md".to_owned();
    let text = fs::read_to_string(repository().join(&guide)).unwrap();
    all.push((guide, text));
    for (page, text) in all {
        let folder = Path::new(&page).parent().unwrap();
        for (at, _) in text.match_indices("](") {
            let rest = &text[at + 2..];
            let target = &rest[..rest.find(')').unwrap_or(rest.len())];
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let whole = match file {
                "" => repository().join(&page),
                _ => repository().join(folder).join(file),
            };
            if !whole.exists() {
                writeln!(broken, "{page}: {target}").unwrap();
            } else if !anchor.is_empty() && !has_heading(&whole, anchor) {
                writeln!(broken, "{page}: {target}: no such heading").unwrap();
            }
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
    assert!(seen > 5, "only {seen} links seen");
}

fn has_heading(file: &Path, anchor: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let slug: String = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect();
            slug == anchor
        })
}

/// Spelled without their accents, or as one hears them.
const MISSPELLED: [&str; 27] = [
    "voce",
    "nao",
    "funçao",
    "funcoes",
    "permissao",
    "notificacao",
    "politica",
    "codigo",
    "proximo",
    "numero da",
    "usuario",
    "memoria",
    "pagina",
    "conteudo",
    "atençao",
    "excessão",
    "previlégio",
    "concerteza",
    "porisso",
    "apartir",
    "tambem",
    "ja existe",
    "esta pronto",
    "e possivel",
    "sao",
    "entao",
    "regiao",
];

#[test]
fn the_learners_texts_are_clean() {
    let mut found = Vec::new();
    files(&repository().join("labs"), &["md", "toml"], &mut found);
    let mut wrong = String::new();
    for path in found {
        let file = shown(&path);
        let text = fs::read_to_string(&path).unwrap();
        if !text.ends_with('\n') || text.ends_with("\n\n") {
            writeln!(wrong, "{file}: does not end with one line end").unwrap();
        }
        let mut fenced = false;
        for (number, line) in text.lines().enumerate() {
            let mut say =
                |what: &str| writeln!(wrong, "{file}:{}: {what}: {line}", number + 1).unwrap();
            if line.chars().any(|c| c.is_control() && c != '\t')
                || line.contains(['\u{feff}', '\u{200b}', '\u{fffd}'])
            {
                say("a control character");
            }
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
                continue;
            }
            if fenced {
                continue;
            }
            if line.contains('\t') {
                say("a tab");
            }
            if line.ends_with(' ') {
                say("a space at the end");
            }
            for double in [".  ", ":  ", "!  ", "?  ", ",  "] {
                if line.contains(double) {
                    say("two spaces in a row");
                }
            }
            let prose = without_code(line).to_lowercase();
            for word in MISSPELLED {
                if has_word(&prose, word) {
                    say(&format!("«{word}» is misspelled"));
                }
            }
        }
        assert!(!fenced, "{file}: a code block is not closed");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The prose of a line: what is in backticks, and in TOML what is not a text, is code.
fn without_code(line: &str) -> String {
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    match prose.split_once(" = ") {
        Some((_, value)) if value.trim_start().starts_with(['"', '[', '{']) => value
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|t| t.contains(' '))
            .collect::<Vec<_>>()
            .join(" "),
        _ => prose,
    }
}

fn has_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !"-_/{.".contains(c));
    text.match_indices(word).any(|(at, _)| {
        edge(text[..at].chars().next_back())
            && text[at + word.len()..]
                .chars()
                .next()
                .is_none_or(|c| !c.is_alphanumeric() && !"-_/}".contains(c))
    })
}
