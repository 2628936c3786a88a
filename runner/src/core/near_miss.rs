use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Command;

/// A mistake that people really make: commands that lead from a right state to
/// one that looks right, and what the checks must say of it. `near-miss.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NearMiss {
    /// What was done wrong, in a sentence.
    pub says: String,
    /// The step after whose reference solution the mistake is made; without it,
    /// in an empty account.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub from: Option<Spanned<String>>,
    /// The near miss of another lab that this one repeats, `03-lab/slug`: it may
    /// be drawn as a fault of a system that is prepared for a learner.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub like: Option<Spanned<String>>,
    /// The checks that must fail, `step/check`, each with a part of what must be
    /// said; may hold the lab's names as placeholders.
    #[schemars(with = "BTreeMap<String, String>")]
    pub fails: BTreeMap<Spanned<String>, String>,
    /// The checks that must be skipped because of those. All others keep the
    /// verdict that they had before the mistake.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub skips: Vec<Spanned<String>>,
    /// The checks whose verdict chance decides, and that are not judged here: two
    /// calls race, and the mistake shows in whichever comes second.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub varies: Vec<Spanned<String>>,
    /// The commands that make the mistake.
    #[serde(rename = "command")]
    pub commands: Vec<Command>,

    /// Name of the folder, unique in the lab.
    #[serde(skip)]
    pub slug: String,
    /// Files by name, as they lie beside `near-miss.toml`; those of the steps
    /// before are there too.
    #[serde(skip)]
    pub files: Vec<(String, Vec<u8>)>,
}

impl NearMiss {
    /// The step that it breaks: that of the first check that must fail.
    pub fn step(&self) -> &str {
        let first = self.fails.keys().next();
        first.map_or("", |id| id.get_ref().split('/').next().unwrap_or_default())
    }
}
