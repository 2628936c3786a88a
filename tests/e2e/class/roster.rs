//! `lab class init`, `list` and `check`.

use std::fs;

use super::school::{Entry, School};
use crate::support::{Home, Ran, Server};

#[test]
fn a_new_class_is_made_listed_and_ready() {
    let home = Home::new();
    let folder = home.path().join("Turma da Noite, 2026");
    let dir = folder.to_str().unwrap();
    let ran = home.lab(&["class", "init", dir, "--sandbox", "3"]);
    assert!(ran.stdout.contains("turma.toml"), "{ran}");
    ran.expect_code(0);
    let made = fs::read_to_string(folder.join("turma.toml")).unwrap();
    assert!(
        made.contains("id             = \"turma-da-noite--2026\""),
        "{made}"
    );
    let list = home.lab(&["class", "--class", dir, "list", "--json"]);
    let list = list.expect_code(0).json();
    assert_eq!(list["learners"].as_array().unwrap().len(), 3);
    assert_eq!(list["learners"][2]["account"], "700000000003");
    let check = home.lab(&["class", "--class", dir, "check", "--json"]);
    let check = check.expect_code(0).json();
    for learner in check["learners"].as_array().unwrap() {
        assert_eq!(learner["ready"], true, "{learner:#}");
        let findings = learner["findings"].as_array().unwrap();
        let what: Vec<_> = findings
            .iter()
            .map(|f| f["what"].as_str().unwrap())
            .collect();
        for wanted in [
            "conta",
            "região",
            "relógio",
            "s3",
            "lambda",
            "sqs",
            "cloudwatch",
        ] {
            assert!(what.contains(&wanted), "{what:?}");
        }
    }
    // What is there is never written over.
    fs::write(folder.join("turma.toml"), "# minha\n").unwrap();
    home.lab(&["class", "init", dir]).expect_code(0);
    assert_eq!(
        fs::read_to_string(folder.join("turma.toml")).unwrap(),
        "# minha\n"
    );
    // Whoever stands in a folder of the class needs not say which it is.
    let mut below = home.command(&["class", "list"]);
    fs::write(folder.join("turma.toml"), &made).unwrap();
    fs::create_dir(folder.join("segredos")).unwrap();
    below.current_dir(folder.join("segredos"));
    Ran::run(below).expect_code(0);
}

#[test]
fn the_scaffold_of_real_accounts_is_a_roster_and_so_are_its_examples() {
    let home = Home::untouched();
    let dir = home.path().join("turma");
    let dir = dir.to_str().unwrap();
    home.lab(&["class", "init", dir]).expect_code(0);
    let list = ["class", "--class", dir, "list", "--json"];
    let none = home.lab(&list).expect_code(0).json();
    assert_eq!(none["learners"].as_array().unwrap().len(), 0);
    let file = home.path().join("turma/turma.toml");
    let text = fs::read_to_string(&file).unwrap();
    let (head, examples) = text.split_once("\n# Um [[learner]]").unwrap();
    // The examples begin with a comment that stays one.
    let open: String = examples
        .lines()
        .skip(1)
        .map(|line| match line.strip_prefix("# ") {
            Some(code) if code.starts_with("[[") || code.contains(" = ") => format!("{code}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    fs::write(&file, format!("{head}\n{open}")).unwrap();
    let all = home.lab(&list).expect_code(0).json();
    let ways: Vec<_> = all["learners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["access"].clone())
        .collect();
    assert_eq!(ways, ["role", "credentials_file", "profile", "sandbox"]);
}

#[test]
fn a_mistake_in_the_roster_is_shown_where_it_is() {
    let school = School::new(&[
        Entry {
            id: "ana",
            name: "Ana",
            more: "",
        },
        Entry {
            id: "bia",
            name: "Bia",
            more: "prefx = \"x\"",
        },
    ]);
    let ran = school.class(&["list"]).expect_code(4);
    for part in ["turma.toml:18:1", "^^^^^", "você quis dizer `prefix`?"] {
        assert!(ran.stderr.contains(part), "«{part}»: {ran}");
    }
    let json = school.class(&["list", "--json"]).expect_code(4).json();
    assert_eq!(json["error"]["kind"], "content");
    assert_eq!(json["error"]["findings"][0]["line"], 18);

    let text = school.read("turma.toml").replace("prefx = \"x\"\n", "");
    let account = &school.pupils[0].account;
    let twice = text.replace(&school.pupils[1].account, account);
    fs::write(school.folder("turma").join("turma.toml"), twice).unwrap();
    let ran = school.class(&["list"]).expect_code(4);
    assert!(
        ran.stderr
            .contains(&format!("a conta `{account}` já está na linha 8")),
        "{ran}"
    );
}

#[test]
fn what_is_wrong_is_told_of_each_learner() {
    let silent =
        Server::answering(|_| crate::support::Answer::Text(500, "text/plain", "não".into()));
    let elsewhere = format!(
        "access.sandbox = {{ endpoint = \"{}\" }}",
        silent.endpoint()
    );
    let school = School::new(&[
        Entry {
            id: "boa",
            name: "Boa",
            more: "",
        },
        Entry {
            id: "fora",
            name: "Fora",
            more: "access.sandbox = { endpoint = \"http://127.0.0.1:9\" }",
        },
        Entry {
            id: "estranha",
            name: "Estranha",
            more: &elsewhere,
        },
        Entry {
            id: "sem-arquivo",
            name: "Sem",
            more: "access.credentials_file = \"segredos/sem.txt\"",
        },
        Entry {
            id: "outra",
            name: "Outra",
            more: "access.credentials_file = \"segredos/outra.txt\"",
        },
    ]);
    let secret = "segredo-que-nao-se-mostra";
    fs::create_dir(school.folder("turma").join("segredos")).unwrap();
    fs::write(
        school.folder("turma").join("segredos/outra.txt"),
        format!("aws_access_key_id=733333333333\naws_secret_access_key={secret}\n"),
    )
    .unwrap();
    let mut command = school.command(&["check", "--json"]);
    command.env("AWS_ENDPOINT_URL", crate::support::shared().endpoint());
    let ran = Ran::run(command).expect_code(3);
    assert!(
        !format!("{}{}", ran.stdout, ran.stderr).contains(secret),
        "{ran}"
    );
    let answer = ran.json();
    let learners = answer["learners"].as_array().unwrap();
    let told = |index: usize| learners[index]["findings"][0]["text"].as_str().unwrap();
    let ready: Vec<_> = learners
        .iter()
        .map(|l| l["ready"].as_bool().unwrap())
        .collect();
    assert_eq!(ready, [true, false, false, false, false], "{answer:#}");
    assert!(told(1).contains("sem conexão"), "{answer:#}");
    assert!(
        told(3).contains("segredos/sem.txt") && told(3).contains("não existe"),
        "{answer:#}"
    );
    assert!(told(4).contains("são da conta 733333333333"), "{answer:#}");
    for learner in &learners[1..] {
        let helped = learner["findings"][0]["help"].is_string();
        assert!(helped || learner["id"] == "estranha", "{learner:#}");
    }
}
