use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::as_text;

/// Many things that are created, changed and deleted through a REST API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiLoadArgs {
    /// API name.
    pub api: String,
    /// Stage name.
    pub stage: String,
    /// Path of the collection, such as `/produtos`.
    pub path: String,
    /// Id of the first thing, a whole number; the others follow it.
    pub first: Value,
    /// How many things.
    pub count: u16,
    /// How many of them whose calls are all sent twice.
    #[serde(default)]
    pub repeated: u16,
    /// Body that creates one, without its `id`.
    pub create: BTreeMap<String, Value>,
    /// Body that changes one, without its `id`.
    pub change: BTreeMap<String, Value>,
}

/// One request of a load.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadRequest {
    /// HTTP method.
    pub method: &'static str,
    /// Request path.
    pub path: String,
    /// Content.
    pub body: Option<Value>,
    /// Whether the same was sent before: it may be refused.
    pub again: bool,
}

impl ApiLoadArgs {
    /// How many requests it sends.
    pub fn total(&self) -> usize {
        3 * (usize::from(self.count) + usize::from(self.repeated.min(self.count)))
    }

    /// For each thing its requests in the order in which they are sent; `None`
    /// when the first id is no whole number.
    pub fn requests(&self) -> Option<Vec<Vec<LoadRequest>>> {
        let first = self.first.as_u64()?;
        let one = |number: u16| {
            let id = first + u64::from(number);
            let body = |fields: &BTreeMap<String, Value>| {
                let mut body: serde_json::Map<String, Value> = fields.clone().into_iter().collect();
                body.insert("id".to_owned(), id.into());
                Some(Value::Object(body))
            };
            let single = format!("{}/{id}", self.path);
            let calls = [
                ("POST", self.path.clone(), body(&self.create)),
                ("PUT", single.clone(), body(&self.change)),
                ("DELETE", single, None),
            ];
            let times = if number < self.repeated { 2 } else { 1 };
            let sent = calls.into_iter().flat_map(move |(method, path, body)| {
                (0..times).map(move |time| LoadRequest {
                    method,
                    path: path.clone(),
                    body: body.clone(),
                    again: time > 0,
                })
            });
            sent.collect()
        };
        Some((0..self.count).map(one).collect())
    }
}

/// The messages of a flood in the order in which they are sent: always the
/// same one, with repeated and poisonous messages spread among the others.
pub fn flood(event: &Value, poison: &Value, good: u16, duplicates: u16, bad: u16) -> Vec<String> {
    let numbered = |template: &Value, n: u16| as_text(template).replace("<n>", &format!("{n:06}"));
    let mut all: Vec<String> = (0..good)
        .chain(0..duplicates.min(good))
        .map(|n| numbered(event, n))
        .chain((0..bad).map(|n| numbered(poison, n)))
        .collect();
    fastrand::Rng::with_seed(u64::from(good)).shuffle(&mut all);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn every_thing_is_created_changed_and_deleted() {
        let load: ApiLoadArgs = serde_json::from_value(json!({
            "api": "a", "stage": "prod", "path": "/produtos", "first": 7, "count": 3,
            "repeated": 1, "create": { "nome": "x" }, "change": { "nome": "y" },
        }))
        .unwrap();
        let all = load.requests().unwrap();
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [6, 3, 3]);
        assert_eq!(all.concat().len(), load.total());
        let told: Vec<_> = all[0].iter().map(|r| (r.method, r.again)).collect();
        assert_eq!(
            told[..4],
            [
                ("POST", false),
                ("POST", true),
                ("PUT", false),
                ("PUT", true)
            ]
        );
        assert_eq!(all[2][0].body, Some(json!({ "id": 9, "nome": "x" })));
        assert_eq!(all[2][2].path, "/produtos/9");
    }

    #[test]
    fn a_flood_has_good_repeated_and_poisonous_messages() {
        let event = json!({"id": 5, "codigo": "C-<n>"});
        let sent = flood(&event, &json!("C-<n> ilegível"), 160, 30, 10);
        assert_eq!(sent.len(), 200);
        let good: Vec<_> = sent.iter().filter(|m| m.starts_with('{')).collect();
        assert_eq!(good.len(), 190);
        assert_eq!(good.iter().collect::<HashSet<_>>().len(), 160);
        assert!(sent.contains(&r#"{"codigo":"C-000159","id":5}"#.to_owned()));
        assert!(!sent[190..].iter().all(|m| m.ends_with("ilegível")));
        assert_eq!(sent, flood(&event, &json!("C-<n> ilegível"), 160, 30, 10));
    }
}
