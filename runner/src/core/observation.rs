use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::hex::fingerprint;

/// What a probe saw: named facts, and beside them what helps to understand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Facts by name; a fact of something that is not there is `null`.
    pub facts: BTreeMap<String, Value>,
    /// Near misses and other findings, as sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What AWS is still doing, if a later look may see something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settling: Option<String>,
}

/// The type of a fact's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactKind {
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list of texts.
    List,
    /// A JSON object.
    Record,
}

/// One fact that a probe can tell.
#[derive(Debug, Clone, Copy)]
pub struct FactSpec {
    /// Name, as `expect` uses it.
    pub name: &'static str,
    /// Type of its value.
    pub kind: FactKind,
    /// What it is, for people.
    pub label: &'static str,
}

impl Observation {
    /// The thing looked for is there; facts follow with [`Observation::with`].
    pub fn present() -> Self {
        Self::default().with("exists", true)
    }

    /// The thing looked for is not there.
    pub fn absent() -> Self {
        Self::default().with("exists", false)
    }

    /// Adds one fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a finding that helps to understand.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds findings that help to understand.
    #[must_use]
    pub fn notes(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        self.notes.extend(texts);
        self
    }

    /// Says that AWS is still at work on it.
    #[must_use]
    pub fn settling(mut self, what: Option<String>) -> Self {
        self.settling = what;
        self
    }

    /// A fact's value; `null` when it was not told.
    pub fn fact(&self, name: &str) -> &Value {
        self.facts.get(name).unwrap_or(&Value::Null)
    }

    /// A short digest of the facts, kept in the journal as evidence.
    pub fn digest(&self) -> String {
        let facts = serde_json::to_vec(&self.facts).unwrap_or_default();
        fingerprint(facts, 8)
    }

    /// Whether the thing looked for is there.
    pub fn exists(&self) -> bool {
        self.fact("exists") == &Value::Bool(true)
    }
}
