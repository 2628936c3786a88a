//! The second lab, built in another way than its reference solution, and the
//! page that calls it from a browser.

use super::report::Report;
use crate::support::Home;
#[cfg(target_os = "linux")]
use crate::support::{repository, shared};

#[test]
fn the_products_api_of_another_learner_passes() {
    let home = Home::new();
    home.boto3("produtos_boto3.py", &[]).expect_code(0);
    let ran = home.lab(&["check", "api-produtos", "--json"]);
    let report = Report::of(&ran);
    assert_eq!(report.with("pass").len(), report.results().len(), "{ran}");
    assert_eq!(report.points(), 100);
    home.lab(&["reset", "api-produtos", "--yes"]).expect_code(0);
}

/// What the page shows of product 7 of a learner's API.
#[cfg(target_os = "linux")]
fn page(home: &Home, api: &str) -> String {
    let folder = repository().join("labs/02-api-produtos/starter/pagina");
    let url = format!("{}/_aws/execute-api/{api}/prod", shared().endpoint());
    home.boto3("navegador.py", &[folder.to_str().unwrap(), &url, "7"])
        .expect_code(0)
        .stdout
}

#[cfg(target_os = "linux")]
#[test]
fn a_page_reads_the_products_only_with_cors() {
    let home = Home::new();
    let api = home.boto3("produtos_boto3.py", &["sem-cors"]);
    let shown = page(&home, api.expect_code(0).stdout.trim());
    assert!(
        shown.contains("o navegador não entregou a resposta"),
        "{shown}"
    );
    assert!(!shown.contains("Pão de queijo"), "{shown}");

    let api = home.boto3("produtos_boto3.py", &[]);
    let shown = page(&home, api.expect_code(0).stdout.trim());
    assert!(shown.contains("GET /produtos/7: 200"), "{shown}");
    assert!(shown.contains("Pão de queijo"), "{shown}");
    home.lab(&["reset", "api-produtos", "--yes"]).expect_code(0);
}
