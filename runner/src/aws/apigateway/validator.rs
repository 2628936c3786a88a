use aws_sdk_apigateway::types::Method;
use serde_json::Value;

use super::super::errors::found;
use super::super::moment::Moment;
use super::super::session::Session;
use super::method::{answering, resource_at, template};
use super::{api, resources};
use crate::core::{ApiValidatorArgs, Observation, ProbeError};

pub(in crate::aws) async fn validator(
    session: &Session,
    moment: &Moment,
    args: &ApiValidatorArgs,
) -> Result<Observation, ProbeError> {
    let (api, notes) = match api(session, moment, &args.api).await? {
        Ok(found) => found,
        Err(absent) => return Ok(absent),
    };
    let id = api.id().unwrap_or_default();
    let wanted = template(&args.path);
    let resources = resources(session, moment, id).await?;
    let method = resource_at(&resources, &wanted)
        .and_then(|r| answering(r.resource_methods()?, &args.method));
    let Some(method) = method else {
        return Ok(Observation::present()
            .with("validator", false)
            .with("model", "")
            .with("required", Vec::<String>::new())
            .note(format!("`{} {wanted}` não existe", args.method))
            .notes(notes));
    };
    let mut seen = Observation::present().notes(notes);
    let checks = match method.request_validator_id().filter(|id| !id.is_empty()) {
        None => {
            seen = seen.note("o método não tem validador (`--request-validator-id`)");
            false
        }
        Some(validator) => {
            let answer = session
                .apigateway
                .get_request_validator()
                .rest_api_id(id)
                .request_validator_id(validator)
                .send()
                .await;
            let validator = found("GetRequestValidator", answer)?;
            let body = validator.is_some_and(|v| v.validate_request_body());
            if !body {
                seen = seen.note("o validador do método não valida o corpo");
            }
            body
        }
    };
    let model = model_of(method);
    let schema = schema(session, id, model).await?;
    let mut required: Vec<String> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    required.sort();
    Ok(seen
        .with("validator", checks)
        .with("model", model)
        .with("required", required))
}

/// The name of the model of a body in JSON.
fn model_of(method: &Method) -> &str {
    method
        .request_models()
        .and_then(|models| models.get("application/json"))
        .map_or("", String::as_str)
}

/// A model's JSON Schema; nothing when there is none.
async fn schema(session: &Session, api: &str, model: &str) -> Result<Value, ProbeError> {
    if model.is_empty() {
        return Ok(Value::Null);
    }
    let answer = session
        .apigateway
        .get_model()
        .rest_api_id(api)
        .model_name(model)
        .send()
        .await;
    let text = found("GetModel", answer)?.and_then(|model| model.schema);
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}
