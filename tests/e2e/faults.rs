//! What goes wrong between the program and AWS, and what each command then says:
//! never that the learner is wrong, never a wait without end, always the word
//! and the exit code that fit.
//!
//! The account is one in which all of lab 01 is done, behind a proxy that spoils
//! answers; so whatever says "fail" is a lie.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::inventory::{forward, no};
use crate::support::{Fault, Home, Proxy, Ran, Server, Share, shared};

/// A row of the table.
struct Row {
    fault: Fault,
    share: Share,
    /// Exit codes of `check`, `reset --dry-run` and `doctor`.
    codes: [i32; 3],
    /// What all of them that do not succeed have to say; one of these.
    says: &'static [&'static str],
}

const CHECK: &[&str] = &["check", "--target", "aws", "--json"];
const PLAN: &[&str] = &["reset", "--dry-run", "--json"];
const DOCTOR: &[&str] = &["doctor", "--json"];

/// A table of faults, each cell of which is a test.
macro_rules! table {
    ($($name:ident: $fault:expr, $share:expr => $check:literal $plan:literal $doctor:literal, $says:expr;)+) => {
        $(mod $name {
            use super::*;

            const ROW: Row = Row {
                fault: $fault,
                share: $share,
                codes: [$check, $plan, $doctor],
                says: $says,
            };

            #[test]
            fn check() {
                checked(&ROW);
            }

            #[test]
            fn reset() {
                planned(&ROW);
            }

            #[test]
            fn doctor() {
                examined(&ROW);
            }
        })+
    };
}

use Fault::{ClockSkew, Cut, Error, Garbage, Late, Lost, Page, Reset};
use Share::{AfterIdentity, All, OneIn};

// What happens now and then is tried again, and nobody notices. What happens
// always is told.
table! {
    a_slow_network:            Late(300),                          All           => 0 0 0, &[];
    a_very_slow_network:       Late(1500),                         All           => 0 0 0, &[];
    answers_that_get_lost:     Lost,                               OneIn(5)      => 0 0 0, &[];
    connections_that_break:    Reset,                              OneIn(5)      => 0 0 0, &[];
    nobody_answers:            Reset,                              All           => 3 3 3, &["sem conexão"];
    nobody_answers_any_more:   Reset,                              AfterIdentity => 3 3 3, &["sem conexão"];
    throttled_at_times:        Error(429, "ThrottlingException"),  OneIn(5)      => 0 0 0, &[];
    throttled:                 Error(429, "ThrottlingException"),  AfterIdentity => 3 3 3, &["limite de chamadas"];
    errors_at_times:           Error(500, "InternalServerError"),  OneIn(5)      => 0 0 0, &[];
    errors:                    Error(500, "InternalServerError"),  AfterIdentity => 3 3 3, &["erro no serviço"];
    unavailable_at_times:      Error(503, "ServiceUnavailable"),   OneIn(5)      => 0 0 0, &[];
    unavailable:               Error(503, "ServiceUnavailable"),   All           => 3 3 3, &["erro no serviço"];
    cut_off:                   Cut,                                AfterIdentity => 3 3 3, &["formato da AWS"];
    garbage:                   Garbage,                            AfterIdentity => 3 3 3, &["formato da AWS"];
    a_schools_log_in_page:     Page(200),                          All           => 3 3 3, &["formato da AWS"];
    a_wrong_clock:             ClockSkew,                          All           => 3 3 3, &["relógio"];
}

/// The prefix under which all of lab 01 is done on the shared sandbox.
fn solved() -> &'static str {
    static PREFIX: OnceLock<String> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let home = Home::new();
        home.boto3("aluno_boto3.py", &[]).expect_code(0);
        home.prefix().to_owned()
    })
}

fn run(row: &Row, arguments: &[&str]) -> (Home, Ran) {
    let proxy = Proxy::to(shared().endpoint(), row.fault, row.share);
    behind(proxy.endpoint(), arguments)
}

fn behind(endpoint: &str, arguments: &[&str]) -> (Home, Ran) {
    let home = Home::new();
    home.settings(&format!(
        "prefix = \"{}\"\ntarget = \"aws\"\nlab = \"notas-fiscais\"\naccount = \"000000000000\"\nregion = \"us-east-1\"\n",
        solved()
    ));
    let mut command = home.command(arguments);
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "000000000000")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    let began = Instant::now();
    let ran = Ran::run(command);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(120), "{took:?}\n{ran}");
    (home, ran)
}

/// Whoever does not succeed says why.
#[track_caller]
fn told(row: &Row, ran: &Ran) {
    if ran.code != 0 {
        let said = row.says.iter().any(|words| ran.stdout.contains(words));
        assert!(said, "{:?}\n{ran}", row.says);
    }
}

fn checked(row: &Row) {
    let (home, ran) = run(row, CHECK);
    let ran = ran.expect_code(row.codes[0]);
    told(row, &ran);
    let json = ran.json();
    let empty = Vec::new();
    let results = json["results"].as_array().unwrap_or(&empty);
    for result in results {
        assert_ne!(result["verdict"], "fail", "{result:#}");
        assert_ne!(result["verdict"], "broken", "{result:#}");
        if row.codes[0] == 0 {
            assert_eq!(result["verdict"], "pass", "{result:#}");
        }
    }
    let attempts = usize::from(!results.is_empty());
    assert_eq!(home.journal().len(), attempts, "{ran}");
}

fn planned(row: &Row) {
    let (_, ran) = run(row, PLAN);
    let ran = ran.expect_code(row.codes[1]);
    let json = ran.json();
    // What could not be looked at is in no plan, and said.
    let count = |list: &str| json[list].as_array().map_or(0, Vec::len);
    if json["error"].is_null() {
        assert_eq!(count("plan") + count("unread"), 7, "{json:#}");
    }
    assert_eq!(count("plan") == 7, row.codes[1] == 0, "{json:#}");
    told(row, &ran);
}

fn examined(row: &Row) {
    let (_, ran) = run(row, DOCTOR);
    let ran = ran.expect_code(row.codes[2]);
    told(row, &ran);
    assert!(matches!(ran.json(), Value::Object(_)), "{ran}");
}

/// Whether something is still to come is in the log: who cannot read it does not
/// believe that nothing came.
#[test]
fn nothing_came_is_not_said_where_the_log_cannot_be_read() {
    let server = Server::answering(|request| {
        if request.head.contains("FilterLogEvents") {
            no(request)
        } else {
            forward(request)
        }
    });
    let arguments = ["check", "gatilho", "--target", "aws", "--json"];
    let (_, ran) = behind(server.endpoint(), &arguments);
    let json = ran.expect_code(3).json();
    let verdict = |id: &str| {
        let results = json["results"].as_array().unwrap();
        let result = results.iter().find(|r| r["id"] == id).unwrap();
        result["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("gatilho/ponta-a-ponta"), "pass", "{json:#}");
    assert_eq!(verdict("gatilho/so-json"), "unknown", "{json:#}");
}
