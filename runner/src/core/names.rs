use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What the placeholders of a lab stand for: resource names, account, Region,
/// and the fields of the run's samples (`nota.numero`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names(BTreeMap<String, Value>);

/// Whether a text can begin the names of a learner's resources: S3's rules for
/// buckets, and room for the longest name of the course, 21 characters more.
pub fn valid_prefix(prefix: &str) -> bool {
    let letters = prefix
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let ends = prefix.starts_with(|c: char| c.is_ascii_lowercase()) && !prefix.ends_with('-');
    letters && ends && (3..=30).contains(&prefix.len())
}

/// A `{placeholder}` that stands for nothing in this lab.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{{{0}}}` não é um nome deste lab")]
pub struct UnknownPlaceholder(pub String);

impl Names {
    /// Adds or replaces one name.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    /// The text of a name, if it is known.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// All names, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Adds a sample's record: the whole under `name`, each field under `name.field`.
    pub fn set_sample(&mut self, name: &str, record: &Value) {
        if let Value::Object(fields) = record {
            for (field, value) in fields {
                self.set(format!("{name}.{field}"), value.clone());
            }
        }
        self.set(name, record.clone());
    }

    /// Replaces every `{name}` in `text`; unknown names are an error.
    pub fn fill(&self, text: &str) -> Result<String, UnknownPlaceholder> {
        self.replace(text, |name| Err(UnknownPlaceholder(name.to_owned())))
    }

    /// Replaces the names it knows and leaves all other braces alone, for files
    /// and prose where braces mean something else too.
    pub fn fill_known(&self, text: &str) -> String {
        self.replace(text, |name| Ok(format!("{{{name}}}")))
            .unwrap_or_default()
    }

    fn replace(
        &self,
        text: &str,
        unknown: impl Fn(&str) -> Result<String, UnknownPlaceholder>,
    ) -> Result<String, UnknownPlaceholder> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((start, end)) = next_placeholder(rest) {
            let name = &rest[start + 1..end];
            out.push_str(&rest[..start]);
            match self.0.get(name) {
                Some(Value::String(value)) => out.push_str(value),
                Some(value) => out.push_str(&value.to_string()),
                None => out.push_str(&unknown(name)?),
            }
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// Replaces names everywhere inside a JSON value; a string that is one
    /// placeholder and nothing else takes the name's own type.
    pub fn fill_value(&self, value: &Value) -> Result<Value, UnknownPlaceholder> {
        Ok(match value {
            Value::String(text) => match next_placeholder(text) {
                Some((0, end)) if end + 1 == text.len() => {
                    let name = &text[1..end];
                    self.0
                        .get(name)
                        .cloned()
                        .ok_or_else(|| UnknownPlaceholder(name.to_owned()))?
                }
                _ => Value::String(self.fill(text)?),
            },
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|v| self.fill_value(v))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(k, v)| Ok((self.fill(k)?, self.fill_value(v)?)))
                    .collect::<Result<_, UnknownPlaceholder>>()?,
            ),
            other => other.clone(),
        })
    }

    /// Replaces names in every string of `data`, whatever its type.
    ///
    /// # Errors
    /// An unknown name, or a value whose type does not fit where it was put, as text.
    pub fn fill_in<T: Serialize + DeserializeOwned>(&self, data: &T) -> Result<T, String> {
        let value = serde_json::to_value(data).map_err(|e| e.to_string())?;
        let filled = self.fill_value(&value).map_err(|e| e.to_string())?;
        serde_json::from_value(filled).map_err(|e| e.to_string())
    }
}

/// The names that `text` refers to.
pub fn placeholders(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((start, end)) = next_placeholder(rest) {
        found.push(&rest[start + 1..end]);
        rest = &rest[end + 1..];
    }
    found
}

/// Byte positions of the braces of the first `{name}`: lower-case letters,
/// digits, `_` and `.`, so JSON's braces are never taken for one.
fn next_placeholder(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(start) = text[from..].find('{').map(|at| at + from) {
        let name = bytes[start + 1..]
            .iter()
            .take_while(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.')
            })
            .count();
        let end = start + 1 + name;
        if name > 0 && bytes[start + 1].is_ascii_lowercase() && bytes.get(end) == Some(&b'}') {
            return Some((start, end));
        }
        from = start + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names() -> Names {
        let mut names = Names::default();
        names.set("bucket", "ana-notas");
        names.set_sample("nota", &json!({"numero": "NF-1", "valor": 12.5}));
        names
    }

    #[test]
    fn fills_text_and_keeps_json_braces() {
        assert_eq!(
            names().fill("s3://{bucket}/{nota.numero}").unwrap(),
            "s3://ana-notas/NF-1"
        );
        assert_eq!(names().fill(r#"{"a": {}}"#).unwrap(), r#"{"a": {}}"#);
        assert_eq!(names().fill_known("{outra} {bucket}"), "{outra} ana-notas");
        assert_eq!(
            names().fill("{outra}"),
            Err(UnknownPlaceholder("outra".into()))
        );
    }

    #[test]
    fn a_lone_placeholder_keeps_its_type() {
        let filled = names()
            .fill_value(&json!({"v": "{nota.valor}", "t": "R$ {nota.valor}"}))
            .unwrap();
        assert_eq!(filled, json!({"v": 12.5, "t": "R$ 12.5"}));
    }

    #[test]
    fn accents_and_odd_braces_are_left_alone() {
        assert_eq!(
            names().fill("{ção} {} { bucket } é {bucket}").unwrap(),
            "{ção} {} { bucket } é ana-notas"
        );
    }
}
