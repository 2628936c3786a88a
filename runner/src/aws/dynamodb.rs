use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, KeySchemaElement, KeyType, TableDescription};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value, json};

use super::errors::{fault, found};
use super::moment::Moment;
use super::near;
use super::s3::missing;
use super::session::Session;
use crate::core::{
    Acted, DynamodbCountArgs, DynamodbItemArgs, DynamodbQueryArgs, DynamodbTableArgs, Observation,
    ProbeError, ProbeErrorKind, as_text,
};

pub(super) async fn table(
    session: &Session,
    moment: &Moment,
    args: &DynamodbTableArgs,
) -> Result<Observation, ProbeError> {
    let table = described(session, moment, &args.table).await?;
    let Some(table) = table.as_ref() else {
        return Ok(Observation::absent().notes(near_table(session, moment, &args.table).await));
    };
    let key = |kind: &KeyType| {
        table
            .key_schema()
            .iter()
            .find(|k| k.key_type() == kind)
            .map(|k| k.attribute_name().to_owned())
            .unwrap_or_default()
    };
    let partition = key(&KeyType::Hash);
    let status = table
        .table_status()
        .map(|s| s.as_str().to_owned())
        .unwrap_or_default();
    let settling = matches!(status.as_str(), "CREATING" | "UPDATING")
        .then(|| format!("a tabela ainda está em {status}"));
    Ok(Observation::present()
        .with("partition_key_type", attribute_type(table, &partition))
        .with("partition_key", partition)
        .with("sort_key", key(&KeyType::Range))
        .with("billing_mode", billing_mode(table))
        .with("status", status)
        .settling(settling))
}

pub(super) async fn described(
    session: &Session,
    moment: &Moment,
    name: &str,
) -> Result<Arc<Option<TableDescription>>, ProbeError> {
    moment
        .once(format!("DescribeTable {name}"), async {
            let call = session.dynamodb.describe_table().table_name(name);
            Ok(found("DescribeTable", call.send().await)?.and_then(|t| t.table))
        })
        .await
}

fn attribute_type(table: &TableDescription, name: &str) -> String {
    table
        .attribute_definitions()
        .iter()
        .find(|a| a.attribute_name() == name)
        .map(|a| a.attribute_type().as_str().to_owned())
        .unwrap_or_default()
}

/// A table made with provisioned capacity has no billing mode summary.
fn billing_mode(table: &TableDescription) -> String {
    table
        .billing_mode_summary()
        .and_then(|b| b.billing_mode())
        .map_or_else(|| "PROVISIONED".to_owned(), |m| m.as_str().to_owned())
}

pub(super) async fn near_table(session: &Session, moment: &Moment, wanted: &str) -> Vec<String> {
    let here = moment
        .once("ListTables".to_owned(), async {
            let list = session
                .dynamodb
                .list_tables()
                .send()
                .await
                .map_err(|e| fault("ListTables", &e))?;
            Ok(list.table_names().to_vec())
        })
        .await;
    near::beside(session, "tabela", wanted, here, |region| async move {
        let config = aws_sdk_dynamodb::config::Builder::new().region(region);
        let call = session
            .dynamodb
            .describe_table()
            .table_name(wanted)
            .customize();
        call.config_override(config).send().await.is_ok()
    })
    .await
}

pub(super) async fn item(
    session: &Session,
    args: &DynamodbItemArgs,
) -> Result<Observation, ProbeError> {
    let get = session
        .dynamodb
        .get_item()
        .table_name(&args.table)
        .set_key(Some(attributes(&args.key)))
        .consistent_read(true)
        .send()
        .await;
    let answer = match found("GetItem", get) {
        Ok(answer) => answer.and_then(|a| a.item),
        Err(error) if of_another_key(&error) => return Ok(another_key(&args.table)),
        Err(error) => return Err(error),
    };
    Ok(match answer {
        None => Observation::absent(),
        Some(item) => Observation::present().with("item", record(&item)),
    })
}

pub(super) async fn count(
    session: &Session,
    args: &DynamodbCountArgs,
) -> Result<Observation, ProbeError> {
    let Equal {
        says,
        names,
        values,
    } = equal(&args.matching);
    let scan = session
        .dynamodb
        .scan()
        .table_name(&args.table)
        .consistent_read(true)
        .filter_expression(says)
        .set_expression_attribute_names(Some(names))
        .set_expression_attribute_values(Some(values));
    let mut count = 0;
    let mut start = None;
    loop {
        let Some(page) = found(
            "Scan",
            scan.clone().set_exclusive_start_key(start).send().await,
        )?
        else {
            return Ok(Observation::absent());
        };
        count += page.count();
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(Observation::present().with("count", count));
        }
    }
}

/// The items with one partition key in the order of the sort key, or why there are none.
pub(super) async fn under_key(
    session: &Session,
    table: &str,
    key: &BTreeMap<String, Value>,
) -> Result<Result<Vec<Value>, Observation>, ProbeError> {
    Ok(query(session, table, key)
        .await?
        .map(|items| items.iter().map(record).collect()))
}

pub(super) type Item = HashMap<String, AttributeValue>;

/// An expression that asks attributes to be equal, with what it stands for.
pub(super) struct Equal {
    pub(super) says: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Item,
}

pub(super) fn equal(fields: &BTreeMap<String, Value>) -> Equal {
    let conditions = (0..fields.len()).map(|index| format!("#n{index} = :v{index}"));
    let names = fields.keys().enumerate();
    let values = fields.values().enumerate();
    Equal {
        says: conditions.collect::<Vec<_>>().join(" AND "),
        names: names
            .map(|(index, name)| (format!("#n{index}"), name.clone()))
            .collect(),
        values: values
            .map(|(index, value)| (format!(":v{index}"), attribute(value)))
            .collect(),
    }
}

pub(super) async fn query(
    session: &Session,
    table: &str,
    key: &BTreeMap<String, Value>,
) -> Result<Result<Vec<Item>, Observation>, ProbeError> {
    let Equal {
        says,
        names,
        values,
    } = equal(key);
    let query = session
        .dynamodb
        .query()
        .table_name(table)
        .consistent_read(true)
        .key_condition_expression(says)
        .set_expression_attribute_names(Some(names))
        .set_expression_attribute_values(Some(values));
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let page = query.clone().set_exclusive_start_key(start).send().await;
        let page = match found("Query", page) {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(Err(Observation::absent())),
            Err(error) if of_another_key(&error) => return Ok(Err(another_key(table))),
            Err(error) => return Err(error),
        };
        items.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(Ok(items));
        }
    }
}

/// The table's key has another name or type, or more parts.
fn of_another_key(error: &ProbeError) -> bool {
    error.kind == ProbeErrorKind::Refused && error.message.contains("Validation")
}

fn another_key(table: &str) -> Observation {
    Observation::absent().note(format!(
        "a chave da tabela `{table}` não é a que o lab espera"
    ))
}

pub(super) async fn by_partition(
    session: &Session,
    args: &DynamodbQueryArgs,
) -> Result<Observation, ProbeError> {
    let items = match under_key(session, &args.table, &args.key).await? {
        Ok(items) => items,
        Err(absent) => return Ok(absent),
    };
    let mut seen = Observation::present().with("count", items.len());
    if let Some(attribute) = &args.attribute {
        let values = items.iter().map(|item| as_text(&item[attribute.as_str()]));
        seen = seen.with("values", values.collect::<Vec<_>>());
    }
    if let Some(time) = &args.time {
        let is_instant = |item: &Value| {
            let text = item[time.as_str()].as_str().unwrap_or_default();
            text.parse::<jiff::Timestamp>().is_ok()
        };
        seen = seen.with("time_is_iso", items.iter().all(is_instant));
    }
    Ok(match items.into_iter().next_back() {
        Some(last) => seen.with("last", last),
        None => seen,
    })
}

pub(super) async fn delete_all(
    session: &Session,
    table: &str,
    key: &BTreeMap<String, Value>,
) -> Result<Acted, ProbeError> {
    let Ok(items) = query(session, table, key).await? else {
        return Ok(Acted::default());
    };
    delete_items(session, table, items).await
}

pub(super) async fn delete_items(
    session: &Session,
    table: &str,
    items: Vec<Item>,
) -> Result<Acted, ProbeError> {
    let described = session.dynamodb.describe_table().table_name(table).send();
    let described = described.await.map_err(|e| fault("DescribeTable", &e))?;
    let names: Vec<&str> = described
        .table()
        .map(|t| {
            t.key_schema()
                .iter()
                .map(KeySchemaElement::attribute_name)
                .collect()
        })
        .unwrap_or_default();
    let deletions = stream::iter(items.into_iter().map(|mut item| {
        item.retain(|name, _| names.contains(&name.as_str()));
        let call = session.dynamodb.delete_item().table_name(table);
        call.set_key(Some(item)).send()
    }));
    deletions
        .buffer_unordered(16)
        .map_err(|e| fault("DeleteItem", &e))
        .try_collect::<Vec<_>>()
        .await?;
    Ok(Acted::default())
}

pub(super) async fn put(
    session: &Session,
    table: &str,
    item: &BTreeMap<String, Value>,
) -> Result<Acted, ProbeError> {
    session
        .dynamodb
        .put_item()
        .table_name(table)
        .set_item(Some(attributes(item)))
        .send()
        .await
        .map(|_| Acted::default())
        .map_err(|e| {
            missing(fault("PutItem", &e), || {
                format!("a tabela `{table}` não existe")
            })
        })
}

pub(super) async fn delete(
    session: &Session,
    table: &str,
    key: &BTreeMap<String, Value>,
) -> Result<Acted, ProbeError> {
    session
        .dynamodb
        .delete_item()
        .table_name(table)
        .set_key(Some(attributes(key)))
        .send()
        .await
        .map(|_| Acted::default())
        .map_err(|e| fault("DeleteItem", &e))
}

fn attributes(fields: &BTreeMap<String, Value>) -> HashMap<String, AttributeValue> {
    fields
        .iter()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect()
}

pub(super) fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(b) => AttributeValue::Bool(*b),
        Value::Number(n) => AttributeValue::N(n.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(items) => AttributeValue::L(items.iter().map(attribute).collect()),
        Value::Object(fields) => AttributeValue::M(
            fields
                .iter()
                .map(|(k, v)| (k.clone(), attribute(v)))
                .collect(),
        ),
    }
}

pub(super) fn record(item: &HashMap<String, AttributeValue>) -> Value {
    Value::Object(
        item.iter()
            .map(|(name, value)| (name.clone(), json_of(value)))
            .collect::<Map<_, _>>(),
    )
}

/// An attribute as JSON: numbers as numbers, sets as lists.
fn json_of(value: &AttributeValue) -> Value {
    let blob = |b: &Blob| Value::String(format!("<{} bytes>", b.as_ref().len()));
    let number = |n: &str| {
        serde_json::from_str::<serde_json::Number>(n).map_or_else(|_| json!(n), Value::Number)
    };
    match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(n) => number(n),
        AttributeValue::Bool(b) => json!(b),
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::L(items) => Value::Array(items.iter().map(json_of).collect()),
        AttributeValue::M(fields) => record(fields),
        AttributeValue::Ss(all) => json!(all),
        AttributeValue::Ns(all) => Value::Array(all.iter().map(|n| number(n)).collect()),
        AttributeValue::B(b) => blob(b),
        AttributeValue::Bs(all) => Value::Array(all.iter().map(blob).collect()),
        other => json!(format!("{other:?}")),
    }
}
