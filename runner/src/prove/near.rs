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
    // A function that is gone takes its warm processes along: a weak machine
    // could not hold those of every account.
    let resources = account.resources(subject);
    let plan = account.session.plan_reset(&resources).await;
    account.session.apply_reset(&plan, |_| ()).await;
    found
}

async fn run(
    account: &mut Account,
    subject: &Subject,
    miss: &NearMiss,
    found: &mut Found,
) -> Result<(), Problem> {
    let state = State::NearMiss(miss.slug.clone());
    for number in 0..subject.steps_until(miss) {
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
    let before = account.inventory(&state).await?;
    let (verdicts, recording) = account.observe(SEED).await;
    let change = account
        .change(&state, &before, "verificar não muda a conta")
        .await;
    found.problems.extend(change);
    found.states.push((state, verdicts, recording));
    Ok(())
}
