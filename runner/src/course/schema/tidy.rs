use std::collections::BTreeSet;

use schemars::Schema;
use serde_json::{Value, json};

use super::{Object, referred};

/// Takes away what Rust says and TOML does not, and makes what is left easy to
/// explain for an editor.
pub(super) fn tidy(schema: &mut Schema) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    // Rustdoc is for programmers.
    schema.remove("description");
    match schema.remove("format") {
        Some(format) if format == "uint32" => {
            schema.insert("maximum".to_owned(), u32::MAX.into());
        }
        _ => {}
    }
    without_null(schema);
    if let Some(Value::Array(variants)) = schema.remove("oneOf") {
        join_variants(schema, variants);
    }
}

/// TOML has no null: an optional value is there or left out.
fn without_null(schema: &mut Object) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(mut any)) = schema.remove("anyOf") {
        any.retain(|option| option["type"] != "null");
        match any.as_mut_slice() {
            [Value::Object(only)] => schema.append(only),
            _ => {
                schema.insert("anyOf".to_owned(), any.into());
            }
        }
    }
}

/// An enum's variants as one object with exactly one of its keys: it accepts
/// what `oneOf` would, and a mistake is told where it is and not as
/// "none of these fourteen". Variants without data are texts.
fn join_variants(schema: &mut Object, variants: Vec<Value>) {
    let mut tagged = Object::new();
    let mut plain = Vec::new();
    for mut variant in variants {
        if let Some(properties) = variant["properties"].as_object_mut() {
            tagged.append(properties);
        } else if let Some(values) = variant["enum"].as_array_mut() {
            plain.append(values);
        } else {
            plain.push(variant["const"].take());
        }
    }
    let texts = json!({ "type": "string", "enum": plain });
    let tables = json!({
        "type": "object",
        "properties": tagged,
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    });
    let joined = if tagged.is_empty() {
        texts
    } else if plain.is_empty() {
        tables
    } else {
        json!({ "oneOf": [texts, tables] })
    };
    if let Value::Object(mut joined) = joined {
        schema.append(&mut joined);
    }
}

/// Leaves the types that are referred to, from `root` on.
pub(super) fn prune(types: &mut Object, root: &str) {
    let mut kept = BTreeSet::new();
    let mut next = vec![root.to_owned()];
    while let Some(name) = next.pop() {
        if let Some(schema) = types.get(&name)
            && kept.insert(name)
        {
            collect(schema, &mut next);
        }
    }
    types.retain(|name, _| kept.contains(name));
}

fn collect(schema: &Value, found: &mut Vec<String>) {
    found.extend(referred(schema).map(str::to_owned));
    match schema {
        Value::Object(fields) => fields.values().for_each(|v| collect(v, found)),
        Value::Array(items) => items.iter().for_each(|v| collect(v, found)),
        _ => {}
    }
}
