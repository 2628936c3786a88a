use serde::{Deserialize, Serialize};

/// What a reset looks for and never deletes: no lab asks for one, but a learner
/// may have made it on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aside {
    /// A managed policy of the account's own.
    IamPolicy,
    /// A layer, with its versions.
    LambdaLayer,
}

impl Aside {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::IamPolicy, Self::LambdaLayer];

    /// What it is, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::IamPolicy => "política",
            Self::LambdaLayer => "camada",
        }
    }
}
