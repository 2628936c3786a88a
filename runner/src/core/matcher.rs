use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fold::fold;
use super::observation::FactKind;

/// What a fact must be. In TOML: `expect.prefix.equals = "entrada/"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Matcher {
    /// The same value. Numbers are compared as numbers.
    Equals(Value),
    /// Any of these values.
    OneOf(Vec<Value>),
    /// A text holds this text; a list has this element; a record has these
    /// fields with these values.
    Contains(Value),
    /// A text holds this text, whatever the case and the accents: what a person
    /// wrote in words of their own.
    Mentions(String),
    /// A list has none of these elements; a text holds none of these texts.
    Excludes(Vec<String>),
    /// A list or text has nothing in it (`true`), or something (`false`).
    Empty(bool),
    /// A number is at least this.
    AtLeast(f64),
    /// A number is at most this.
    AtMost(f64),
}

impl Matcher {
    /// Whether `actual` satisfies the matcher. `null` satisfies only `equals = null`-like
    /// absence: `empty = true` does not hold for a fact that was not told.
    pub fn holds(&self, actual: &Value) -> bool {
        match self {
            Self::Equals(expected) => same(expected, actual),
            Self::OneOf(options) => options.iter().any(|o| same(o, actual)),
            Self::Contains(expected) => contains(actual, expected),
            Self::Mentions(part) => actual
                .as_str()
                .is_some_and(|text| fold(text).contains(&fold(part))),
            Self::Excludes(unwanted) => match actual {
                Value::Array(items) => !items
                    .iter()
                    .any(|i| unwanted.iter().any(|u| i == u.as_str())),
                Value::String(text) => !unwanted.iter().any(|u| text.contains(u.as_str())),
                _ => false,
            },
            Self::Empty(wanted) => match actual {
                Value::Array(items) => items.is_empty() == *wanted,
                Value::String(text) => text.is_empty() == *wanted,
                _ => false,
            },
            Self::AtLeast(n) => actual.as_f64().is_some_and(|a| a >= *n),
            Self::AtMost(n) => actual.as_f64().is_some_and(|a| a <= *n),
        }
    }

    /// What is expected, in Portuguese.
    pub fn describe(&self) -> String {
        match self {
            Self::Equals(v) => whole(v),
            Self::OneOf(options) => {
                format!(
                    "um destes: {}",
                    options.iter().map(show).collect::<Vec<_>>().join(", ")
                )
            }
            Self::Contains(fields @ Value::Object(_)) => whole(fields),
            Self::Contains(v) => format!("contém {}", show(v)),
            Self::Mentions(part) => format!("fala em `{part}`"),
            Self::Excludes(unwanted) => format!("sem {}", unwanted.join(", ")),
            Self::Empty(true) => "nada".to_owned(),
            Self::Empty(false) => "alguma coisa".to_owned(),
            Self::AtLeast(n) => format!("{n} ou mais"),
            Self::AtMost(n) => format!("{n} ou menos"),
        }
    }

    /// What was seen, in Portuguese: whole, but of a record only the fields
    /// that are asked for, and of these first what differs.
    pub fn describe_actual(&self, actual: &Value) -> String {
        match (self, actual) {
            (Self::Contains(Value::Object(expected)), Value::Object(fields)) => expected
                .iter()
                .map(|(name, _)| match fields.get(name) {
                    Some(value) => format!("{name} = {}", show(value)),
                    None => format!("{name} não está lá"),
                })
                .collect::<Vec<_>>()
                .join(", "),
            _ => whole(actual),
        }
    }

    /// What makes a near miss of `actual`, if it is one.
    pub fn near_miss(&self, actual: &Value) -> Option<String> {
        match (self, actual) {
            (Self::Equals(expected), actual) => near(expected, actual, None),
            (Self::Contains(Value::Object(expected)), Value::Object(fields)) => {
                expected.iter().find_map(|(name, value)| match fields.get(name) {
                    Some(actual) if same(value, actual) => None,
                    Some(actual) => near(value, actual, Some(name)),
                    None => fields
                        .keys()
                        .find(|k| k.to_lowercase() == name.to_lowercase())
                        .map(|k| format!("há um campo `{k}`; o lab espera `{name}`, com as mesmas maiúsculas e minúsculas")),
                })
            }
            _ => None,
        }
    }

    /// Whether the matcher makes sense for facts of this kind.
    pub fn fits(&self, kind: FactKind) -> bool {
        use FactKind::{Bool, List, Number, Record, Text};
        match self {
            // A text in place of a value may be a placeholder, typed only at run time.
            Self::Equals(v) => match v {
                Value::Bool(_) => kind == Bool,
                Value::Number(_) => kind == Number,
                Value::String(text) => kind == Text || !super::placeholders(text).is_empty(),
                Value::Array(_) => kind == List,
                Value::Object(_) => kind == Record,
                Value::Null => false,
            },
            Self::OneOf(options) => {
                !options.is_empty() && options.iter().all(|v| Self::Equals(v.clone()).fits(kind))
            }
            Self::Contains(Value::Object(_)) => kind == Record,
            Self::Contains(Value::String(_)) => matches!(kind, Text | List),
            Self::Contains(_) => false,
            Self::Mentions(_) => kind == Text,
            Self::Excludes(_) | Self::Empty(_) => matches!(kind, Text | List),
            Self::AtLeast(_) | Self::AtMost(_) => kind == Number,
        }
    }
}

fn contains(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::Array(items), wanted) => items.iter().any(|i| same(wanted, i)),
        (Value::Object(fields), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, value)| fields.get(name).is_some_and(|f| same(value, f))),
        _ => false,
    }
}

/// Equality with numbers compared as numbers at any depth: DynamoDB and JSON
/// write `10`, `10.0` and `1E+1` for the same one.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        _ => expected == actual,
    }
}

fn near(expected: &Value, actual: &Value, field: Option<&str>) -> Option<String> {
    let of = field.map(|f| format!("em `{f}`, ")).unwrap_or_default();
    match (expected, actual) {
        (Value::Number(n), Value::String(text)) if text.parse::<f64>().ok() == n.as_f64() => Some(
            format!("{of}o valor está certo, mas gravado como texto; o lab espera um número"),
        ),
        (Value::String(text), Value::Number(n)) if text.parse::<f64>().ok() == n.as_f64() => Some(
            format!("{of}o valor está certo, mas gravado como número; o lab espera um texto"),
        ),
        (Value::String(a), Value::String(b)) if a != b => {
            if a.to_lowercase() == b.to_lowercase() {
                Some(format!("{of}só mudam maiúsculas e minúsculas"))
            } else if a.trim_matches(['/', ' ']) == b.trim_matches(['/', ' ']) {
                Some(format!(
                    "{of}a diferença está na barra ou no espaço do começo ou do fim"
                ))
            } else {
                None
            }
        }
        _ => None,
    }
}

/// The value of a fact for people: what is empty is nothing, a record is told
/// field by field.
fn whole(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "nada".to_owned(),
        Value::Object(fields) if fields.is_empty() => "nada".to_owned(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name} = {}", show(value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => show(other),
    }
}

/// A value for people: texts in backticks, lists comma-separated, JSON for the rest.
fn show(value: &Value) -> String {
    match value {
        Value::Null => "nada".to_owned(),
        Value::Bool(true) => "sim".to_owned(),
        Value::Bool(false) => "não".to_owned(),
        Value::String(text) if text.is_empty() => "texto vazio".to_owned(),
        // A text with marks of its own would end them too early.
        Value::String(text) if text.contains('`') => text.clone(),
        Value::String(text) => format!("`{}`", text.trim_end_matches('\n')),
        Value::Array(items) if items.is_empty() => "nada".to_owned(),
        Value::Array(items) => items.iter().map(show).collect::<Vec<_>>().join(", "),
        // `2` and not `2.0`.
        Value::Number(n) if n.is_f64() => n.as_f64().unwrap_or_default().to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_numbers_and_texts_are_texts() {
        assert!(Matcher::Equals(json!(10)).holds(&json!(10.0)));
        assert!(!Matcher::Equals(json!(10)).holds(&json!("10")));
        assert!(
            Matcher::Contains(json!({"a": 1, "l": [{"n": 2}]}))
                .holds(&json!({"a": 1.0, "l": [{"n": 2.0}], "z": 0}))
        );
    }

    #[test]
    fn an_untold_fact_satisfies_nothing() {
        for matcher in [
            Matcher::Empty(true),
            Matcher::Excludes(vec!["x".into()]),
            Matcher::AtMost(3.0),
            Matcher::Contains(json!({})),
        ] {
            assert!(!matcher.holds(&Value::Null), "{matcher:?}");
        }
    }

    #[test]
    fn values_are_told_in_words() {
        let told = |v| Matcher::AtLeast(1.0).describe_actual(&v);
        assert_eq!(told(json!(2.0)), "2");
        assert_eq!(told(json!(0.1)), "0.1");
        assert_eq!(told(json!("")), "nada");
        assert_eq!(told(json!({})), "nada");
        assert_eq!(
            told(json!({"fila": "x", "nome": ""})),
            "fila = `x`, nome = texto vazio"
        );
        assert_eq!(
            told(json!(["falta `--source-arn`"])),
            "falta `--source-arn`"
        );
    }

    #[test]
    fn near_misses_are_named() {
        let near = |m: Matcher, v| m.near_miss(&v).unwrap_or_default();
        assert!(near(Matcher::Equals(json!("Numero")), json!("numero")).contains("maiúsculas"));
        assert!(near(Matcher::Equals(json!("entrada/")), json!("entrada")).contains("barra"));
        let record = Matcher::Contains(json!({"valor": 12.5}));
        assert!(near(record.clone(), json!({"valor": "12.5"})).contains("como texto"));
        assert!(near(record.clone(), json!({"Valor": 12.5})).contains("há um campo `Valor`"));
        assert_eq!(record.near_miss(&json!({"valor": 1})), None);
    }
}
