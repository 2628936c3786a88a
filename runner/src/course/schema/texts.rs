use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Object, referred};

/// The descriptions, and which of them were asked for.
#[derive(Debug)]
pub(super) struct Texts {
    table: toml::Table,
    used: BTreeSet<String>,
    missing: BTreeSet<String>,
}

/// Where a type's own description stands, beside those of its fields.
const OWN: &str = "_";

/// Fields that mean the same in every type.
const COMMON: &str = "comum";

impl Texts {
    /// The ones in the binary.
    pub(super) fn embedded() -> Self {
        Self {
            // A test reads all of it; without it a schema would have no descriptions.
            table: toml::from_str(include_str!("descricoes.toml")).unwrap_or_default(),
            used: BTreeSet::new(),
            missing: BTreeSet::new(),
        }
    }

    /// Describes the fields of all types. A field of a type that has a text of
    /// its own gets a copy of the type: beside `$ref` nothing else counts.
    pub(super) fn describe_properties(&mut self, types: &mut Object) {
        for (name, schema) in types.iter_mut() {
            self.fields(schema, &[name]);
        }
        let before = types.clone();
        for schema in types.values_mut() {
            copy_described(schema, &before);
        }
    }

    /// Describes the types themselves, and the values of those that are texts.
    pub(super) fn describe_types(&mut self, types: &mut Object) {
        for (name, schema) in types {
            let Some(mut text) = self.text(&[name, OWN]) else {
                self.missing.insert(name.clone());
                continue;
            };
            let values = [&schema["enum"], &schema["oneOf"][0]["enum"]];
            for value in values.iter().filter_map(|v| v.as_array()).flatten() {
                let value = value.as_str().unwrap_or_default();
                match self.text(&[name, value]) {
                    Some(about) => text.push_str(&format!("\n- `{value}`: {about}")),
                    None => self.say_missing(&[name, value]),
                }
            }
            // What is under conditions is described within.
            match schema.pointer_mut("/allOf/0") {
                Some(base) => base["description"] = text.into(),
                None => schema["description"] = text.into(),
            }
        }
    }

    fn fields(&mut self, schema: &mut Value, path: &[&str]) {
        if let Some(variants) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
            for variant in variants {
                self.fields(variant, path);
            }
        }
        let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        for (name, field) in fields {
            let path = [path, &[name]].concat();
            let own = self
                .text(&path)
                .or_else(|| self.text(&[path.as_slice(), &[OWN]].concat()))
                .or_else(|| self.text(&[COMMON, name]));
            if field == &json!(true) {
                *field = json!({});
            }
            match own {
                Some(text) => field["description"] = text.into(),
                None if referred(field).is_some() => {}
                None => self.say_missing(&path),
            }
            self.fields(field, &path);
        }
    }

    fn text(&mut self, path: &[&str]) -> Option<String> {
        let (first, rest) = path.split_first()?;
        let mut found = self.table.get(*first)?;
        for part in rest {
            found = found.get(part)?;
        }
        let text = found.as_str()?.to_owned();
        self.used.insert(path.join("."));
        Some(text)
    }

    fn say_missing(&mut self, path: &[&str]) {
        self.missing.insert(path.join("."));
    }
}

fn copy_described(schema: &mut Value, types: &Object) {
    let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
    for field in fields.into_iter().flat_map(Object::values_mut) {
        let text = field.get("description").cloned();
        match (text, referred(field)) {
            (Some(text), Some(name)) => {
                *field = types[name].clone();
                field["description"] = text;
            }
            _ => copy_described(field, types),
        }
    }
}

#[cfg(test)]
impl Texts {
    pub(super) fn missing(&self) -> Vec<String> {
        self.missing.iter().cloned().collect()
    }

    pub(super) fn unused(&self) -> Vec<String> {
        fn walk(table: &toml::Table, path: &str, found: &mut Vec<String>) {
            for (name, value) in table {
                let path = format!("{path}{name}");
                match value {
                    toml::Value::Table(inner) => walk(inner, &format!("{path}."), found),
                    _ => found.push(path),
                }
            }
        }
        let mut all = Vec::new();
        walk(&self.table, "", &mut all);
        all.retain(|path| !self.used.contains(path));
        all
    }
}
