use futures_util::future::try_join_all;
use serde_json::Value;

use super::answer::{json, list, text, thing, without};
use crate::aws::Session;
use crate::core::ProbeError;

/// What a table tells of itself that changes without anybody changing it.
const VOLATILE: [&str; 3] = ["ItemCount", "TableSizeBytes", "TableStatus"];
const INDEX_VOLATILE: [&str; 4] = ["Backfilling", "IndexSizeBytes", "IndexStatus", "ItemCount"];

/// Tables with their items, and backups.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let tables = list!(
        "ListTables",
        session.dynamodb.list_tables(),
        set_exclusive_start_table_name(last_evaluated_table_name),
        "TableNames"
    );
    let backups = list!(
        "ListBackups",
        session.dynamodb.list_backups(),
        set_exclusive_start_backup_arn(last_evaluated_backup_arn),
        "BackupSummaries"
    );
    let tables = tables.iter().filter_map(Value::as_str);
    let mut lines = try_join_all(tables.map(|name| table(session, name)))
        .await?
        .concat();
    for backup in backups {
        let what = format!("dynamodb_backup {}", text(&backup, "BackupName"));
        let volatile = ["BackupSizeBytes", "BackupStatus"];
        lines.extend(thing(&what, &without(backup, &volatile)));
    }
    Ok(lines)
}

async fn table(session: &Session, name: &str) -> Result<Vec<String>, ProbeError> {
    let mut table = json!(
        "DescribeTable",
        session.dynamodb.describe_table().table_name(name)
    )?["Table"]
        .take();
    for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        if let Some(Value::Array(indexes)) = table.get_mut(indexes) {
            for index in indexes {
                *index = without(index.take(), &INDEX_VOLATILE);
            }
        }
    }
    let what = format!("dynamodb_table {name}");
    let arn = text(&table, "TableArn").to_owned();
    let mut lines = thing(&what, &without(table, &VOLATILE));

    let expiry = json!(
        "DescribeTimeToLive",
        session.dynamodb.describe_time_to_live().table_name(name)
    )?;
    lines.push(format!("{what} ttl {}", expiry["TimeToLiveDescription"]));
    let mut backups = json!(
        "DescribeContinuousBackups",
        session
            .dynamodb
            .describe_continuous_backups()
            .table_name(name)
    )?["ContinuousBackupsDescription"]
        .take();
    let recovery = backups["PointInTimeRecoveryDescription"].take();
    let window = ["EarliestRestorableDateTime", "LatestRestorableDateTime"];
    lines.push(format!("{what} recovery {}", without(recovery, &window)));
    let tags = list!(
        "ListTagsOfResource",
        session.dynamodb.list_tags_of_resource().resource_arn(&arn),
        set_next_token(next_token),
        "Tags"
    );
    lines.extend(tags.iter().map(|tag| format!("{what} tag {tag}")));
    let policy = json!(
        "GetResourcePolicy",
        session.dynamodb.get_resource_policy().resource_arn(&arn),
        unless "PolicyNotFoundException"
    )?;
    lines.extend(policy.map(|policy| format!("{what} policy {}", policy["Policy"])));

    let items = list!(
        "Scan",
        session
            .dynamodb
            .scan()
            .table_name(name)
            .consistent_read(true),
        set_exclusive_start_key(last_evaluated_key),
        "Items"
    );
    lines.extend(items.into_iter().map(|mut item| {
        sort_sets(&mut item);
        format!("dynamodb_item {name} {item}")
    }));
    Ok(lines)
}

/// The members of a set come in any order.
fn sort_sets(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::Array(set) if matches!(name.as_str(), "SS" | "NS" | "BS") => {
                        set.sort_by_key(Value::to_string);
                    }
                    other => sort_sets(other),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(sort_sets),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_sorted_and_lists_are_not() {
        let mut item = serde_json::json!({
            "L": {"L": [{"SS": ["b", "a"]}, {"S": "0"}]},
            "SS": {"M": {"NS": {"NS": ["2", "1"]}}},
        });
        sort_sets(&mut item);
        assert_eq!(
            item,
            serde_json::json!({
                "L": {"L": [{"SS": ["a", "b"]}, {"S": "0"}]},
                "SS": {"M": {"NS": {"NS": ["1", "2"]}}},
            })
        );
    }
}
