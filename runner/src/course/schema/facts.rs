use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Object, reference, referred};
use crate::core::{FactKind, FactSpec, Matcher, Probe, ProbeSpec};

const KINDS: [FactKind; 5] = [
    FactKind::Bool,
    FactKind::Number,
    FactKind::Text,
    FactKind::List,
    FactKind::Record,
];

/// What `expect` may hold depends on the probe: its facts, each with the
/// matchers that fit its kind.
pub(super) fn narrow_expectations(types: &mut Object) {
    let (Some(probes), Some(matcher)) = (
        types.get("Probe").and_then(|p| p["properties"].as_object()),
        types.get("Matcher").cloned(),
    ) else {
        return;
    };
    let probes: Vec<(String, &ProbeSpec)> = probes
        .iter()
        .filter_map(|(name, args)| Some((name.clone(), spec(referred(args)?)?)))
        .collect();

    let mut check = types.remove("Check").unwrap_or_default();
    if let Some(expect) = check["properties"]["expect"].as_object_mut() {
        expect.insert("properties".to_owned(), all_facts(&probes));
        expect.insert("additionalProperties".to_owned(), false.into());
    }
    let mut parts = vec![check];
    parts.extend(probes.iter().map(|(name, spec)| {
        let facts: Object = spec
            .facts
            .iter()
            .map(|fact| (fact.name.to_owned(), reference(&matcher_name(fact.kind))))
            .collect();
        json!({
            "if": {
                "properties": { "probe": { "type": "object", "required": [name] } },
                "required": ["probe"],
            },
            "then": {
                "properties": { "expect": { "properties": facts, "additionalProperties": false } },
            },
        })
    }));
    types.insert("Check".to_owned(), json!({ "allOf": parts }));
    for kind in KINDS {
        types.insert(matcher_name(kind), matcher_for(kind, &matcher));
    }
}

/// The facts of all probes: editors complete them from here, since they do not
/// look behind a condition.
fn all_facts(probes: &[(String, &ProbeSpec)]) -> Value {
    let mut told: BTreeMap<&str, Vec<(&str, &FactSpec)>> = BTreeMap::new();
    for (probe, spec) in probes {
        for fact in spec.facts {
            told.entry(fact.name).or_default().push((probe, fact));
        }
    }
    told.into_iter()
        .map(|(name, by)| {
            let mut kinds: Vec<String> = by.iter().map(|(_, f)| matcher_name(f.kind)).collect();
            kinds.sort();
            kinds.dedup();
            let labels: String = if by.len() == probes.len() {
                "A coisa procurada existe. Para esperar que não exista, diga em `until` o que \
                 aparece antes."
                    .to_owned()
            } else {
                by.iter()
                    .map(|(probe, fact)| format!("- `{probe}`: {}\n", fact.label))
                    .collect()
            };
            let schema = json!({
                "description": labels.trim_end(),
                "anyOf": kinds.iter().map(|kind| reference(kind)).collect::<Vec<_>>(),
            });
            (name.to_owned(), schema)
        })
        .collect::<Object>()
        .into()
}

/// The matchers that make sense for a kind of fact, asked one by one.
fn matcher_for(kind: FactKind, matcher: &Value) -> Value {
    let scalars = [
        json!(true),
        json!(1),
        json!("x"),
        json!("{x}"),
        json!([]),
        json!({}),
    ];
    let mut samples = scalars.to_vec();
    samples.extend(scalars.iter().map(|value| json!([value])));
    let mut matcher = matcher.clone();
    if let Some(ways) = matcher["properties"].as_object_mut() {
        ways.retain(|name, way| {
            let mut types: Vec<&str> = samples
                .iter()
                .filter(|value| {
                    serde_json::from_value(json!({ name: value }))
                        .is_ok_and(|m: Matcher| m.fits(kind))
                })
                .map(json_type)
                .collect();
            types.sort_unstable();
            types.dedup();
            if way.get("type").is_none() {
                way["type"] = types.as_slice().into();
            }
            !types.is_empty()
        });
    }
    matcher
}

/// Adds to each probe's description what it tells.
pub(super) fn list_facts(types: &mut Object) {
    for spec in Probe::ALL {
        let Some(schema) = types.get_mut(spec.args) else {
            continue;
        };
        let mut text = schema["description"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        text.push_str("\n\nFatos para `expect`:");
        for fact in spec.facts {
            text.push_str(&format!(
                "\n- `{}` ({}): {}",
                fact.name,
                word(fact.kind),
                fact.label
            ));
        }
        text.push_str(&format!("\n\nQuando não encontra: «{}».", spec.missing));
        schema["description"] = text.into();
    }
}

fn spec(args: &str) -> Option<&'static ProbeSpec> {
    Probe::ALL.iter().find(|spec| spec.args == args)
}

fn matcher_name(kind: FactKind) -> String {
    format!("Matcher{kind:?}")
}

fn word(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Bool => "sim ou não",
        FactKind::Number => "número",
        FactKind::Text => "texto",
        FactKind::List => "lista",
        FactKind::Record => "registro",
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
