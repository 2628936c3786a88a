//! The book as readers get it: built by `lab book build`, read as files and,
//! for what its scripts do, in a browser.

#[cfg(target_os = "linux")]
mod browser;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use runner::core::Course;
use runner::course::{Source, load};
use serde_json::json;

use crate::architecture::files;
use crate::support::{self, Home, Ran, repository};

/// The real book, built once for all tests.
fn book() -> &'static Path {
    static BOOK: OnceLock<(Home, PathBuf)> = OnceLock::new();
    let (_, dest) = BOOK.get_or_init(|| {
        let home = Home::untouched();
        let dest = home.path().join("livro pronto");
        let ran = home.lab(&["book", "build", "--dest", dest.to_str().unwrap(), "--json"]);
        let answer = ran.clone().expect_code(0).json();
        assert_eq!(answer["warnings"], json!([]), "{ran}");
        assert_eq!(ran.stderr, "", "{ran}");
        let index = Path::new(answer["index"].as_str().unwrap()).to_path_buf();
        assert!(index.is_file(), "{ran}");
        (home, dest)
    });
    dest
}

fn course() -> Course {
    load(&Source::Embedded).unwrap()
}

fn pages() -> BTreeMap<String, String> {
    let mut found = Vec::new();
    files(book(), &["html"], &mut found);
    found
        .iter()
        .map(|path| {
            let name = path.strip_prefix(book()).unwrap().to_string_lossy();
            (name.replace('\\', "/"), fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The values of an attribute, in order.
fn values(page: &str, attribute: &str) -> Vec<String> {
    page.split(&format!(" {attribute}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|value| value.replace("&amp;", "&").replace("&#x27;", "'"))
        .collect()
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// Where a link of a page leads, from the book's folder.
fn target(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn every_link_and_anchor_of_the_book_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 25, "{:?}", pages.keys());
    let ids: BTreeMap<&str, BTreeSet<String>> = pages
        .iter()
        .map(|(name, page)| (name.as_str(), values(page, "id").into_iter().collect()))
        .collect();
    let mut broken = String::new();
    let mut followed = 0;
    for (name, page) in &pages {
        for link in [values(page, "href"), values(page, "src")].concat() {
            if link.contains("://") || link.starts_with("mailto:") || link.starts_with("data:") {
                continue;
            }
            followed += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            // The page for what is not there has its base at the root.
            let file = match file {
                "" | "/" => name.clone(),
                file => decoded(&target(name, file)),
            };
            if !book().join(&file).is_file() {
                writeln!(broken, "{name}: {link}: no file {file}").unwrap();
            } else if !anchor.is_empty()
                && ids
                    .get(file.as_str())
                    .is_some_and(|ids| !ids.contains(&decoded(anchor)))
            {
                writeln!(broken, "{name}: {link}: no anchor").unwrap();
            }
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
    assert!(followed > 500, "{followed}");
}

#[test]
fn every_check_names_a_section_that_the_book_has() {
    let pages = pages();
    for lab in course().labs {
        for (id, _, check) in lab.checks() {
            let link = check.book.as_deref().unwrap();
            let (page, anchor) = link.split_once('#').unwrap();
            let ids = values(&pages[page], "id");
            assert!(ids.iter().any(|i| i == anchor), "{}: {id}: {link}", lab.id);
        }
    }
}

#[test]
fn the_page_of_a_lab_has_all_of_it() {
    let pages = pages();
    for lab in course().labs {
        let page = &pages[&format!("labs/{}.html", lab.id)];
        let names = lab.names.keys().map(String::as_str);
        for name in names.chain(["prefix", "account", "region"]) {
            let open = format!("{{{name}}}");
            assert!(!page.contains(&open), "{}: {open} is not filled in", lab.id);
        }
        assert!(!page.contains("{{#"), "{}: a directive is left", lab.id);
        // What is typed is as it was written: no typographic quotes or dashes.
        for code in page.split("<code").skip(1) {
            let code = code.split("</code>").next().unwrap();
            assert!(!code.contains(['“', '”', '–']), "{}: {code}", lab.id);
        }
        assert!(page.contains("<span class=\"lab-nome\" data-nome="));
        assert_eq!(page.matches("class=\"lab-aviso\"").count(), 1);
        assert_eq!(
            page.matches("<svg viewBox=").count() + page.matches("<svg viewbox=").count(),
            1,
            "{}",
            lab.id
        );
        assert_eq!(
            page.matches("class=\"lab-pergunta\"").count(),
            lab.quiz.questions.len()
        );
        let verified = page.matches("class=\"lab-verifica\"").count();
        assert_eq!(verified, lab.steps.len(), "{}", lab.id);
        let headings = values(page, "id");
        for id in lab.steps.iter().map(|step| step.id.get_ref().as_str()) {
            assert_eq!(headings.iter().filter(|i| *i == id).count(), 1, "{id}");
        }
        // A step's sections are below the step.
        assert!(!page.contains("<h2 id=\"faça"), "{}", lab.id);
    }
}

#[test]
fn what_the_quiz_keeps_back_is_nowhere_in_the_book() {
    let mut all = Vec::new();
    files(book(), &["html", "js"], &mut all);
    let text: String = all.iter().map(|f| fs::read_to_string(f).unwrap()).collect();
    // A text of the course may say the same in the same words.
    let mut said = Vec::new();
    for folder in ["book/src", "labs"] {
        files(&repository().join(folder), &["md"], &mut said);
    }
    let said: String = said
        .iter()
        .map(|f| fs::read_to_string(f).unwrap())
        .collect();
    for lab in course().labs {
        for question in &lab.quiz.questions {
            // Without what Markdown or HTML would write in another way.
            for kept in question.reasons.values().chain([&question.context]) {
                let plain = kept.split(['`', '*', '"', '<', '>', '&', '_', '\n', '\\', '\'']);
                let longest = plain.max_by_key(|part| part.len()).unwrap();
                assert!(
                    longest.len() < 25 || said.contains(longest) || !text.contains(longest),
                    "{}: «{longest}»",
                    question.id
                );
            }
        }
    }
}

#[test]
fn the_scripts_and_styles_of_our_own_are_small() {
    let mut all = Vec::new();
    files(&book().join("theme"), &["js", "css"], &mut all);
    let size: u64 = all.iter().map(|f| f.metadata().unwrap().len()).sum();
    assert!((1..40_000).contains(&size), "{size} bytes in {all:?}");
}

#[test]
fn a_folder_builds_the_same_as_the_program() {
    let home = Home::untouched();
    let course = repository();
    home.lab(&["--course", course.to_str().unwrap(), "book", "build"])
        .expect_code(0);
    let page = "labs/notas-fiscais.html";
    let own = fs::read_to_string(home.data().join("livro").join(page)).unwrap();
    assert_eq!(own, fs::read_to_string(book().join(page)).unwrap());
}

#[test]
fn what_is_not_a_book_is_left_alone() {
    let home = Home::untouched();
    let dest = home.path().join("meus documentos");
    fs::create_dir(&dest).unwrap();
    fs::write(dest.join("carta.txt"), "importante").unwrap();
    let ran = home
        .lab(&["book", "build", "--dest", dest.to_str().unwrap()])
        .expect_code(2);
    assert!(ran.stderr.contains("tem outros arquivos"), "{ran}");
    assert!(dest.join("carta.txt").is_file());

    let without = support::Course::copy();
    let ran = home
        .lab(&[
            "--course",
            without.path().to_str().unwrap(),
            "book",
            "build",
        ])
        .expect_code(2);
    assert!(ran.stderr.contains("não tem um livro"), "{ran}");
}

/// What `lab mdbook` answers to a book with one chapter.
fn preprocessed(chapter: &str) -> Ran {
    let home = Home::untouched();
    let context = json!({
        "root": repository().join("book"), "config": { "book": { "title": "x" } },
        "renderer": "html", "mdbook_version": "0.5.4",
    });
    let book = json!({ "items": [{ "Chapter": {
        "name": "a", "content": chapter, "number": null, "sub_items": [],
        "path": "a.md", "source_path": "a.md", "parent_names": [],
    } }] });
    let mut child = home
        .command(&["mdbook"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = json!([context, book]).to_string();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn the_program_mdbook_can_ask_for_the_pages() {
    let home = Home::untouched();
    home.lab(&["mdbook", "supports", "html"]).expect_code(0);
    home.lab(&["mdbook", "supports", "epub"]).expect_code(1);
    let book = preprocessed("antes\n\n{{#lab notas-fiscais}}\n\ndepois\n")
        .expect_code(0)
        .json();
    let content = book["items"][0]["Chapter"]["content"].as_str().unwrap();
    for part in ["antes", "## 1. ", "{#bucket}", "lab-quiz", "depois"] {
        assert!(content.contains(part), "«{part}»: {content}");
    }
    let ran = preprocessed("{{#lab outro}}\n").expect_code(4);
    assert!(ran.stderr.contains("pede o lab `outro`"), "{ran}");
}
