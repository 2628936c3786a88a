//! The facts of the class notes: `docs/fatos.toml` says which were right and
//! where the course teaches each of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::support::repository;

/// The concept chapters of the book.
const TOPICS: [&str; 12] = [
    "computacao-sem-servidor",
    "funcao-evento-e-contexto",
    "fontes-de-eventos",
    "modelos-de-execucao",
    "permissoes",
    "implantacao-e-versoes",
    "api-gateway",
    "s3",
    "dynamodb",
    "sqs",
    "destinos-e-erros",
    "cloudwatch",
];

/// The labs of the course, whether they are written or not.
const LABS: [&str; 8] = [
    "primeira-funcao",
    "notas-fiscais",
    "api-produtos",
    "fila-de-eventos",
    "versoes",
    "fontes-e-destinos",
    "observabilidade",
    "projeto-final",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    fact: Vec<Fact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    id: String,
    topic: String,
    says: String,
    status: Status,
    nota: Option<String>,
    source: Option<String>,
    #[serde(rename = "where")]
    places: Vec<String>,
    lab: Option<String>,
}

/// What the notes said, against AWS as it is.
#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Status {
    Certo,
    Errado,
    Desatualizado,
    Impreciso,
}

impl Fact {
    /// What is wrong with it in a repository.
    fn objections(&self, root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        if !is_kebab(&self.id) {
            found.push("the id is not kebab-case".to_owned());
        }
        if !TOPICS.contains(&self.topic.as_str()) {
            found.push(format!("«{}» is not a chapter", self.topic));
        }
        if !self.says.ends_with('.') {
            found.push("`says` is not a sentence".to_owned());
        }
        let explained = [&self.nota, &self.source]
            .iter()
            .all(|text| text.as_deref().is_some_and(|t| !t.is_empty()));
        if self.status != Status::Certo && !explained {
            found.push("what the notes had wrong wants `nota` and `source`".to_owned());
        }
        if self.source.as_deref().is_some_and(|s| !is_aws(s)) {
            found.push("the source is not a page of AWS".to_owned());
        }
        if self.places.is_empty() {
            found.push("no place teaches it".to_owned());
        }
        for place in &self.places {
            found.extend(objection_to_place(root, place));
        }
        if let Some(lab) = &self.lab {
            let taught = self
                .places
                .iter()
                .any(|place| place.split('/').nth(1).is_some_and(|f| is_lab(f, lab)));
            if !LABS.contains(&lab.as_str()) {
                found.push(format!("«{lab}» is not a lab"));
            } else if has_book(root) && !taught {
                found.push(format!("nothing in the lab «{lab}» teaches it"));
            }
        }
        found
    }
}

fn is_kebab(id: &str) -> bool {
    id.split('-').all(|part| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}

fn is_aws(url: &str) -> bool {
    ["https://docs.aws.amazon.com/", "https://aws.amazon.com/"]
        .iter()
        .any(|site| url.strip_prefix(site).is_some_and(|page| !page.is_empty()))
}

/// Whether a folder of `labs/` is that lab's: its number, and its id.
fn is_lab(folder: &str, lab: &str) -> bool {
    folder
        .split_once('-')
        .is_some_and(|(number, id)| number.parse::<u8>().is_ok() && id == lab)
}

/// Until the book is begun, its chapters are a plan.
fn has_book(root: &Path) -> bool {
    root.join("book").exists()
}

fn objection_to_place(root: &Path, place: &str) -> Option<String> {
    let (file, question) = match place.split_once('#') {
        Some((file, question)) => (file, Some(question)),
        None => (place, None),
    };
    let missing = || Some(format!("{place} does not exist"));
    let is_quiz = file.starts_with("labs/") && file.ends_with("/quiz.toml");
    match question {
        Some(_) if !is_quiz => Some(format!("{place}: only a quiz has questions")),
        None if is_quiz => Some(format!("{place}: which question?")),
        Some(question) => match fs::read_to_string(root.join(file)) {
            Ok(quiz) if questions(&quiz).contains(question) => None,
            _ => missing(),
        },
        None if file.starts_with("labs/") && file.ends_with(".md") => {
            if root.join(file).is_file() {
                None
            } else {
                missing()
            }
        }
        None => {
            let chapter = file
                .strip_prefix("book/src/conceitos/")
                .and_then(|name| name.strip_suffix(".md"));
            if has_book(root) && file.starts_with("book/src/") {
                if root.join(file).is_file() {
                    None
                } else {
                    missing()
                }
            } else if chapter.is_some_and(|name| TOPICS.contains(&name)) {
                None
            } else {
                Some(format!("{place} is neither of a lab nor a planned chapter"))
            }
        }
    }
}

fn questions(quiz: &str) -> BTreeSet<String> {
    let quiz: toml::Table = quiz.parse().unwrap();
    let all = quiz["questions"].as_array().unwrap();
    all.iter()
        .map(|question| question["id"].as_str().unwrap().to_owned())
        .collect()
}

fn kept() -> Vec<Fact> {
    let text = fs::read_to_string(repository().join("docs/fatos.toml")).unwrap();
    toml::from_str::<Facts>(&text)
        .unwrap_or_else(|e| panic!("docs/fatos.toml: {e}"))
        .fact
}

#[test]
fn every_fact_of_the_notes_has_its_place() {
    let facts = kept();
    let mut wrong = String::new();
    let mut ids = BTreeSet::new();
    for fact in &facts {
        for objection in fact.objections(&repository()) {
            writeln!(wrong, "{}: {objection}", fact.id).unwrap();
        }
        if !ids.insert(&fact.id) {
            writeln!(wrong, "{}: twice", fact.id).unwrap();
        }
    }
    for topic in TOPICS {
        if facts.iter().all(|fact| fact.topic != topic) {
            writeln!(wrong, "{topic}: a chapter without a fact").unwrap();
        }
    }
    assert!(wrong.is_empty(), "docs/fatos.toml\n{wrong}");
}

/// A fact without fault, of which each row of `FAULTS` changes one part.
const SOUND: &str = r#"[[fact]]
id = "unidade"
topic = "dynamodb"
says = "Uma unidade de escrita cobre até 1 KB."
status = "errado"
nota = "As anotações dizem 4 KB."
source = "https://docs.aws.amazon.com/dynamodb/"
where = ["labs/01-a/passo-1.md", "labs/01-a/quiz.toml#pergunta", "book/src/conceitos/dynamodb.md"]
lab = "notas-fiscais"
"#;

const FAULTS: [(&str, &str, &str); 13] = [
    ("\"unidade\"", "\"Unidade\"", "kebab-case"),
    ("\"dynamodb\"", "\"banco\"", "not a chapter"),
    ("1 KB.", "1 KB", "not a sentence"),
    ("nota = \"As anotações dizem 4 KB.\"\n", "", "wants `nota`"),
    (
        "source = \"https://docs.aws.amazon.com/dynamodb/\"\n",
        "",
        "and `source`",
    ),
    ("https://docs", "http://docs", "not a page of AWS"),
    (
        "docs.aws.amazon.com/",
        "docs.aws.amazon.com.example/",
        "not a page of AWS",
    ),
    (
        "[\"labs/01-a/passo-1.md\", \"labs/01-a/quiz.toml#pergunta\", \"book/src/conceitos/dynamodb.md\"]",
        "[]",
        "no place",
    ),
    ("passo-1.md", "passo-2.md", "passo-2.md does not exist"),
    ("#pergunta", "#outra", "#outra does not exist"),
    ("#pergunta", "", "which question?"),
    (
        "conceitos/dynamodb.md",
        "conceitos/outro.md",
        "nor a planned chapter",
    ),
    ("\"notas-fiscais\"", "\"notas\"", "is not a lab"),
];

#[test]
fn a_fault_in_the_facts_is_found() {
    let root = tempfile::tempdir().unwrap();
    let lab = root.path().join("labs/01-a");
    fs::create_dir_all(&lab).unwrap();
    fs::write(lab.join("passo-1.md"), "").unwrap();
    fs::write(lab.join("quiz.toml"), "[[questions]]\nid = \"pergunta\"\n").unwrap();
    let objections = |text: &str| {
        let mut facts: Facts = toml::from_str(text).unwrap();
        facts.fact.remove(0).objections(root.path())
    };

    assert_eq!(objections(SOUND), [""; 0]);
    for (part, fault, expected) in FAULTS {
        let text = SOUND.replacen(part, fault, 1);
        assert_ne!(text, SOUND, "«{part}» is not in the fact");
        let found = objections(&text);
        assert_eq!(found.len(), 1, "{text}\n{found:?}");
        assert!(found[0].contains(expected), "{expected}: {found:?}");
    }
    assert!(toml::from_str::<Facts>(&SOUND.replace("lab =", "labs =")).is_err());

    // The book is begun: a plan is no longer enough.
    let chapters = root.path().join("book/src/conceitos");
    fs::create_dir_all(&chapters).unwrap();
    let found = objections(SOUND).join("\n");
    assert!(found.contains("dynamodb.md does not exist"), "{found}");
    assert!(found.contains("nothing in the lab"), "{found}");
    fs::write(chapters.join("dynamodb.md"), "").unwrap();
    fs::rename(&lab, root.path().join("labs/01-notas-fiscais")).unwrap();
    let moved = SOUND.replace("01-a", "01-notas-fiscais");
    assert_eq!(objections(&moved), [""; 0]);
}
