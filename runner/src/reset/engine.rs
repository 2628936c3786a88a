use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep};

use super::graph::Graph;
use super::journal::{Entry, Item, ResetJournal};
use super::lanes::{Early, Lanes};
use super::outcome::{Left, Outcome};
use super::retry::{Stop, pause};
use super::verify::verify;
use crate::core::{Control, Pace, ProbeError, ProbeErrorKind, Thing};

/// What has to be done in one account.
pub struct Job<'a, C> {
    /// The account.
    pub control: &'a C,
    /// At what pace.
    pub lanes: &'a Lanes,
    /// What goes.
    pub things: &'a [Thing],
    /// Which of them an interrupted run deleted already.
    pub before: Vec<bool>,
    /// Whether to look at everything again at the end.
    pub verify: bool,
    /// Where each deletion is written down, under whose name.
    pub journal: Option<(&'a ResetJournal, &'a str)>,
    /// Whether somebody wants it to end.
    pub stop: Stop,
}

/// What happens, as it happens.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A thing is about to be deleted.
    Began(&'a Thing),
    /// AWS accepted its deletion, or it was gone already.
    Gone(&'a Thing),
    /// It stays.
    Stayed(&'a Left),
    /// All is deleted that can be; now it is looked at again.
    Verifying,
}

/// How it went with one thing.
pub(super) enum Fate {
    Gone,
    Stayed(Left),
    Stopped,
}

/// Deletes the things of one account, each once all that uses it is gone.
pub async fn apply<C: Control>(job: &Job<'_, C>, on: &(dyn Fn(Event<'_>) + Sync)) -> Outcome {
    let began = Instant::now();
    let mut outcome = Outcome::default();
    let mut graph = Graph::new(job.things);
    let early = std::mem::take(&mut graph.early);
    let express = Early(job.lanes);
    let mut accepted: Vec<Option<Instant>> = vec![None; job.things.len()];
    let mut kept_by: Vec<Option<usize>> = vec![None; job.things.len()];
    let mut running: FuturesUnordered<BoxFuture<'_, (usize, Fate)>> = FuturesUnordered::new();
    let start = |i: usize, keeper: Option<usize>| -> BoxFuture<'_, (usize, Fate)> {
        let thing = &job.things[i];
        let done = job.before.get(i).copied().unwrap_or_default();
        let pace: &dyn Pace = if early[i] { &express } else { job.lanes };
        Box::pin(async move {
            let fate = match keeper {
                _ if done => return (i, Fate::Gone),
                Some(keeper) => Fate::Stayed(used(thing, &job.things[keeper])),
                None => remove(job, thing, pace, on).await,
            };
            // Here and not where the fates are gathered: whoever gathers must
            // never wait, because meanwhile nothing else goes on.
            note(job, thing, &fate).await;
            (i, fate)
        })
    };
    let ready: Vec<usize> = (0..job.things.len())
        .filter(|i| graph.waits[*i] == 0)
        .collect();
    running.extend(ready.into_iter().map(|i| start(i, None)));
    while let Some((i, fate)) = running.next().await {
        let thing = &job.things[i];
        let mut stays = true;
        match fate {
            Fate::Gone => {
                stays = false;
                accepted[i] = Some(Instant::now());
                outcome.accepted_after = began.elapsed();
                outcome.gone.push(thing.clone());
                on(Event::Gone(thing));
            }
            Fate::Stayed(left) => {
                on(Event::Stayed(&left));
                outcome.left.push(left);
            }
            Fate::Stopped => outcome.stopped = true,
        }
        if stays {
            for used in &graph.uses[i] {
                kept_by[*used] = Some(i);
            }
        }
        for then in std::mem::take(&mut graph.frees[i]) {
            graph.waits[then] -= 1;
            if graph.waits[then] == 0 {
                running.push(start(then, kept_by[then]));
            }
        }
    }
    drop(running);
    if job.verify && !outcome.stopped {
        on(Event::Verifying);
        verify(job, &accepted, &mut outcome, on).await;
        outcome.verified_after = began.elapsed();
    }
    outcome.calls = job.lanes.calls();
    outcome
}

/// Looks at one thing again, and deletes it if it is what was planned.
pub(super) async fn remove<C: Control>(
    job: &Job<'_, C>,
    thing: &Thing,
    pace: &dyn Pace,
    on: &(dyn Fn(Event<'_>) + Sync),
) -> Fate {
    let mut tries = 0;
    loop {
        // The turn comes before the look: it may take long, and the look has
        // to be just before the deletion.
        let apis = thing.kind.deletion();
        let turn = async {
            let slow = job.lanes.slow(apis).await;
            job.lanes.tokens(apis).await;
            slow
        };
        let slow = tokio::select! {
            biased;
            () = job.stop.wait() => return Fate::Stopped,
            slow = turn => slow,
        };
        let error = match once(job, thing, pace, on).await {
            Ok(fate) => return fate,
            Err(error) => error,
        };
        drop(slow);
        tries += 1;
        let Some(pause) = pause(&error, tries) else {
            return Fate::Stayed(failed(thing, &error));
        };
        tokio::select! {
            biased;
            () = job.stop.wait() => return Fate::Stopped,
            () = sleep(pause) => {}
        }
    }
}

async fn once<C: Control>(
    job: &Job<'_, C>,
    thing: &Thing,
    pace: &dyn Pace,
    on: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Fate, ProbeError> {
    let look = || job.control.look(thing, pace);
    let Some(now) = unless_stopped(&job.stop, look).await? else {
        return Ok(Fate::Gone);
    };
    let stays = thing.changed(&now).map(str::to_owned);
    if let Some(why) = stays.or_else(|| now.untouchable()) {
        return Ok(Fate::Stayed(Left {
            thing: thing.clone(),
            why,
            kind: None,
        }));
    }
    if job.stop.asked() {
        return Ok(Fate::Stopped);
    }
    if let Some((journal, learner)) = job.journal
        && let Err(error) = journal.append(learner, Entry::Began(Item::of(thing))).await
    {
        // What cannot be written down is not done.
        return Ok(Fate::Stayed(Left {
            thing: thing.clone(),
            why: error.to_string(),
            kind: Some(ProbeErrorKind::Service),
        }));
    }
    on(Event::Began(thing));
    match job.control.delete(&now, pace).await {
        Err(error) if error.kind != ProbeErrorKind::Missing => Err(error),
        _ => Ok(Fate::Gone),
    }
}

/// Asks again while the answer may come a little later, and nobody stops it.
pub(super) async fn unless_stopped<T, F>(stop: &Stop, ask: impl Fn() -> F) -> Result<T, ProbeError>
where
    F: Future<Output = Result<T, ProbeError>>,
{
    let mut tries = 0;
    loop {
        let error = match ask().await {
            Err(error) => error,
            answer => return answer,
        };
        tries += 1;
        match pause(&error, tries) {
            Some(pause) if !stop.asked() => sleep(pause).await,
            _ => return Err(error),
        }
    }
}

/// Asks again while the answer may come a little later.
///
/// # Errors
/// What was answered at last.
pub async fn patiently<T, F>(ask: impl Fn() -> F) -> Result<T, ProbeError>
where
    F: Future<Output = Result<T, ProbeError>>,
{
    unless_stopped(&Stop::never(), ask).await
}

/// A line that is lost costs one look more when the reset is resumed.
async fn note<C>(job: &Job<'_, C>, thing: &Thing, fate: &Fate) {
    let item = Item::of(thing);
    let entry = match fate {
        Fate::Gone => Entry::Gone(item),
        Fate::Stayed(left) => Entry::Stayed(item, left.why.clone()),
        Fate::Stopped => return,
    };
    if let Some((journal, learner)) = job.journal {
        let _ = journal.append(learner, entry).await;
    }
}

fn failed(thing: &Thing, error: &ProbeError) -> Left {
    Left {
        thing: thing.clone(),
        why: error.in_full(),
        kind: Some(error.kind),
    }
}

fn used(thing: &Thing, by: &Thing) -> Left {
    Left {
        thing: thing.clone(),
        why: format!("é usado por {} {}, que fica", by.kind.word(), by.name),
        kind: None,
    }
}
