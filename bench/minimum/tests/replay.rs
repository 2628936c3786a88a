//! What the replay keeps of the recording: the order, and what is waited for.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// What a server saw begin and end.
type Log = Arc<Mutex<Vec<String>>>;

/// Answers `/slow` once `/beside` is asked for, and `/there` only when it is asked for the second time.
fn server() -> (String, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let log = Log::default();
    let seen = Arc::clone(&log);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let log = Arc::clone(&seen);
            std::thread::spawn(move || answer(stream.unwrap(), &log));
        }
    });
    (endpoint, log)
}

fn answer(stream: TcpStream, log: &Log) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while let Some(Ok(first)) = lines.next() {
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        let path = first.split(' ').nth(1).unwrap().to_owned();
        let mut events = log.lock().unwrap();
        events.push(format!("{path} begins"));
        let again = events
            .iter()
            .filter(|e| **e == format!("{path} begins"))
            .count()
            > 1;
        drop(events);
        if path == "/slow" {
            until_begun("/beside", log);
        }
        let status = if path == "/there" && !again { 404 } else { 200 };
        log.lock().unwrap().push(format!("{path} ends"));
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok");
        (&stream).write_all(answer.as_bytes()).unwrap();
    }
}

/// For a while, so that a test that fails also ends.
fn until_begun(path: &str, log: &Log) {
    let wanted = format!("{path} begins");
    for _ in 0..1000 {
        if log.lock().unwrap().contains(&wanted) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn call(path: &str, after: usize, repeated: bool, again: bool) -> Value {
    json!({ "after": after, "pause": 0.0, "method": "GET", "path": path, "headers": [["x-a", "b"]],
        "body": "", "status": 200, "length": 2, "repeated": repeated, "again": again })
}

fn replayed(calls: &[Value], more: &[&str]) -> Vec<String> {
    let (endpoint, log) = server();
    let file =
        std::env::temp_dir().join(format!("minimum-{}.json", endpoint.replace(['/', ':'], "")));
    std::fs::write(&file, json!(calls).to_string()).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_minimum"));
    let done = program
        .arg(endpoint)
        .arg(&file)
        .args(more)
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(done.status.success(), "{done:?}");
    log.lock().unwrap().clone()
}

#[test]
fn a_call_waits_for_what_had_ended_before_it_and_for_nothing_else() {
    // In the order in which they ended.
    let calls = [
        call("/slow", 0, false, false),
        call("/beside", 0, false, false),
        call("/after", 1, false, false),
    ];
    let log = replayed(&calls, &[]);
    let at = |event: &str| log.iter().position(|e| e == event).unwrap();
    assert!(at("/beside begins") < at("/slow ends"), "{log:?}");
    assert!(at("/slow ends") < at("/after begins"), "{log:?}");
}

#[test]
fn a_look_that_was_repeated_is_repeated_until_something_is_there() {
    let calls = [
        call("/there", 0, true, false),
        call("/there", 1, false, true),
        call("/after", 2, false, false),
    ];
    let settled = [
        "/there begins",
        "/there ends",
        "/there begins",
        "/there ends",
    ];
    let after = ["/after begins", "/after ends"];
    assert_eq!(
        replayed(&calls, &["--settle"]),
        [&settled[..], &after].concat()
    );
    // Without waiting, each recorded call is made once.
    assert_eq!(replayed(&calls, &[]), [&settled[..], &after].concat());
}
