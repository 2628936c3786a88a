use futures_util::future::join_all;

use super::ownership::{Expected, Owned};
use super::plan::{Beside, Part, Stay, Unread};
use crate::class::Learner;
use crate::core::{Aside, Control, Kind, Lab, ProbeError, Thing};
use crate::reset::Lanes;

/// What a part of a plan is made from.
pub struct Surveying<'a, C> {
    /// The account.
    pub control: &'a C,
    /// At what pace.
    pub lanes: &'a Lanes,
    /// Whose it is.
    pub learner: &'a Learner,
    /// Of which labs.
    pub labs: &'a [&'a Lab],
}

/// Lists everything and says of each thing whether it goes. What cannot be read
/// stays, and so does what it may use.
pub async fn survey<C: Control>(surveying: &Surveying<'_, C>) -> Part {
    let Surveying {
        control,
        lanes,
        learner,
        labs,
    } = *surveying;
    let mut part = Part::of(learner);
    let expected = Expected::of(
        labs.iter().copied(),
        &learner.prefix,
        &learner.account,
        &learner.region,
    );
    let lists = Kind::ALL.map(|kind| async move {
        let list = || control.list(kind, lanes);
        (kind, crate::reset::patiently(list).await)
    });
    let mut all = Vec::new();
    let mut blind_rank = u8::MAX;
    for (kind, list) in join_all(lists).await {
        match list {
            Ok(things) => all.extend(things),
            Err(error) => {
                blind_rank = blind_rank.min(kind.rank());
                part.unread.push(unread(kind, None, &error));
            }
        }
    }
    part.aside = aside(control, lanes, &learner.prefix).await;
    let mut owned = Vec::new();
    for thing in &all {
        match expected.judge(thing, &all) {
            Owned::Course(of) => owned.push((thing, of)),
            Owned::Foreign(why) => part.stays.push(Stay {
                kind: thing.kind,
                name: thing.name.clone(),
                why: thing.untouchable().unwrap_or(why),
            }),
        }
    }
    let looks = owned.iter().map(|(thing, _)| async move {
        let look = || control.look(thing, lanes);
        crate::reset::patiently(look).await
    });
    // What stays although it is the course's: what it uses stays too.
    let mut keepers: Vec<Thing> = Vec::new();
    for ((thing, of), look) in owned.iter().zip(join_all(looks).await) {
        match look {
            Ok(None) => {}
            Ok(Some(now)) => match now.untouchable() {
                Some(why) => {
                    part.stays.push(stay(thing, why));
                    keepers.push(now);
                }
                None => {
                    part.labs.extend(of.iter().cloned());
                    part.goes.push(now);
                }
            },
            Err(error) => {
                let name = Some(thing.name.clone());
                part.unread.push(unread(thing.kind, name, &error));
                keepers.push((*thing).clone());
            }
        }
    }
    for thing in std::mem::take(&mut part.goes) {
        if thing.kind.rank() > blind_rank {
            let why = "pode ser usado por algo que não pôde ser lido".to_owned();
            part.stays.push(stay(&thing, why));
        } else {
            part.goes.push(thing);
        }
    }
    keep_what_is_used(&mut part, keepers);
    part.labs.sort();
    part.labs.dedup();
    part.stays
        .sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    part.goes
        .sort_by(|a, b| (a.kind, &a.name, &a.id).cmp(&(b.kind, &b.name, &b.id)));
    part.calls = part.goes.iter().map(|thing| thing.kind.calls()).sum();
    let count = |kind| part.goes.iter().filter(|thing| thing.kind == kind).count();
    part.seconds = lanes.limits().least(count).1.as_secs();
    part
}

/// What nobody asked for by the learner's prefix, of the kinds that are never
/// deleted. That one could not be read keeps nothing else back: nothing uses it.
async fn aside<C: Control>(control: &C, lanes: &Lanes, prefix: &str) -> Vec<Beside> {
    let lists = Aside::ALL.map(|kind| async move {
        let names = || control.names(kind, lanes);
        (kind, crate::reset::patiently(names).await)
    });
    let mut found = Vec::new();
    for (kind, names) in join_all(lists).await {
        match names {
            Ok(names) => {
                let own = names.into_iter().filter(|name| name.starts_with(prefix));
                found.extend(own.map(|name| Beside {
                    kind,
                    name: Some(name),
                    why: "começa com o prefixo do aluno; a limpeza não remove este tipo".to_owned(),
                }));
            }
            Err(error) => found.push(Beside {
                kind,
                name: None,
                why: format!("{}: {}: {}", error.kind, error.operation, error.message),
            }),
        }
    }
    found
}

fn keep_what_is_used(part: &mut Part, mut keepers: Vec<Thing>) {
    while let Some(keeper) = keepers.pop() {
        for thing in std::mem::take(&mut part.goes) {
            if keeper.kind.rank() < thing.kind.rank() && keeper.uses(&thing) {
                let why = format!(
                    "é usado por {} {}, que fica",
                    keeper.kind.word(),
                    keeper.name
                );
                part.stays.push(stay(&thing, why));
                keepers.push(thing);
            } else {
                part.goes.push(thing);
            }
        }
    }
}

fn stay(thing: &Thing, why: String) -> Stay {
    Stay {
        kind: thing.kind,
        name: thing.name.clone(),
        why,
    }
}

fn unread(kind: Kind, name: Option<String>, error: &ProbeError) -> Unread {
    Unread {
        kind,
        name,
        why: error.in_full(),
    }
}
