use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::super::errors::http_fault;
use super::super::invoke::answer;
use super::super::moment::Moment;
use super::super::session::Session;
use super::{api, function_in, resources};
use crate::core::{ApiCallArgs, Observation, ProbeError, ProbeErrorKind};

/// What a path segment may hold unencoded (RFC 3986), and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

pub(in crate::aws) async fn call(
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
        Some(_) if reached(status) && args.method == "GET" => {
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
    if status >= 400 {
        seen = seen.note(format!("a API respondeu {status}: {body}"));
    }
    if status == 403 {
        seen = seen.note(
            "403 vem da própria API, sem chamar a função: ou o caminho e o método não existem neste estágio, ou o método pede autorização ou chave",
        );
    }
    Ok(seen.notes(notes))
}

/// Whether an answer may come from the function, and not from the API itself.
fn reached(status: u16) -> bool {
    status < 500 && !matches!(status, 401 | 403 | 429)
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
}
