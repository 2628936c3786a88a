//! A class's accounts are reset where calls are refused, slow or broken off, and
//! where the program itself is killed.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::school::{Entry, Hand, School};
use super::wiping::{ANA, BIA, look, make, of, plan, reset, same};
use crate::inventory::{NUMBERED, forward, no};
use crate::support::{Answer, Request, Server, passed_on, shared, stirs};

/// A learner whose account is reached through something that answers some of
/// the calls itself.
fn behind(answer: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static) -> (School, Server) {
    let server =
        Server::answering(move |request| answer(request).unwrap_or_else(|| forward(request)));
    let more = format!(
        "access.sandbox = {{ endpoint = \"{}\" }}\n",
        server.endpoint()
    );
    let school = School::new(&[Entry { more: &more, ..ANA }]);
    (school, server)
}

fn is(request: &Request, method: &str, path: &str) -> bool {
    let line = request.head.lines().next().unwrap_or_default();
    line.starts_with(&format!("{method} ")) && line.contains(path)
}

#[tokio::test]
async fn what_cannot_be_read_stays_and_the_account_is_not_clean() {
    // A look at the one function, with its tags.
    let (school, _server) = behind(|request| {
        (is(request, "GET", "/functions/") && !is(request, "GET", "event-")).then(|| no(request))
    });
    let ana = school.pupil("ana").clone();
    make(&ana, &["curso", "alheio"]);
    let (file, hash, plan) = plan(&school, &[], 3);
    assert_eq!(
        plan["parts"][0]["unread"][0]["kind"], "lambda_function",
        "{plan:#}"
    );
    let done = reset(&school, &file, &hash, &[]).expect_code(3).json();
    assert_eq!(of(&done, "ana")["word"], "incompleto");
    let left = look(&ana).await;
    let has = |start: String| left.lines().any(|l| l == start);
    assert!(has(format!("lambda_function {}-processa-nota", ana.prefix)));
    // What it uses stays with it; what it does not, goes.
    assert!(
        left.lines()
            .any(|l| l.starts_with(&format!("iam_role {}-processa-nota ", ana.prefix)))
    );
    assert!(
        !left
            .lines()
            .any(|l| l.starts_with(&format!("iam_role {}-consulta-nota ", ana.prefix)))
    );
    assert!(has(format!(
        "log_group /aws/lambda/{}-processa-nota",
        ana.prefix
    )));

    // A list that fails: nothing that it might have told of is touched.
    let (school, _server) = behind(|request| {
        let mut lists = ["/functions ", "/functions/ ", "/functions?", "/functions/?"].iter();
        lists
            .any(|path| is(request, "GET", path))
            .then(|| no(request))
    });
    let ana = school.pupil("ana").clone();
    make(&ana, &["curso"]);
    let (_, _, plan) = self::plan(&school, &[], 3);
    let part = &plan["parts"][0];
    let goes = part["goes"].as_array().unwrap();
    for kind in [
        "iam_role",
        "log_group",
        "sqs_queue",
        "dynamodb_table",
        "lambda_function",
    ] {
        assert!(
            goes.iter().all(|thing| thing["kind"] != kind),
            "{kind}: {plan:#}"
        );
    }
    assert!(
        goes.iter().any(|thing| thing["kind"] == "s3_bucket"),
        "{plan:#}"
    );
}

#[tokio::test]
async fn what_is_denied_blocks_the_account_and_says_how_to_go_on() {
    let (school, _server) =
        behind(|request| is(request, "DELETE", "/functions/").then(|| no(request)));
    let ana = school.pupil("ana").clone();
    make(&ana, &["curso"]);
    let (file, hash, _) = plan(&school, &[], 0);
    let done = reset(&school, &file, &hash, &[]).expect_code(3).json();
    let done = of(&done, "ana");
    assert_eq!(done["word"], "bloqueado");
    let left = done["left"].as_array().unwrap();
    assert_eq!(
        left.len(),
        3,
        "the function, its role and its log group: {done:#}"
    );
    let function = left
        .iter()
        .find(|l| l["kind"] == "lambda_function")
        .unwrap();
    let command = format!(
        "aws lambda delete-function --function-name {}-processa-nota --region us-east-1",
        ana.prefix
    );
    assert_eq!(function["commands"][0], command);
}

#[tokio::test]
async fn throttling_and_server_errors_only_make_it_slower() {
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&calls);
    let (school, _server) = behind(move |request| {
        seen.fetch_add(1, Ordering::Relaxed);
        // Of twenty, six are throttled and one fails; never whoever one is.
        if request.head.contains("/sts/") {
            return None;
        }
        let text = |code: &str| format!("{{\"__type\":\"{code}\",\"message\":\"x\"}}");
        match fastrand::u8(..20) {
            0..6 => Some(Answer::Text(429, NUMBERED, text("ThrottlingException"))),
            6 => Some(Answer::Text(500, NUMBERED, text("InternalFailure"))),
            _ => None,
        }
    });
    let ana = school.pupil("ana").clone();
    make(&ana, &["alheio"]);
    let before = look(&ana).await;
    make(&ana, &["curso"]);
    let (file, hash, _) = plan(&school, &[], 0);
    reset(&school, &file, &hash, &[]).expect_code(0);
    same(&before, &look(&ana).await);
    assert!(calls.load(Ordering::Relaxed) > 100);
}

/// The answer is lost, but the function was called and the message is in its queue:
/// none is sent again, and the check begins anew with other samples.
#[tokio::test]
async fn what_may_have_happened_is_not_asked_for_twice() {
    const LOST: [usize; 3] = [0, 3, 8];
    let seen = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&seen);
    let (school, _server) = behind(move |request| {
        if !stirs(request) {
            return None;
        }
        let line = request.head.lines().next().unwrap_or_default().to_owned();
        let number = {
            let mut asked = asked.lock().unwrap();
            asked.push((line, request.bytes.clone()));
            asked.len() - 1
        };
        let answer = passed_on(shared().endpoint(), request);
        let lost = LOST.contains(&number);
        Some(if lost {
            Answer::Raw(Vec::new())
        } else {
            answer
        })
    });
    let ana = school.pupil("ana").clone();
    let mut hand = Hand::new();
    for lab in ["fila-de-eventos", "fontes-e-destinos"] {
        hand.solve(&ana, lab, 99).await;
        let ran = school
            .class(&["grade", "--lab", lab, "--json"])
            .expect_code(0);
        let points = &ran.json()["results"][0]["points"];
        let grades = school.grades("ana");
        assert_eq!(points["earned"], points["max"], "{ran}\n{grades:#?}");
        let asked = std::mem::take(&mut *seen.lock().unwrap());
        assert!(asked.len() > LOST[2], "{lab}: {}", asked.len());
        for lost in LOST {
            let again = asked[lost + 1..].contains(&asked[lost]);
            assert!(!again, "{lab}: asked for twice: {:?}", asked[lost]);
        }
    }
}

/// How often the program is killed; `LAB_KILLS` asks for more.
fn kills() -> usize {
    let asked = std::env::var("LAB_KILLS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(3)
}

#[tokio::test]
async fn a_reset_that_was_killed_is_resumed_and_takes_nothing_foreign() {
    let school = School::new(&[ANA, BIA]);
    let (ana, bia) = (school.pupil("ana"), school.pupil("bia"));
    make(ana, &["alheio"]);
    let foreign = look(ana).await;
    let mut midway = 0;
    for kill in 0..kills() {
        make(ana, &["curso"]);
        make(bia, &["curso"]);
        let (file, hash, _) = plan(&school, &[], 0);
        let mut command =
            school.command(&["reset", "--plan", &file, "--yes", &hash, "--discard-grades"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = command.spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(fastrand::u64(20..1500))).await;
        running.kill().unwrap();
        running.wait().unwrap();
        let left = (look(ana).await, look(bia).await);
        let resumed = school.class(&["resume", "--plan", &file, "--yes", "--json"]);
        if resumed.code == 2 {
            // It was killed before it had begun.
            reset(&school, &file, &hash, &[]).expect_code(0);
        } else {
            resumed.expect_code(0);
            midway += usize::from(left.0 != foreign || !left.1.is_empty());
        }
        same(&foreign, &look(ana).await);
        assert!(look(bia).await.is_empty(), "{kill}");
    }
    println!("{midway} of {} were killed midway", kills());
}
