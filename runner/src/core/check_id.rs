use std::fmt;

use serde::{Deserialize, Serialize};

/// Names one check inside a lab: `step/check`, such as `gatilho/notificacao`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckId(String);

impl CheckId {
    /// The id of check `check` of step `step`.
    pub fn new(step: &str, check: &str) -> Self {
        Self(format!("{step}/{check}"))
    }

    /// Reads a reference made inside step `step`: `check` alone means the same step.
    pub fn resolve(step: &str, reference: &str) -> Self {
        if reference.contains('/') {
            Self(reference.to_owned())
        } else {
            Self::new(step, reference)
        }
    }

    /// The whole id, `step/check`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The step's part of the id.
    pub fn step(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
