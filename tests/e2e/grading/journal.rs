//! The journal when the program is killed at any moment.

#![cfg(unix)]

use std::io::Read;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::readonly::signal;
use crate::support::Home;

const RUNS: usize = 200;
const AT_A_TIME: usize = 4;

#[test]
fn nothing_that_was_reported_is_lost() {
    let home = Home::new();
    let left = AtomicUsize::new(RUNS);
    let reported = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
                    .is_ok()
                {
                    if one(&home) {
                        reported.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    // A torn last line is mended by the next one that writes.
    home.lab(&["check", "bucket", "--json"]).expect_code(1);
    let reported = reported.into_inner() + 1;
    let journal = home.journal();
    assert!(journal.len() >= reported, "{} < {reported}", journal.len());
    assert!(journal.len() <= RUNS + 1);
    assert!(reported > RUNS / 3, "only {reported} came to their end");
    for record in &journal {
        assert_eq!(record["account"], "000000000000");
    }
    let progress = home.lab(&["progress"]).expect_code(0);
    assert!(!progress.stderr.contains("aviso"), "{progress}");
}

/// Runs one check, half of the time killed; whether its whole answer was seen.
fn one(home: &Home) -> bool {
    let mut child = home
        .command(&["check", "bucket", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    if fastrand::bool() {
        std::thread::sleep(Duration::from_millis(fastrand::u64(..60)));
        signal("-KILL", child.id());
    }
    let mut text = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    child.wait().unwrap();
    serde_json::from_str::<Value>(&text).is_ok_and(|answer| answer["results"].is_array())
}
