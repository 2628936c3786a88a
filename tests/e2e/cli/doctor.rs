//! `lab doctor`.

use super::{has, lab_with, without_sandbox};
use crate::support::{Home, shared};

#[test]
fn all_is_well() {
    let home = Home::new();
    let ran = home.lab(&["doctor"]).expect_code(0);
    assert_eq!(ran.stderr, "");
    has(
        &ran.stdout,
        &[
            "✔ OK       lab          0.",
            "✔ OK       curso        Serverless na AWS, na prática · ",
            "✔ OK       diário       0 registros\n",
            &format!("✔ OK       prefixo      `{}`\n", home.prefix()),
            "✔ OK       python       Python 3.",
            "✔ OK       sandbox      ligado em http://127.0.0.1:",
            "✔ OK       conta        000000000000 · ",
            "✔ OK       relógio      diferença de 0 s\n",
            "✔ OK       lambda       posso ler\n",
            "Tudo certo. Este texto pode ser colado em um pedido de ajuda: não tem segredos.",
        ],
    );
}

#[test]
fn as_json() {
    let answer = Home::new().lab(&["doctor", "--json"]).expect_code(0).json();
    assert_eq!(answer["version"], 1);
    let findings = answer["findings"].as_array().unwrap();
    let names: Vec<&str> = findings
        .iter()
        .map(|f| f["what"].as_str().unwrap())
        .collect();
    for what in [
        "lab", "dados", "curso", "diário", "prefixo", "python", "sandbox", "conta", "região",
        "relógio", "s3", "lambda", "dynamodb", "iam",
    ] {
        assert!(names.contains(&what), "{what} in {names:?}");
    }
    for finding in findings {
        let state = finding["state"].as_str().unwrap();
        assert!(["ok", "remark"].contains(&state), "{finding}");
        assert!(finding["text"].is_string(), "{finding}");
        assert!(finding["help"].is_string() == (state != "ok") || finding["help"].is_null());
    }
}

#[test]
fn without_a_sandbox_it_says_what_to_do() {
    let ran = without_sandbox().lab(&["doctor"]).expect_code(0);
    has(
        &ran.stdout,
        &[
            "… AVISO    sandbox      desligado",
            "ligue com `lab sandbox start`",
        ],
    );
}

/// On AWS the person's own keys are in use, and the text is made to be pasted.
#[test]
fn no_secret_is_shown() {
    let home = Home::untouched();
    home.settings("prefix = \"ana-7k3f\"\ntarget = \"aws\"\nlab = \"notas-fiscais\"\n");
    let secret = "wJalrXUtnFEMIbPxRfiCYEXAMPLEKEY";
    let token = "FwoGZXIvYXdzEHEXEMPLO";
    let variables = [
        ("AWS_ACCESS_KEY_ID", "444455556666"),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_SESSION_TOKEN", token),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", shared().endpoint()),
        (
            "HTTPS_PROXY",
            "http://ana:senha-do-proxy@proxy.example:3128",
        ),
    ];
    for arguments in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["check", "bucket"],
        &["check", "bucket", "--json"],
    ] {
        let ran = lab_with(&home, &variables, arguments);
        assert!(
            ran.stdout.contains("444455556666"),
            "the keys are in use: {ran}"
        );
        for hidden in [secret, token, "senha-do-proxy"] {
            assert!(
                !format!("{}{}", ran.stdout, ran.stderr).contains(hidden),
                "{ran}"
            );
        }
    }
    let journal = std::fs::read_to_string(home.data().join("journal.jsonl")).unwrap();
    assert!(!journal.contains(secret) && !journal.contains(token));
}
