//! When it cannot be looked, nobody is blamed: exit code 3, the reason and what
//! to do about it, and never the verdict "fail".

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::report::{Report, assert_valid};
use crate::support::{Answer, Home, Ran, Request, Server, Shared, error, shared};

const CHECK: &[&str] = &["check", "--target", "aws", "--json"];

/// `lab check` on the target AWS, with an endpoint and keys.
fn check(home: &Home, endpoint: &str, keys: Option<(&str, &str)>) -> Ran {
    let mut command = home.command(CHECK);
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_REGION", "us-east-1");
    if let Some((id, secret)) = keys {
        command
            .env("AWS_ACCESS_KEY_ID", id)
            .env("AWS_SECRET_ACCESS_KEY", secret);
    }
    Ran::run(command)
}

const ANY: Option<(&str, &str)> = Some(("AKIAIOSFODNN7EXAMPLE", "secret"));

/// The check could not begin: the error's message and hints in one text.
#[track_caller]
fn refused(home: &Home, ran: Ran) -> String {
    let ran = ran.expect_code(3);
    let json = ran.json();
    assert_valid(&json);
    assert_eq!(json["error"]["kind"], "environment");
    assert!(home.journal().is_empty(), "nobody was judged");
    let hints = json["error"]["hints"].as_array().unwrap();
    assert!(!hints.is_empty(), "what to do? {json:#}");
    let hints = hints.iter().filter_map(Value::as_str).collect::<Vec<_>>();
    format!(
        "{}\n{}",
        json["error"]["message"].as_str().unwrap(),
        hints.join("\n")
    )
}

/// Every check was asked for and none could be judged.
#[track_caller]
fn unknown(ran: Ran) -> Report {
    let report = Report::of(&ran.expect_code(3));
    assert_eq!(report.results().len(), 29, "{:#}", report.json);
    for verdict in ["pass", "fail", "pending", "broken"] {
        assert_eq!(
            report.with(verdict),
            [""; 0],
            "{verdict}: {:#}",
            report.json
        );
    }
    assert!(!report.with("unknown").is_empty());
    for result in report.results() {
        assert_eq!(result["passed"], Value::Null);
    }
    report
}

#[test]
fn nobody_at_the_endpoint() {
    let home = Home::new();
    let told = refused(&home, check(&home, "http://127.0.0.1:9", ANY));
    assert!(
        told.contains("sem conexão: ninguém responde no endereço configurado"),
        "{told}"
    );
    assert!(told.contains("AWS_ENDPOINT_URL"), "{told}");
}

#[test]
fn no_credentials() {
    let home = Home::new();
    let told = refused(&home, check(&home, shared().endpoint(), None));
    assert!(
        told.contains("nenhuma credencial da AWS foi encontrada"),
        "{told}"
    );
    assert!(told.contains("aws configure"), "{told}");
}

#[test]
fn credentials_that_aws_does_not_know() {
    let home = Home::new();
    let told = refused(&home, check(&home, shared().endpoint(), ANY));
    assert!(told.contains("credenciais recusadas"), "{told}");
    assert!(told.contains("lab doctor"), "{told}");
}

#[test]
fn credentials_of_another_account() {
    let home = Home::new();
    home.settings(&format!(
        "prefix = \"{}\"\ntarget = \"aws\"\naccount = \"111111111111\"\nregion = \"us-east-1\"\n",
        home.prefix()
    ));
    let told = refused(
        &home,
        check(&home, shared().endpoint(), Some(("222222222222", "x"))),
    );
    assert!(
        told.contains(
            "estas credenciais são da conta 222222222222, e o lab começou na conta 111111111111"
        ),
        "{told}"
    );
    assert!(told.contains("AWS_PROFILE"), "{told}");
}

#[test]
fn expired_credentials() {
    let home = Home::new();
    let server = Server::answering(|request| error(request, 400, "ExpiredToken", "later"));
    let told = refused(&home, check(&home, server.endpoint(), ANY));
    assert!(
        told.contains("credenciais vencidas: ExpiredToken"),
        "{told}"
    );
    assert!(told.contains("aws sso login"), "{told}");

    // They expire in the middle, and S3 says so without a body.
    let server = Server::answering(identified(|request| {
        error(request, 400, "ExpiredTokenException", "later")
    }));
    let report = unknown(check(&home, server.endpoint(), ANY));
    assert!(
        rationale(&report, "tabela/chave").contains("credenciais vencidas"),
        "{:#}",
        report.json
    );
}

#[test]
fn throttling() {
    let home = Home::new();
    let server = Server::answering(identified(|request| {
        error(request, 400, "ThrottlingException", "later")
    }));
    let report = unknown(check(&home, server.endpoint(), ANY));
    for id in [
        "tabela/chave",
        "papel/confianca",
        "funcao/configurada",
        "api/rota",
    ] {
        assert!(
            rationale(&report, id).contains("limite de chamadas atingido"),
            "{id}: {:#}",
            report.json
        );
    }
}

#[test]
fn internal_errors_and_garbage() {
    let home = Home::new();
    let page = "<html><body><h1>Portal da rede da escola</h1></body></html>";
    for status in [200, 302, 403, 404, 500] {
        let server = Server::answering(identified(move |_| {
            Answer::Text(status, "text/html", page.to_owned())
        }));
        let report = Report::of(&check(&home, server.endpoint(), ANY));
        for verdict in ["pass", "fail", "pending"] {
            assert_eq!(report.with(verdict), [""; 0], "{status}: {:#}", report.json);
        }
        assert!(
            rationale(&report, "bucket/existe").contains("formato da AWS"),
            "{status}: {:#}",
            report.json
        );
    }
    // Also where it begins.
    let home = Home::new();
    let server = Server::answering(move |_| Answer::Text(200, "text/html", page.to_owned()));
    refused(&home, check(&home, server.endpoint(), ANY));
}

#[test]
fn silence_is_not_waited_for() {
    let began = Instant::now();
    let after_the_first = || {
        let home = Home::new();
        let server = Server::answering(identified(|_| Answer::Silence));
        let report = unknown(check(&home, server.endpoint(), ANY));
        let told = rationale(&report, "tabela/chave");
        assert!(told.contains("sem resposta"), "{:#}", report.json);
    };
    let from_the_beginning = || {
        let home = Home::new();
        let server = Server::answering(|_| Answer::Silence);
        let told = refused(&home, check(&home, server.endpoint(), ANY));
        assert!(told.contains("sem resposta a tempo"), "{told}");
    };
    std::thread::scope(|scope| {
        scope.spawn(after_the_first);
        scope.spawn(from_the_beginning);
    });
    let took = began.elapsed();
    assert!(took < Duration::from_secs(60), "{took:?}");
}

#[test]
fn a_user_who_may_do_nothing() {
    let home = Home::new();
    // What they may not see is there, and right.
    home.boto3("aluno_boto3.py", &[]).expect_code(0);
    let keys = home.boto3("usuario.py", &[]).expect_code(0).json();
    let keys = (
        keys["id"].as_str().unwrap(),
        keys["secret"].as_str().unwrap(),
    );
    let report = unknown(check(&home, shared().endpoint(), Some(keys)));
    for (id, action) in [
        ("bucket/existe", "s3:ListAllMyBuckets"),
        ("tabela/chave", "dynamodb:DescribeTable"),
        ("papel/confianca", "iam:GetRole"),
        ("funcao/configurada", "lambda:GetFunctionConfiguration"),
        ("api/leitura", "iam:GetRole"),
    ] {
        let told = rationale(&report, id);
        assert!(
            told.contains("acesso negado") && told.contains(action),
            "{id}: {told}"
        );
    }
    assert_eq!(home.journal().len(), 1, "an attempt all the same");
    home.lab(&["reset", "--yes"]).expect_code(0);
}

#[cfg(unix)]
#[test]
fn a_sandbox_that_dies_in_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    // The Python environment is the shared one's.
    for entry in std::fs::read_dir(&shared().dir).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("env-") {
            std::os::unix::fs::symlink(entry.path(), folder.path().join(entry.file_name()))
                .unwrap();
        }
    }
    let sandbox = Shared::start(folder.path().to_path_buf());
    let home = Home::on(&sandbox);
    home.boto3_on(&sandbox, "mutacoes.py", &["excecao-na-invalida"])
        .expect_code(0);
    let child = home
        .command(&["check", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(2500));
    let state = std::fs::read(folder.path().join("state.json")).unwrap();
    let state: Value = serde_json::from_slice(&state).unwrap();
    let killed = Command::new("kill")
        .args(["-KILL", &state["pid"].to_string()])
        .status()
        .unwrap();
    assert!(killed.success());

    let ran = Ran::of(child.wait_with_output().unwrap()).expect_code(3);
    let report = Report::of(&ran);
    assert_eq!(report.with("fail"), [""; 0], "{ran}");
    // How far it came by then depends on the machine.
    assert!(!report.with("unknown").is_empty(), "killed too late: {ran}");
    assert!(!report.with("pass").is_empty(), "killed too early: {ran}");
    let journal = home.journal();
    assert_eq!(journal.len(), 1);

    // Without a sandbox the next one does not even begin, and loses nothing.
    let again = home.lab(&["check", "--json"]).expect_code(3);
    assert_valid(&again.json());
    let progress = home.lab(&["progress"]).expect_code(0);
    assert!(!progress.stderr.contains("aviso"), "{progress}");
    assert_eq!(home.journal(), journal);
    home.lab(&["sandbox", "stop"]);
}

fn rationale<'r>(report: &'r Report, id: &str) -> &'r str {
    report.check(id)["cause"]["rationale"]
        .as_str()
        .unwrap_or_default()
}

/// Says who the caller is, and answers the rest by another function.
fn identified(
    rest: impl Fn(&Request) -> Answer + Send + Sync,
) -> impl Fn(&Request) -> Answer + Send + Sync {
    move |request| {
        if request.body.contains("GetCallerIdentity") {
            let text = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
                <Arn>arn:aws:iam::123456789012:user/ana</Arn><UserId>AIDA</UserId><Account>123456789012</Account>\
                </GetCallerIdentityResult></GetCallerIdentityResponse>";
            Answer::Text(200, "text/xml", text.to_owned())
        } else {
            rest(request)
        }
    }
}
