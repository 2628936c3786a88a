use schemars::JsonSchema;
use serde::Deserialize;

/// The reference solution of one step: commands that a learner could have
/// typed, and the files that they use.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Solution {
    /// The commands in order.
    #[serde(rename = "command")]
    pub commands: Vec<Command>,
    /// Files by name, as they lie beside `solution.toml`.
    #[serde(skip)]
    pub files: Vec<(String, Vec<u8>)>,
}

/// One command of a solution; run without a shell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// What it does, in a sentence.
    #[serde(default)]
    pub says: String,
    /// Program and arguments, with placeholders.
    pub run: Vec<String>,
    /// Name under which later commands find the trimmed output.
    #[serde(default)]
    pub capture: Option<String>,
}
