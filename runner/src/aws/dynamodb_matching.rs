//! Items of a table that have attributes with certain values, whatever their key.

use std::collections::BTreeMap;

use serde_json::Value;

use super::dynamodb::{Equal, Item, delete_items, equal, record};
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
    let Equal {
        says,
        names,
        values,
    } = equal(matching);
    let scan = session
        .dynamodb
        .scan()
        .table_name(table)
        .consistent_read(true)
        .filter_expression(says)
        .set_expression_attribute_names(Some(names))
        .set_expression_attribute_values(Some(values));
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
