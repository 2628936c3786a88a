//! `lab map`: the architecture, as it was last seen.

use snapbox::{assert_data_eq, str};

use super::{ana, has};
use crate::support::Home;

#[test]
fn before_anything_was_looked_at() {
    let ran = ana().lab(&["map"]).expect_code(0);
    assert_data_eq!(
        ran.stdout,
        str![[r#"
Nota fiscal no S3 aciona uma função · sandbox · ainda sem verificação

· NÃO VISTO  Amazon S3 · ana-7k3f-notas
· NÃO VISTO  ╰─▶ AWS Lambda · ana-7k3f-processa-nota: ObjectCreated em entrada/*.json
· NÃO VISTO  AWS Lambda · ana-7k3f-processa-nota
· NÃO VISTO  ├─▶ DynamoDB · ana-7k3f-notas-fiscais: PutItem
· NÃO VISTO  ╰─▶ Amazon S3 · ana-7k3f-notas: notas inválidas em rejeitadas/
· NÃO VISTO  DynamoDB · ana-7k3f-notas-fiscais
· NÃO VISTO  API Gateway · ana-7k3f-notas-api
· NÃO VISTO  ╰─▶ AWS Lambda · ana-7k3f-consulta-nota: GET /notas/<numero>
· NÃO VISTO  AWS Lambda · ana-7k3f-consulta-nota
· NÃO VISTO  ╰─▶ DynamoDB · ana-7k3f-notas-fiscais: GetItem

→ Para ver como está: `lab map --check`

"#]]
    );
}

#[test]
fn in_words() {
    let said = ana().lab(&["map", "--plain"]).expect_code(0).stdout;
    has(
        &said,
        &[
            "Amazon S3 · ana-7k3f-notas: NÃO VISTO",
            "de Amazon S3 · ana-7k3f-notas para AWS Lambda · ana-7k3f-processa-nota: ObjectCreated em entrada/*.json: NÃO VISTO",
        ],
    );
    for sign in ["·  ", "╰", "├", "▶", "✔"] {
        assert!(!said.contains(sign), "{sign} in:\n{said}");
    }
}

#[test]
fn as_the_newest_check_saw_it() {
    let home = Home::new();
    home.lab(&[
        "run",
        "--",
        "aws",
        "s3",
        "mb",
        &format!("s3://{}-notas", home.prefix()),
    ])
    .expect_code(0);
    home.lab(&["check", "bucket"]).expect_code(0);
    let answer = home.lab(&["map", "--json"]).expect_code(0).json();
    let node = |id: &str| {
        let nodes = answer["nodes"].as_array().unwrap();
        nodes.iter().find(|node| node["id"] == id).unwrap().clone()
    };
    assert_eq!(node("bucket")["standing"], "pass");
    assert_eq!(node("bucket")["checks"][0]["verdict"], "pass");
    assert_eq!(node("tabela")["standing"], "unseen");
    assert_eq!(answer["rows"][0][0], "bucket");
    assert!(answer["seen"].is_string());

    // A fresh look at everything, with the exit code of a check.
    let ran = home.lab(&["map", "--check"]).expect_code(1);
    has(
        &ran.stdout,
        &["✘ FALHOU", "○ PULADO", "última verificação agora mesmo"],
    );
    let answer = home.lab(&["map", "--json"]).expect_code(0).json();
    assert_ne!(answer["nodes"][2]["standing"], "unseen");
    // What was seen elsewhere says nothing of this account.
    home.settings(&format!(
        "prefix = \"{}\"\ntarget = \"aws\"\nlab = \"notas-fiscais\"\n",
        home.prefix()
    ));
    let answer = home.lab(&["map", "--json"]).expect_code(0).json();
    assert_eq!(answer["nodes"][0]["standing"], "unseen");
}
