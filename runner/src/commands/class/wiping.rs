//! What resetting a class and going on with it share.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Mutex;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::aws::{Connection, Session, TargetKind};
use crate::class::reset::{Account, Applying, Plan, Step, apply_plan};
use crate::class::{Gate, Learner, Roster};
use crate::commands::check::interrupted;
use crate::commands::context::Context;
use crate::core::ProbeError;
use crate::error::CliError;
use crate::reset::{JournalError, Left, Line, ResetJournal, Status, Stop};
use crate::settings::SANDBOX_ACCOUNT;
use crate::ui::live::Live;
use crate::ui::{Out, style, words};

/// Where plans and their journals are, in the class's folder.
pub(super) const FOLDER: &str = "limpezas";

/// How many calls of all accounts together are in flight.
pub(super) const PLACES: usize = 128;

/// How much is done at the same time, and when it ends.
#[derive(Debug, clap::Args)]
pub(super) struct PaceArgs {
    /// Quantas contas ao mesmo tempo
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=1000))]
    accounts: u16,
    /// Quantas chamadas ao mesmo tempo, em todas as contas
    #[arg(long, value_name = "N", default_value_t = PLACES as u16, value_parser = clap::value_parser!(u16).range(1..=16384))]
    calls: u16,
    /// Depois de quantas contas que não ficam limpas nada mais é começado
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    stop_after: u16,
}

/// The accounts of whoever does it: never touched. In a sandbox, that in which
/// they learn themselves.
///
/// # Errors
/// There are credentials, and whose they are could not be learnt: then any
/// account could be one's own.
pub(super) async fn own_accounts<'l>(
    learners: impl IntoIterator<Item = &'l Learner> + Clone,
) -> Result<BTreeSet<String>, CliError> {
    let mut own = BTreeSet::new();
    let any = |kind| learners.clone().into_iter().any(|l| l.target() == kind);
    if any(TargetKind::Sandbox) {
        own.insert(SANDBOX_ACCOUNT.to_owned());
    }
    if any(TargetKind::Aws) {
        let session = Session::connect(&Connection::configured()).await;
        // Without credentials of one's own there is no account of one's own;
        // each learner's is then entered with the learner's.
        let identity = session.identity_if_any().await.map_err(|error| {
            CliError::from(error)
                .hint("sem saber qual é a sua própria conta, nenhuma é limpa nem planejada")
        })?;
        own.extend(identity.map(|identity| identity.account));
    }
    Ok(own)
}

/// A plan with what it takes to do it.
pub(super) struct Work<'a> {
    pub(super) roster: &'a Roster,
    pub(super) gate: &'a Gate,
    pub(super) own: &'a BTreeSet<String>,
    pub(super) plan: &'a Plan,
    pub(super) journal: &'a ResetJournal,
    pub(super) before: &'a [Line],
    pub(super) canary: Option<&'a str>,
    pub(super) pace: &'a PaceArgs,
}

/// Does the plan, shows how it goes, and says how it went.
pub(super) fn wipe(context: &Context, work: &Work<'_>) -> Result<ExitCode, CliError> {
    let out = context.out;
    let (switch, stop) = Stop::new();
    let applying = Applying {
        roster: work.roster,
        gate: work.gate,
        own: work.own,
        plan: work.plan,
        journal: work.journal,
        before: work.before,
        places: usize::from(work.pace.calls),
        accounts: usize::from(work.pace.accounts),
        canary: work.canary,
        stop_after: usize::from(work.pace.stop_after),
        switch: switch.clone(),
        stop,
    };
    let live = Progress::start(out, work.plan);
    let mut accounts = context.block_on(with_interrupt(&applying, &live, &switch))?;
    live.live.end();
    let order = |learner: &str| work.plan.parts.iter().position(|p| p.learner == learner);
    accounts.sort_by_key(|account| order(&account.learner));
    answer(out, work.plan, &accounts);
    Ok(ExitCode::from(exit_code(&accounts)))
}

async fn with_interrupt(
    applying: &Applying<'_>,
    live: &Progress,
    switch: &watch::Sender<bool>,
) -> Vec<Account> {
    let on = |step: Step<'_>| live.step(step);
    let work = apply_plan(applying, &on);
    tokio::pin!(work);
    tokio::select! {
        accounts = &mut work => return accounts,
        () = interrupted() => {}
    }
    live.live
        .say("interrompendo: o que já começou termina, nada novo começa");
    switch.send_replace(true);
    work.await
}

/// What is done so far.
struct Progress {
    live: Live,
    out: Out,
    accounts: usize,
    things: usize,
    done: Mutex<(usize, usize)>,
}

impl Progress {
    fn start(out: Out, plan: &Plan) -> Self {
        Self {
            live: Live::start(out, "limpando"),
            out,
            accounts: plan.parts.len(),
            things: plan.goes(),
            done: Mutex::default(),
        }
    }

    fn step(&self, step: Step<'_>) {
        let Ok(mut done) = self.done.lock() else {
            return;
        };
        match step {
            Step::Gone(..) => done.1 += 1,
            Step::Ended(account) => {
                done.0 += 1;
                if !self.out.moves() {
                    self.out.note(format!(
                        "{}/{} {}: {}",
                        done.0,
                        self.accounts,
                        account.learner,
                        account.status.word()
                    ));
                }
            }
            Step::Stayed(learner, left) => {
                if !self.out.moves() {
                    let kind = left.thing.kind.word();
                    self.out
                        .note(format!("{learner}: fica {kind} {}", left.thing.name));
                }
            }
            Step::Verifying(_) => {}
        }
        if self.out.moves() {
            self.live.say(&format!(
                "limpando: {} de {} contas · {} de {} recursos",
                done.0, self.accounts, done.1, self.things
            ));
        }
    }
}

fn answer(out: Out, plan: &Plan, accounts: &[Account]) {
    let left = |account: &Account, left: &Left| {
        json!({
            "kind": left.thing.kind, "name": left.thing.name, "id": left.thing.id,
            "why": left.why, "commands": left.thing.commands(&account.region),
        })
    };
    let learners: Vec<Value> = accounts
        .iter()
        .map(|a| {
            json!({
                "learner": a.learner, "status": a.status, "word": a.status.word(), "why": a.why,
                "gone": a.outcome.gone.len(),
                "left": a.outcome.left.iter().map(|l| left(a, l)).collect::<Vec<_>>(),
                "unread": a.unread,
                "unseen": a.outcome.unseen.iter().map(ProbeError::in_full).collect::<Vec<_>>(),
                "interrupted": a.outcome.stopped,
                "accepted_ms": a.accepted().as_millis(), "verified_ms": a.verified().as_millis(),
                "calls": a.outcome.calls,
            })
        })
        .collect();
    out.json(&json!({
        "version": 1, "class": plan.class, "plan": plan.hash,
        "status": worst(accounts), "learners": learners,
    }));
    for account in accounts.iter().filter(|a| a.status != Status::Clean) {
        out.line(format!(
            "{} {}{}",
            style::bad(account.status.word()),
            account.learner,
            account
                .why
                .as_ref()
                .map(|why| format!(": {why}"))
                .unwrap_or_default()
        ));
        for left in &account.outcome.left {
            out.line(format!(
                "  fica {} {}: {}",
                left.thing.kind.word(),
                style::command(&left.thing.name),
                left.why
            ));
            for command in left.thing.commands(&account.region) {
                out.line(format!("    {}", style::command(&command)));
            }
        }
        for unread in &account.unread {
            let name = unread.name.as_deref().unwrap_or("(todos)");
            out.line(format!(
                "  não lido {} {name}: {}",
                unread.kind.word(),
                unread.why
            ));
        }
        for error in &account.outcome.unseen {
            out.line(format!("  não lido: {}", error.in_full()));
        }
    }
    let clean = accounts
        .iter()
        .filter(|a| a.status == Status::Clean)
        .count();
    let gone: usize = accounts.iter().map(|a| a.outcome.gone.len()).sum();
    let accepted = accounts
        .iter()
        .map(Account::accepted)
        .max()
        .unwrap_or_default();
    let verified = accounts
        .iter()
        .map(Account::verified)
        .max()
        .unwrap_or_default();
    out.line(format!(
        "{} de {} · {} em {}, conferido em {}.",
        words::count(clean, "conta limpa", "contas limpas"),
        accounts.len(),
        words::count(gone, "recurso removido", "recursos removidos"),
        words::duration(accepted),
        words::duration(verified),
    ));
    if accounts.iter().any(|a| a.outcome.stopped) {
        out.line(style::inline_code(
            "→ A limpeza parou antes do fim. Para continuar: `lab class resume`.",
        ));
    }
}

fn worst(accounts: &[Account]) -> Status {
    let all = accounts.iter().map(|account| account.status);
    all.max().unwrap_or(Status::Clean)
}

/// 0 clean, 1 something is seen to be left, 3 something could not be seen or is
/// not allowed.
fn exit_code(accounts: &[Account]) -> u8 {
    match worst(accounts) {
        Status::Clean => 0,
        Status::Residue => 1,
        Status::Incomplete | Status::Blocked => 3,
    }
}

impl From<JournalError> for CliError {
    fn from(error: JournalError) -> Self {
        match &error {
            JournalError::Io { path, source } => {
                Self::io(format!("o diário da limpeza {}", path.display()), source)
            }
            JournalError::Busy(_) => {
                Self::environment(error.to_string()).hint("espere que ela termine")
            }
            JournalError::Unreadable { .. } => Self::environment(error.to_string())
                .hint("guarde o arquivo em outro lugar e faça um plano novo com `lab class plan`"),
        }
    }
}
