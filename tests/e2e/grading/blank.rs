//! An account in which nothing was built.

use super::report::Report;
use crate::support::Home;

#[test]
fn passes_nothing_and_waits_for_nothing() {
    let home = Home::new();
    let report = Report::of(&home.lab(&["check", "--json"]).expect_code(1));
    assert_eq!(report.with("pass"), [""; 0]);
    assert_eq!(report.points(), 0);
    assert_eq!(
        report.with("fail"),
        [
            "bucket/existe",
            "tabela/chave",
            "papel/confianca",
            "funcao/configurada",
            "api/leitura",
            "api/rota",
        ]
    );
    let judged = report.with("fail").len() + report.with("skipped").len();
    assert_eq!(judged, report.results().len(), "{:#}", report.json);
    // One look at each thing, one for what has a name like it, and one in each
    // other Region: nothing is asked twice.
    let calls = report.json["calls"].as_u64().unwrap();
    assert!(calls <= 16, "{calls} calls");
    for id in report.with("fail") {
        let cause = &report.check(id)["cause"];
        assert!(!cause["help"].as_str().unwrap().is_empty(), "{id}");
        assert!(
            cause["command"].as_str().unwrap().starts_with("aws "),
            "{id}"
        );
        assert_eq!(cause["expected"], "existe", "{id}");
    }
}

#[test]
fn one_step_is_checked_alone() {
    let home = Home::new();
    let report = Report::of(&home.lab(&["check", "bucket", "--json"]).expect_code(1));
    assert_eq!(report.with("fail"), ["bucket/existe"]);
    assert_eq!(report.with("skipped"), ["bucket/fechado"]);
    assert_eq!(report.results().len(), 2);
}
