//! A table of records that are only ever added.

use std::time::Duration;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType, TableDescription, TableStatus,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::errors::{fault, found};
use super::session::Session;
use crate::core::{ProbeError, ProbeErrorKind};

/// What a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordTable {
    /// It holds records and takes more.
    Ready,
    /// It holds something else.
    Foreign,
    /// There is none.
    Missing,
}

const PARTITION: &str = "learner";
const SORT: &str = "record";
const BODY: &str = "body";

/// How long a new table may take.
const PATIENCE: Duration = Duration::from_secs(60);

impl Session {
    /// Looks for a table for records, and makes it where it is asked for and
    /// there is none.
    ///
    /// # Errors
    /// It cannot be looked at or made, or does not become ready.
    pub async fn record_table(&self, table: &str, make: bool) -> Result<RecordTable, ProbeError> {
        let began = std::time::Instant::now();
        loop {
            let look = self.dynamodb.describe_table().table_name(table).send();
            let Some(seen) = found("DescribeTable", look.await)?.and_then(|a| a.table) else {
                if !make {
                    return Ok(RecordTable::Missing);
                }
                self.create_record_table(table).await?;
                continue;
            };
            if !is_ours(&seen) {
                return Ok(RecordTable::Foreign);
            }
            if seen.table_status == Some(TableStatus::Active) {
                return Ok(RecordTable::Ready);
            }
            if began.elapsed() > PATIENCE {
                return Err(ProbeError {
                    kind: ProbeErrorKind::Timeout,
                    operation: "DescribeTable".to_owned(),
                    message: format!("não ficou pronta em {} s", PATIENCE.as_secs()),
                });
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    async fn create_record_table(&self, table: &str) -> Result<(), ProbeError> {
        let mut create = self
            .dynamodb
            .create_table()
            .table_name(table)
            .billing_mode(BillingMode::PayPerRequest);
        for (name, kind) in [(PARTITION, KeyType::Hash), (SORT, KeyType::Range)] {
            let key = KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(kind);
            let attribute = AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S);
            // Names and types are given: the builders have nothing to refuse.
            if let (Ok(key), Ok(attribute)) = (key.build(), attribute.build()) {
                create = create.key_schema(key).attribute_definitions(attribute);
            }
        }
        match create.send().await {
            Ok(_) => Ok(()),
            // Another one who teaches was faster.
            Err(e) if e.code() == Some("ResourceInUseException") => Ok(()),
            Err(e) => Err(fault("CreateTable", &e)),
        }
    }

    /// Adds a record; one that is there already is left as it is.
    ///
    /// # Errors
    /// It could not be written.
    pub async fn put_record(
        &self,
        table: &str,
        partition: &str,
        sort: &str,
        body: String,
    ) -> Result<(), ProbeError> {
        let put = self
            .dynamodb
            .put_item()
            .table_name(table)
            .item(PARTITION, AttributeValue::S(partition.to_owned()))
            .item(SORT, AttributeValue::S(sort.to_owned()))
            .item(BODY, AttributeValue::S(body))
            .condition_expression("attribute_not_exists(#p)")
            .expression_attribute_names("#p", PARTITION);
        match put.send().await {
            Ok(_) => Ok(()),
            // Keys are unique, so it is this very record, whose first answer was lost.
            Err(e) if e.code() == Some("ConditionalCheckFailedException") => Ok(()),
            Err(e) => Err(fault("PutItem", &e)),
        }
    }

    /// The bodies of all records.
    ///
    /// # Errors
    /// The table could not be read to its end.
    pub async fn records(&self, table: &str) -> Result<Vec<String>, ProbeError> {
        let mut bodies = Vec::new();
        let mut pages = self
            .dynamodb
            .scan()
            .table_name(table)
            .consistent_read(true)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| fault("Scan", &e))?;
            for mut item in page.items.unwrap_or_default() {
                if let Some(AttributeValue::S(body)) = item.remove(BODY) {
                    bodies.push(body);
                }
            }
        }
        Ok(bodies)
    }
}

fn is_ours(table: &TableDescription) -> bool {
    let keys: Vec<(&str, &KeyType)> = table
        .key_schema()
        .iter()
        .map(|k| (k.attribute_name(), k.key_type()))
        .collect();
    keys == [(PARTITION, &KeyType::Hash), (SORT, &KeyType::Range)]
}
