//! Policies and answers as anybody could have written them; see `crate::fuzz`.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use tokio::runtime::Runtime;

use super::errors::found;
use super::login::Wires;
use super::policy::{Caller, Policies};
use super::{Connection, Session, TargetKind};
use crate::core::ProbeError;

const DENY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;

/// A policy document.
pub fn policy(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut policies = Policies::default();
    policies.add("documento", &text);
    let unreadable = !policies.unreadable.is_empty();
    if unreadable {
        assert_eq!(policies.unreadable, ["documento"]);
        assert!(policies.describe().is_empty(), "refused, and believed");
    }
    let keys = [
        ("aws:SourceArn", "arn:aws:s3:::notas"),
        ("aws:SourceAccount", "123456789012"),
    ];
    let callers = [
        Caller::Role("arn:aws:iam::123456789012:role/r", &[]),
        Caller::Service("s3.amazonaws.com", &keys),
    ];
    let wishes = [
        (
            "dynamodb:PutItem",
            "arn:aws:dynamodb:us-east-1:123456789012:table/notas",
        ),
        (
            "lambda:InvokeFunction",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
        ),
        ("s3:GetObject", "arn:aws:s3:::notas/entrada/a b ç.json"),
    ];
    let mut denied = policies.clone();
    denied.add("tudo negado", DENY);
    for caller in &callers {
        for (action, resource) in wishes {
            let allowed = policies.allow(caller, action, resource);
            assert!(!(allowed && unreadable), "an unreadable document allows");
            assert!(
                !denied.allow(caller, action, resource),
                "a deny is overruled"
            );
        }
    }
    policies.wildcard_actions();
    policies.wildcard_resources();
    policies.principals("sts:AssumeRole");
}

/// What is answered to every request.
#[derive(Debug, Clone, Default)]
struct Canned {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A connection that leads to nobody.
#[derive(Debug, Clone, Default)]
struct Wire(Arc<Mutex<Canned>>);

impl HttpConnector for Wire {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let canned = self.0.lock().expect("nobody panics here").clone();
        let status = StatusCode::try_from(canned.status).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(canned.body));
        for (name, value) in canned.headers {
            // What is no header cannot come over a wire.
            let _ = response.headers_mut().try_append(name, value);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A session whose every call is answered by what is fed, on a clock that jumps.
struct Line {
    runtime: Runtime,
    wire: Wire,
    session: Session,
}

const SECRET: &str = "segredo-do-fuzz-7k3f";

impl Line {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let wire = Wire::default();
        let connector = SharedHttpConnector::new(wire.clone());
        let client = http_client_fn(move |_, _| connector.clone());
        let wires = Wires {
            secure: client.clone(),
            plain: client,
        };
        let connection = Connection {
            kind: TargetKind::Aws,
            endpoint: Some("http://127.0.0.1:1".to_owned()),
            region: Some("us-east-1".to_owned()),
            keys: Some(("AKIAIOSFODNN7EXAMPLE".to_owned(), SECRET.to_owned())),
        };
        let session = runtime.block_on(Session::connect_as(&connection, None, &wires));
        Self {
            runtime,
            wire,
            session,
        }
    }
}

thread_local! {
    static LINE: Line = Line::new();
}

/// An answer as text: `STATUS SERVICE`, headers, an empty line, the body.
pub fn answer(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let (status, service) = first.split_once(' ').unwrap_or((first, ""));
    let canned = Canned {
        status: status
            .parse()
            .ok()
            .filter(|code| (200..600).contains(code))
            .unwrap_or(400),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.as_bytes().to_vec(),
    };
    let failed = canned.status >= 500;
    LINE.with(|line| {
        *line.wire.0.lock().expect("nobody panics here") = canned;
        match line.runtime.block_on(ask(&line.session, service)) {
            Ok(there) => assert!(there || !failed, "a service that fails says «not there»"),
            Err(error) => {
                assert_eq!(error.operation, "Pergunta");
                assert!(!error.message.trim().is_empty(), "{error:?}");
                assert!(!error.message.contains(SECRET), "{error:?}");
            }
        }
    });
}

/// One call of a service: each protocol and each way of naming an error.
async fn ask(session: &Session, service: &str) -> Result<bool, ProbeError> {
    macro_rules! call {
        ($call:expr) => {
            found("Pergunta", $call.send().await).map(|there| there.is_some())
        };
    }
    match service {
        "s3" => call!(session.s3.head_bucket().bucket("notas")),
        "s3-xml" => call!(
            session
                .s3
                .get_bucket_notification_configuration()
                .bucket("notas")
        ),
        "dynamodb" => call!(session.dynamodb.describe_table().table_name("notas")),
        "iam" => call!(session.iam.get_role().role_name("papel")),
        "sqs" => call!(session.sqs.get_queue_url().queue_name("fila")),
        "sns" => call!(
            session
                .sns
                .get_topic_attributes()
                .topic_arn("arn:aws:sns:a:1:t")
        ),
        "events" => call!(session.events.describe_rule().name("regra")),
        "sts" => call!(session.sts.get_caller_identity()),
        "apigateway" => call!(session.apigateway.get_rest_api().rest_api_id("abc123")),
        "logs" => call!(session.logs.describe_log_groups()),
        "cloudwatch" => call!(session.cloudwatch.get_dashboard().dashboard_name("painel")),
        _ => call!(session.lambda.get_function().function_name("f")),
    }
}
