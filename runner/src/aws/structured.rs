//! Logs in JSON: what a function wrote during one call.

use serde_json::Value;

use super::invoke::request_id;

/// What a function's own log lines are as JSON.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Structured {
    /// The last line that holds the call's id, or the last one of all.
    pub(super) json: Value,
    /// Where in it the id is.
    pub(super) id_fields: Vec<String>,
    /// Lines that are no JSON object.
    pub(super) others: Vec<String>,
    /// What went wrong with them.
    pub(super) note: Option<String>,
}

/// Reads the lines of one call; `ids` are those that the call goes by.
pub(super) fn structured(lines: &[&str], ids: &[&str]) -> Structured {
    let mut told = Structured::default();
    for line in lines.iter().filter(|line| !is_platform(line)) {
        match serde_json::from_str::<Value>(line) {
            // With JSON logs the platform's own lines are JSON too.
            Ok(Value::Object(fields)) if holds_type(&fields, "platform.") => {}
            Ok(Value::Object(fields)) => {
                let with_id: Vec<String> = fields
                    .iter()
                    .filter(|(_, value)| value.as_str().is_some_and(|text| ids.contains(&text)))
                    .map(|(name, _)| name.clone())
                    .collect();
                if !with_id.is_empty() || told.id_fields.is_empty() {
                    told.json = Value::Object(fields);
                    told.id_fields = with_id;
                }
            }
            _ => told.others.push((*line).to_owned()),
        }
    }
    let printed = |line: &&String| line.starts_with("{'") && line.ends_with('}');
    told.note = told.others.iter().find(printed).map(|_| {
        "uma linha do log é um dicionário do Python impresso, com aspas simples: isso não é JSON; passe o dicionário por `json.dumps` antes do `print`".to_owned()
    });
    told
}

fn holds_type(fields: &serde_json::Map<String, Value>, start: &str) -> bool {
    fields
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.starts_with(start))
}

/// How lines begin that the platform writes, beside those with the call's id.
const PLATFORM: [&str; 6] = [
    "INIT_START ",
    "INIT_REPORT ",
    "XRAY TraceId: ",
    "EXTENSION\t",
    "TELEMETRY\t",
    "LOGS\t",
];

/// A line that the platform writes and not the function; empty ones say nothing.
fn is_platform(line: &str) -> bool {
    line.trim().is_empty()
        || PLATFORM.iter().any(|start| line.starts_with(start))
        || request_id(line).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_in_json_are_told_apart_from_the_others() {
        let ids = ["7f3a"];
        let told = structured(
            &[
                "START RequestId: 7f3a Version: $LATEST",
                r#"{"nivel": "INFO", "pedido": "7f3a"}"#,
                "olá",
                r#"{"nivel": "AVISO"}"#,
                "REPORT RequestId: 7f3a\tDuration: 2 ms",
                "",
            ],
            &ids,
        );
        assert_eq!(told.json, json!({"nivel": "INFO", "pedido": "7f3a"}));
        assert_eq!(told.id_fields, ["pedido"]);
        assert_eq!(told.others, ["olá"]);
        assert_eq!(told.note, None);
        let printed = structured(&["{'nivel': 'INFO', 'pedido': '7f3a'}"], &ids);
        assert!(printed.note.is_some_and(|t| t.contains("json.dumps")));
        assert_eq!(printed.json, Value::Null);
        let platform = r#"{"time": "2026", "type": "platform.start", "record": {}}"#;
        assert_eq!(structured(&[platform], &ids), Structured::default());
        let other = structured(&[r#"{"nivel": "INFO", "pedido": "id 7f3a"}"#], &ids);
        assert!(other.id_fields.is_empty() && other.json.is_object());
    }
}
