use std::sync::Arc;

use aws_sdk_apigateway::types::{Resource, RestApi};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::errors::{fault, found, http_fault};
use super::lambda::{answer, resource_policy};
use super::moment::Moment;
use super::near;
use super::policy::Caller;
use super::session::Session;
use crate::core::{
    ApiCallArgs, ApiMethodArgs, ApiPermissionArgs, Observation, ProbeError, ProbeErrorKind,
};

/// A REST API by its name, or what is known when there is none.
async fn api(
    session: &Session,
    moment: &Moment,
    name: &str,
) -> Result<Result<(RestApi, Vec<String>), Observation>, ProbeError> {
    let apis = moment
        .once("GetRestApis".to_owned(), async {
            let list = session
                .apigateway
                .get_rest_apis()
                .limit(500)
                .send()
                .await
                .map_err(|e| fault("GetRestApis", &e))?;
            Ok(list.items.unwrap_or_default())
        })
        .await?;
    let mut named: Vec<&RestApi> = apis.iter().filter(|a| a.name() == Some(name)).collect();
    named.sort_by_key(|a| a.created_date().map(aws_smithy_types::DateTime::secs));
    let notes = (named.len() > 1).then(|| {
        format!(
            "há {} APIs com o nome `{name}`; foi olhada a mais nova. Apague as outras",
            named.len()
        )
    });
    Ok(match named.last() {
        Some(api) => Ok(((*api).clone(), notes.into_iter().collect())),
        None => {
            let names = apis.iter().filter_map(RestApi::name);
            Err(Observation::absent().notes(near::sentence("há uma API", name, names)))
        }
    })
}

async fn resources(
    session: &Session,
    moment: &Moment,
    api_id: &str,
) -> Result<Arc<Vec<Resource>>, ProbeError> {
    moment
        .once(format!("GetResources {api_id}"), async {
            let list = session
                .apigateway
                .get_resources()
                .rest_api_id(api_id)
                .embed("methods")
                .limit(500)
                .send()
                .await;
            Ok(list
                .map_err(|e| fault("GetResources", &e))?
                .items
                .unwrap_or_default())
        })
        .await
}

pub(super) async fn method(
    session: &Session,
    moment: &Moment,
    args: &ApiMethodArgs,
) -> Result<Observation, ProbeError> {
    let (api, notes) = match api(session, moment, &args.api).await? {
        Ok(found) => found,
        Err(absent) => return Ok(absent),
    };
    let id = api.id().unwrap_or_default();
    let wanted = args.path.replace('<', "{").replace('>', "}");
    let (resources, stage) =
        futures_util::future::try_join(resources(session, moment, id), async {
            let stage = session
                .apigateway
                .get_stage()
                .rest_api_id(id)
                .stage_name(&args.stage)
                .send()
                .await;
            found("GetStage", stage)
        })
        .await?;
    let mut seen = Observation::present()
        .with("stage", stage.is_some())
        .notes(notes);
    let resource = resources
        .iter()
        .find(|r| r.path().is_some_and(|p| same_path(&wanted, p)));
    seen = seen.with("resource", resource.is_some());
    if resource.is_none() {
        let paths: Vec<&str> = resources.iter().filter_map(Resource::path).collect();
        return Ok(seen
            .with("method", false)
            .note(format!("os recursos da API são: {}", paths.join(", "))));
    }
    let found_method = resource
        .and_then(|r| r.resource_methods())
        .and_then(|methods| methods.get(&args.method).or_else(|| methods.get("ANY")));
    seen = seen.with("method", found_method.is_some());
    if let Some(integration) = found_method.and_then(|m| m.method_integration()) {
        seen = seen
            .with(
                "integration",
                integration
                    .r#type()
                    .map(|t| t.as_str().to_owned())
                    .unwrap_or_default(),
            )
            .with(
                "function",
                integration.uri().and_then(function_in).unwrap_or_default(),
            );
    }
    Ok(seen)
}

/// Whether two resource paths are the same but for their parameters' names; a
/// greedy parameter (`{proxy+}`) stands for all the rest.
fn same_path(wanted: &str, actual: &str) -> bool {
    let mut wanted = wanted.split('/');
    for part in actual.split('/') {
        let parameter = part.starts_with('{') && part.ends_with('}');
        match wanted.next() {
            Some(_) if parameter && part.ends_with("+}") => return true,
            Some(other) if part == other || (parameter && other.starts_with('{')) => {}
            _ => return false,
        }
    }
    wanted.next().is_none()
}

/// The function's name in an integration's URI.
fn function_in(uri: &str) -> Option<&str> {
    uri.split_once(":function:")?.1.split(['/', ':']).next()
}

pub(super) async fn permission(
    session: &Session,
    moment: &Moment,
    args: &ApiPermissionArgs,
) -> Result<Observation, ProbeError> {
    let (api, notes) = match api(session, moment, &args.api).await? {
        Ok(found) => found,
        Err(absent) => return Ok(absent),
    };
    let Some((arn, policies)) = resource_policy(session, moment, &args.function).await? else {
        return Ok(Observation::present()
            .with("allowed", false)
            .note(format!("a função `{}` não existe", args.function)));
    };
    // The function lies in the API's account.
    let account = arn.split(':').nth(4).unwrap_or_default();
    let source = format!(
        "arn:aws:execute-api:{}:{account}:{}/{}/{}{}",
        session.region(),
        api.id().unwrap_or_default(),
        args.stage,
        args.method,
        args.path
    );
    let keys = [
        ("aws:SourceArn", source.as_str()),
        ("aws:SourceAccount", account),
    ];
    let caller = Caller::Service("apigateway.amazonaws.com", &keys);
    Ok(Observation::present()
        .with(
            "allowed",
            policies.allow(&caller, "lambda:InvokeFunction", &arn),
        )
        .with("statements", policies.describe())
        .notes(notes))
}

/// What a path segment may hold unencoded (RFC 3986), and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

pub(super) async fn call(
    session: &Session,
    moment: &Moment,
    args: &ApiCallArgs,
) -> Result<Observation, ProbeError> {
    let (api, notes) = match api(session, moment, &args.api).await? {
        Ok(found) => found,
        Err(absent) => return Ok(absent),
    };
    let url = format!(
        "{}{}",
        session.api_url(api.id().unwrap_or_default(), &args.stage),
        utf8_percent_encode(&args.path, PATH)
    );
    let method = args
        .method
        .parse::<reqwest::Method>()
        .map_err(|_| ProbeError {
            kind: ProbeErrorKind::Refused,
            operation: args.method.clone(),
            message: format!("`{}` não é um método HTTP", args.method),
        })?;
    session.count_call();
    let operation = format!("{} {url}", args.method);
    let answer = session
        .http
        .request(method, &url)
        .send()
        .await
        .map_err(|e| http_fault(&operation, &e))?;
    let status = answer.status().as_u16();
    let content_type = answer
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body = answer
        .text()
        .await
        .map_err(|e| http_fault(&operation, &e))?;
    let mut seen = Observation::present()
        .with("status", status)
        .with("content_type", content_type)
        .with("body", body.as_str());
    if let Ok(json @ Value::Object(_)) = serde_json::from_str(&body) {
        seen = seen.with("json", json);
    }
    let flaw = match session.endpoint() {
        // An emulator lets any answer of the function pass.
        Some(_) if status < 500 && args.method == "GET" => {
            proxy_flaw(session, moment, api.id().unwrap_or_default(), args).await?
        }
        _ => None,
    };
    seen = seen.with("well_formed", status != 502 && flaw.is_none());
    if let Some(flaw) = flaw {
        seen = seen.note(format!(
            "aqui a API respondeu {status}, mas na AWS responderia 502: {flaw}"
        ));
    }
    if status >= 500 {
        seen = seen.note(format!("a API respondeu {status}: {body}"));
    }
    Ok(seen.notes(notes))
}

/// What is wrong with the function's own answer to a request ("Output format of
/// a Lambda function for proxy integration" in the API Gateway Developer Guide).
/// Asked with an event of its own, so only for methods that change nothing.
async fn proxy_flaw(
    session: &Session,
    moment: &Moment,
    api_id: &str,
    args: &ApiCallArgs,
) -> Result<Option<String>, ProbeError> {
    let resources = resources(session, moment, api_id).await?;
    let routed = resources.iter().find_map(|resource| {
        let template = resource.path()?;
        let parameters = parameters(&args.path, template)?;
        let methods = resource.resource_methods()?;
        let method = methods.get(&args.method).or_else(|| methods.get("ANY"))?;
        let integration = method.method_integration()?;
        let proxy = integration.r#type()?.as_str() == "AWS_PROXY";
        let function = function_in(integration.uri()?)?;
        proxy.then_some((template, parameters, function))
    });
    let Some((template, parameters, function)) = routed else {
        return Ok(None);
    };
    let event = json!({
        "resource": template,
        "path": args.path,
        "httpMethod": args.method,
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": parameters,
        "stageVariables": null,
        "requestContext": {
            "apiId": api_id,
            "stage": args.stage,
            "httpMethod": args.method,
            "resourcePath": template,
            "path": format!("/{}{}", args.stage, args.path),
            "requestId": "lab",
            "identity": { "sourceIp": "127.0.0.1", "userAgent": "lab" },
        },
        "body": null,
        "isBase64Encoded": false,
    });
    Ok(answer(session, function, &event)
        .await?
        .and_then(|response| flaw_of(&response)))
}

fn flaw_of(response: &Value) -> Option<String> {
    let Value::Object(response) = response else {
        return Some("a função não devolveu um objeto com `statusCode` e `body`".to_owned());
    };
    match response.get("statusCode") {
        Some(Value::Number(_)) => {}
        Some(Value::String(code)) if code.parse::<u16>().is_ok() => {}
        _ => return Some("falta `statusCode` no que a função devolveu".to_owned()),
    }
    match response.get("body") {
        None | Some(Value::Null | Value::String(_)) => None,
        Some(_) => Some("o `body` que a função devolveu não é um texto".to_owned()),
    }
}

/// The path parameters of a request, if the resource is the one that answers it.
fn parameters(path: &str, template: &str) -> Option<Map<String, Value>> {
    let mut found = Map::new();
    let mut rest = path;
    for part in template.split('/').skip(1) {
        rest = rest.strip_prefix('/')?;
        let name = part.strip_prefix('{').and_then(|p| p.strip_suffix('}'));
        if let Some(greedy) = name.and_then(|n| n.strip_suffix('+')) {
            found.insert(greedy.to_owned(), json!(rest));
            return Some(found);
        }
        let end = rest.find('/').unwrap_or(rest.len());
        let (value, after) = rest.split_at(end);
        match name {
            Some(name) => {
                found.insert(name.to_owned(), json!(value));
            }
            None if value == part => {}
            None => return None,
        }
        rest = after;
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_may_have_any_name() {
        assert!(same_path("/notas/{numero}", "/notas/{id}"));
        assert!(same_path("/notas/{numero}", "/notas/{proxy+}"));
        assert!(same_path("/notas/{numero}", "/{proxy+}"));
        assert!(!same_path("/notas/{numero}", "/notas"));
        assert!(!same_path("/notas/{numero}", "/nota/{numero}"));
        assert!(!same_path("/notas/{numero}", "/notas/{numero}/itens"));
    }

    #[test]
    fn parameters_are_cut_out_of_the_path() {
        let of = |path, template| parameters(path, template).map(Value::Object);
        assert_eq!(
            of("/notas/NF-1", "/notas/{id}"),
            Some(json!({ "id": "NF-1" }))
        );
        assert_eq!(
            of("/notas/NF-1/x", "/{proxy+}"),
            Some(json!({ "proxy": "notas/NF-1/x" }))
        );
        assert_eq!(of("/notas", "/notas/{id}"), None);
        assert_eq!(of("/notas/1/itens", "/notas/{id}"), None);
        assert_eq!(of("/outras/1", "/notas/{id}"), None);
    }

    #[test]
    fn a_proxy_response_has_a_status_and_a_text() {
        assert_eq!(flaw_of(&json!({"statusCode": 404})), None);
        assert_eq!(flaw_of(&json!({"statusCode": 200, "body": "{}"})), None);
        let flaw = |response| flaw_of(&response).unwrap_or_default();
        assert!(flaw(json!({"numero": "NF-1"})).contains("statusCode"));
        assert!(flaw(json!({"statusCode": 200, "body": {}})).contains("body"));
        assert!(flaw(json!("NF-1")).contains("objeto"));
    }

    #[test]
    fn the_function_is_in_the_uri() {
        let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f:prod/invocations";
        assert_eq!(function_in(uri), Some("f"));
    }
}
