//! The engine against a simulated account, by the clock of the test.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::journal::{Entry, ResetJournal};
use super::simulated::{Faults, Simulated, typical};
use super::{Job, Lanes, Limits, Outcome, Places, Status, Stop, apply};
use crate::core::{KEEP_TAG, Kind, Thing, log_group_of};

/// The course's things of a learner, and as many foreign ones beside them.
fn account(seed: u64) -> (Simulated, Vec<Thing>, Vec<Thing>) {
    let planned = typical(&format!("a{seed}"));
    let foreign = typical(&format!("vizinho-a{seed}"));
    let all = [planned.clone(), foreign.clone()].concat();
    (Simulated::new(seed, all), planned, foreign)
}

async fn reset(control: &Simulated, planned: &[Thing]) -> Outcome {
    run(
        control,
        planned,
        &Places::new(256),
        Stop::never(),
        None,
        Vec::new(),
    )
    .await
}

async fn run(
    control: &Simulated,
    things: &[Thing],
    places: &Places,
    stop: Stop,
    journal: Option<&ResetJournal>,
    before: Vec<bool>,
) -> Outcome {
    let lanes = Lanes::new(Limits::Aws, places);
    let job = Job {
        control,
        lanes: &lanes,
        things,
        before,
        verify: true,
        journal: journal.map(|journal| (journal, "ana")),
        stop,
    };
    apply(&job, &|_| ()).await
}

/// Whatever happened, nothing foreign went; and what is called clean is empty.
#[track_caller]
fn truthful(control: &Simulated, outcome: &Outcome, planned: &[Thing], foreign: &[Thing]) {
    let there = control.there();
    assert!(foreign.iter().all(|thing| there.contains(thing)));
    let deleted = control.deletions();
    assert!(deleted.iter().all(|d| !foreign.iter().any(|f| f.is(d))));
    let left = there.iter().filter(|t| !foreign.contains(t)).count();
    if outcome.status() == Status::Clean {
        assert_eq!(left, 0, "{there:#?}");
    }
    let told = outcome.gone.len() + outcome.left.len();
    assert!(told >= planned.len() || outcome.stopped, "{outcome:?}");
}

/// The figures of a class of so many typical accounts, with so many places.
async fn class(accounts: u64, places: usize) -> (Duration, Duration, usize) {
    let places = Places::new(places);
    let all: Vec<_> = (0..accounts).map(account).collect();
    let began = Instant::now();
    let outcomes = join_all(all.iter().map(|(control, planned, _)| {
        run(control, planned, &places, Stop::never(), None, Vec::new())
    }))
    .await;
    let took = began.elapsed();
    let (mut calls, mut throttles) = (0, 0);
    for ((control, planned, foreign), outcome) in all.iter().zip(&outcomes) {
        assert_eq!(outcome.status(), Status::Clean, "{:?}", outcome.left);
        truthful(control, outcome, planned, foreign);
        throttles += control.throttles();
        calls += outcome.calls;
    }
    let accepted = outcomes.iter().map(|o| o.accepted_after).max().unwrap();
    let verified = outcomes.iter().map(|o| o.verified_after).max().unwrap();
    assert!(took >= verified);
    println!(
        "{accounts} contas: {calls} chamadas, {throttles} acima do limite, aceito em {:.1} s (limite 30), verificado em {:.1} s (limite 60); pico {}",
        accepted.as_secs_f64(),
        verified.as_secs_f64(),
        peak()
    );
    // A call that waits for its place may come together with the next one.
    assert!(throttles * 100 <= calls, "{throttles} of {calls}");
    (accepted, verified, calls)
}

/// The most memory that this process had, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.unwrap_or_default().to_owned()
}

/// 30 s between two REST APIs, 60 s until a queue is gone: no reset of a typical
/// account can be faster, and one of many takes as long as one of one.
#[tokio::test(start_paused = true)]
async fn one_and_forty_accounts_are_reset_within_a_tenth_of_what_aws_allows() {
    for (accounts, places) in [(1, 256), (40, 256)] {
        let (accepted, verified, _) = class(accounts, places).await;
        assert!(accepted.as_secs_f64() <= 33.0, "{accepted:?}");
        assert!(verified.as_secs_f64() <= 66.0, "{verified:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_accounts_are_reset_within_a_tenth_of_what_aws_allows() {
    let (accepted, verified, _) = class(1000, 4096).await;
    assert!(accepted.as_secs_f64() <= 33.0, "{accepted:?}");
    assert!(verified.as_secs_f64() <= 66.0, "{verified:?}");
}

#[tokio::test(start_paused = true)]
async fn throttling_and_server_errors_only_make_it_slower() {
    for seed in 0..20 {
        let (mut control, planned, foreign) = account(seed);
        control.faults = Faults {
            throttled: 0.3,
            broken: 0.05,
            ..Faults::default()
        };
        let outcome = reset(&control, &planned).await;
        truthful(&control, &outcome, &planned, &foreign);
        assert_eq!(
            outcome.status(),
            Status::Clean,
            "{seed}: {:?}",
            outcome.left
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_listed_is_not_called_clean() {
    for kind in [
        Kind::SqsQueue,
        Kind::LogGroup,
        Kind::S3Bucket,
        Kind::IamRole,
    ] {
        let (mut control, planned, foreign) = account(1);
        control.faults.blind = Some(kind);
        let outcome = reset(&control, &planned).await;
        assert_eq!(outcome.status(), Status::Incomplete, "{kind:?}");
        truthful(&control, &outcome, &planned, &foreign);
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_at_or_deleted_stays_with_what_it_uses() {
    for kind in Kind::ALL {
        if !typical("x").iter().any(|thing| thing.kind == kind) {
            continue;
        }
        for denied in [true, false] {
            let (mut control, planned, foreign) = account(2);
            if denied {
                control.faults.denied = Some(kind);
            } else {
                control.faults.tagless = Some(kind);
            }
            let outcome = reset(&control, &planned).await;
            assert_eq!(outcome.status(), Status::Blocked, "{kind:?}");
            truthful(&control, &outcome, &planned, &foreign);
            let there = control.there();
            let stays: Vec<&Thing> = planned.iter().filter(|t| t.kind == kind).collect();
            assert!(stays.iter().all(|thing| there.contains(thing)), "{kind:?}");
            for used in planned.iter().filter(|t| t.kind == Kind::IamRole) {
                if stays.iter().any(|thing| thing.uses(used)) {
                    assert!(there.contains(used), "{kind:?}: {}", used.name);
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_changed_after_the_plan_or_must_be_kept_stays() {
    let (control, planned, foreign) = account(3);
    control.change(Kind::LambdaFunction, "a3-funcao-1");
    control.change(Kind::DynamodbTable, "a3-tabela-2");
    let outcome = reset(&control, &planned).await;
    assert_eq!(outcome.status(), Status::Residue);
    truthful(&control, &outcome, &planned, &foreign);
    let mut left: Vec<&str> = outcome.left.iter().map(|l| l.thing.name.as_str()).collect();
    left.sort_unstable();
    // The function's role and log stay with it.
    let group = log_group_of("a3-funcao-1");
    assert_eq!(left, [&group, "a3-funcao-1", "a3-papel-1", "a3-tabela-2"]);

    let (_, mut planned, foreign) = account(4);
    planned[0].tags.insert(KEEP_TAG.to_owned(), String::new());
    let control = Simulated::new(4, [planned.clone(), foreign.clone()].concat());
    let outcome = reset(&control, &planned).await;
    assert_eq!(outcome.left[0].thing, planned[0]);
    assert_eq!(outcome.status(), Status::Residue);
}

#[tokio::test(start_paused = true)]
async fn a_log_group_that_a_running_call_brings_back_is_deleted_again() {
    for after in [0, 2, 9, 12] {
        let (mut control, planned, foreign) = account(5);
        let function = "a5-funcao-5".to_owned();
        let group = log_group_of(&function);
        control.faults.runs_on = Some((function, Duration::from_secs(after)));
        let outcome = reset(&control, &planned).await;
        assert_eq!(outcome.status(), Status::Clean, "{after}: {outcome:?}");
        truthful(&control, &outcome, &planned, &foreign);
        assert!(!control.there().iter().any(|thing| thing.name == group));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_it_can_go_on_and_nothing_new_begins_meanwhile() {
    let (control, planned, foreign) = account(6);
    let (switch, stop) = Stop::new();
    let places = Places::new(64);
    let work = run(&control, &planned, &places, stop, None, Vec::new());
    let press = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        switch.send_replace(true);
    };
    let (outcome, ()) = tokio::join!(work, press);
    assert_eq!(outcome.status(), Status::Incomplete);
    assert!(outcome.stopped && !outcome.gone.is_empty());
    assert!(outcome.accepted_after < Duration::from_secs(4));
    truthful(&control, &outcome, &planned, &foreign);
    let outcome = reset(&control, &planned).await;
    assert_eq!(outcome.status(), Status::Clean);
    truthful(&control, &outcome, &planned, &foreign);
}

/// The program dies at any moment; what it wrote down is all that the next one has.
#[tokio::test(start_paused = true)]
async fn a_reset_that_was_killed_at_any_of_fifty_points_is_resumed() {
    let mut rng = fastrand::Rng::with_seed(7);
    for point in 0..50 {
        let (control, planned, foreign) = account(100 + point);
        // In memory where the system has it: the disk is not what is tried here.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let dir = dir.unwrap();
        let path = dir.path().join("diario.jsonl");
        // Once or twice, at any moment of the minute that it takes.
        for _ in 0..rng.usize(1..3) {
            let (journal, lines) = ResetJournal::open(&path, "p").unwrap();
            let done = gone(&planned, &lines);
            let places = Places::new(64);
            let work = run(
                &control,
                &planned,
                &places,
                Stop::never(),
                Some(&journal),
                done,
            );
            let death = Duration::from_millis(rng.u64(10..65_000));
            let _ = tokio::time::timeout(death, work).await;
            drop(journal);
            let mut bytes = std::fs::read(&path).unwrap();
            // The last line may be torn.
            bytes.truncate(bytes.len().saturating_sub(rng.usize(0..3)));
            std::fs::write(&path, bytes).unwrap();
        }
        let (journal, lines) = ResetJournal::open(&path, "p").unwrap();
        let done = gone(&planned, &lines);
        let places = Places::new(64);
        let work = run(
            &control,
            &planned,
            &places,
            Stop::never(),
            Some(&journal),
            done,
        );
        let outcome = work.await;
        assert_eq!(outcome.status(), Status::Clean, "{point}: {outcome:?}");
        truthful(&control, &outcome, &planned, &foreign);
    }
}

fn gone(planned: &[Thing], lines: &[super::Line]) -> Vec<bool> {
    let is = |thing: &Thing, line: &super::Line| matches!(&line.entry, Entry::Gone(item) if item.is(thing));
    let done = planned
        .iter()
        .map(|thing| lines.iter().any(|line| is(thing, line)));
    done.collect()
}
