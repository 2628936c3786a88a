//! Which faults a system that is prepared for a learner has: different from
//! learner to learner, and the same again for who knows the seed.

use super::{Lab, NearMiss};

/// At most so many faults at the same time, each in a step of its own.
pub const FAULTS: usize = 4;

/// Seeds have at most six digits: an instructor may have to read one aloud.
const SEEDS: u64 = 1_000_000;

/// The seed of a learner, by the prefix of the learner's names.
pub fn seed_of(prefix: &str) -> u64 {
    hash(0, prefix) % SEEDS
}

/// The faults that a seed draws: one near miss in each of up to [`FAULTS`]
/// steps, in the order of the steps. Only what repeats another lab's is drawn.
pub fn draw<'n>(lab: &Lab, near_misses: &'n [NearMiss], seed: u64) -> Vec<&'n NearMiss> {
    let mut steps: Vec<(usize, &str, Vec<&NearMiss>)> = lab
        .steps
        .iter()
        .enumerate()
        .map(|(number, step)| {
            let id = step.id.get_ref().as_str();
            let of_step = |miss: &&NearMiss| miss.like.is_some() && miss.step() == id;
            (number, id, near_misses.iter().filter(of_step).collect())
        })
        .filter(|(_, _, faults): &(_, _, Vec<_>)| !faults.is_empty())
        .collect();
    steps.sort_by_key(|(_, id, _)| hash(seed, id));
    steps.truncate(FAULTS);
    steps.sort_by_key(|(number, ..)| *number);
    steps
        .into_iter()
        .filter_map(|(_, _, mut faults)| {
            // Each fault has a lot of its own: a new one moves few others.
            faults.sort_by_key(|fault| hash(seed, &fault.slug));
            faults.first().copied()
        })
        .collect()
}

/// FNV-1a with the last steps of `SplitMix64`: the same in every version and on
/// every machine, which the standard library's hashers do not promise.
fn hash(seed: u64, text: &str) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in text.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn lab() -> Lab {
        let step = |id: &str| {
            format!(
                "[[step]]\nid = \"{id}\"\ntitle = \"\"\npoints = 1\ntext = \"\"\nhints = []\ncheck = []\n"
            )
        };
        let steps: String = ["a", "b", "c", "d", "e", "f"].map(step).concat();
        toml::from_str(&format!(
            "id = \"x\"\ntitle = \"\"\nsummary = \"\"\nminutes = 1\ncost = \"\"\nprepared = true\nnames = {{}}\n{steps}"
        ))
        .unwrap()
    }

    fn near_misses() -> Vec<NearMiss> {
        let mut all = Vec::new();
        for step in ["a", "b", "c", "d", "e"] {
            for number in 0..5 {
                let like = if number == 4 { "" } else { "like = \"01/x\"\n" };
                let text =
                    format!("says = \"\"\n{like}command = []\n[fails]\n\"{step}/check\" = \"x\"\n");
                let mut miss: NearMiss = toml::from_str(&text).unwrap();
                miss.slug = format!("{step}{number}");
                all.push(miss);
            }
        }
        all
    }

    fn drawn(seed: u64) -> Vec<String> {
        let all = near_misses();
        let drawn = draw(&lab(), &all, seed);
        drawn.iter().map(|fault| fault.slug.clone()).collect()
    }

    #[test]
    fn a_seed_draws_the_same_again_and_another_one_others() {
        let faults = drawn(seed_of("ana-7k3f"));
        assert_eq!(faults, drawn(seed_of("ana-7k3f")));
        assert_eq!(faults.len(), FAULTS);
        let steps: BTreeSet<&str> = faults.iter().map(|slug| &slug[..1]).collect();
        assert_eq!(steps.len(), FAULTS, "{faults:?}");
        let different: BTreeSet<_> = (0..200).map(drawn).collect();
        assert!(different.len() > 150, "{}", different.len());
        let all: BTreeSet<String> = (0..200).flat_map(drawn).collect();
        assert_eq!(all.len(), 20, "each is drawn, and none without `like`");
    }

    #[test]
    fn the_hash_stays_what_it_is() {
        assert_eq!(seed_of("ana-7k3f"), 693_269);
    }
}
