use std::collections::HashSet;

use super::super::moment::Moment;
use super::super::session::Session;
use super::super::{dynamodb, dynamodb_matching};
use super::messages::peek;
use super::{beside, seen};
use crate::core::{EventFlowArgs, Observation, ProbeError};

pub(in crate::aws) async fn flow(
    session: &Session,
    moment: &Moment,
    args: &EventFlowArgs,
) -> Result<Observation, ProbeError> {
    let stored = match args.key.is_empty() {
        true => dynamodb_matching::records(session, &args.table, &args.matching).await?,
        false => dynamodb::under_key(session, &args.table, &args.key).await?,
    };
    let items = match stored {
        Ok(items) => items,
        Err(absent) => return Ok(absent),
    };
    let dlq = seen(session, moment, &args.dlq).await?;
    let Some(dlq) = dlq.as_ref() else {
        return Ok(Observation::absent().notes(beside(session, moment, &args.dlq).await));
    };
    // Counts come late and never early: an empty queue need not be read.
    let dead = match dlq.messages() {
        0 => Vec::new(),
        _ => peek(session, &dlq.url, &args.containing).await?,
    };
    let distinct: HashSet<String> = items
        .iter()
        .map(|item| item[args.attribute.as_str()].to_string())
        .collect();
    Ok(Observation::present()
        .with("stored", items.len())
        .with("distinct", distinct.len())
        .with("dead", dead.len()))
}
