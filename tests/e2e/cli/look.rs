//! `list`, `show`, `next`, `progress` and `lab` alone: what a person sees.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::{ana, course_file, has, lab_with, progress};
use crate::support::Home;

const ESCAPE: char = '\u{1b}';

#[test]
fn list() {
    let ran = ana().lab(&["list"]).expect_code(0);
    assert_eq!(ran.stderr, "");
    assert_data_eq!(
        ran.stdout,
        str![[r#"
Serverless na AWS, na prática

...
  notas-fiscais[..]Nota fiscal no S3 aciona uma função  (75 min, 100 pontos)
[..]0 de 7 passos · 0 de 100 pontos
...

"#]]
    );
}

#[test]
fn lab_alone_says_how_to_begin() {
    let home = Home::untouched();
    home.settings("prefix = \"ana-7k3f\"\ntarget = \"sandbox\"\n");
    assert_data_eq!(
        home.lab(&[]).expect_code(0).stdout,
        str![[r#"
Serverless na AWS, na prática

...
  notas-fiscais[..]Nota fiscal no S3 aciona uma função  (75 min, 100 pontos)
[..]0 de 7 passos · 0 de 100 pontos
...

→ Comece com `lab start`, ou veja tudo funcionar com `lab demo`.

"#]]
    );
}

#[test]
fn lab_alone_says_where_one_is() {
    let home = Home::untouched();
    home.settings(
        "prefix = \"ana-7k3f\"\ntarget = \"sandbox\"\nlab = \"notas-fiscais\"\n\
         [workspaces]\nnotas-fiscais = \"/casa/ana/notas fiscais\"\n",
    );
    assert_data_eq!(
        home.lab(&[]).expect_code(0).stdout,
        str![[r#"
Serverless na AWS, na prática

...
  notas-fiscais[..]Nota fiscal no S3 aciona uma função  (75 min, 100 pontos)
[..]0 de 7 passos · 0 de 100 pontos
...

Pasta de trabalho: /casa/ana/notas fiscais
→ Você está em notas-fiscais/bucket: leia com `lab show`, verifique com `lab check`.

"#]]
    );
}

#[test]
fn show_has_the_step_with_the_names_filled_in() {
    let home = ana();
    let ran = home.lab(&["show", "tabela"]).expect_code(0);
    let body = course_file("passo-2-tabela.md").replace("{tabela}", "ana-7k3f-notas-fiscais");
    has(&ran.stdout, &[body.trim_end()]);
    assert!(!ran.stdout.contains("{tabela}"));
    let frame = ran.stdout.replace(body.trim_end(), "(o texto do passo)");
    assert_data_eq!(
        frame,
        str![[r#"
Nota fiscal no S3 aciona uma função · passo 2 de 7 · 10 pontos
(o texto do passo)

O que o lab verifica
  - A tabela `ana-7k3f-notas-fiscais` tem `numero`, do tipo texto, como única chave
  - A tabela cobra sob demanda, sem capacidade reservada

Nomes dos seus recursos
  api         ana-7k3f-notas-api
  bucket      ana-7k3f-notas
  funcao      ana-7k3f-processa-nota
  funcao_api  ana-7k3f-consulta-nota
  papel       ana-7k3f-processa-nota
  papel_api   ana-7k3f-consulta-nota
  tabela      ana-7k3f-notas-fiscais

"#]]
    );
    // The same by number and with the lab's name.
    for reference in ["2", "notas-fiscais/tabela", "notas-fiscais/2"] {
        assert_eq!(home.lab(&["show", reference]).stdout, ran.stdout);
    }
}

#[test]
fn show_of_the_whole_lab_is_its_opening() {
    let ran = ana().lab(&["show", "notas-fiscais"]).expect_code(0);
    assert!(
        ran.stdout
            .starts_with("# Nota fiscal no S3 aciona uma função\n")
    );
    has(
        &ran.stdout,
        &["Seu bucket, por exemplo, é `ana-7k3f-notas`."],
    );
}

#[test]
fn names_alone() {
    assert_data_eq!(
        ana().lab(&["show", "--names"]).expect_code(0).stdout,
        str![[r#"
Nomes dos seus recursos
  api         ana-7k3f-notas-api
  bucket      ana-7k3f-notas
  funcao      ana-7k3f-processa-nota
  funcao_api  ana-7k3f-consulta-nota
  papel       ana-7k3f-processa-nota
  papel_api   ana-7k3f-consulta-nota
  tabela      ana-7k3f-notas-fiscais

"#]]
    );
}

#[test]
fn next_is_the_first_open_step() {
    let home = ana();
    let next = home.lab(&["next"]).expect_code(0).stdout;
    has(
        &next,
        &["passo 1 de 7 · 10 pontos\n# Um bucket fechado ao público\n"],
    );
    let show = home.lab(&["show"]).expect_code(0).stdout;
    assert!(show.starts_with(&next), "{show}");
}

#[test]
fn progress_as_a_table() {
    assert_data_eq!(
        ana().lab(&["progress"]).expect_code(0).stdout,
        str![[r#"
...
Nota fiscal no S3 aciona uma função
─────────────────────────────────────────────────────────────────────────────────────
 Passo   Título                             Situação     Pontos   Tentativas   Dicas 
═════════════════════════════════════════════════════════════════════════════════════
     1   Um bucket fechado ao público       ○ a fazer   0 de 10            0   0     
     2   A tabela das notas                 ○ a fazer   0 de 10            0   0     
     3   O papel de execução com o mínimo   ○ a fazer   0 de 15            0   0     
     4   A função que lê, valida e grava    ○ a fazer   0 de 20            0   0     
     5   O bucket aciona a função           ○ a fazer   0 de 20            0   0     
     6   Notas inválidas e repetidas        ○ a fazer   0 de 15            0   0     
     7   Consulta pela API                  ○ a fazer   0 de 10            0   0     
─────────────────────────────────────────────────────────────────────────────────────
Perguntas: 0 de 12 certas
Pontos: 0 de 100
...

"#]]
    );
}

#[test]
fn progress_in_words() {
    let ran = ana().lab(&["progress", "--plain"]).expect_code(0);
    assert_data_eq!(
        ran.stdout,
        str![[r#"
...
Nota fiscal no S3 aciona uma função
Passo 1, Um bucket fechado ao público: a fazer, 0 de 10 pontos, 0 tentativas, 0 dicas
Passo 2, A tabela das notas: a fazer, 0 de 10 pontos, 0 tentativas, 0 dicas
Passo 3, O papel de execução com o mínimo: a fazer, 0 de 15 pontos, 0 tentativas, 0 dicas
Passo 4, A função que lê, valida e grava: a fazer, 0 de 20 pontos, 0 tentativas, 0 dicas
Passo 5, O bucket aciona a função: a fazer, 0 de 20 pontos, 0 tentativas, 0 dicas
Passo 6, Notas inválidas e repetidas: a fazer, 0 de 15 pontos, 0 tentativas, 0 dicas
Passo 7, Consulta pela API: a fazer, 0 de 10 pontos, 0 tentativas, 0 dicas
Perguntas: 0 de 12 certas
Pontos: 0 de 100
...

"#]]
    );
}

#[test]
fn plain_has_neither_symbols_nor_boxes() {
    let home = ana();
    for arguments in [
        &["list", "--plain"][..],
        &["--plain"],
        &["progress", "--plain"],
        &["show", "bucket", "--names", "--plain"],
        &["doctor", "--plain"],
    ] {
        let said = home.lab(arguments).stdout;
        for symbol in ["✔", "✘", "○", "…", "─", "═", "│"] {
            assert!(!said.contains(symbol), "{symbol} in {arguments:?}:\n{said}");
        }
    }
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let home = ana();
    for command in ["list", "progress", "show", "next", "doctor"] {
        let coloured = home.lab(&[command, "--color", "always"]).stdout;
        assert!(coloured.contains(ESCAPE), "{command}:\n{coloured}");
        for plain in [
            home.lab(&[command]),
            home.lab(&[command, "--color", "never"]),
            lab_with(&home, &[("NO_COLOR", "1")], &[command]),
            lab_with(&home, &[("TERM", "dumb")], &[command]),
            lab_with(
                &home,
                &[("CLICOLOR_FORCE", "1")],
                &[command, "--color", "never"],
            ),
        ] {
            assert!(!plain.stdout.contains(ESCAPE), "{command}: {plain}");
            assert!(!plain.stderr.contains(ESCAPE), "{command}: {plain}");
        }
        // What is asked for expressly counts more than a variable.
        let both = lab_with(&home, &[("NO_COLOR", "1")], &[command, "--color", "always"]);
        assert!(both.stdout.contains(ESCAPE), "{command}: {both}");
    }
    let error = home.lab(&["chek", "--color", "always"]).expect_code(2);
    assert_eq!(error.stdout, "");
}

#[test]
fn list_as_json() {
    let answer = ana().lab(&["list", "--json"]).expect_code(0).json();
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["course"], "aws-serverless");
    let labs = answer["labs"].as_array().unwrap();
    let lab = labs
        .iter()
        .find(|lab| lab["id"] == "notas-fiscais")
        .unwrap();
    assert_eq!(
        *lab,
        json!({
            "id": "notas-fiscais",
            "title": "Nota fiscal no S3 aciona uma função",
            "summary": "Uma nota fiscal enviada ao S3 vira um item no DynamoDB, e uma API a consulta.",
            "minutes": 75, "steps": 7, "done": 0, "earned": 0, "max": 100,
        })
    );
    // `lab` alone answers the same.
    assert_eq!(ana().lab(&["--json"]).expect_code(0).json(), answer);
}

#[test]
fn show_as_json() {
    let home = ana();
    let answer = home.lab(&["show", "api", "--json"]).expect_code(0).json();
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["lab"], "notas-fiscais");
    assert_eq!(answer["names"]["bucket"], "ana-7k3f-notas");
    assert_eq!(answer["names"].as_object().unwrap().len(), 7);
    let step = &answer["step"];
    assert_eq!(step["id"], "api");
    assert_eq!(step["points"], 10);
    assert_eq!(step["checks"].as_array().unwrap().len(), 5);
    let text = step["text"].as_str().unwrap();
    has(text, &["ana-7k3f-notas-api"]);
    // Braces that are not a name of the lab belong to the text.
    has(text, &["{numero}"]);
}

#[test]
fn next_and_progress_as_json() {
    let home = ana();
    assert_eq!(
        home.lab(&["next", "--json"]).expect_code(0).json(),
        json!({
            "version": 1, "lab": "notas-fiscais", "step": "bucket",
            "earned": 0, "max": 100, "quiz_open": 12,
        })
    );
    let lab = progress(&home);
    assert_eq!(
        lab["steps"][0],
        json!({
            "id": "bucket", "title": "Um bucket fechado ao público", "passed": false,
            "earned": 0, "max": 10, "reachable": 10, "attempts": 0, "hints": 0, "solution": false,
        })
    );
    assert_eq!(lab["quiz"], json!({ "right": 0, "total": 12 }));
    assert_eq!(lab["next"], "lab show notas-fiscais/bucket");
    assert_eq!(lab["reachable"], 100);
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let home = ana();
    let mut command = home.command(&["show", "notas-fiscais"]);
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_step_called_like_a_lab_is_meant_in_its_own_lab() {
    let home = Home::untouched();
    let first = |home: &Home, what: &str| {
        let told = home.lab(&["show", what]).expect_code(0).stdout;
        told.lines().next().unwrap().to_owned()
    };
    home.settings("prefix = \"ana-7k3f\"\ntarget = \"sandbox\"\nlab = \"projeto-final\"\n");
    let step = first(&home, "versoes");
    assert!(
        step.starts_with("A arquitetura completa · passo 4"),
        "{step}"
    );
    assert_eq!(first(&home, "projeto-final/versoes"), step);
    // In another lab, and when all of it is deleted, the lab is meant.
    home.settings("prefix = \"ana-7k3f\"\ntarget = \"sandbox\"\nlab = \"notas-fiscais\"\n");
    let lab = first(&home, "versoes");
    assert!(lab.starts_with("# Versões e aliases"), "{lab}");
}
