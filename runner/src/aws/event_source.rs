use aws_sdk_lambda::types::{EventSourceMappingConfiguration, ScalingConfig};

use super::arn;
use super::errors::{fault, found};
use super::lambda;
use super::moment::Moment;
use super::session::Session;
use crate::core::{LambdaEventSourceArgs, Observation, ProbeError};

pub(super) async fn event_source(
    session: &Session,
    moment: &Moment,
    args: &LambdaEventSourceArgs,
) -> Result<Observation, ProbeError> {
    let all = moment
        .once("ListEventSourceMappings".to_owned(), all(session))
        .await?;
    let this_function = |m: &&EventSourceMappingConfiguration| {
        m.function_arn()
            .is_some_and(|arn| arn::function(arn) == args.function)
    };
    let this_queue = |m: &&EventSourceMappingConfiguration| {
        m.event_source_arn()
            .is_some_and(|arn| arn.contains(":sqs:") && arn::last(arn) == args.queue)
    };
    let ours: Vec<_> = all
        .iter()
        .filter(this_function)
        .filter(this_queue)
        .collect();
    let elsewhere = all.iter().filter(this_queue).filter(|m| !this_function(m));
    let mut notes: Vec<String> = elsewhere
        .filter_map(|m| m.function_arn())
        .map(|arn| {
            format!(
                "a fila `{}` também está ligada à função `{}`",
                args.queue,
                arn::function(arn)
            )
        })
        .collect();
    // Of several, one that works counts: messages go through it.
    let Some(mapping) = ours.iter().find(|m| enabled(m)).or(ours.first()) else {
        let others = all.iter().filter(this_function);
        let queues = others.filter_map(|m| m.event_source_arn());
        let queues = queues.filter(|arn| arn.contains(":sqs:"));
        notes.extend(queues.map(|arn| {
            format!(
                "a função `{}` está ligada à fila `{}`; o lab espera `{}`",
                args.function,
                arn::last(arn),
                args.queue
            )
        }));
        if lambda::timeout(session, moment, &args.function)
            .await?
            .is_none()
        {
            notes.push(format!("a função `{}` não existe", args.function));
        }
        return Ok(Observation::absent().notes(notes));
    };
    let state = mapping.state().unwrap_or_default();
    let settling = matches!(state, "Creating" | "Enabling" | "Updating")
        .then(|| format!("o mapeamento ainda está em {state}"));
    let partial = mapping
        .function_response_types()
        .iter()
        .any(|t| t.as_str() == "ReportBatchItemFailures");
    Ok(Observation::present()
        .with("enabled", enabled(mapping))
        .with("state", state)
        .with("batch_size", mapping.batch_size().unwrap_or_default())
        .with(
            "window",
            mapping
                .maximum_batching_window_in_seconds()
                .unwrap_or_default(),
        )
        .with("partial_responses", partial)
        .with(
            "max_concurrency",
            mapping
                .scaling_config()
                .and_then(ScalingConfig::maximum_concurrency)
                .unwrap_or_default(),
        )
        .with("count", ours.len())
        .notes(notes)
        .settling(settling))
}

pub(super) fn enabled(mapping: &EventSourceMappingConfiguration) -> bool {
    mapping.state() == Some("Enabled")
}

/// All mappings of the account and Region.
pub(super) async fn all(
    session: &Session,
) -> Result<Vec<EventSourceMappingConfiguration>, ProbeError> {
    session
        .lambda
        .list_event_source_mappings()
        .into_paginator()
        .items()
        .send()
        .collect::<Result<_, _>>()
        .await
        .map_err(|e| fault("ListEventSourceMappings", &e))
}

/// Identifiers of the mappings that call a function. They outlive it: AWS does
/// not delete them with the function.
pub(super) async fn of_function(
    session: &Session,
    function: &str,
) -> Result<Vec<String>, ProbeError> {
    let all = session
        .lambda
        .list_event_source_mappings()
        .function_name(function)
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await;
    let all = found("ListEventSourceMappings", all)?.unwrap_or_default();
    Ok(all.into_iter().filter_map(|m| m.uuid).collect())
}
