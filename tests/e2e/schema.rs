//! What the editors of authors are told: the schemas in `docs/schema` are the
//! program's, accept the course and refuse what the program refuses.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::architecture::{files, shown};
use crate::grading::copy;
use crate::support::{Home, Ran, repository};

const NAMES: [&str; 6] = ["lab", "quiz", "near-miss", "solution", "course", "turma"];

fn schema_file(name: &str) -> PathBuf {
    repository().join(format!("docs/schema/{name}.schema.json"))
}

/// What a schema says against a TOML text.
fn objections(name: &str, toml: &str) -> Vec<String> {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(schema_file(name)).unwrap()).unwrap();
    let value = serde_json::to_value(toml.parse::<toml::Table>().unwrap()).unwrap();
    jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The files that have a schema, each with the schema's name.
fn described() -> Vec<(PathBuf, &'static str)> {
    let mut found = Vec::new();
    for folder in ["labs", "solutions"] {
        files(&repository().join(folder), &["toml"], &mut found);
    }
    let named = |path: PathBuf| {
        let name = NAMES
            .into_iter()
            .find(|n| path.file_stem().unwrap() == *n)?;
        Some((path, name))
    };
    let found: Vec<_> = found.into_iter().filter_map(named).collect();
    for name in ["lab", "quiz", "solution", "course"] {
        assert!(found.iter().any(|(_, n)| *n == name), "no {name}.toml");
    }
    found
}

#[test]
fn the_schemas_are_the_programs() {
    let home = Home::untouched();
    let list = home.lab(&["dev", "schema", "--json"]).expect_code(0).json();
    let listed: Vec<&str> = list["schemas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].as_str().unwrap())
        .collect();
    assert_eq!(listed, NAMES);
    for name in NAMES {
        let ran = home.lab(&["dev", "schema", name]).expect_code(0);
        let kept = fs::read_to_string(schema_file(name)).unwrap_or_default();
        assert!(
            ran.stdout == kept.replace("\r\n", "\n"),
            "docs/schema/{name}.schema.json is not what the program says; run\n\
             cargo run -- dev schema --write"
        );
        let json = home.lab(&["dev", "schema", name, "--json"]).expect_code(0);
        assert_eq!(json.stdout, ran.stdout, "a schema is JSON in any case");
    }
}

#[test]
fn every_file_of_the_course_names_its_schema_and_follows_it() {
    for (path, name) in described() {
        let text = fs::read_to_string(&path).unwrap();
        let file = shown(&path);
        let header = text.lines().next().unwrap().strip_prefix("#:schema ");
        let header = header.unwrap_or_else(|| panic!("{file} does not begin with `#:schema …`"));
        let target = path.parent().unwrap().join(header);
        assert_eq!(
            target
                .canonicalize()
                .unwrap_or_else(|e| panic!("{file}: {header}: {e}")),
            schema_file(name).canonicalize().unwrap(),
            "{file}"
        );
        assert_eq!(objections(name, &text), [""; 0], "{file}");
    }
}

/// A right text of a lab, and a wrong one in its place.
const MISTAKES: [(&str, &str); 14] = [
    ("\nminutes = 75\n", "\nminutes = 75\ncolour = \"red\"\n"),
    ("\nminutes = 75\n", "\nminutes = \"75\"\n"),
    ("\nsolution_cost = 5\n", "\nsolution_cost = -5\n"),
    ("says  = \"O bucket `{bucket}` existe na sua Região\"\n", ""),
    ("probe.s3_bucket = {", "probe.s3_buket = {"),
    (
        "{ bucket = \"{bucket}\" }\nexpect.region",
        "{ buket = \"{bucket}\" }\nexpect.region",
    ),
    (
        "{ bucket = \"{bucket}\" }\nexpect.region",
        "{ }\nexpect.region",
    ),
    ("expect.region.equals", "expect.status.equals"),
    ("expect.region.equals", "expect.region.equal"),
    (
        "expect.region.equals = \"{region}\"",
        "expect.region.at_least = 3",
    ),
    ("within = \"20s\"", "within = \"20\""),
    ("fidelity = \"config\"", "fidelity = \"configuration\""),
    (
        "json = \"{nota}\" }",
        "json = \"{nota}\", acl = \"private\" }",
    ),
    ("resources = [{ s3_bucket = ", "resources = [{ s3_bukket = "),
];

#[test]
fn what_the_program_refuses_the_schema_refuses() {
    let home = Home::untouched();
    let course = home.path().join("curso");
    for folder in ["labs", "solutions"] {
        copy(&repository().join(folder), &course.join(folder));
    }
    let file = course.join("labs/01-notas-fiscais/lab.toml");
    let lint = || home.lab(&["dev", "lint", "--course", course.to_str().unwrap()]);
    let right = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
    lint().expect_code(0);
    for (part, mistake) in MISTAKES {
        let wrong = right.replacen(part, mistake, 1);
        assert_ne!(wrong, right, "«{part}» is not in the lab");
        fs::write(&file, &wrong).unwrap();
        lint().expect_code(4);
        assert_ne!(objections("lab", &wrong), [""; 0], "{mistake}");
    }
}

#[test]
fn the_other_schemas_refuse_too() {
    let near_miss = "says = \"x\"\nfrom = \"gatilho\"\n[fails]\n\"a/b\" = \"c\"\n[[command]]\nrun = [\"aws\"]\n";
    assert_eq!(objections("near-miss", near_miss), [""; 0]);
    for (name, wrong) in [
        ("near-miss", near_miss.replace("from", "form")),
        ("near-miss", near_miss.replace("[fails]\n\"a/b\" = \"c\"\n", "")),
        ("solution", "[[command]]\nsays = \"nothing is run\"".to_owned()),
        ("solution", "[[command]]\nrun = \"aws s3 mb\"".to_owned()),
        ("turma", "format_version = 1\nid = \"t\"\ncourse = \"c\"\n[[learner]]\nid = \"a\"\nname = \"A\"\naccess.sandbox = { url = \"x\" }".to_owned()),
        ("turma", "format_version = 1\nid = \"t\"\ncourse = \"c\"\n[[learner]]\nid = \"a\"\nname = \"A\"".to_owned()),
        ("course", "id = \"a\"\ntitle = \"b\"\nlabs = []".to_owned()),
        ("quiz", "[[questions]]\nid = \"a\"\ntype = \"Tracing\"\ncontext = \"b\"\nprompt.prompt = \"?\"\nanswer.answer = \"c\"".to_owned()),
        ("quiz", "[[questions]]\nid = \"a\"\ntype = \"ShortAnswer\"\ncontext = \"b\"\nprompt.prompt = \"?\"\nanswer.answer = 4".to_owned()),
    ] {
        assert_ne!(objections(name, &wrong), [""; 0], "{wrong}");
    }
}

#[test]
fn write_says_what_changed_and_changes_nothing_else() {
    let home = Home::untouched();
    let course = home.path().join("curso");
    fs::create_dir_all(course.join("labs")).unwrap();
    fs::write(course.join("labs/course.toml"), "").unwrap();
    let write = |course: &Path| -> Ran {
        let mut command = home.command(&["dev", "schema", "--write", "--json"]);
        command.current_dir(course.join("labs"));
        Ran::run(command).expect_code(0)
    };
    let changed = |ran: &Ran| -> Vec<String> {
        let answer = ran.json();
        let all = answer["schemas"].as_array().unwrap();
        let changed = all.iter().filter(|s| s["changed"] == true);
        changed
            .map(|s| s["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(changed(&write(&course)), NAMES);
    let quiz = course.join("docs/schema/quiz.schema.json");
    fs::write(&quiz, "{}").unwrap();
    assert_eq!(changed(&write(&course)), ["quiz"]);
    assert_eq!(changed(&write(&course)), [""; 0]);
    assert_eq!(
        fs::read_to_string(&quiz).unwrap(),
        home.lab(&["dev", "schema", "quiz"]).stdout
    );

    let nowhere = home.lab(&["dev", "schema", "--write"]).expect_code(2);
    assert!(nowhere.stderr.contains("não há um curso"), "{nowhere}");
}
