use std::collections::HashMap;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use super::super::errors::http_fault;
use super::super::moment::Moment;
use super::super::session::Session;
use super::{api, key};
use crate::core::{Acted, ApiCallArgs, FunctionFailure, Observation, ProbeError, ProbeErrorKind};

/// What a path segment may hold unencoded (RFC 3986), and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// How long API Gateway waits for a function.
const PATIENCE: Duration = Duration::from_secs(29);

/// Where the sandbox says what it found wrong with a function's answer; as in
/// `sandbox/mends.py`.
const FLAW: &str = "x-lab-flaw";

/// Headers of which API Gateway gives every answer of a REST or an HTTP API one;
/// a server in between has none.
const FROM_THE_API: [&str; 3] = ["x-amzn-requestid", "x-amz-apigw-id", "apigw-requestid"];

/// What an API answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    notes: Vec<String>,
}

impl Answer {
    pub(super) fn header(&self, name: impl reqwest::header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

pub(in crate::aws) async fn call(
    session: &Session,
    moment: &Moment,
    args: &ApiCallArgs,
) -> Result<Observation, ProbeError> {
    let answer = match ask(session, moment, args).await? {
        Ok(answer) => answer,
        Err(absent) => return Ok(absent),
    };
    let Answer { status, body, .. } = &answer;
    let mut seen = Observation::present()
        .with("status", *status)
        .with("content_type", answer.header(CONTENT_TYPE))
        .with("cors_origin", answer.header(ACCESS_CONTROL_ALLOW_ORIGIN))
        .with("body", body.as_str())
        .with("well_formed", *status != 502);
    match serde_json::from_str(body) {
        Ok(json @ Value::Object(_)) => seen = seen.with("json", json),
        Ok(list @ Value::Array(_)) => seen = seen.with("list", list),
        _ => {}
    }
    // The body of a 502 is always the same, and not the function's.
    if *status >= 400 && *status != 502 {
        seen = seen.note(format!("a API respondeu {status}: {body}"));
    }
    Ok(seen.notes(explanation(&answer)).notes(answer.notes))
}

/// Sends a request for what it does; an error of the server is a failure.
pub(in crate::aws) async fn act(
    session: &Session,
    args: &ApiCallArgs,
) -> Result<Acted, ProbeError> {
    let answer = ask(session, &Moment::default(), args).await?;
    let answer = answer.map_err(|absent| ProbeError {
        kind: ProbeErrorKind::Missing,
        operation: args.method.clone(),
        message: absent
            .notes
            .into_iter()
            .next()
            .unwrap_or_else(|| format!("não há API REST com o nome `{}`", args.api)),
    })?;
    let failure = (answer.status >= 500).then(|| FunctionFailure {
        kind: format!("{} {} respondeu {}", args.method, args.path, answer.status),
        // The kind tells the status already.
        message: explanation(&answer).map_or_else(
            || answer.body.clone(),
            |text| {
                text.trim_start_matches(&format!("{}: ", answer.status))
                    .to_owned()
            },
        ),
        place: None,
    });
    Ok(Acted { failure })
}

/// Sends a request; `Err` is what is known when there is no such API.
pub(super) async fn ask(
    session: &Session,
    moment: &Moment,
    args: &ApiCallArgs,
) -> Result<Result<Answer, Observation>, ProbeError> {
    let (api, mut notes) = match api(session, moment, &args.api).await? {
        Ok(found) => found,
        Err(absent) => return Ok(Err(absent)),
    };
    let url = format!(
        "{}{}",
        session.api_url(api.id().unwrap_or_default(), &args.stage),
        utf8_percent_encode(&args.path, PATH)
    );
    let refused = |message: String| ProbeError {
        kind: ProbeErrorKind::Refused,
        operation: args.method.clone(),
        message,
    };
    let method = args
        .method
        .parse::<reqwest::Method>()
        .map_err(|_| refused(format!("`{}` não é um método HTTP", args.method)))?;
    let headers: HashMap<String, String> = args.headers.clone().into_iter().collect();
    let headers = HeaderMap::try_from(&headers)
        .map_err(|e| refused(format!("`headers` não tem cabeçalhos HTTP: {e}")))?;
    let mut request = session.http.request(method, &url);
    if let Some(body) = &args.body {
        request = request.json(body);
    }
    if let Some(name) = &args.key {
        match key::value(session, moment, name).await? {
            Some(value) => request = request.header("x-api-key", value),
            None => notes.push(format!(
                "não há chave de API com o nome `{name}`: o pedido foi sem chave"
            )),
        }
    }
    session.count_call();
    let operation = format!("{} {url}", args.method);
    let answer = request
        .timeout(PATIENCE)
        .headers(headers)
        .send()
        .await
        .map_err(|e| http_fault(&operation, &e))?;
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let body = answer
        .text()
        .await
        .map_err(|e| http_fault(&operation, &e))?;
    if !FROM_THE_API.iter().any(|name| headers.contains_key(*name)) {
        let said: String = body.chars().take(200).collect();
        return Err(ProbeError {
            kind: ProbeErrorKind::Service,
            operation,
            message: format!("a resposta não veio do API Gateway (HTTP {status}): {said}"),
        });
    }
    if status == 429 {
        // Too many requests says nothing of what the API does with one.
        return Err(ProbeError {
            kind: ProbeErrorKind::Throttled,
            operation,
            message: format!("a API respondeu 429: {body}"),
        });
    }
    Ok(Ok(Answer {
        status,
        headers,
        body,
        notes,
    }))
}

/// What an answer that is not the function's own means.
fn explanation(answer: &Answer) -> Option<String> {
    let text = match answer.status {
        403 => {
            "403 vem da própria API, sem chamar a função: ou o caminho e o método não existem neste estágio, ou o método pede autorização ou chave"
        }
        502 => match answer.header(FLAW) {
            "object" => "502: a função não devolveu um objeto com `statusCode` e `body`",
            "status" => "502: falta `statusCode` no que a função devolveu",
            "body" => "502: o `body` que a função devolveu não é um texto",
            _ => {
                "502: a função lançou um erro, ou não devolveu `statusCode` e um `body` em texto; o log dela diz qual dos dois"
            }
        },
        _ => return None,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, flaw: Option<&'static str>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(flaw) = flaw {
            headers.insert(FLAW, reqwest::header::HeaderValue::from_static(flaw));
        }
        Answer {
            status,
            headers,
            body: String::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn what_the_api_itself_answers_is_explained() {
        let told = |status, flaw| explanation(&answer(status, flaw)).unwrap_or_default();
        assert!(told(502, Some("status")).contains("falta `statusCode`"));
        assert!(told(502, Some("body")).contains("não é um texto"));
        assert!(told(502, Some("object")).contains("objeto"));
        assert!(told(502, None).contains("lançou um erro"));
        assert!(told(403, None).contains("sem chamar a função"));
        assert_eq!(told(404, None), "", "the function's own");
    }
}
