//! Keys and usage plans by their names, for a reset.

use aws_sdk_apigateway::types::{Op, PatchOperation, UsagePlan};

use super::super::errors::{fault, gone};
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

pub(in crate::aws) async fn delete_key(session: &Session, id: &str) -> Result<(), ProbeError> {
    let answer = session.apigateway.delete_api_key().api_key(id).send().await;
    gone(answer.map_err(|e| fault("DeleteApiKey", &e)))
}

/// A plan that is linked to a stage cannot be deleted: the links go before.
pub(in crate::aws) async fn delete_plan(
    session: &Session,
    plan: &UsagePlan,
) -> Result<(), ProbeError> {
    let id = plan.id().unwrap_or_default();
    for link in plan.api_stages() {
        let (api, stage) = (link.api_id(), link.stage());
        let unlink = PatchOperation::builder()
            .op(Op::Remove)
            .path("/apiStages")
            .value(format!(
                "{}:{}",
                api.unwrap_or_default(),
                stage.unwrap_or_default()
            ))
            .build();
        let answer = session
            .apigateway
            .update_usage_plan()
            .usage_plan_id(id)
            .patch_operations(unlink)
            .send()
            .await;
        gone(answer.map_err(|e| fault("UpdateUsagePlan", &e)))?;
    }
    let answer = session
        .apigateway
        .delete_usage_plan()
        .usage_plan_id(id)
        .send()
        .await;
    gone(answer.map_err(|e| fault("DeleteUsagePlan", &e)))
}
