//! `lab dev lint`: what an author got wrong, all of it, each at its place.

mod breakages;

use serde_json::Value;

use super::{failure, has};
use crate::support::{Course, Home, Ran, repository};

const LAB: &str = "labs/01-notas-fiscais/lab.toml";
const QUIZ: &str = "labs/01-notas-fiscais/quiz.toml";
const IDS: &str = "labs/ids.txt";
const FIRST: &str = "labs/01-notas-fiscais/passo-1-bucket.md";
const SOLUTIONS: &str = "solutions/01-notas-fiscais";
const FIRST_SOLUTION: &str = "solutions/01-notas-fiscais/1-bucket/solution.toml";
const NEAR_MISS: &str = "solutions/01-notas-fiscais/near-misses/erro-1/near-miss.toml";

/// `lab dev lint` on a course.
fn lint(course: &Course, arguments: &[&str]) -> Ran {
    let folder = course.path().to_str().unwrap();
    let home = Home::untouched();
    home.lab(&[&["dev", "lint", "--course", folder], arguments].concat())
}

/// Asserts the published form, and gives back the findings.
#[track_caller]
fn findings(ran: &Ran) -> Vec<Value> {
    let answer = ran.json();
    let path = repository().join("docs/json-v1.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    if let Err(error) = jsonschema::validate(&schema, &answer) {
        panic!("{error}\n{ran}");
    }
    answer["findings"].as_array().unwrap().clone()
}

/// The rule, the file from the course's folder, and the line of each finding.
#[track_caller]
fn told(course: &Course, arguments: &[&str]) -> Vec<(String, String, Option<u64>)> {
    let ran = lint(course, &[&["--json"], arguments].concat());
    let found = findings(&ran);
    assert_eq!(ran.code, if found.is_empty() { 0 } else { 4 }, "{ran}");
    found
        .iter()
        .map(|finding| {
            let file = finding["file"].as_str().unwrap().replace('\\', "/");
            let start = course.path().to_str().unwrap().replace('\\', "/");
            (
                finding["rule"].as_str().unwrap().to_owned(),
                file.trim_start_matches(&start)
                    .trim_start_matches('/')
                    .to_owned(),
                finding["line"].as_u64(),
            )
        })
        .collect()
}

/// The line on which a part of a file ends; of the whole file there is none.
#[track_caller]
fn line(course: &Course, file: &str, part: &str) -> Option<u64> {
    let text = course.read(file);
    let at = text.find(part);
    let end = at.unwrap_or_else(|| panic!("{file} has no «{part}»")) + part.len();
    (!part.is_empty()).then(|| 1 + text[..end].matches('\n').count() as u64)
}

/// The course of this repository has nothing to correct.
#[test]
fn the_course_is_clean() {
    let home = Home::untouched();
    let folder = repository();
    let ran = home.lab(&["dev", "lint", "--course", folder.to_str().unwrap()]);
    let list = std::fs::read_to_string(folder.join("labs/course.toml")).unwrap();
    let listed: toml::Table = toml::from_str(&list).unwrap();
    let labs = listed["labs"].as_array().unwrap().len();
    let said = format!("{labs} labs, nenhum problema.");
    has(&ran.clone().expect_code(0).stdout, &[&said]);
}

#[test]
fn all_is_told_at_once() {
    let course = Course::copy();
    // Files that cannot be read hide nothing of the others.
    course.edit(LAB, "minutes = 75", "minutos = 75");
    course.edit(QUIZ, "[[questions]]", "[[questions]");
    course.edit(FIRST, "# Um bucket", "Um bucket");
    course.edit(
        "labs/01-notas-fiscais/fim.md",
        "# O que você",
        "# PREENCHA: o que vocÃª",
    );
    course.edit(
        NEAR_MISS,
        "[fails]\n\"bucket/fechado\" = \"travas\"",
        "[fails]",
    );
    let end = "labs/01-notas-fiscais/fim.md";
    let mut expected = [
        ("text-mojibake", end, Some(1)),
        ("unfilled", end, Some(1)),
        ("toml", LAB, line(&course, LAB, "minutos = 75")),
        ("text-heading", FIRST, Some(1)),
        ("toml", QUIZ, line(&course, QUIZ, "[[questions]")),
        (
            "near-miss-fails",
            NEAR_MISS,
            line(&course, NEAR_MISS, "[fails]"),
        ),
    ]
    .map(|(rule, file, line)| (rule.to_owned(), file.to_owned(), line));
    expected.sort();
    let mut found = told(&course, &[]);
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn people_see_the_place_and_the_remedy() {
    let course = Course::copy();
    course.edit(LAB, "minutes = 75", "minuts = 75");
    course.remove("labs/01-notas-fiscais/abertura.md");
    let said = lint(&course, &[]).expect_code(4).stdout;
    has(
        &said,
        &[
            "erro[toml]: campo desconhecido `minuts`",
            &format!("lab.toml:{}:1", line(&course, LAB, "minuts").unwrap()),
            "^^^^^^",
            "ajuda: você quis dizer `minutes`?",
            "erro[file-missing]: o arquivo não existe",
            "abertura.md",
            "1 lab: 2 problemas em 2 arquivos.",
        ],
    );
}

/// What nobody can grade with keeps every command from its work.
#[test]
fn loading_points_at_the_same_places() {
    let course = Course::copy();
    course.edit(LAB, "label = \"{funcao}\"", "label = \"{funcaoo}\"");
    let home = Home::untouched();
    let folder = course.path().to_str().unwrap();
    let ran = home
        .lab(&["list", "--course", folder, "--json"])
        .expect_code(4);
    let finding = &failure(&ran, "content")["error"]["findings"][0];
    assert_eq!(finding["line"].as_u64(), line(&course, LAB, "{funcaoo}"));
    assert_eq!(finding["help"], "você quis dizer `{funcao}`?");
    let said = home
        .lab(&["list", "--course", folder])
        .expect_code(4)
        .stderr;
    has(
        &said,
        &["{funcaoo}", "         ^^^^^^^^^\n", "erro[placeholder]"],
    );
    // What only an author cares for does not.
    let course = Course::copy();
    course.edit(LAB, "minutes = 75", "minutes = 0");
    let folder = course.path().to_str().unwrap();
    home.lab(&["list", "--course", folder]).expect_code(0);
}

/// A lab without a step, and a step without a check, would be solved by nobody
/// doing anything.
#[test]
fn what_asks_for_nothing_is_no_lab() {
    let head = "id = \"notas-fiscais\"\ntitle = \"T\"\nsummary = \"S\"\nminutes = 5\n\
                cost = \"Não custa nada.\"\nnames = {}\n";
    let step = "\n[[step]]\nid = \"bucket\"\ntitle = \"T\"\npoints = 100\n\
                text = \"passo-1-bucket.md\"\nhints = []\n";
    for (rest, rule, place, said) in [
        (
            "step = []\n".to_owned(),
            "step-missing",
            "step = []",
            "o lab não tem nenhum passo",
        ),
        (
            format!("{step}check = []\n"),
            "check-missing",
            "id = \"bucket\"",
            "o passo `bucket` não tem nenhum check",
        ),
    ] {
        let course = Course::copy();
        course.write(LAB, format!("{head}{rest}"));
        let expected = (rule.to_owned(), LAB.to_owned(), line(&course, LAB, place));
        assert!(told(&course, &[]).contains(&expected), "{expected:?}");
        let folder = course.path().to_str().unwrap();
        let ran = Home::untouched().lab(&["start", "--course", folder, "--json"]);
        let findings = failure(&ran.expect_code(4), "content")["error"]["findings"].clone();
        let told = findings.as_array().unwrap().iter();
        assert_eq!(told.map(|f| &f["message"]).collect::<Vec<_>>(), [said]);
    }
}

#[test]
fn ids_are_recorded_and_never_taken_back() {
    let course = Course::copy();
    course.edit(
        IDS,
        "notas-fiscais/papel/minimo\n",
        "notas-fiscais/papel/antigo\n",
    );
    let before = course.read(IDS);
    let ran = lint(&course, &["--record-ids"]).expect_code(4);
    has(&ran.stderr, &["labs/ids.txt: 1 id novo."]);
    has(
        &ran.stdout,
        &["o id publicado `notas-fiscais/papel/antigo` não existe mais"],
    );
    let after = course.read(IDS);
    let mut expected: Vec<&str> = before
        .lines()
        .chain(["notas-fiscais/papel/minimo"])
        .collect();
    expected.sort_unstable();
    assert_eq!(after.lines().collect::<Vec<_>>(), expected);
    // Without the list all of it is made.
    course.remove(IDS);
    assert_eq!(
        told(&course, &[]),
        [("id-unrecorded".into(), IDS.into(), None)]
    );
    lint(&course, &["--record-ids"]).expect_code(0);
    assert_eq!(course.read(IDS), Course::copy().read(IDS));
}

#[test]
fn one_lab_alone() {
    let course = Course::copy();
    course.write("labs/02-outro/lab.toml", "id = \"outro\"\n");
    assert!(told(&course, &[]).len() > 2);
    for name in ["notas-fiscais", "01-notas-fiscais", "01"] {
        let found = told(&course, &[name]);
        // That the other folder is not in the list concerns the whole course.
        let files: Vec<&str> = found.iter().map(|(_, file, _)| file.as_str()).collect();
        assert_eq!(files, ["labs/course.toml"], "{name}");
    }
    assert!(
        told(&course, &["02"])
            .iter()
            .any(|(_, file, _)| file == "labs/02-outro/lab.toml")
    );
    let ran = lint(&course, &["--json", "tres"]).expect_code(2);
    failure(&ran, "usage");
}

#[test]
fn links_into_the_book_are_followed_once_there_is_a_book() {
    let course = Course::copy();
    let page = "book/src/labs/notas-fiscais.md";
    course.write(
        page,
        "# Lab\n\n## Bucket\n## Tabela\n## O papel {#papel}\n## Função {#funcao}\n\
         {{#include ../gatilho.md}}\n<a id=\"validacao\"></a>\n## API\n",
    );
    course.write("book/src/gatilho.md", "## Gatilho\n");
    assert_eq!(told(&course, &[]), []);
    course.edit(page, "## API", "## A API");
    let found = told(&course, &[]);
    let first = line(
        &course,
        LAB,
        "hint  = \"Crie o papel da consulta: ele só precisa de `dynamodb:GetItem` sobre o ARN da tabela, sem `*` na ação nem no recurso.\"\nbook",
    );
    assert_eq!(found[0], ("book-anchor".into(), LAB.into(), first));
    assert!(found.iter().all(|(rule, ..)| rule == "book-anchor"));
    // A page that is made from the lab has its steps, and nothing else.
    course.write(page, "{{#lab notas-fiscais}}\n");
    assert_eq!(told(&course, &[]), []);
    course.write(page, "{{#lab outro}}\n");
    assert_eq!(told(&course, &[])[0].0, "book-anchor");
    course.rename(page, "book/src/labs/notas.md");
    assert!(
        told(&course, &[])
            .iter()
            .all(|(rule, ..)| rule == "book-page")
    );
}

#[test]
fn a_resource_belongs_to_one_lab() {
    let course = Course::whole();
    let file = "labs/03-fila-de-eventos/lab.toml";
    let wrong = "tabela_produtos = \"{prefix}-produtos\"";
    course.edit(file, "tabela_produtos = \"{prefix}-loja\"", wrong);
    let expected = (
        "name-shared".to_owned(),
        file.to_owned(),
        line(&course, file, wrong),
    );
    assert_eq!(told(&course, &[]), [expected]);
}
