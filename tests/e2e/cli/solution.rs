//! `lab solution`: what it costs, and that what it prints works.

use snapbox::{assert_data_eq, str};

use super::{ana, has, progress};
use crate::support::Home;

fn step(home: &Home, index: usize) -> serde_json::Value {
    progress(home)["steps"][index].clone()
}

#[test]
fn without_a_terminal_the_cost_must_be_accepted() {
    let home = ana();
    let ran = home.lab(&["solution", "bucket"]).expect_code(2);
    assert_eq!(ran.stdout, "");
    assert_data_eq!(
        ran.stderr,
        str![[r#"
erro: ver a solução antes de passar custa 5 dos 10 pontos do passo; sem um terminal, confirme com `--yes`

"#]]
    );
    assert!(home.journal().is_empty());
}

#[test]
fn what_is_printed_for_bash() {
    let ran = ana().lab(&["solution", "tabela", "--yes", "--shell", "bash"]);
    assert_data_eq!(
        ran.expect_code(0).stdout,
        str![[r#"
Custo: ver a solução antes de passar custa 5 dos 10 pontos do passo.
# na sua pasta de trabalho, depois de: eval "$(lab env)"

# Cria a tabela com a chave de partição numero, do tipo texto, sob demanda
aws dynamodb create-table --table-name ana-7k3f-notas-fiscais --attribute-definitions AttributeName=numero,AttributeType=S --key-schema AttributeName=numero,KeyType=HASH --billing-mode PAY_PER_REQUEST

→ Depois: `lab check notas-fiscais/tabela`

"#]]
    );
}

#[test]
fn what_is_printed_for_powershell() {
    let ran = ana().lab(&["solution", "1", "--yes", "--shell", "powershell"]);
    assert_data_eq!(
        ran.expect_code(0).stdout,
        str![[r#"
Custo: ver a solução antes de passar custa 5 dos 10 pontos do passo.
# na sua pasta de trabalho, depois de: lab env --shell powershell | Out-String | Invoke-Expression

# Cria o bucket
aws s3 mb s3://ana-7k3f-notas

# Liga as quatro travas contra o acesso público
aws s3api put-public-access-block --bucket ana-7k3f-notas --public-access-block-configuration 'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true'

→ Depois: `lab check notas-fiscais/bucket`

"#]]
    );
}

#[test]
fn seeing_it_lowers_what_can_be_earned() {
    let home = ana();
    home.lab(&["solution", "bucket", "--yes"]).expect_code(0);
    assert_eq!(home.journal().len(), 1);
    assert_eq!(step(&home, 0)["reachable"], 5);
    assert_eq!(step(&home, 0)["max"], 10);
    let shown = home.lab(&["progress"]).stdout;
    has(
        &shown,
        &[
            "0 de 10 (até 5)",
            "0 e a solução",
            "Pontos: 0 de 100 (no máximo 95)",
        ],
    );
    let plain = home.lab(&["progress", "--plain"]).stdout;
    has(
        &plain,
        &["0 de 10 pontos (no máximo 5), 0 tentativas, 0 dicas, solução vista"],
    );
    // What was paid for is not asked again, nor paid twice.
    let again = home.lab(&["solution", "bucket"]).expect_code(0);
    assert!(!again.stdout.contains("Custo"), "{again}");
    assert_eq!(home.journal().len(), 1);
}

#[test]
fn json_has_both_shells_and_the_files() {
    let answer = ana()
        .lab(&["solution", "papel", "--yes", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(answer["step"], "papel");
    assert_eq!(answer["cost"], 7);
    assert_eq!(answer["commands"].as_array().unwrap().len(), 3);
    for command in answer["commands"].as_array().unwrap() {
        for shell in ["bash", "powershell"] {
            has(
                command[shell].as_str().unwrap(),
                &["aws iam ", "ana-7k3f-processa-nota"],
            );
        }
    }
    let files = answer["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for file in files {
        let policy: serde_json::Value =
            serde_json::from_str(file["text"].as_str().unwrap()).unwrap();
        assert_eq!(policy["Version"], "2012-10-17");
    }
}

#[test]
fn what_the_learner_wrote_is_not_replaced_unasked() {
    let home = ana();
    let folder = home.path().join("meu trabalho");
    std::fs::create_dir_all(folder.join("processa-nota")).unwrap();
    let mine = folder.join("processa-nota/app.py");
    std::fs::write(&mine, "# meu\n").unwrap();
    let write = ["solution", "funcao", "--write", "meu trabalho"];
    let ran = home.lab(&write).expect_code(2);
    has(
        &ran.stderr,
        &[
            "já existem em meu trabalho: processa-nota/app.py",
            "`--yes`",
        ],
    );
    assert!(home.journal().is_empty(), "refused before it costs");
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "# meu\n");
    let ran = home.lab(&[&write[..], &["--yes"]].concat()).expect_code(0);
    has(
        &ran.stdout,
        &["Gravado em meu trabalho: ", "processa-nota/app.py"],
    );
    has(
        &std::fs::read_to_string(&mine).unwrap(),
        &["def handler(event, context)"],
    );
}

#[test]
fn after_the_step_it_costs_nothing() {
    let home = Home::new();
    let table = format!("{}-notas-fiscais", home.prefix());
    let create = [
        "run",
        "--",
        "aws",
        "dynamodb",
        "create-table",
        "--table-name",
        &table,
        "--attribute-definitions",
        "AttributeName=numero,AttributeType=S",
        "--key-schema",
        "AttributeName=numero,KeyType=HASH",
        "--billing-mode",
        "PAY_PER_REQUEST",
    ];
    home.lab(&create).expect_code(0);
    home.lab(&["check", "tabela"]).expect_code(0);
    let ran = home.lab(&["solution", "tabela"]).expect_code(0);
    assert!(!ran.stdout.contains("Custo"), "{ran}");
    let json = home
        .lab(&["solution", "tabela", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(json["cost"], 0);
    assert_eq!(step(&home, 1)["earned"], 10);
    assert_eq!(step(&home, 1)["reachable"], 10);
    has(
        &home.lab(&["hint", "tabela"]).stdout,
        &["dica 3 de 3", "Este passo já está feito."],
    );
    home.lab(&["reset", "tabela", "--yes"]).expect_code(0);
}

#[cfg(unix)]
#[test]
fn it_asks_and_enter_means_no() {
    use super::terminal::{ENTER, Terminal};

    let home = ana();
    let ask = || {
        let mut terminal = Terminal::lab(&home, &["solution", "bucket"]);
        terminal.until("custa 5 dos 10 pontos do passo");
        terminal.until("Mostrar a solução?");
        terminal
    };
    let mut terminal = ask();
    terminal.press(ENTER);
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    has(&shown, &["Nada foi mostrado, e nenhum ponto se perdeu."]);
    assert!(home.journal().is_empty());

    let mut terminal = ask();
    terminal.press("talvez\r");
    terminal.until("responda s (sim) ou n (não)");
    terminal.press(&"\u{7f}".repeat("talvez".len()));
    terminal.press("sim\r");
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    has(&shown, &["aws s3 mb s3://ana-7k3f-notas"]);
    assert_eq!(home.journal()[0]["entry"]["solution"]["step"], "bucket");
}

/// The whole lab by copy and paste, as the printed text promises it.
#[cfg(unix)]
#[test]
fn pasted_into_bash_it_solves_the_lab() {
    use std::process::{Command, Stdio};

    use crate::support::Ran;

    let home = Home::new();
    home.lab(&["start", "--dir", "trabalho"]).expect_code(0);
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_lab"))
        .parent()
        .unwrap();
    for step in [
        "bucket",
        "tabela",
        "papel",
        "funcao",
        "gatilho",
        "validacao",
        "api",
    ] {
        let printed = home
            .lab(&[
                "solution", step, "--write", "trabalho", "--yes", "--shell", "bash",
            ])
            .expect_code(0)
            .stdout;
        // Only what is said about the commands is left out.
        let pasted: Vec<&str> = printed
            .lines()
            .filter(|line| {
                !["Custo:", "Gravado em", "Este passo", "→"]
                    .iter()
                    .any(|s| line.starts_with(s))
            })
            .collect();
        let script = format!(
            "set -e\ncd trabalho\neval \"$(lab env)\"\n{}\n",
            pasted.join("\n")
        );
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", &script])
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()),
            )
            .current_dir(home.path())
            .stdin(Stdio::null());
        for (name, value) in home.command(&[]).get_envs() {
            if let Some(value) = value.filter(|_| name != "PATH") {
                bash.env(name, value);
            }
        }
        let ran = Ran::run(bash);
        assert_eq!(ran.code, 0, "{step}\n{script}\n{ran}");
    }
    let answer = home.lab(&["check", "--json"]).expect_code(0).json();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 29);
    assert!(results.iter().all(|r| r["passed"] == true), "{answer}");
    let lab = &progress(&home);
    // Each solution was seen before: half the points, rounded for the learner.
    assert_eq!(lab["earned"], 51);
    assert_eq!(lab["reachable"], 51);
    has(
        &home.lab(&["next"]).stdout,
        &["# O que você aprendeu", "lab quiz"],
    );

    let ran = home.lab(&["reset", "--yes"]).expect_code(0);
    has(&ran.stdout, &["Seu progresso e seus arquivos ficaram."]);
    let plan = home
        .lab(&["reset", "--dry-run", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(plan["plan"].as_array().unwrap().len(), 0, "{plan}");
    let lab = &progress(&home);
    assert_eq!(lab["earned"], 51, "a reset takes no points");
}
