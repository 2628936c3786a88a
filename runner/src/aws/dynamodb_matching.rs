//! Items of a table that have attributes with certain values, whatever their key.

use std::collections::BTreeMap;

use serde_json::Value;

use super::dynamodb::{Item, attribute, delete_items, record};
use super::errors::found;
use super::session::Session;
use crate::core::{Acted, Observation, ProbeError};

/// The items as JSON, or what is known when there is no such table. `Scan`.
pub(super) async fn records(
    session: &Session,
    table: &str,
    matching: &BTreeMap<String, Value>,
) -> Result<Result<Vec<Value>, Observation>, ProbeError> {
    let items = items(session, table, matching).await?;
    Ok(items
        .map(|items| items.iter().map(record).collect())
        .ok_or_else(Observation::absent))
}

/// Deletes the items. `Scan`, `DeleteItem`.
pub(super) async fn delete(
    session: &Session,
    table: &str,
    matching: &BTreeMap<String, Value>,
) -> Result<Acted, ProbeError> {
    match items(session, table, matching).await? {
        Some(items) if !items.is_empty() => delete_items(session, table, items).await,
        _ => Ok(Acted::default()),
    }
}

async fn items(
    session: &Session,
    table: &str,
    matching: &BTreeMap<String, Value>,
) -> Result<Option<Vec<Item>>, ProbeError> {
    let scan = session.dynamodb.scan().table_name(table);
    let mut scan = scan.consistent_read(true);
    let mut conditions = Vec::new();
    for (index, (name, value)) in matching.iter().enumerate() {
        scan = scan
            .expression_attribute_names(format!("#n{index}"), name)
            .expression_attribute_values(format!(":v{index}"), attribute(value));
        conditions.push(format!("#n{index} = :v{index}"));
    }
    let scan = scan.filter_expression(conditions.join(" AND "));
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let page = scan.clone().set_exclusive_start_key(start).send().await;
        let Some(page) = found("Scan", page)? else {
            return Ok(None);
        };
        items.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(Some(items));
        }
    }
}
