use std::collections::BTreeMap;

use reqwest::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
};

use super::super::moment::Moment;
use super::super::session::Session;
use super::call::ask;
use crate::core::{ApiCallArgs, ApiPreflightArgs, Observation, ProbeError};

/// What a page may always send ("CORS-safelisted method" in the Fetch standard).
const SAFE_METHODS: [&str; 3] = ["GET", "HEAD", "POST"];

pub(in crate::aws) async fn preflight(
    session: &Session,
    moment: &Moment,
    args: &ApiPreflightArgs,
) -> Result<Observation, ProbeError> {
    let mut headers = BTreeMap::from([
        ("Origin".to_owned(), args.origin.clone()),
        (
            "Access-Control-Request-Method".to_owned(),
            args.method.clone(),
        ),
    ]);
    if !args.headers.is_empty() {
        headers.insert(
            "Access-Control-Request-Headers".to_owned(),
            args.headers.join(","),
        );
    }
    let question = ApiCallArgs {
        api: args.api.clone(),
        stage: args.stage.clone(),
        method: "OPTIONS".to_owned(),
        path: args.path.clone(),
        body: None,
        headers,
        key: None,
    };
    let answer = match ask(session, moment, &question).await? {
        Ok(answer) => answer,
        Err(absent) => return Ok(absent),
    };
    let origin = answer.header(ACCESS_CONTROL_ALLOW_ORIGIN);
    let methods = list(answer.header(ACCESS_CONTROL_ALLOW_METHODS));
    let headers = list(answer.header(ACCESS_CONTROL_ALLOW_HEADERS));
    let barred = barred(args, answer.status, origin, &methods, &headers);
    let mut seen = Observation::present()
        .with("status", answer.status)
        .with("cors_origin", origin)
        .with("allowed", barred.is_empty())
        .with("barred", barred)
        .with("cors_methods", methods)
        .with("cors_headers", headers);
    if answer.status == 403 {
        seen = seen.note(format!(
            "403: o recurso `{}` não tem o método OPTIONS neste estágio, ou ele pede chave",
            args.path
        ));
    }
    Ok(seen)
}

/// The items of a header that lists, such as `GET,POST`.
fn list(header: &str) -> Vec<String> {
    let items = header.split(',').map(str::trim);
    items.filter(|i| !i.is_empty()).map(str::to_owned).collect()
}

/// What keeps a browser from sending the request ("CORS-preflight fetch" in the
/// Fetch standard), for a request without credentials.
fn barred(
    args: &ApiPreflightArgs,
    status: u16,
    origin: &str,
    methods: &[String],
    headers: &[String],
) -> Vec<String> {
    let mut barred = Vec::new();
    if !(200..300).contains(&status) {
        barred.push(format!("a resposta {status} a `OPTIONS`"));
    }
    if origin != "*" && origin != args.origin {
        barred.push(format!("a origem {}", args.origin));
    }
    let method = args.method.as_str();
    if !SAFE_METHODS.contains(&method) && !methods.iter().any(|m| m == "*" || m == method) {
        barred.push(format!("o método {method}"));
    }
    let refused = args.headers.iter().filter(|wanted| {
        !headers
            .iter()
            .any(|h| h == "*" || h.eq_ignore_ascii_case(wanted))
    });
    barred.extend(refused.map(|header| format!("o cabeçalho {header}")));
    barred
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_asks_for_origin_method_and_headers() {
        let args = ApiPreflightArgs {
            api: "a".into(),
            stage: "prod".into(),
            method: "PUT".into(),
            path: "/x".into(),
            origin: "http://localhost:8000".into(),
            headers: vec!["content-type".into()],
        };
        let judged = |status, origin: &str, methods: &str, headers: &str| {
            barred(&args, status, origin, &list(methods), &list(headers))
        };
        assert_eq!(judged(204, "*", "GET, PUT", "Content-Type"), [""; 0]);
        assert_eq!(judged(200, "http://localhost:8000", "*", "*"), [""; 0]);
        assert_eq!(
            judged(200, "https://outra.exemplo", "put", "x-api-key"),
            [
                "a origem http://localhost:8000",
                "o método PUT",
                "o cabeçalho content-type"
            ]
        );
        assert_eq!(
            judged(403, "*", "PUT", "*"),
            ["a resposta 403 a `OPTIONS`"],
            "an answer that is not 2xx counts for nothing"
        );
    }

    #[test]
    fn simple_methods_need_no_permission() {
        let args = ApiPreflightArgs {
            api: "a".into(),
            stage: "prod".into(),
            method: "POST".into(),
            path: "/x".into(),
            origin: "null".into(),
            headers: vec![],
        };
        assert_eq!(barred(&args, 200, "*", &[], &[]), [""; 0]);
    }
}
