//! A report of `lab check --json`, for asserting.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::support::{Ran, repository};

/// One report, valid by the published schema.
#[derive(Debug)]
pub(super) struct Report {
    /// The whole answer.
    pub(super) json: Value,
}

impl Report {
    /// Reads and validates an answer.
    #[track_caller]
    pub(super) fn of(ran: &Ran) -> Self {
        let json = ran.json();
        assert_valid(&json);
        assert!(json["results"].is_array(), "no report: {ran}");
        Self { json }
    }

    /// All results, in the lab's order.
    pub(super) fn results(&self) -> &[Value] {
        self.json["results"].as_array().unwrap()
    }

    /// The ids of the checks with this verdict, in the lab's order.
    pub(super) fn with(&self, verdict: &str) -> Vec<&str> {
        self.results()
            .iter()
            .filter(|result| result["verdict"] == verdict)
            .map(|result| result["id"].as_str().unwrap())
            .collect()
    }

    /// One check's result.
    #[track_caller]
    pub(super) fn check(&self, id: &str) -> &Value {
        let found = self.results().iter().find(|result| result["id"] == id);
        found.unwrap_or_else(|| panic!("no check {id}"))
    }

    /// Points earned.
    pub(super) fn points(&self) -> u64 {
        self.json["points"]["earned"].as_u64().unwrap()
    }
}

/// Asserts that an answer is what `docs/json-v1.schema.json` describes.
#[track_caller]
pub(crate) fn assert_valid(json: &Value) {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let text = std::fs::read(repository().join("docs/json-v1.schema.json")).unwrap();
        let schema: Value = serde_json::from_slice(&text).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let errors: Vec<String> = schema.iter_errors(json).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{json:#}");
}
