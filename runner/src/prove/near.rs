use super::account::Account;
use super::live::{Found, SEED};
use super::{Kind, Problem, State, Subject};
use crate::core::NearMiss;

/// Makes a near miss in an account of its own and judges it there.
pub(super) async fn near_miss(account: &mut Account, subject: &Subject, miss: &NearMiss) -> Found {
    let mut found = Found::default();
    if let Err(problem) = run(account, subject, miss, &mut found).await {
        found.problems.push(problem);
    }
    account.tidy(subject).await;
    found
}

/// Prepares the system of a lab with the faults of a seed, and judges it there.
pub(super) async fn prepared(account: &mut Account, subject: &Subject, seed: u64) -> Found {
    let mut found = Found::default();
    let state = State::Prepared(seed);
    let done = match account.prepare(subject, &state, Some(seed)).await {
        Ok(()) => look(account, state, &mut found).await,
        Err(problem) => Err(problem),
    };
    found.problems.extend(done.err());
    account.tidy(subject).await;
    found
}

async fn run(
    account: &mut Account,
    subject: &Subject,
    miss: &NearMiss,
    found: &mut Found,
) -> Result<(), Problem> {
    let state = State::NearMiss(miss.slug.clone());
    if miss.from.is_some() {
        account.prepare(subject, &state, None).await?;
    }
    for number in subject.solved_before(miss) {
        // What is wrong with a solution is said where the solution is proved.
        account.solve(subject, number).await?;
    }
    account
        .apply(&miss.files, &miss.commands)
        .await
        .map_err(|e| {
            Problem::new(
                Kind::Command,
                &state,
                "os comandos funcionam",
                e.to_string(),
            )
        })?;
    look(account, state, found).await
}

async fn look(account: &Account, state: State, found: &mut Found) -> Result<(), Problem> {
    let before = account.inventory(&state).await?;
    let (verdicts, recording) = account.observe(SEED).await;
    let change = account
        .change(&state, &before, "verificar não muda a conta")
        .await;
    found.problems.extend(change);
    found.states.push((state, verdicts, recording));
    Ok(())
}
