use std::collections::HashMap;

use aws_sdk_apigateway::types::{ApiStage, Op, PatchOperation};
use aws_smithy_types::DateTime;

use super::{Done, Seen, Things, call, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, Thing};

const API: &[Api] = &[Api::ApiGateway];

/// What the lists and the looks tell in the same fields of different types.
fn told(
    kind: Kind,
    id: Option<String>,
    name: Option<String>,
    made: Option<DateTime>,
    tags: Option<HashMap<String, String>>,
) -> Thing {
    let mut thing = Thing::new(kind, name.unwrap_or_default());
    thing.id = id.unwrap_or_default();
    thing.made = made.map(|made| made.to_string()).unwrap_or_default();
    thing.tags = tags.into_iter().flatten().collect();
    thing
}

pub(super) async fn apis(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.apigateway.get_rest_apis().limit(500);
    pages!(
        pace,
        API,
        "GetRestApis",
        call(),
        set_position(position),
        |page: aws_sdk_apigateway::operation::get_rest_apis::GetRestApisOutput| {
            for api in page.items.unwrap_or_default() {
                all.push(told(
                    Kind::RestApi,
                    api.id,
                    api.name,
                    api.created_date,
                    api.tags,
                ));
            }
        }
    );
    Ok(all)
}

pub(super) async fn api(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let answer = call!(
        pace,
        API,
        session.apigateway.get_rest_api().rest_api_id(&thing.id)
    );
    Ok(there("GetRestApi", answer)?
        .map(|api| told(Kind::RestApi, api.id, api.name, api.created_date, api.tags)))
}

pub(super) async fn delete_api(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let answer = call!(
        pace,
        &[],
        session.apigateway.delete_rest_api().rest_api_id(&thing.id)
    );
    gone(answer.map_err(|e| fault("DeleteRestApi", &e)))
}

pub(super) async fn keys(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.apigateway.get_api_keys().limit(500);
    pages!(
        pace,
        API,
        "GetApiKeys",
        call(),
        set_position(position),
        |page: aws_sdk_apigateway::operation::get_api_keys::GetApiKeysOutput| {
            for key in page.items.unwrap_or_default() {
                all.push(told(
                    Kind::ApiKey,
                    key.id,
                    key.name,
                    key.created_date,
                    key.tags,
                ));
            }
        }
    );
    Ok(all)
}

pub(super) async fn key(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let answer = call!(
        pace,
        API,
        session.apigateway.get_api_key().api_key(&thing.id)
    );
    Ok(there("GetApiKey", answer)?
        .map(|key| told(Kind::ApiKey, key.id, key.name, key.created_date, key.tags)))
}

pub(super) async fn delete_key(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let answer = call!(
        pace,
        &[],
        session.apigateway.delete_api_key().api_key(&thing.id)
    );
    gone(answer.map_err(|e| fault("DeleteApiKey", &e)))
}

pub(super) async fn plans(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.apigateway.get_usage_plans().limit(500);
    pages!(
        pace,
        API,
        "GetUsagePlans",
        call(),
        set_position(position),
        |page: aws_sdk_apigateway::operation::get_usage_plans::GetUsagePlansOutput| {
            for plan in page.items.unwrap_or_default() {
                let found = told(Kind::UsagePlan, plan.id, plan.name, None, plan.tags);
                all.push(linked(found, plan.api_stages));
            }
        }
    );
    Ok(all)
}

fn linked(mut plan: Thing, stages: Option<Vec<ApiStage>>) -> Thing {
    for stage in stages.into_iter().flatten() {
        plan.link(Kind::RestApi, stage.api_id.unwrap_or_default());
    }
    plan
}

pub(super) async fn plan(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let id = &thing.id;
    let answer = call!(
        pace,
        API,
        session.apigateway.get_usage_plan().usage_plan_id(id)
    );
    let Some(plan) = there("GetUsagePlan", answer)? else {
        return Ok(None);
    };
    let found = told(Kind::UsagePlan, plan.id, plan.name, None, plan.tags);
    let mut now = linked(found, plan.api_stages);
    let call = || {
        session
            .apigateway
            .get_usage_plan_keys()
            .usage_plan_id(id)
            .limit(500)
    };
    pages!(
        pace,
        API,
        "GetUsagePlanKeys",
        call(),
        set_position(position),
        |page: aws_sdk_apigateway::operation::get_usage_plan_keys::GetUsagePlanKeysOutput| {
            for key in page.items.unwrap_or_default() {
                now.link(Kind::ApiKey, key.id.unwrap_or_default());
            }
        }
    );
    Ok(Some(now))
}

/// A plan that is linked to a stage cannot be deleted: the links go before.
pub(super) async fn delete_plan(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let id = &thing.id;
    let answer = call!(
        pace,
        API,
        session.apigateway.get_usage_plan().usage_plan_id(id)
    );
    let Some(plan) = there("GetUsagePlan", answer)? else {
        return Ok(());
    };
    for link in plan.api_stages() {
        let (api, stage) = (
            link.api_id().unwrap_or_default(),
            link.stage().unwrap_or_default(),
        );
        let unlink = PatchOperation::builder()
            .op(Op::Remove)
            .path("/apiStages")
            .value(format!("{api}:{stage}"))
            .build();
        let update = session.apigateway.update_usage_plan().usage_plan_id(id);
        let answer = call!(pace, API, update.patch_operations(unlink));
        gone(answer.map_err(|e| fault("UpdateUsagePlan", &e)))?;
    }
    let answer = call!(
        pace,
        &[],
        session.apigateway.delete_usage_plan().usage_plan_id(id)
    );
    gone(answer.map_err(|e| fault("DeleteUsagePlan", &e)))
}
