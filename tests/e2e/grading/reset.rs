//! `lab reset`: what the lab asked for goes, and nothing else.

use serde_json::{Value, json};

use crate::support::Home;

const KINDS: [&str; 7] = [
    "buckets",
    "tables",
    "functions",
    "roles",
    "policies",
    "apis",
    "log_groups",
];

#[test]
fn removes_the_lab_and_nothing_of_the_neighbours() {
    let home = Home::new();
    home.boto3("vizinhos.py", &[]).expect_code(0);
    let neighbours = inventory(&home);
    assert!(
        KINDS
            .iter()
            .all(|k| *k == "policies" || count(&neighbours, k) == 1),
        "{neighbours:#}"
    );

    home.boto3("aluno_boto3.py", &[]).expect_code(0);
    home.lab(&["check", "--json"]).expect_code(0);
    let built = inventory(&home);

    let plan = home
        .lab(&["reset", "--dry-run", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(plan["plan"].as_array().unwrap().len(), 7, "{plan:#}");
    assert_eq!(plan["deleted"], json!([]));
    assert_eq!(inventory(&home), built);

    // Without a terminal and without `--yes` nothing happens.
    home.lab(&["reset"]).expect_code(2);
    assert_eq!(inventory(&home), built);

    let done = home
        .lab(&["reset", "--yes", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(done["deleted"].as_array().unwrap().len(), 7, "{done:#}");
    assert_eq!(done["failed"], json!([]));
    let mut left = inventory(&home);
    // The learner's own managed policy has a name that the lab did not give.
    assert_eq!(count(&left, "policies"), 1);
    left["policies"] = json!({});
    assert_eq!(left, neighbours);

    let again = home.lab(&["reset", "--yes"]).expect_code(0);
    assert!(
        again.stdout.contains("Não há nada deste lab para remover"),
        "{again}"
    );
    let again = home
        .lab(&["reset", "--yes", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(again["plan"], json!([]));
    // Progress is not a resource.
    assert_eq!(home.journal().len(), 1);
}

#[test]
fn one_step_goes_alone_and_half_a_lab_is_no_error() {
    let home = Home::new();
    home.boto3("aluno_boto3.py", &[]).expect_code(0);
    home.lab(&["reset", "tabela", "--yes"]).expect_code(0);
    let left = inventory(&home);
    assert_eq!(count(&left, "tables"), 0);
    assert_eq!(count(&left, "buckets"), 1);
    assert_eq!(count(&left, "functions"), 2);
    home.lab(&["reset", "--yes"]).expect_code(0);
    let left = inventory(&home);
    assert!(
        KINDS
            .iter()
            .all(|k| *k == "policies" || count(&left, k) == 0),
        "{left:#}"
    );
}

fn inventory(home: &Home) -> Value {
    home.boto3("inventario.py", &[]).expect_code(0).json()
}

fn count(inventory: &Value, kind: &str) -> usize {
    inventory[kind].as_object().unwrap().len()
}
