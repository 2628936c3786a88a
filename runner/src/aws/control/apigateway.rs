use aws_sdk_apigateway::types::{ApiKey, Op, PatchOperation, RestApi, UsagePlan};

use super::{Done, Seen, Things, call, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, Thing};

const API: &[Api] = &[Api::ApiGateway];

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
            all.extend(page.items.unwrap_or_default().iter().map(of_api));
        }
    );
    Ok(all)
}

fn of_api(api: &RestApi) -> Thing {
    let mut thing = Thing::new(Kind::RestApi, api.name().unwrap_or_default());
    api.id().unwrap_or_default().clone_into(&mut thing.id);
    thing.made = api
        .created_date()
        .map(ToString::to_string)
        .unwrap_or_default();
    thing.tags = api.tags().into_iter().flatten().map(owned).collect();
    thing
}

fn owned((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

pub(super) async fn api(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let answer = call!(
        pace,
        API,
        session.apigateway.get_rest_api().rest_api_id(&thing.id)
    );
    Ok(there("GetRestApi", answer)?.map(|a| {
        of_api(
            &RestApi::builder()
                .set_id(a.id)
                .set_name(a.name)
                .set_created_date(a.created_date)
                .set_tags(a.tags)
                .build(),
        )
    }))
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
            all.extend(page.items.unwrap_or_default().iter().map(of_key));
        }
    );
    Ok(all)
}

fn of_key(key: &ApiKey) -> Thing {
    let mut thing = Thing::new(Kind::ApiKey, key.name().unwrap_or_default());
    key.id().unwrap_or_default().clone_into(&mut thing.id);
    thing.made = key
        .created_date()
        .map(ToString::to_string)
        .unwrap_or_default();
    thing.tags = key.tags().into_iter().flatten().map(owned).collect();
    thing
}

pub(super) async fn key(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let answer = call!(
        pace,
        API,
        session.apigateway.get_api_key().api_key(&thing.id)
    );
    Ok(there("GetApiKey", answer)?.map(|k| {
        of_key(
            &ApiKey::builder()
                .set_id(k.id)
                .set_name(k.name)
                .set_created_date(k.created_date)
                .set_tags(k.tags)
                .build(),
        )
    }))
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
            all.extend(page.items.unwrap_or_default().iter().map(of_plan));
        }
    );
    Ok(all)
}

fn of_plan(plan: &UsagePlan) -> Thing {
    let mut thing = Thing::new(Kind::UsagePlan, plan.name().unwrap_or_default());
    plan.id().unwrap_or_default().clone_into(&mut thing.id);
    thing.tags = plan.tags().into_iter().flatten().map(owned).collect();
    for stage in plan.api_stages() {
        thing.link(Kind::RestApi, stage.api_id().unwrap_or_default());
    }
    thing
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
    let mut now = of_plan(
        &UsagePlan::builder()
            .set_id(plan.id)
            .set_name(plan.name)
            .set_tags(plan.tags)
            .set_api_stages(plan.api_stages)
            .build(),
    );
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
