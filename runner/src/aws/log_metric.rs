use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::types::{MetricFilter, MetricTransformation};
use serde_json::{Value, json};

use super::errors::{fault, found};
use super::invoke::{invoke, tail};
use super::lambda::near_function;
use super::moment::Moment;
use super::near;
use super::session::Session;
use crate::core::{Invocation, LogMetricArgs, Observation, ProbeError, log_group_of};

pub(super) async fn metric(
    session: &Session,
    moment: &Moment,
    args: &LogMetricArgs,
) -> Result<Observation, ProbeError> {
    let group = log_group_of(&args.function);
    let Some(filters) = filters(session, &group).await? else {
        let note = format!("o grupo de log `{group}` não existe");
        return Ok(Observation::absent()
            .note(note)
            .notes(near_function(session, moment, &args.function).await));
    };
    let ours = |t: &&MetricTransformation| {
        t.metric_name() == args.metric && t.metric_namespace() == args.namespace
    };
    let Some((filter, transformation)) = filters.iter().find_map(|filter| {
        let transformation = filter.metric_transformations().iter().find(ours)?;
        Some((filter, transformation))
    }) else {
        let others: Vec<String> = filters
            .iter()
            .flat_map(MetricFilter::metric_transformations)
            .map(|t| format!("{} {}", t.metric_namespace(), t.metric_name()))
            .collect();
        let wanted = format!("{} {}", args.namespace, args.metric);
        let names = others.iter().map(String::as_str);
        return Ok(Observation::absent().notes(near::sentence(
            "há um filtro que conta em",
            &wanted,
            names,
        )));
    };
    let pattern = filter.filter_pattern().unwrap_or_default();
    let dimensions: BTreeMap<&str, &str> = transformation
        .dimensions()
        .into_iter()
        .flatten()
        .map(|(name, field)| (name.as_str(), field.as_str()))
        .collect();
    let seen = Observation::present()
        .with("pattern", pattern)
        .with("value", transformation.metric_value())
        .with("dimensions", json!(dimensions));
    let mut told = Vec::new();
    for event in [&args.event, &args.other] {
        let Some(lines) = lines(session, &args.function, event).await? else {
            return Ok(seen.notes(near_function(session, moment, &args.function).await));
        };
        told.push(matched(session, pattern, lines).await?);
    }
    Ok(seen.with("counted", told[0]).with("miscounted", told[1]))
}

/// The metric filters of a group; `None` when there is no such group.
async fn filters(session: &Session, group: &str) -> Result<Option<Vec<MetricFilter>>, ProbeError> {
    let all = session
        .logs
        .describe_metric_filters()
        .log_group_name(group)
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await;
    found("DescribeMetricFilters", all)
}

/// What one call of a function writes to its log, line by line; `None` when
/// there is no such function.
async fn lines(
    session: &Session,
    function: &str,
    event: &Value,
) -> Result<Option<Vec<String>>, ProbeError> {
    let call = invoke(session, function, None, Invocation::Sync, event);
    let answer = found("Invoke", call.send().await)?;
    Ok(answer.map(|answer| {
        let log = tail(&answer);
        let lines = log.lines().filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }))
}

/// How many of the lines a pattern matches: CloudWatch Logs itself says so.
async fn matched(
    session: &Session,
    pattern: &str,
    lines: Vec<String>,
) -> Result<usize, ProbeError> {
    if lines.is_empty() {
        return Ok(0);
    }
    let answer = session
        .logs
        .test_metric_filter()
        .filter_pattern(pattern)
        .set_log_event_messages(Some(lines))
        .send()
        .await
        .map_err(|e| fault("TestMetricFilter", &e))?;
    Ok(answer.matches().len())
}
