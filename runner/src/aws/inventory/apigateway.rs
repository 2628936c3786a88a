use futures_util::future::{try_join, try_join_all};
use serde_json::Value;

use super::answer::{json, list, text, thing, without};
use crate::aws::Session;
use crate::core::ProbeError;

/// REST APIs with all that they are made of, API keys, usage plans and domain
/// names.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let (apis, rest) = try_join(apis(session), around(session)).await?;
    Ok([apis, rest].concat())
}

async fn apis(session: &Session) -> Result<Vec<String>, ProbeError> {
    let apis = list!(
        "GetRestApis",
        session.apigateway.get_rest_apis().limit(500),
        set_position(position),
        "item"
    );
    Ok(try_join_all(apis.iter().map(|a| api(session, a)))
        .await?
        .concat())
}

/// Names may be given twice, so that the id goes with them.
async fn api(session: &Session, api: &Value) -> Result<Vec<String>, ProbeError> {
    let id = text(api, "id");
    let what = format!("rest_api {} {id}", text(api, "name"));
    let mut lines = thing(
        &what,
        &without(api.clone(), &["apiStatus", "apiStatusMessage"]),
    );
    let resources = list!(
        "GetResources",
        session
            .apigateway
            .get_resources()
            .rest_api_id(id)
            .embed("methods")
            .limit(500),
        set_position(position),
        "item"
    );
    for mut resource in resources {
        let what = format!("{what} resource {}", text(&resource, "path"));
        if let Value::Object(methods) = resource["resourceMethods"].take() {
            lines.extend(
                methods
                    .iter()
                    .map(|(name, method)| format!("{what} {name} {method}")),
            );
        }
        lines.push(format!(
            "{what} {}",
            without(resource, &["resourceMethods"])
        ));
    }
    let stages = json!("GetStages", session.apigateway.get_stages().rest_api_id(id))?;
    for stage in stages["item"].as_array().into_iter().flatten() {
        lines.push(format!("{what} stage {} {stage}", text(stage, "stageName")));
    }
    macro_rules! parts {
        ($($part:literal $operation:literal $method:ident;)*) => { $(
            let parts = list!(
                $operation,
                session.apigateway.$method().rest_api_id(id).limit(500),
                set_position(position),
                "item"
            );
            lines.extend(
                parts
                    .iter()
                    // What the service answers before anything is set.
                    .filter(|part| part["defaultResponse"] != true)
                    .map(|part| format!("{what} {} {part}", $part)),
            );
        )* };
    }
    parts! {
        "authorizer" "GetAuthorizers" get_authorizers;
        "deployment" "GetDeployments" get_deployments;
        "documentation" "GetDocumentationParts" get_documentation_parts;
        "model" "GetModels" get_models;
        "response" "GetGatewayResponses" get_gateway_responses;
        "validator" "GetRequestValidators" get_request_validators;
    }
    Ok(lines)
}

/// What the account has beside its APIs.
async fn around(session: &Session) -> Result<Vec<String>, ProbeError> {
    let mut lines = Vec::new();
    macro_rules! things {
        ($($kept:pat = $what:literal $name:literal $operation:literal $method:ident;)*) => { $(
            let things = list!(
                $operation,
                session.apigateway.$method().limit(500),
                set_position(position),
                "item"
            );
            for one in &things {
                // A key's value is a secret.
                let fields = without(one.clone(), &["value"]);
                lines.extend(thing(&format!("{} {}", $what, text(one, $name)), &fields));
            }
            let $kept = things;
        )* };
    }
    things! {
        _ = "api_key" "name" "GetApiKeys" get_api_keys;
        _ = "api_domain_name" "domainName" "GetDomainNames" get_domain_names;
        plans = "usage_plan" "name" "GetUsagePlans" get_usage_plans;
    }
    for plan in &plans {
        let keys = list!(
            "GetUsagePlanKeys",
            session
                .apigateway
                .get_usage_plan_keys()
                .usage_plan_id(text(plan, "id"))
                .limit(500),
            set_position(position),
            "item"
        );
        let what = format!("usage_plan {}", text(plan, "name"));
        lines.extend(
            keys.into_iter()
                .map(|key| format!("{what} key {}", without(key, &["value"]))),
        );
    }
    Ok(lines)
}
