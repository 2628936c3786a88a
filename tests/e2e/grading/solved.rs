//! A lab built in another way than the reference solution.

use serde_json::json;

use super::report::Report;
use crate::support::{Home, fixture};

#[test]
fn whoever_built_it_and_however_it_passes() {
    let home = Home::new();
    home.boto3("aluno_boto3.py", &[]).expect_code(0);
    let report = Report::of(&home.lab(&["check", "--json"]).expect_code(0));
    assert_eq!(report.with("pass").len(), report.results().len());
    assert_eq!(report.results().len(), 29);
    assert_eq!(report.points(), 100);
    assert_eq!(report.json["interrupted"], json!(false));
    assert_eq!(report.json["target"]["kind"], "sandbox");

    let journal = home.journal();
    let attempt = journal.last().unwrap();
    assert_eq!(attempt["account"], "000000000000");
    assert_eq!(attempt["region"], "us-east-1");
    assert_eq!(attempt["target"], "sandbox");
    let text = attempt.to_string();
    for result in report.results() {
        assert!(text.contains(result["id"].as_str().unwrap()), "{text}");
    }
    assert_eq!(text.matches("\"pass\"").count(), 29, "{text}");

    // What is not in the answer of the first time is not in that of the second.
    Report::of(&home.lab(&["check", "--json"]).expect_code(0));
    assert_eq!(home.journal().len(), journal.len() + 1);
    home.lab(&["reset", "--yes"]).expect_code(0);
}

#[test]
fn the_learner_copies_nothing_from_the_solution() {
    let learner = std::fs::read_to_string(fixture("aluno_boto3.py")).unwrap();
    for of_the_reference in [
        "tabela.put_item",
        "ler_nota",
        "parse_float=Decimal",
        "put_role_policy(RoleName=WRITER",
    ] {
        assert!(!learner.contains(of_the_reference), "{of_the_reference}");
    }
}
