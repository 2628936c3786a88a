//! An account in which nothing was built.

use crate::support::Home;

#[test]
fn passes_nothing_and_waits_for_nothing() {
    let home = Home::new();
    let ran = home.lab(&["check", "--json"]);
    println!("{ran}");
    println!("{}", home.boto3("aluno_boto3.py", &[]));
    let ran = home.lab(&["check", "--json"]);
    println!("{ran}");
}
