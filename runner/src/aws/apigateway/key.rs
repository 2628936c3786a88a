use aws_sdk_apigateway::types::{ApiKey, UsagePlan};
use futures_util::future::try_join_all;

use super::super::errors::{fault, found};
use super::super::moment::Moment;
use super::super::near;
use super::super::session::Session;
use super::api;
use crate::core::{ApiKeyArgs, Observation, ProbeError};

/// The value of a key by its name, to be sent and never shown.
pub(super) async fn value(
    session: &Session,
    moment: &Moment,
    name: &str,
) -> Result<Option<String>, ProbeError> {
    let keys = keys(session, moment).await?;
    Ok(newest(&keys, name).and_then(|key| key.value().map(str::to_owned)))
}

pub(in crate::aws) async fn key(
    session: &Session,
    moment: &Moment,
    args: &ApiKeyArgs,
) -> Result<Observation, ProbeError> {
    let keys = keys(session, moment).await?;
    let Some(key) = newest(&keys, &args.key) else {
        let names = keys.iter().filter_map(ApiKey::name);
        return Ok(Observation::absent().notes(near::sentence("há uma chave", &args.key, names)));
    };
    let (api, notes) = match api(session, moment, &args.api).await? {
        Ok((api, notes)) => (api.id().unwrap_or_default().to_owned(), notes),
        Err(absent) => (String::new(), absent.notes),
    };
    let plans = plans_of(session, key.id().unwrap_or_default()).await?;
    let opens = |plan: &&UsagePlan| {
        plan.api_stages()
            .iter()
            .any(|s| s.api_id() == Some(&api) && s.stage() == Some(&args.stage))
    };
    // Of several plans the one that opens the stage counts.
    let opening = plans.iter().find(opens);
    let plan = opening.or(plans.first());
    let mut seen = Observation::present()
        .with("enabled", key.enabled())
        .with("in_plan", plan.is_some())
        .with("plan_has_stage", opening.is_some())
        .notes(notes);
    if let Some(plan) = plan {
        // What a plan does not limit is not told, so that it satisfies nothing.
        seen = seen.with("plan", plan.name().unwrap_or_default());
        if let Some(throttle) = plan.throttle().filter(|t| t.rate_limit() > 0.0) {
            seen = seen
                .with("rate", throttle.rate_limit())
                .with("burst", throttle.burst_limit());
        }
        if let Some(quota) = plan.quota().filter(|quota| quota.limit() > 0) {
            seen = seen.with("quota", quota.limit()).with(
                "period",
                quota
                    .period()
                    .map(|p| p.as_str().to_owned())
                    .unwrap_or_default(),
            );
        }
        let stages: Vec<String> = plan
            .api_stages()
            .iter()
            .map(|s| {
                let (api, stage) = (s.api_id(), s.stage());
                format!("{}:{}", api.unwrap_or_default(), stage.unwrap_or_default())
            })
            .collect();
        if opening.is_none() {
            seen = seen.note(match stages.as_slice() {
                [] => "o plano não está ligado a nenhum estágio".to_owned(),
                _ => format!("o plano está ligado a: {}", stages.join(", ")),
            });
        }
    }
    Ok(seen)
}

async fn keys(
    session: &Session,
    moment: &Moment,
) -> Result<std::sync::Arc<Vec<ApiKey>>, ProbeError> {
    moment
        .once("GetApiKeys".to_owned(), all_keys(session, true))
        .await
}

/// All keys, with their secret values or without.
pub(super) async fn all_keys(session: &Session, values: bool) -> Result<Vec<ApiKey>, ProbeError> {
    session
        .apigateway
        .get_api_keys()
        .include_values(values)
        .limit(500)
        .into_paginator()
        .items()
        .send()
        .collect::<Result<_, _>>()
        .await
        .map_err(|e| fault("GetApiKeys", &e))
}

pub(super) async fn all_plans(session: &Session) -> Result<Vec<UsagePlan>, ProbeError> {
    session
        .apigateway
        .get_usage_plans()
        .limit(500)
        .into_paginator()
        .items()
        .send()
        .collect::<Result<_, _>>()
        .await
        .map_err(|e| fault("GetUsagePlans", &e))
}

/// Names may be given twice.
fn newest<'k>(keys: &'k [ApiKey], name: &str) -> Option<&'k ApiKey> {
    keys.iter()
        .filter(|key| key.name() == Some(name))
        .max_by_key(|key| key.created_date().map(aws_smithy_types::DateTime::secs))
}

async fn plans_of(session: &Session, key: &str) -> Result<Vec<UsagePlan>, ProbeError> {
    let plans = all_plans(session).await?;
    let looks = plans.into_iter().map(|plan| async move {
        let has = session
            .apigateway
            .get_usage_plan_key()
            .usage_plan_id(plan.id().unwrap_or_default())
            .key_id(key)
            .send()
            .await;
        Ok(found("GetUsagePlanKey", has)?.map(|_| plan))
    });
    let plans: Vec<Option<UsagePlan>> = try_join_all(looks).await?;
    Ok(plans.into_iter().flatten().collect())
}
