//! `lab dev prove`: what it proves of the course, and that it finds what is
//! broken in a check, a solution, a near miss, a clean-up. `lab dev feedback`:
//! that what learners are told is as it was read.

use serde_json::Value;

use crate::support::{Course, Home, Ran, repository};

const LAB: &str = "labs/01-notas-fiscais/lab.toml";
const NEAR_MISSES: &str = "solutions/01-notas-fiscais/near-misses";

/// `lab dev prove notas-fiscais --json` on a course, which keeps its published form.
#[track_caller]
fn prove(course: &Course, arguments: &[&str]) -> (Ran, Value) {
    let folder = course.path().to_str().unwrap();
    let given = [
        "dev",
        "prove",
        "notas-fiscais",
        "--json",
        "--course",
        folder,
    ];
    let ran = Home::untouched().lab(&[&given, arguments].concat());
    let answer = ran.json();
    let path = repository().join("docs/json-v1.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    if let Err(error) = jsonschema::validate(&schema, &answer) {
        panic!("{error}\n{ran}");
    }
    let proof = answer["labs"][0].clone();
    let problems = proof["problems"].as_array().unwrap().len();
    assert_eq!(ran.code, i32::from(problems > 0), "{ran}");
    (ran, proof)
}

/// Asserts that there is a problem of a kind, in a state, with a check, and
/// gives back what was seen there.
#[track_caller]
fn problem(proof: &Value, kind: &str, state: &str, check: Option<&str>) -> String {
    let problems = proof["problems"].as_array().unwrap();
    let found = problems
        .iter()
        .find(|p| p["kind"] == kind && p["state"] == state && p["check"].as_str() == check);
    match found {
        Some(problem) => problem["seen"].as_str().unwrap().to_owned(),
        None => panic!("no {kind} in {state} of {check:?}: {problems:#?}"),
    }
}

#[test]
fn the_course_is_proved_by_what_is_recorded() {
    let folder = repository();
    let folder = folder.to_str().unwrap();
    let ran = Home::untouched().lab(&["dev", "prove", "--offline", "--json", "--course", folder]);
    let ran = ran.expect_code(0);
    for proof in ran.json()["labs"].as_array().unwrap() {
        assert_eq!(proof["killed"], proof["checks"], "{proof:#}");
        assert_eq!(proof["false_pass"], 0, "{proof:#}");
        assert_eq!(proof["false_fail"], 0, "{proof:#}");
        assert!(proof["near_misses"].as_u64() >= Some(12), "{proof:#}");
    }
}

#[test]
fn a_loosened_matcher_passes_a_near_miss() {
    let course = Course::whole();
    course.edit(LAB, "expect.suffix.equals   = \".json\"\n", "");
    let (_, proof) = prove(&course, &["--offline"]);
    let state = "near-miss/notificacao-sem-sufixo";
    let seen = problem(&proof, "false_pass", state, Some("gatilho/notificacao"));
    assert_eq!(seen, "passa");
    assert!(proof["false_pass"].as_u64() > Some(0), "{proof:#}");
}

#[test]
fn a_wrong_argument_of_a_probe_is_found() {
    let course = Course::whole();
    course.edit(
        LAB,
        "probe.dynamodb_table = { table = \"{tabela}\" }",
        "probe.dynamodb_table = { table = \"{bucket}\" }",
    );
    let (_, proof) = prove(&course, &["--offline"]);
    let seen = problem(&proof, "false_fail", "solved/tabela", Some("tabela/chave"));
    assert!(seen.contains("lab dev prove --record"), "{seen}");
}

#[test]
fn missing_needs_are_found() {
    let course = Course::whole();
    course.edit(
        LAB,
        "says  = \"Um arquivo .txt não aciona nada\"\nneeds = [\"ponta-a-ponta\"]\n",
        "says  = \"Um arquivo .txt não aciona nada\"\n",
    );
    let (_, proof) = prove(&course, &["--offline"]);
    problem(&proof, "verdict", "blank", Some("gatilho/so-json"));
}

#[test]
fn a_lost_word_of_a_message_is_found() {
    let course = Course::whole();
    course.edit(
        &format!("{NEAR_MISSES}/papel-sem-putitem/near-miss.toml"),
        "dynamodb:PutItem",
        "dynamodb:DeleteItem",
    );
    let (_, proof) = prove(&course, &["--offline"]);
    let state = "near-miss/papel-sem-putitem";
    let seen = problem(&proof, "message", state, Some("papel/escrita"));
    assert!(seen.contains("dynamodb:PutItem"), "{seen}");
}

#[test]
fn a_removed_hint_is_told_by_lint() {
    let course = Course::whole();
    course.edit(
        LAB,
        "hint  = \"Filtre a notificação pelo sufixo `.json`.\"\n",
        "hint  = \"\"\n",
    );
    let folder = course.path().to_str().unwrap();
    let ran = Home::untouched().lab(&["dev", "lint", "--json", "--course", folder]);
    let findings = ran.expect_code(4).json()["findings"].clone();
    let line = course
        .read(LAB)
        .lines()
        .position(|line| line == "hint  = \"\"")
        .unwrap()
        + 1;
    assert_eq!(findings[0]["line"], line, "{findings:#}");
}

#[test]
fn without_a_recording_it_says_how_to_make_one() {
    let course = Course::whole();
    course.remove("tests/worlds");
    let (_, proof) = prove(&course, &["--offline"]);
    let seen = proof["problems"][0]["seen"].as_str().unwrap();
    assert!(seen.contains("lab dev prove --record"), "{seen}");
    course.write("tests/worlds/01-notas-fiscais.json", "{}");
    let folder = course.path().to_str().unwrap();
    let ran = Home::untouched().lab(&["dev", "prove", "--offline", "--course", folder]);
    let ran = ran.expect_code(4);
    assert!(ran.stderr.contains("01-notas-fiscais.json"), "{ran}");
}

#[test]
fn a_near_miss_is_named_or_refused() {
    let course = Course::whole();
    let folder = course.path().to_str().unwrap();
    let given = ["dev", "prove", "notas-fiscais", "--course", folder];
    let ran = Home::untouched().lab(&[&given[..], &["--near-miss", "nenhum"]].concat());
    let ran = ran.expect_code(2);
    assert!(ran.stderr.contains("papel-sem-putitem"), "{ran}");
}

/// `lab dev feedback --json` on a course.
fn feedback(course: &std::path::Path, arguments: &[&str]) -> Ran {
    let given = ["dev", "feedback", "--course", course.to_str().unwrap()];
    Home::untouched().lab(&[&given, arguments].concat())
}

#[test]
fn what_learners_are_told_is_as_it_was_read() {
    let ran = feedback(&repository(), &[]);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn a_changed_message_is_found_until_it_is_written_down() {
    let page = "docs/retornos/01-notas-fiscais.md";
    let course = Course::whole();
    course.edit(LAB, "Filtre a notificação pelo sufixo", "Use o sufixo");
    let ran = feedback(course.path(), &["notas-fiscais"]).expect_code(1);
    assert!(ran.stdout.contains(page), "{ran}");
    assert!(ran.stdout.contains("+ - dica: Use o sufixo"), "{ran}");
    assert!(ran.stdout.contains("- - dica: Filtre a"), "{ran}");
    let answer = feedback(course.path(), &["notas-fiscais", "--json"]).expect_code(1);
    assert_eq!(answer.json()["labs"][0]["current"], false);
    assert_eq!(answer.json()["labs"][0]["file"], page);

    feedback(course.path(), &["notas-fiscais", "--write"]).expect_code(0);
    assert!(course.read(page).contains("Use o sufixo"));
    feedback(course.path(), &["notas-fiscais"]).expect_code(0);

    course.remove("tests/worlds");
    let ran = feedback(course.path(), &["notas-fiscais"]).expect_code(4);
    assert!(
        ran.stderr.contains("lab dev prove notas-fiscais --record"),
        "{ran}"
    );
}

// ── On the sandbox ──────────────────────────────────────────────────────────

#[test]
fn a_near_miss_alone_is_proved() {
    let course = Course::whole();
    let (_, proof) = prove(&course, &["--near-miss", "tabela-com-chave-composta"]);
    assert_eq!(proof["problems"].as_array().unwrap().len(), 0, "{proof:#}");
    assert_eq!(proof["near_misses"], 1);
}

#[test]
fn a_broken_solution_is_found() {
    let course = Course::whole();
    let solution = "solutions/01-notas-fiscais/1-bucket/solution.toml";
    course.edit(
        solution,
        "BlockPublicPolicy=true",
        "BlockPublicPolicy=false",
    );
    let near_miss = ["--near-miss", "bucket-com-uma-trava-aberta"];
    let (_, proof) = prove(&course, &near_miss);
    let seen = problem(
        &proof,
        "false_fail",
        "solved/bucket",
        Some("bucket/fechado"),
    );
    assert!(seen.contains("BlockPublicPolicy"), "{seen}");

    course.edit(
        solution,
        "put-public-access-block",
        "put-public-acces-block",
    );
    let (_, proof) = prove(&course, &near_miss);
    let seen = problem(&proof, "command", "solved/bucket", None);
    assert!(seen.contains("put-public-acces-block"), "{seen}");
}

#[test]
fn a_check_that_leaves_something_is_found() {
    let course = Course::whole();
    // What the function makes of the object stays.
    course.edit(
        LAB,
        "clean = [{ dynamodb_delete = { table = \"{tabela}\", key = { numero = \"{nota.numero}\" } } }]\nchain = [\"papel/leitura\", \"papel/escrita\"]\n",
        "chain = [\"papel/leitura\", \"papel/escrita\"]\n",
    );
    let (_, proof) = prove(&course, &["--near-miss", "chave-sem-decodificar"]);
    let seen = problem(&proof, "changed", "solved/funcao", None);
    assert!(
        seen.contains("+ dynamodb_item aluna-notas-fiscais"),
        "{seen}"
    );
}

#[test]
fn what_a_reset_leaves_is_found() {
    let course = Course::whole();
    // The step forgets to say what it asks for.
    course.edit(LAB, "resources = [{ s3_bucket = \"{bucket}\" }]\n", "");
    // One step is enough of a lab to be reset.
    let text = course.read(LAB);
    let second = text.find("# ── 2 ──").unwrap();
    let map = text.find("# ── Arquitetura ──").unwrap();
    let first = text.find("# ── 1 ──").unwrap();
    course.write(LAB, format!("{}{}", &text[..map], &text[first..second]));
    course.remove(NEAR_MISSES);
    let (_, proof) = prove(&course, &[]);
    let seen = problem(&proof, "reset", "solved/bucket", None);
    assert!(seen.contains("+ s3_bucket aluna-notas"), "{seen}");
    // Nothing recorded is of use to another lab.
    assert!(seen.lines().all(|line| !line.contains("vizinho")), "{seen}");
}
