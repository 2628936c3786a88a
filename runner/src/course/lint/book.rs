use std::collections::{BTreeMap, BTreeSet};

use super::Files;
use super::links::{beside, text};
use super::markdown::ids;
use crate::course::near::suggestion;
use crate::course::{Finding, Source};

const PAGES: &str = "book/src";

/// Each check's section of the book: well formed, and there once there is a book.
pub(super) fn lint(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let Some(lab) = &files.lab else {
        return;
    };
    let pages = files.source.files(PAGES).unwrap_or_default();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (step, place) in lab.value.steps.iter().zip(lab.root.get("step").items()) {
        for (check, place) in step.checks.iter().zip(place.get("check").items()) {
            let Some(link) = &check.book else {
                continue;
            };
            let mut say = |rule, message: String, help: String| {
                findings.push(lab.at(rule, place.get("book"), message, help));
            };
            let Some((page, anchor)) = parts(link) else {
                say(
                    "book-form",
                    format!("`{link}` não é um lugar do livro"),
                    "escreva `caminho.html#ancora`, como em `labs/notas-fiscais.html#bucket`"
                        .to_owned(),
                );
                continue;
            };
            if pages.is_empty() {
                continue;
            }
            let Some(source) = source_of(page, &pages) else {
                let html = pages.iter().filter_map(|p| p.strip_suffix(".md"));
                say(
                    "book-page",
                    format!("o livro não tem a página `{page}.html`"),
                    suggestion(page, html, &format!("crie `{PAGES}/{page}.md`")),
                );
                continue;
            };
            let ids = known
                .entry(page.to_owned())
                .or_insert_with(|| sections(files.source, &format!("{PAGES}/{source}"), 0));
            if !ids.contains(anchor) {
                say(
                    "book-anchor",
                    format!("a página `{page}.html` não tem a seção `#{anchor}`"),
                    suggestion(
                        anchor,
                        ids.iter().map(String::as_str),
                        &format!("ponha `{{#{anchor}}}` depois do título da seção"),
                    ),
                );
            }
        }
    }
}

fn parts(link: &str) -> Option<(&str, &str)> {
    let (page, anchor) = link.split_once(".html#")?;
    let plain = |text: &str| !text.is_empty() && !text.contains([' ', '#', '\\', ':']);
    (plain(page) && plain(anchor) && !page.starts_with('/')).then_some((page, anchor))
}

/// mdBook makes `index.html` of a README.
fn source_of<'p>(page: &str, pages: &'p [String]) -> Option<&'p String> {
    let mut names = vec![format!("{page}.md")];
    if let Some(folder) = page.strip_suffix("index") {
        names.push(format!("{folder}README.md"));
    }
    pages.iter().find(|path| names.contains(path))
}

/// The ids of a page and of the files that it includes.
fn sections(source: &Source, path: &str, depth: usize) -> BTreeSet<String> {
    let Some(text) = text(source, path) else {
        return BTreeSet::new();
    };
    let mut found = ids(&text);
    found.extend(
        text.lines()
            .filter_map(lab_asked)
            .flat_map(|lab| steps(source, lab)),
    );
    for rest in text.split("{{#include ").skip(1).take_while(|_| depth < 4) {
        let file = rest.split(['}', ':']).next().unwrap_or_default().trim();
        found.extend(sections(source, &beside(path, file), depth + 1));
    }
    found
}

/// The lab whose page a line makes.
fn lab_asked(line: &str) -> Option<&str> {
    let id = line.trim().strip_prefix("{{#lab ")?.strip_suffix("}}")?;
    Some(id.trim())
}

/// The sections that such a page has: the lab's steps, its end, its questions.
fn steps(source: &Source, lab: &str) -> BTreeSet<String> {
    let files = source.files("labs").unwrap_or_default();
    let labs = files.iter().filter(|file| file.ends_with("/lab.toml"));
    let id = |table: &toml::Table| Some(table.get("id")?.as_str()?.to_owned());
    let page = labs
        .filter_map(|file| text(source, &format!("labs/{file}"))?.parse().ok())
        .find(|table: &toml::Table| id(table).as_deref() == Some(lab));
    let steps = page.as_ref().and_then(|page| page.get("step")?.as_array());
    let mut found: BTreeSet<String> = steps
        .into_iter()
        .flatten()
        .filter_map(|step| id(step.as_table()?))
        .collect();
    if !found.is_empty() {
        found.extend(["fim".to_owned(), "perguntas".to_owned()]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_a_page_and_an_anchor() {
        assert_eq!(parts("a/b.html#c"), Some(("a/b", "c")));
        for wrong in [
            "a/b.html",
            "a/b#c",
            "/a.html#c",
            "a.html#",
            "https://x.html#y",
        ] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
        let pages = ["a/README.md".to_owned()];
        assert_eq!(source_of("a/index", &pages), Some(&pages[0]));
    }
}
