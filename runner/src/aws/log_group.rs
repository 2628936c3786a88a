use aws_sdk_cloudwatchlogs::types::LogGroup;

use super::errors::fault;
use super::near;
use super::session::Session;
use crate::core::{LogGroupArgs, Observation, ProbeError};

pub(super) async fn group(
    session: &Session,
    args: &LogGroupArgs,
) -> Result<Observation, ProbeError> {
    let all = groups(session).await?;
    let Some(group) = all.iter().find(|g| g.log_group_name() == Some(&args.group)) else {
        let names = all.iter().filter_map(|g| g.log_group_name());
        let note = near::sentence("há um grupo de log", &args.group, names);
        return Ok(Observation::absent().notes(note));
    };
    Ok(Observation::present().with("retention", group.retention_in_days().unwrap_or_default()))
}

async fn groups(session: &Session) -> Result<Vec<LogGroup>, ProbeError> {
    session
        .logs
        .describe_log_groups()
        .into_paginator()
        .items()
        .send()
        .collect::<Result<_, _>>()
        .await
        .map_err(|e| fault("DescribeLogGroups", &e))
}
