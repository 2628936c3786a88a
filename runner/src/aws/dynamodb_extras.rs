use aws_sdk_dynamodb::types::{BackupStatus, BackupSummary};
use futures_util::future::try_join;

use super::dynamodb::{described, near_table};
use super::errors::{fault, found};
use super::moment::Moment;
use super::session::Session;
use crate::core::{DynamodbExtrasArgs, Observation, ProbeError};

pub(super) async fn extras(
    session: &Session,
    moment: &Moment,
    args: &DynamodbExtrasArgs,
) -> Result<Observation, ProbeError> {
    let name = &args.table;
    let table = described(session, moment, name).await?;
    let Some(table) = table.as_ref() else {
        return Ok(Observation::absent().notes(near_table(session, moment, name).await));
    };
    let stream_view = table
        .stream_specification()
        .filter(|stream| stream.stream_enabled())
        .and_then(|stream| stream.stream_view_type())
        .map_or("", |view| view.as_str());

    let ttl = session.dynamodb.describe_time_to_live().table_name(name);
    let recovery = session
        .dynamodb
        .describe_continuous_backups()
        .table_name(name);
    let (ttl, recovery) = try_join(
        async { found("DescribeTimeToLive", ttl.send().await) },
        async { found("DescribeContinuousBackups", recovery.send().await) },
    )
    .await?;
    let ttl = ttl.and_then(|t| t.time_to_live_description);
    let status = ttl
        .as_ref()
        .and_then(|t| t.time_to_live_status())
        .map_or("", |s| s.as_str());
    // What was just switched on works within the hour.
    let ttl_enabled = matches!(status, "ENABLED" | "ENABLING");
    let recovery = recovery
        .and_then(|r| r.continuous_backups_description)
        .and_then(|r| r.point_in_time_recovery_description)
        .and_then(|r| r.point_in_time_recovery_status)
        .is_some_and(|s| s.as_str() == "ENABLED");

    let backups = of_table(session, name).await?;
    let named = |status: &BackupStatus| -> Vec<String> {
        backups
            .iter()
            .filter(|b| b.backup_status() == Some(status))
            .filter_map(|b| b.backup_name().map(str::to_owned))
            .collect()
    };
    let settling = named(&BackupStatus::Creating)
        .first()
        .map(|backup| format!("o backup `{backup}` ainda está sendo criado"));
    Ok(Observation::present()
        .with("stream_view", stream_view)
        .with("ttl_enabled", ttl_enabled)
        .with(
            "ttl_attribute",
            ttl.as_ref()
                .and_then(|t| t.attribute_name())
                .unwrap_or_default(),
        )
        .with("recovery", recovery)
        .with("backups", named(&BackupStatus::Available))
        .settling(settling))
}

async fn of_table(session: &Session, table: &str) -> Result<Vec<BackupSummary>, ProbeError> {
    let backups = all(session, Some(table)).await?;
    Ok(backups
        .into_iter()
        .filter(|b| b.table_name() == Some(table))
        .collect())
}

/// The backups with a name. AWS lets several have the same.
pub(super) async fn named(session: &Session, name: &str) -> Result<Vec<BackupSummary>, ProbeError> {
    let backups = all(session, None).await?;
    Ok(backups
        .into_iter()
        .filter(|b| b.backup_name() == Some(name))
        .collect())
}

async fn all(session: &Session, table: Option<&str>) -> Result<Vec<BackupSummary>, ProbeError> {
    let mut all = Vec::new();
    let mut start = None;
    loop {
        let page = session
            .dynamodb
            .list_backups()
            .set_table_name(table.map(str::to_owned))
            .set_exclusive_start_backup_arn(start)
            .send()
            .await
            .map_err(|e| fault("ListBackups", &e))?;
        all.extend(page.backup_summaries.unwrap_or_default());
        start = page.last_evaluated_backup_arn;
        if start.is_none() {
            return Ok(all);
        }
    }
}
