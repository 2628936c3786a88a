//! The same functions, fed with what the repository has, changed at random: a
//! bounded and repeatable run; `LAB_FUZZ_RUNS` makes it longer. `fuzz/run` also
//! looks for what was never reached.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fastrand::Rng;

use super::TARGETS;

/// Words that a reader may trip over.
const WORDS: [&str; 14] = [
    "18446744073709551615",
    "4294967295",
    "-1",
    "0",
    "1e999",
    "NaN",
    "\u{0}",
    "\u{1b}[2J",
    "\u{feff}",
    "ç\u{301}😀",
    "{{}}",
    "[[[[[[[[[[[[[[[[",
    "********************",
    "\r\n",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a target is fed with at first: its seeds, and the files of the course.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = entries(&repository().join("fuzz/seeds").join(target));
    if target == "lab" || target == "quiz" {
        let labs = entries(&repository().join("labs"));
        paths.extend(labs.iter().map(|lab| lab.join(format!("{target}.toml"))));
    }
    let found: Vec<Vec<u8>> = paths.iter().filter_map(|p| std::fs::read(p).ok()).collect();
    assert!(!found.is_empty(), "{target} has no seeds");
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = found.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// One seed, changed in one to four places.
fn changed(rng: &mut Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[rng.usize(..seeds.len())].clone();
    for _ in 0..rng.usize(1..=4) {
        let at = rng.usize(..=bytes.len());
        let end = (at + rng.usize(..40)).min(bytes.len());
        match rng.u8(..7) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                let to = rng.usize(..=bytes.len());
                bytes.splice(to..to, part);
            }
            3 => {
                let other = &seeds[rng.usize(..seeds.len())];
                let from = rng.usize(..=other.len());
                let until = (from + rng.usize(..200)).min(other.len());
                bytes.splice(at..end, other[from..until].iter().copied());
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << rng.u8(..8),
            5 => number(rng, &mut bytes, at),
            _ => {
                let word = WORDS[rng.usize(..WORDS.len())];
                bytes.splice(at..end, word.bytes());
            }
        }
    }
    bytes
}

/// The next number of the text becomes another one.
fn number(rng: &mut Rng, bytes: &mut Vec<u8>, at: usize) {
    let digit = |b: &u8| b.is_ascii_digit();
    let Some(start) = bytes[at..].iter().position(digit).map(|n| at + n) else {
        return;
    };
    let length = bytes[start..].iter().take_while(|b| digit(b)).count();
    let word = WORDS[rng.usize(..5)];
    bytes.splice(start..start + length, word.bytes());
}

fn feed(name: &str, runs: usize) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    let seeds = seeds(name);
    let mut rng = Rng::with_seed(7);
    let runs = std::env::var("LAB_FUZZ_RUNS").map_or(runs, |all| all.parse().unwrap());
    let changed = std::iter::repeat_with(|| changed(&mut rng, &seeds)).take(runs);
    for bytes in seeds.iter().cloned().chain(changed) {
        if catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_err() {
            panic!("{name} was fed with:\n{}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn any_lab_is_read_or_refused_at_a_place() {
    feed("lab", 50);
}

#[test]
fn any_quiz_is_read_or_refused_at_a_place() {
    feed("quiz", 50);
}

#[test]
fn any_roster_is_read_or_refused_at_a_place() {
    feed("roster", 2000);
}

#[test]
fn any_journal_keeps_what_can_be_read() {
    feed("journal", 1000);
}

#[test]
fn any_policy_is_judged_or_called_unreadable() {
    feed("policy", 2000);
}

#[test]
fn any_answer_is_an_observation_or_an_error_with_words() {
    feed("answer", 1000);
}

/// A seed that is refused at once leads nowhere.
#[test]
fn the_seed_of_the_rosters_is_a_roster() {
    let roster = crate::class::Roster::read(&repository().join("fuzz/seeds/roster")).unwrap();
    assert_eq!(roster.learners.len(), 4);
}
