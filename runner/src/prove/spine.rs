use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::account::Account;
use super::jobs::SEEDS;
use super::judge::told;
use super::live::{Found, SEED};
use super::{Kind, Problem, State, Subject};
use crate::core::{Action, Lab, Verdict};
use crate::reset::reset;

/// How many samples the solved state must pass on.
const SAMPLES: u32 = 10;

/// How many of these are looked at at the same time: where a lab waits for
/// retries, it is the waiting that takes the time.
const AT_ONCE: usize = 3;

/// With queues one after the other: who empties a queue at the end of a run hides
/// its messages from the other runs for a while.
const WITH_QUEUES: usize = 1;

/// When a run is broken off: while it is still reading, and while it drives.
const INTERRUPTIONS: [Duration; 2] = [Duration::from_millis(120), Duration::from_millis(600)];

/// From the empty account over every step's solution to a reset, in one account.
/// With `last`, only up to that many steps and without what comes after.
pub(super) async fn spine(account: &mut Account, subject: &Subject, last: Option<usize>) -> Found {
    let mut found = Found::default();
    let done = match last {
        Some(last) => steps(account, subject, last, &mut found).await,
        None => whole(account, subject, &mut found).await,
    };
    if let Err(problem) = done {
        found.problems.push(problem);
    }
    found
}

async fn whole(account: &mut Account, subject: &Subject, found: &mut Found) -> Result<(), Problem> {
    steps(account, subject, subject.lab.steps.len(), found).await?;
    let Some(step) = subject.lab.steps.last() else {
        return Ok(());
    };
    let state = State::Solved(step.id.get_ref().clone());
    repeat(account, subject, &state, found).await;
    interrupt(account, &state, found).await?;
    clean_up(account, subject, &state, found).await
}

async fn steps(
    account: &mut Account,
    subject: &Subject,
    last: usize,
    found: &mut Found,
) -> Result<(), Problem> {
    observe(account, State::Blank, found).await?;
    if subject.lab.prepared && last > 0 {
        let state = State::Prepared(SEEDS[0]);
        account.prepare(subject, &state, Some(SEEDS[0])).await?;
        observe(account, state, found).await?;
    }
    for number in 0..last {
        account.solve(subject, number).await?;
        let state = State::Solved(subject.lab.steps[number].id.get_ref().clone());
        observe(account, state, found).await?;
    }
    Ok(())
}

/// Judges one state, and makes sure that this changed nothing.
async fn observe(account: &Account, state: State, found: &mut Found) -> Result<(), Problem> {
    let before = account.inventory(&state).await?;
    if state == State::Blank && !before.is_empty() {
        let seen = before.lines().collect::<Vec<_>>().join("\n");
        found
            .problems
            .push(Problem::new(Kind::Blind, &state, "uma conta vazia", seen));
    }
    let (verdicts, recording) = account.observe(SEED).await;
    let change = account
        .change(&state, &before, "verificar não muda a conta")
        .await;
    found.problems.extend(change);
    found.states.push((state, verdicts, recording));
    Ok(())
}

/// The solved state passes whatever the samples are.
async fn repeat(account: &Account, subject: &Subject, state: &State, found: &mut Found) {
    let at_once = if drains(&subject.lab) {
        WITH_QUEUES
    } else {
        AT_ONCE
    };
    let graded = stream::iter((1..SAMPLES).map(|_| fastrand::u64(..)))
        .map(|seed| async move { (seed, account.grade(seed, std::future::pending()).await) })
        .buffer_unordered(at_once)
        .collect::<Vec<_>>()
        .await;
    for (seed, report) in graded {
        let said = super::state::verdicts(&report, |text| account.anonymous(text));
        for check in report.checks.iter().filter(|c| c.verdict != Verdict::Pass) {
            let seen = format!("com a amostra {seed}: {}", told(&said[&check.id]));
            found.problems.push(
                Problem::new(Kind::FalseFail, state, "passa com qualquer amostra", seen)
                    .of(&check.id),
            );
        }
    }
}

/// Whether a run of the lab empties queues when it ends.
fn drains(lab: &Lab) -> bool {
    lab.checks().any(|(_, _, check)| {
        let undone = check.actions.iter().filter_map(Action::undo);
        undone
            .chain(check.clean.iter().cloned())
            .any(|action| action.at_end())
    })
}

/// A run that is broken off takes back what it made.
async fn interrupt(account: &Account, state: &State, found: &mut Found) -> Result<(), Problem> {
    let before = account.inventory(state).await?;
    for after in INTERRUPTIONS {
        account
            .grade(fastrand::u64(..), tokio::time::sleep(after))
            .await;
        let expected = format!(
            "uma verificação interrompida aos {} ms não muda a conta",
            after.as_millis()
        );
        let change = account.change(state, &before, &expected).await;
        found.problems.extend(change);
    }
    Ok(())
}

/// A reset takes all that is the lab's, and nothing that only looks like it.
async fn clean_up(
    account: &Account,
    subject: &Subject,
    state: &State,
    found: &mut Found,
) -> Result<(), Problem> {
    let blind = |what: &str, e: &crate::core::ProbeError| {
        Problem::new(
            Kind::Blind,
            state,
            what,
            format!("{}: {}", e.operation, e.message),
        )
    };
    let resources = account.resources(subject);
    let lab = account.inventory(state).await?;
    for resource in &resources {
        let made = account.session.create_neighbour(resource).await;
        made.map_err(|e| blind("um recurso vizinho, que não é do lab", &e))?;
    }
    let all = account.inventory(state).await?;
    let plan = account.session.plan_reset(&resources).await;
    for (resource, error) in &plan.unread {
        found.problems.push(blind(resource.name(), error));
    }
    let applied = reset(&account.session, &plan, |_| ()).await;
    for (resource, error) in &applied.failed {
        let seen = format!("{}: {}", resource.name(), error.message);
        found.problems.push(Problem::new(
            Kind::Reset,
            state,
            "a limpeza remove tudo",
            seen,
        ));
    }
    let left = account.inventory(state).await?;
    let (neighbours, _) = all.difference(&lab);
    let left: Vec<&str> = left.lines().collect();
    if left != neighbours {
        let gone = neighbours.iter().filter(|line| !left.contains(line));
        let stayed = left.iter().filter(|line| !neighbours.contains(line));
        let seen: Vec<String> = gone
            .map(|line| format!("- {line}"))
            .chain(stayed.map(|line| format!("+ {line}")))
            .collect();
        found.problems.push(Problem::new(
            Kind::Reset,
            state,
            "depois da limpeza, nada do lab fica e nada de fora dele sai",
            account.anonymous(&seen.join("\n")),
        ));
    }
    Ok(())
}
