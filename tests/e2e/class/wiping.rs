//! A class's accounts are reset: what the course made goes, and nothing else,
//! whatever happens meanwhile.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use runner::aws::{Connection, Inventory, Session, TargetKind};
use serde_json::Value;

use super::school::{Entry, Pupil, REGION, School};
use crate::inventory::{NUMBERED, forward, no};
use crate::support::{Answer, Ran, Request, Server, fixture, shared};

pub(super) const ANA: Entry<'_> = Entry {
    id: "ana",
    name: "Ana Conceição",
    more: "",
};
pub(super) const BIA: Entry<'_> = Entry {
    id: "bia",
    name: "Bia \"B\" Souza, a 2ª",
    more: "",
};

/// Makes things in a learner's account.
pub(super) fn make(pupil: &Pupil, what: &[&str]) {
    let mut python = shared().python();
    python
        .env("AWS_ACCESS_KEY_ID", &pupil.account)
        .env("AWS_SECRET_ACCESS_KEY", "sandbox")
        .env_remove("AWS_SESSION_TOKEN")
        .arg(fixture("limpeza.py"))
        .args([&pupil.prefix, &pupil.account, REGION])
        .args(what);
    Ran::run(python).expect_code(0);
}

pub(super) async fn look(pupil: &Pupil) -> Inventory {
    let session = Session::connect(&Connection {
        kind: TargetKind::Sandbox,
        endpoint: Some(shared().endpoint().to_owned()),
        region: Some(REGION.to_owned()),
        keys: Some((pupil.account.clone(), "sandbox".to_owned())),
    })
    .await;
    session.inventory().await.unwrap()
}

/// Nothing new, nothing gone.
#[track_caller]
pub(super) fn same(before: &Inventory, after: &Inventory) {
    assert_eq!(before.difference(after), (vec![], vec![]));
}

/// Makes a plan: its file and its hash.
pub(super) fn plan(school: &School, arguments: &[&str], code: i32) -> (String, String, Value) {
    let all = [&["plan", "--json"], arguments].concat();
    let plan = school.class(&all).expect_code(code).json();
    let text = |field: &str| plan[field].as_str().unwrap().to_owned();
    (text("file"), text("hash"), plan)
}

fn reset(school: &School, file: &str, hash: &str, more: &[&str]) -> Ran {
    let arguments = [
        "reset",
        "--plan",
        file,
        "--yes",
        hash,
        "--discard-grades",
        "--json",
    ];
    school.class(&[&arguments, more].concat())
}

pub(super) fn of<'v>(answer: &'v Value, learner: &str) -> &'v Value {
    let learners = answer["learners"].as_array().unwrap();
    learners.iter().find(|l| l["learner"] == learner).unwrap()
}

#[tokio::test]
async fn what_was_made_anew_after_the_plan_stays_and_is_told() {
    let school = School::new(&[ANA]);
    let ana = school.pupil("ana");
    make(ana, &["curso"]);
    let (file, hash, _) = plan(&school, &[], 0);
    // Its date of creation is told in seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    make(ana, &["tabela-nova"]);
    let done = reset(&school, &file, &hash, &[]).expect_code(1).json();
    let ana_done = of(&done, "ana");
    assert_eq!(ana_done["word"], "resíduo");
    let table = format!("{}-notas-fiscais", ana.prefix);
    let left = ana_done["left"].as_array().unwrap();
    assert_eq!(left.len(), 1, "{done:#}");
    assert_eq!(left[0]["name"], table);
    assert!(left[0]["why"].as_str().unwrap().contains("depois do plano"));
    assert_eq!(
        left[0]["commands"][0],
        format!("aws dynamodb delete-table --table-name {table} --region us-east-1")
    );
    let there = look(ana).await;
    assert!(
        there.lines().all(|line| line.contains(&table)),
        "{there:#?}"
    );
}

#[tokio::test]
async fn a_bucket_of_two_thousand_versions_and_an_open_upload_goes() {
    let school = School::new(&[ANA]);
    let ana = school.pupil("ana");
    make(ana, &["versoes"]);
    let there = look(ana).await;
    let count = |start: &str| there.lines().filter(|l| l.starts_with(start)).count();
    assert_eq!(count("s3_object "), 2000);
    assert_eq!(
        (count("s3_delete_marker "), count("s3_multipart_upload ")),
        (1, 1)
    );
    let (file, hash, _) = plan(&school, &[], 0);
    reset(&school, &file, &hash, &[]).expect_code(0);
    assert!(look(ana).await.is_empty());
}

#[tokio::test]
async fn a_function_that_still_runs_leaves_no_log_group() {
    let school = School::new(&[ANA]);
    let ana = school.pupil("ana");
    make(ana, &["demora"]);
    let (file, hash, _) = plan(&school, &[], 0);
    reset(&school, &file, &hash, &[]).expect_code(0);
    // Longer than the call takes.
    let until = Instant::now() + Duration::from_secs(6);
    while Instant::now() < until {
        assert!(look(ana).await.is_empty());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

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
