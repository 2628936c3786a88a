//! Keys and usage plans by their names, for a reset.

use aws_sdk_apigateway::types::UsagePlan;

use super::super::session::Session;
use super::key::{all_keys, all_plans};
use crate::core::ProbeError;

/// The ids of the keys with this name; names may be given twice.
pub(in crate::aws) async fn key_ids(
    session: &Session,
    name: &str,
) -> Result<Vec<String>, ProbeError> {
    let keys = all_keys(session, false).await?;
    let named = keys.into_iter().filter(|key| key.name() == Some(name));
    Ok(named.filter_map(|key| key.id).collect())
}

/// The usage plans with this name.
pub(in crate::aws) async fn plans(
    session: &Session,
    name: &str,
) -> Result<Vec<UsagePlan>, ProbeError> {
    let plans = all_plans(session).await?;
    let named = plans.into_iter().filter(|plan| plan.name() == Some(name));
    Ok(named.collect())
}
