//! `lab start`: the work folder, the prefix, and a second time.

use std::fs;

use super::{ana, failure, has};
use crate::support::Home;

const FILES: [&str; 4] = [
    "consulta-nota/app.py",
    "evento-s3.json",
    "nota-exemplo.json",
    "processa-nota/app.py",
];

#[test]
fn it_makes_the_work_folder_and_shows_the_first_step() {
    let home = Home::new();
    let ran = home.lab(&["start"]).expect_code(0);
    let folder = home.path().join("notas-fiscais");
    for file in FILES {
        assert!(folder.join(file).is_file(), "{file}");
    }
    has(
        &ran.stdout,
        &[
            "# Nota fiscal no S3 aciona uma função",
            "Pasta de trabalho: ",
            "passo 1 de 7 · 10 pontos",
            &format!("aws s3 mb s3://{}-notas", home.prefix()),
            "O que o lab verifica",
            "→ Quando terminar o passo: `lab check`. Se travar: `lab hint`.",
        ],
    );
    // The event names the learner's own bucket.
    let event = fs::read_to_string(folder.join("evento-s3.json")).unwrap();
    has(&event, &[&format!("{}-notas", home.prefix())]);
    let lab = home.lab(&[]).expect_code(0).stdout;
    has(
        &lab,
        &["Pasta de trabalho: ", "→ Você está em notas-fiscais/bucket"],
    );
}

#[test]
fn a_folder_with_spaces_and_accents() {
    let home = Home::new();
    let dir = "Área de trabalho/minhas lições";
    let answer = home
        .lab(&["start", "--dir", dir, "--json"])
        .expect_code(0)
        .json();
    let folder = home.path().join(dir);
    let told = std::path::PathBuf::from(answer["workspace"].as_str().unwrap());
    assert_eq!(told.canonicalize().unwrap(), folder.canonicalize().unwrap());
    assert_eq!(answer["files"], serde_json::json!(FILES));
    assert_eq!(answer["kept"], serde_json::json!([]));
    assert_eq!(answer["prefix"], home.prefix());
    // From any other folder, the second start finds it.
    let answer = home.lab(&["start", "--json"]).expect_code(0).json();
    assert_eq!(answer["workspace"].as_str(), told.to_str());
    assert!(!home.path().join("notas-fiscais").exists());
}

#[test]
fn nothing_is_written_over_and_progress_stays() {
    let home = Home::new();
    let folder = home.path().join("notas-fiscais");
    fs::create_dir_all(folder.join("processa-nota")).unwrap();
    let mine = folder.join("processa-nota/app.py");
    fs::write(&mine, "# meu código\n").unwrap();
    let ran = home.lab(&["start"]).expect_code(0);
    has(
        &ran.stdout,
        &["Arquivos que já estavam lá ficaram como estavam: processa-nota/app.py"],
    );
    assert_eq!(fs::read_to_string(&mine).unwrap(), "# meu código\n");

    home.lab(&["quiz", "--answer", "notas-fiscais-decimal=Decimal"])
        .expect_code(0);
    home.lab(&["hint"]).expect_code(0);
    let progress = home.lab(&["progress", "--json"]).json();
    let journal = home.journal();
    fs::remove_file(folder.join("evento-s3.json")).unwrap();
    let ran = home.lab(&["start", "notas-fiscais"]).expect_code(0);
    assert!(
        folder.join("evento-s3.json").is_file(),
        "what was deleted comes back"
    );
    has(
        &ran.stdout,
        &["consulta-nota/app.py, nota-exemplo.json, processa-nota/app.py"],
    );
    assert_eq!(home.journal(), journal);
    assert_eq!(home.lab(&["progress", "--json"]).json(), progress);
    assert_eq!(fs::read_to_string(&mine).unwrap(), "# meu código\n");
}

#[test]
fn the_prefix_must_fit_a_bucket_s_name() {
    let home = Home::new();
    let long = "a".repeat(31);
    for bad in [
        "Ana",
        "ab",
        "-ana",
        "ana-",
        "7ana",
        "ana_silva",
        "ana silva",
        "joão",
        "a.b.c",
        "",
        &long,
    ] {
        let ran = home
            .lab(&["start", &format!("--prefix={bad}")])
            .expect_code(2);
        has(
            &ran.stderr,
            &[
                &format!("o prefixo `{bad}` não serve"),
                "`--prefix ana-7k3f`",
            ],
        );
        failure(
            &home.lab(&["start", &format!("--prefix={bad}"), "--json"]),
            "usage",
        );
    }
    let answer = home.lab(&["show", "--json"]).json();
    let bucket = format!("{}-notas", home.prefix());
    assert_eq!(
        answer["names"]["bucket"],
        bucket.as_str(),
        "nothing was changed"
    );
    let good = format!("{}-x9", home.prefix());
    home.lab(&["start", "--prefix", &good]).expect_code(0);
    let answer = home.lab(&["show", "--json"]).json();
    assert_eq!(answer["names"]["bucket"], format!("{good}-notas").as_str());
}

#[test]
fn a_prefix_is_made_up_once() {
    let home = Home::untouched();
    let name = || {
        home.lab(&["show", "notas-fiscais/bucket", "--json"])
            .expect_code(0)
            .json()["names"]["bucket"]
            .clone()
    };
    let first = name();
    let text = first.as_str().unwrap();
    assert!(
        text.starts_with("aluno-") && text.len() == "aluno-1234-notas".len(),
        "{text}"
    );
    assert_eq!(name(), first);
}

#[test]
fn a_lab_that_there_is_not() {
    let ran = ana().lab(&["start", "nota-fiscais"]).expect_code(2);
    has(
        &ran.stderr,
        &[
            "não há um lab `nota-fiscais`",
            "você quis dizer `notas-fiscais`?",
        ],
    );
}

#[test]
fn a_work_folder_that_is_a_file() {
    let home = Home::new();
    fs::write(home.path().join("ocupado"), "").unwrap();
    let ran = home.lab(&["start", "--dir", "ocupado"]).expect_code(3);
    has(
        &ran.stderr,
        &[
            "erro: não foi possível gravar",
            "ocupado",
            "é um arquivo, não uma pasta",
        ],
    );
    assert!(!ran.stderr.contains("os error"), "{ran}");
}
