use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::watch;

use super::guard::admit;
use super::plan::{Part, Plan, Unread};
use crate::class::{Gate, Roster};
use crate::core::Thing;
use crate::reset::{
    Entry, Event, Job, Lanes, Left, Limits, Line, Outcome, Places, ResetJournal, Status, Stop,
    apply,
};

/// A plan that is being done.
pub struct Applying<'a> {
    /// The class.
    pub roster: &'a Roster,
    /// The way into the accounts.
    pub gate: &'a Gate,
    /// Accounts of whoever does it.
    pub own: &'a BTreeSet<String>,
    /// What is done.
    pub plan: &'a Plan,
    /// Where it is written down.
    pub journal: &'a ResetJournal,
    /// What an interrupted run wrote down.
    pub before: &'a [Line],
    /// How many calls of all accounts together are in flight.
    pub places: usize,
    /// How many accounts at the same time.
    pub accounts: usize,
    /// Whose account goes first, alone.
    pub canary: Option<&'a str>,
    /// After so many accounts that did not become clean nothing more is begun.
    pub stop_after: usize,
    /// Switched when it has to end.
    pub switch: watch::Sender<bool>,
    /// The other end of the switch.
    pub stop: Stop,
}

/// How it went in one account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Id of the learner.
    pub learner: String,
    /// The Region.
    pub region: String,
    /// How the account is now.
    pub status: Status,
    /// Why it was not even begun, when it was not.
    pub why: Option<String>,
    /// What could not be read when the plan was made.
    pub unread: Vec<Unread>,
    /// What was done.
    pub outcome: Outcome,
}

/// What happens, for whoever shows it.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// A thing is gone.
    Gone(&'a str, &'a Thing),
    /// A thing stays.
    Stayed(&'a str, &'a Left),
    /// All of an account is deleted; now it is looked at.
    Verifying(&'a str),
    /// An account is done.
    Ended(&'a Account),
}

/// Does a plan: exactly what it says, account beside account.
pub async fn apply_plan(applying: &Applying<'_>, on: &(dyn Fn(Step<'_>) + Sync)) -> Vec<Account> {
    let places = Places::new(applying.places);
    let unclean = AtomicUsize::new(0);
    let one = |part| one(applying, part, &places, &unclean, on);
    let mut parts: Vec<&Part> = applying.plan.parts.iter().collect();
    let mut accounts = Vec::new();
    if let Some(at) = parts
        .iter()
        .position(|p| Some(p.learner.as_str()) == applying.canary)
    {
        let canary = one(parts.remove(at)).await;
        if canary.status != Status::Clean {
            applying.switch.send_replace(true);
        }
        accounts.push(canary);
    }
    let rest: Vec<Account> = stream::iter(parts)
        .map(one)
        .buffer_unordered(applying.accounts.max(1))
        .collect()
        .await;
    accounts.extend(rest);
    accounts
}

async fn one(
    applying: &Applying<'_>,
    part: &Part,
    places: &Places,
    unclean: &AtomicUsize,
    on: &(dyn Fn(Step<'_>) + Sync),
) -> Account {
    let account = in_account(applying, part, places, on).await;
    // One that was stopped, or that the plan left alone, is no failure.
    let tried = part.refused.is_none() && !part.goes.is_empty() && !account.outcome.stopped;
    let failed = tried && (account.why.is_some() || account.outcome.status() != Status::Clean);
    if failed && unclean.fetch_add(1, Ordering::Relaxed) + 1 >= applying.stop_after.max(1) {
        applying.switch.send_replace(true);
    }
    // Lost, this line costs one look more when the reset is resumed.
    let ended = Entry::Ended(account.status);
    let _ = applying.journal.append(&part.learner, ended).await;
    on(Step::Ended(&account));
    account
}

async fn in_account(
    applying: &Applying<'_>,
    part: &Part,
    places: &Places,
    on: &(dyn Fn(Step<'_>) + Sync),
) -> Account {
    let learner = part.learner.as_str();
    let mut account = Account {
        learner: part.learner.clone(),
        region: part.region.clone(),
        status: Status::Incomplete,
        why: part.refused.clone(),
        unread: part.unread.clone(),
        outcome: Outcome::default(),
    };
    if part.refused.is_some() {
        return account;
    }
    if part.goes.is_empty() {
        account.status = of_plan(part, Status::Clean);
        return account;
    }
    let lines = || {
        applying
            .before
            .iter()
            .filter(|line| line.learner == learner)
    };
    if lines().any(|line| line.entry == Entry::Ended(Status::Clean)) {
        account.outcome.gone = part.goes.clone();
        account.outcome.verified = true;
        account.status = of_plan(part, Status::Clean);
        return account;
    }
    let not_begun = |mut account: Account| {
        account.outcome.stopped = true;
        account.why = Some("não começou: a limpeza parou antes".to_owned());
        account
    };
    if applying.stop.asked() {
        return not_begun(account);
    }
    let Some(of_roster) = applying.roster.learner(learner) else {
        account.why = Some("não está mais na turma".to_owned());
        return account;
    };
    let admitted = admit(applying.gate, applying.roster, of_roster, applying.own).await;
    let session = match admitted {
        Ok(session) => session.unretried(),
        Err(why) => {
            account.why = Some(why);
            return account;
        }
    };
    if applying.stop.asked() {
        return not_begun(account);
    }
    let gone = |thing: &Thing| lines().any(|l| matches!(&l.entry, Entry::Gone(i) if i.is(thing)));
    let lanes = Lanes::new(Limits::of(&session), places);
    let job = Job {
        control: &session,
        lanes: &lanes,
        things: &part.goes,
        before: part.goes.iter().map(gone).collect(),
        verify: true,
        journal: Some((applying.journal, learner)),
        stop: applying.stop.clone(),
    };
    account.outcome = apply(&job, &|event| match event {
        Event::Began(_) => {}
        Event::Gone(thing) => on(Step::Gone(learner, thing)),
        Event::Stayed(left) => on(Step::Stayed(learner, left)),
        Event::Verifying => on(Step::Verifying(learner)),
    })
    .await;
    account.status = of_plan(part, account.outcome.status());
    account
}

/// An account of which something could not be read is not clean.
fn of_plan(part: &Part, status: Status) -> Status {
    if part.unread.is_empty() {
        status
    } else {
        status.max(Status::Incomplete)
    }
}

impl Account {
    /// The longest time that AWS took to accept all deletions.
    pub fn accepted(&self) -> Duration {
        self.outcome.accepted_after
    }

    /// Until all was seen to be gone.
    pub fn verified(&self) -> Duration {
        self.outcome.verified_after
    }
}
