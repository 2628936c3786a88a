use std::time::{Duration, Instant};

use aws_sdk_lambda::client::customize::CustomizableOperation;
use aws_sdk_lambda::operation::RequestId;
use aws_sdk_lambda::operation::invoke::builders::InvokeFluentBuilder;
use aws_sdk_lambda::operation::invoke::{InvokeError, InvokeOutput};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{InvocationType, LogType};
use serde_json::Value;

use super::errors::{fault, found};
use super::lambda::{configuration, near_function, settling};
use super::moment::Moment;
use super::once::once;
use super::s3::missing;
use super::session::Session;
use super::structured::structured;
use super::traceback::{failures, own_frame};
use crate::core::{
    Acted, FunctionFailure, Invocation, LambdaCallArgs, Observation, ProbeError, as_text,
};

/// How far a function's clock may be from ours, in milliseconds: some tick in
/// steps of 16.
const CLOCK_MS: f64 = 50.0;

/// Calls a function with an event.
pub(super) async fn act(
    session: &Session,
    function: &str,
    qualifier: Option<&str>,
    invocation: Invocation,
    event: &Value,
) -> Result<Acted, ProbeError> {
    let answer = invoke(session, function, qualifier, invocation, event)
        .send()
        .await
        .map_err(|e| {
            missing(fault("Invoke", &e), || match qualifier {
                Some(name) => format!("a função `{function}` não existe, ou não tem `{name}`"),
                None => format!("a função `{function}` não existe"),
            })
        })?;
    let failure = answer
        .function_error()
        .map(|_| failure(&payload(&answer), &tail(&answer)));
    Ok(Acted { failure })
}

/// Calls a function, waits, and tells what it answered.
pub(super) async fn call(
    session: &Session,
    moment: &Moment,
    args: &LambdaCallArgs,
) -> Result<Observation, ProbeError> {
    let qualifier = args.qualifier.as_deref();
    let name = match qualifier {
        Some(qualifier) => format!("{}:{qualifier}", args.function),
        None => args.function.clone(),
    };
    let function = configuration(session, moment, &name).await?;
    let Some(function) = function.as_ref() else {
        return Ok(
            Observation::absent().notes(near_function(session, moment, &args.function).await)
        );
    };
    if let Some(why) = settling(function) {
        return Ok(Observation::present().settling(Some(why)));
    }
    let started = Instant::now();
    let sent = invoke(
        session,
        &args.function,
        qualifier,
        Invocation::Sync,
        &args.event,
    )
    .send()
    .await;
    let took = started.elapsed();
    let Some(answer) = found("Invoke", sent)? else {
        return Ok(Observation::absent());
    };
    let (said, log) = (payload(&answer), tail(&answer));
    let lines: Vec<&str> = log.lines().collect();
    let ids = ids(answer.request_id(), &log);
    let own = lines.iter().filter(|line| request_id(line).is_none());
    let with_id: Vec<&str> = own.filter(|line| holds_any(line, &ids)).copied().collect();
    let told = structured(&lines, &ids);
    let seen = Observation::present()
        .with("version", answer.executed_version().unwrap_or_default())
        .with("log_with_id", with_id.join("\n"))
        .with("log_json", told.json)
        .with("log_id_fields", told.id_fields)
        .with("log_not_json", told.others)
        .notes(told.note)
        .with("log", lines);
    if answer.function_error().is_some() {
        let failure = failure(&said, &log);
        return Ok(seen
            .note(format!("a função terminou com erro: {failure}"))
            .with("failed", true)
            .with("error_type", failure.kind)
            .with("error_message", failure.message));
    }
    let variables = function.environment().and_then(|e| e.variables());
    let mut echoed: Vec<&str> = variables
        .into_iter()
        .flatten()
        .filter(|(_, value)| texts(&said).iter().any(|text| is_in(value, text)))
        .map(|(name, _)| name.as_str())
        .collect();
    echoed.sort_unstable();
    let remaining = remaining(
        &said,
        function.timeout().unwrap_or_default(),
        took,
        Duration::from_millis(args.takes_ms.unwrap_or_default()),
    );
    let mut seen = seen
        .with("failed", false)
        .with("text", as_text(&said))
        .with("variables_echoed", echoed)
        .with(
            "echoes_request_id",
            texts(&said).iter().any(|text| holds_any(text, &ids)),
        )
        .with("tells_remaining_time", remaining.is_ok())
        .notes(remaining.err().flatten())
        .notes(not_an_object(&said));
    if said.is_object() {
        seen = seen.with("json", said);
    }
    Ok(seen)
}

/// A call of a function, to be sent.
pub(super) fn invoke(
    session: &Session,
    function: &str,
    qualifier: Option<&str>,
    invocation: Invocation,
    event: &Value,
) -> CustomizableOperation<InvokeOutput, InvokeError, InvokeFluentBuilder> {
    let call = session
        .lambda
        .invoke()
        .function_name(function)
        .set_qualifier(qualifier.map(str::to_owned))
        .payload(Blob::new(serde_json::to_vec(event).unwrap_or_default()));
    let call = match invocation {
        Invocation::Sync => call
            .invocation_type(InvocationType::RequestResponse)
            .log_type(LogType::Tail),
        Invocation::Async => call.invocation_type(InvocationType::Event),
    };
    once!(aws_sdk_lambda, call)
}

pub(super) fn payload(answer: &InvokeOutput) -> Value {
    answer
        .payload()
        .and_then(|p| serde_json::from_slice(p.as_ref()).ok())
        .unwrap_or_default()
}

pub(super) fn tail(answer: &InvokeOutput) -> String {
    answer
        .log_result()
        .and_then(|log| aws_smithy_types::base64::decode(log).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// The ids of the call: the one that AWS gives with the answer, and the one that
/// the platform's own lines in the log tell. The sandbox has only the second.
fn ids<'a>(given: Option<&'a str>, log: &'a str) -> Vec<&'a str> {
    let logged = log.lines().filter_map(request_id);
    logged.chain(given).collect()
}

fn holds_any(text: &str, ids: &[&str]) -> bool {
    ids.iter().any(|id| is_in(id, text))
}

/// The id that one of the platform's own lines in a log tells.
pub(super) fn request_id(line: &str) -> Option<&str> {
    let rest = ["START ", "END ", "REPORT "]
        .iter()
        .find_map(|start| line.strip_prefix(start))?;
    rest.strip_prefix("RequestId: ")?.split_whitespace().next()
}

/// Whether an answer tells the milliseconds that a call has left: of its time
/// limit, less at least what it had to take and at most what it took. If not,
/// what the number is instead.
fn remaining(
    said: &Value,
    limit_s: i32,
    took: Duration,
    takes: Duration,
) -> Result<(), Option<String>> {
    let limit = f64::from(limit_s) * 1000.0;
    let first = limit - took.as_secs_f64() * 1000.0 - CLOCK_MS;
    let last = limit - (takes.as_secs_f64() * 1000.0 - CLOCK_MS).max(0.0);
    let left = |n: f64| (first..=last).contains(&n);
    let all = numbers(said);
    if all.iter().any(|n| left(*n)) {
        return Ok(());
    }
    Err(all.iter().find_map(|n| {
        let what = if *n == limit || *n == f64::from(limit_s) {
            "é o tempo limite da função, e não o que resta dele"
        } else if left(n * 1000.0) {
            "está em segundos; o lab espera milissegundos"
        } else if (first..=limit).contains(n) {
            "não desconta o que a execução já tinha levado: leia o tempo no fim"
        } else {
            return None;
        };
        Some(format!("um número da resposta {what}"))
    }))
}

/// What is wrong with an answer that is not an object.
fn not_an_object(said: &Value) -> Option<String> {
    let what = match said {
        Value::Null => "a função não devolveu nada: falta o `return`",
        Value::String(text) if text.trim_start().starts_with('{') => {
            "a função devolveu um texto que tem JSON dentro: devolva o dicionário, sem `json.dumps`"
        }
        _ => return None,
    };
    Some(what.to_owned())
}

fn is_in(value: &str, text: &str) -> bool {
    !value.trim().is_empty() && text.contains(value)
}

/// Every text in a value, however deep.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Every number in a value, also one that is written as a text.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Number(number) => number.as_f64().into_iter().collect(),
        Value::String(text) => text.trim().parse().into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::Object(fields) => fields.values().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

/// The error of a synchronous call: from its payload, and from the end of the
/// log what the payload does not tell.
pub(super) fn failure(payload: &Value, log: &str) -> FunctionFailure {
    let text = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
    let logged = failures([log]).pop();
    let place = payload["stackTrace"].as_array().and_then(|frames| {
        frames
            .iter()
            .rev()
            .filter_map(Value::as_str)
            .find_map(|f| own_frame(f.lines().next()?))
    });
    let kind = text("errorType");
    // The sandbox has one error type for all; the log has the real one.
    let generic = kind.is_empty() || kind == "Runtime.HandlerError";
    match logged {
        Some(logged) if generic => FunctionFailure {
            place: place.or(logged.place.clone()),
            ..logged
        },
        other => FunctionFailure {
            kind: if kind.is_empty() {
                "erro".to_owned()
            } else {
                kind
            },
            message: text("errorMessage"),
            place: place.or(other.and_then(|l| l.place)),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LOG: &str = "START RequestId: 7f3a Version: $LATEST\nolá\nEND RequestId: 7f3a\n\
                       REPORT RequestId: 7f3a\tDuration: 2 ms";

    #[test]
    fn the_id_of_the_call_is_found_wherever_it_is() {
        let holds = |said: Value, ids: &[&str]| texts(&said).iter().any(|t| holds_any(t, ids));
        let known = ids(Some("9c9c"), LOG);
        assert!(holds(json!({ "a": { "b": ["id 7f3a"] } }), &known));
        assert!(holds(json!("9c9c"), &known));
        assert!(!holds(json!({ "id": "1234" }), &known));
        assert!(!holds(json!({ "id": "" }), &known));
        assert!(!holds(json!({ "id": "" }), &ids(Some(""), "")));
    }

    fn left(said: Value) -> Result<(), Option<String>> {
        let (took, takes) = (Duration::from_millis(900), Duration::from_millis(400));
        remaining(&said, 10, took, takes)
    }

    #[test]
    fn time_left_is_less_than_the_limit_and_no_less_than_can_be() {
        assert_eq!(left(json!({ "resta": 9598 })), Ok(()));
        assert_eq!(left(json!({ "resta": "9123" })), Ok(()));
        assert_eq!(left(json!({ "resta": 9600.5 })), Ok(()));
        assert_eq!(left(json!({ "resta": 5000 })), Err(None));
        assert_eq!(left(json!({ "resta": 42 })), Err(None));
    }

    #[test]
    fn what_is_not_the_time_left_is_named() {
        let why = |said| left(said).unwrap_err().unwrap_or_default();
        assert!(why(json!({ "resta": 10_000 })).contains("tempo limite"));
        assert!(why(json!({ "resta": 10 })).contains("tempo limite"));
        assert!(why(json!({ "resta": 9.58 })).contains("segundos"));
        assert!(why(json!({ "resta": 9998 })).contains("no fim"));
    }

    #[test]
    fn a_text_with_json_in_it_and_nothing_at_all_are_named() {
        assert!(not_an_object(&json!("{\"a\": 1}")).is_some_and(|t| t.contains("json.dumps")));
        assert!(not_an_object(&Value::Null).is_some_and(|t| t.contains("return")));
        assert_eq!(not_an_object(&json!({})), None);
    }

    #[test]
    fn the_payload_tells_the_error_and_the_log_the_place() {
        let payload = json!({"errorType": "KeyError", "errorMessage": "'valor'",
            "stackTrace": ["  File \"/var/task/app.py\", line 9, in handler\n    x\n"]});
        assert_eq!(
            failure(&payload, "").to_string(),
            "KeyError: 'valor' (app.py, linha 9)"
        );
        let payload = json!({"errorType": "Runtime.HandlerError", "errorMessage": "'valor'"});
        let log = "Traceback (most recent call last):\n  File \"/x/code/app.py\", line 3, in handler\n    x\nKeyError: 'valor'";
        assert_eq!(
            failure(&payload, log).to_string(),
            "KeyError: 'valor' (app.py, linha 3)"
        );
    }
}
