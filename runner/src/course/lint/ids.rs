use std::collections::{BTreeMap, BTreeSet};

use super::{Files, IDS};
use crate::course::load::{folders_in, near_miss_folder};
use crate::course::near::nearest;
use crate::course::{Finding, Page, Source};

/// The part of an id that stands for a lab's quiz; no step may be called so.
const QUIZ: &str = "quiz";

/// Ids are well formed, and the published ones stay: learners' progress is
/// kept by them. Gives back those that can be published.
pub(super) fn lint(
    source: &Source,
    labs: &[Files<'_>],
    whole: bool,
    findings: &mut Vec<Finding>,
) -> Vec<String> {
    let mut found = BTreeMap::new();
    for files in labs {
        collect(files, &mut found, findings);
        slugs(files, findings);
    }
    let list = match source.read(IDS) {
        Ok(Some(bytes)) => Page {
            file: source.display(IDS),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        },
        _ => {
            if !found.is_empty() {
                findings.push(Finding::file(
                    "id-unrecorded",
                    source.display(IDS),
                    "o arquivo dos ids publicados não existe",
                    RECORD,
                ));
            }
            return found.into_keys().collect();
        }
    };
    gone(&list, labs, whole, &found, findings);
    let recorded: BTreeSet<&str> = list.text.lines().map(str::trim).collect();
    for (id, finding) in &found {
        // What is new as a whole is said once.
        let said = wholes(id).any(|w| found.contains_key(w) && !recorded.contains(w));
        if !recorded.contains(id.as_str()) && !said {
            findings.push(finding.clone());
        }
    }
    found.into_keys().collect()
}

const RECORD: &str = "rode `lab dev lint --record-ids` e guarde o arquivo com o curso";

/// Every id of a lab that is well formed, with what to say if it is new.
fn collect(files: &Files<'_>, found: &mut BTreeMap<String, Finding>, findings: &mut Vec<Finding>) {
    let Some(lab) = &files.lab else {
        return;
    };
    let id = &lab.value.id;
    let mut take = |page: &Page, span: &std::ops::Range<usize>, last: &str, whole: String| {
        if is_kebab(last) {
            let finding = page.at(
                "id-unrecorded",
                span.clone(),
                format!("o id `{whole}` ainda não está em `{IDS}`"),
                RECORD,
            );
            found.entry(whole).or_insert(finding);
        } else {
            findings.push(page.at("id-format", span.clone(), wrong(last), FORMAT));
        }
    };
    take(&lab.page, &lab.root.get("id").span, id, id.clone());
    for step in &lab.value.steps {
        let name = step.id.get_ref();
        take(&lab.page, &step.id.span(), name, format!("{id}/{name}"));
        for check in &step.checks {
            let check = &check.id;
            let whole = format!("{id}/{name}/{}", check.get_ref());
            take(&lab.page, &check.span(), check.get_ref(), whole);
        }
    }
    if let Some(quiz) = &files.quiz {
        let places = quiz.root.get("questions").items();
        for (question, node) in quiz.value.questions.iter().zip(places) {
            let whole = format!("{id}/{QUIZ}/{}", question.id);
            take(&quiz.page, &node.get("id").span, &question.id, whole);
        }
    }
    for step in lab.value.steps.iter().filter(|s| s.id.get_ref() == QUIZ) {
        findings.push(lab.page.at(
            "id-format",
            step.id.span(),
            format!("`{QUIZ}` é o nome do quiz do lab"),
            "dê outro id ao passo",
        ));
    }
}

fn slugs(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let dir = near_miss_folder(&files.folder);
    for slug in folders_in(files.source, &dir).unwrap_or_default() {
        if !is_kebab(&slug) {
            let file = files.source.display(&format!("{dir}/{slug}"));
            findings.push(Finding::file("id-format", file, wrong(&slug), FORMAT));
        }
    }
}

/// What was published and is not there any more.
fn gone(
    list: &Page,
    labs: &[Files<'_>],
    whole: bool,
    found: &BTreeMap<String, Finding>,
    findings: &mut Vec<Finding>,
) {
    let mut start = 0;
    let mut before = "";
    let mut missing = BTreeSet::new();
    for line in list.text.split_inclusive('\n') {
        let id = line.trim();
        let span = start..start + id.len();
        start += line.len();
        if id.is_empty() {
            continue;
        }
        if id <= before {
            findings.push(list.at(
                "ids-order",
                span.clone(),
                format!("`{id}` está fora de ordem ou repetido"),
                "rode `lab dev lint --record-ids`, que põe a lista em ordem",
            ));
        }
        before = id;
        if found.contains_key(id) || !judged(id, labs, whole) {
            continue;
        }
        missing.insert(id);
        // What went with the whole of which it is a part is said once.
        if wholes(id).any(|whole| missing.contains(whole)) {
            continue;
        }
        let recorded: BTreeSet<&str> = list.text.lines().collect();
        let new = found.keys().map(String::as_str);
        let renamed = nearest(id, new.filter(|id| !recorded.contains(id)))
            .map(|new| format!(" (hoje `{new}`?)"));
        findings.push(list.at(
            "id-gone",
            span,
            format!("o id publicado `{id}` não existe mais"),
            format!(
                "devolva o id{}: o progresso dos alunos está guardado sob ele. Se o curso nunca saiu com ele, apague esta linha",
                renamed.unwrap_or_default()
            ),
        ));
    }
}

/// What an id is a part of: its step, its quiz, its lab.
fn wholes(id: &str) -> impl Iterator<Item = &str> {
    id.match_indices('/').map(|(at, _)| &id[..at])
}

/// Whether the file in which an id would be was looked at and could be read.
fn judged(id: &str, labs: &[Files<'_>], whole: bool) -> bool {
    let mut parts = id.split('/');
    let (lab, second) = (parts.next(), parts.next());
    let owner = labs
        .iter()
        .find(|files| files.lab.as_ref().map(|l| l.value.id.as_str()) == lab);
    match owner {
        Some(files) => second != Some(QUIZ) || files.quiz.is_some(),
        None => whole && labs.iter().all(|files| files.lab.is_some()),
    }
}

const FORMAT: &str =
    "use letras minúsculas sem acento, algarismos e hífens entre eles, como em `ponta-a-ponta`";

fn wrong(id: &str) -> String {
    format!("`{id}` não serve de id")
}

/// Whether it can be an id: small letters, digits, and hyphens between them.
pub(in crate::course) fn is_kebab(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.split('-').all(|part| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// The list with further ids, in order; nothing is ever taken out of it.
pub fn recorded(list: &str, ids: &[String]) -> String {
    let all: BTreeSet<&str> = list
        .lines()
        .map(str::trim)
        .chain(ids.iter().map(String::as_str))
        .filter(|id| !id.is_empty())
        .collect();
    all.into_iter().map(|id| format!("{id}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case() {
        for id in ["a", "ponta-a-ponta", "so-json", "v2"] {
            assert!(is_kebab(id), "{id}");
        }
        for id in ["", "-a", "a-", "a--b", "A", "função", "a_b", "2a", "a b"] {
            assert!(!is_kebab(id), "{id}");
        }
    }

    #[test]
    fn recording_adds_and_never_removes() {
        let list = recorded("b\na\n", &["c".into(), "a".into()]);
        assert_eq!(list, "a\nb\nc\n");
        assert_eq!(recorded(&list, &[]), list);
    }
}
