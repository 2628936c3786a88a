use aws_sdk_dynamodb::operation::list_backups::ListBackupsOutput;
use aws_sdk_dynamodb::operation::list_tables::ListTablesOutput;
use aws_sdk_dynamodb::operation::list_tags_of_resource::ListTagsOfResourceOutput;
use aws_sdk_dynamodb::types::BackupStatus;

use super::{Done, Seen, Things, call, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, ProbeErrorKind, Thing};

const API: &[Api] = &[Api::Dynamodb];

pub(super) async fn tables(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.dynamodb.list_tables();
    pages!(
        pace,
        API,
        "ListTables",
        call(),
        set_exclusive_start_table_name(last_evaluated_table_name),
        |page: ListTablesOutput| {
            let names = page.table_names.unwrap_or_default().into_iter();
            all.extend(names.map(|name| Thing::new(Kind::DynamodbTable, name)));
        }
    );
    Ok(all)
}

pub(super) async fn table(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let call = session.dynamodb.describe_table().table_name(&thing.name);
    let answer = call!(pace, API, call);
    let Some(table) = there("DescribeTable", answer)?.and_then(|answer| answer.table) else {
        return Ok(None);
    };
    let mut now = Thing::new(Kind::DynamodbTable, &thing.name);
    let made = table.creation_date_time().map(ToString::to_string);
    now.made = made.unwrap_or_default();
    if table.deletion_protection_enabled() == Some(true) {
        now.held = Some("está protegida contra exclusão".to_owned());
    }
    let arn = table.table_arn.unwrap_or_default();
    let mut tags = Vec::new();
    let call = || session.dynamodb.list_tags_of_resource().resource_arn(&arn);
    let listed: Done = async {
        pages!(
            pace,
            API,
            "ListTagsOfResource",
            call(),
            set_next_token(next_token),
            |page: ListTagsOfResourceOutput| {
                tags.extend(page.tags.unwrap_or_default());
            }
        );
        Ok(())
    }
    .await;
    match listed {
        Err(error) if error.kind == ProbeErrorKind::Missing => return Ok(None),
        listed => listed?,
    }
    now.tags = tags.into_iter().map(|t| (t.key, t.value)).collect();
    Ok(Some(now))
}

pub(super) async fn delete_table(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let call = session.dynamodb.delete_table().table_name(&thing.name);
    let answer = call!(pace, &[], call);
    gone(answer.map_err(|e| fault("DeleteTable", &e)))
}

pub(super) async fn backups(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.dynamodb.list_backups();
    pages!(
        pace,
        API,
        "ListBackups",
        call(),
        set_exclusive_start_backup_arn(last_evaluated_backup_arn),
        |page: ListBackupsOutput| {
            for backup in page.backup_summaries.unwrap_or_default() {
                if backup.backup_status() == Some(&BackupStatus::Deleted) {
                    continue;
                }
                let mut thing = Thing::new(
                    Kind::DynamodbBackup,
                    backup.backup_name().unwrap_or_default(),
                );
                thing.id = backup.backup_arn.unwrap_or_default();
                all.push(thing);
            }
        }
    );
    Ok(all)
}

pub(super) async fn backup(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let call = session.dynamodb.describe_backup().backup_arn(&thing.id);
    let answer = call!(pace, API, call);
    let backup = there("DescribeBackup", answer)?.and_then(|answer| answer.backup_description);
    let Some(details) = backup.and_then(|backup| backup.backup_details) else {
        return Ok(None);
    };
    if details.backup_status() == &BackupStatus::Deleted {
        return Ok(None);
    }
    let mut now = Thing::new(Kind::DynamodbBackup, details.backup_name());
    now.id = thing.id.clone();
    now.made = details.backup_creation_date_time().to_string();
    Ok(Some(now))
}

pub(super) async fn delete_backup(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let call = session.dynamodb.delete_backup().backup_arn(&thing.id);
    let answer = call!(pace, &[], call);
    gone(answer.map_err(|e| fault("DeleteBackup", &e)))
}
