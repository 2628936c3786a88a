//! Answers as the services write them: a field that the SDK does not know, or
//! that nobody thought of, is part of the inventory too.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

use crate::core::{ProbeError, ProbeErrorKind};

/// In every answer of S3, and of no use to a reader.
const S3_NAMESPACE: &str = r#" xmlns="http://s3.amazonaws.com/doc/2006-03-01/""#;

/// Keeps the body of an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Body(Arc<Mutex<Vec<u8>>>);

impl Intercept for Body {
    fn name(&self) -> &'static str {
        "Body"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let bytes = context.response().body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bytes.to_vec();
        Ok(())
    }
}

impl Body {
    /// The body as JSON.
    pub(super) fn json(&self, operation: &str) -> Result<Value, ProbeError> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::from_slice(&bytes).map_err(|error| unreadable(operation, error.to_string()))
    }

    /// The body as one line of text, without what XML begins with.
    pub(super) fn text(&self, operation: &str) -> Result<String, ProbeError> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = std::str::from_utf8(&bytes).map_err(|e| unreadable(operation, e.to_string()))?;
        let text = match text.split_once("?>") {
            Some((start, rest)) if start.starts_with("<?xml") => rest,
            _ => text,
        };
        let text = text.lines().map(str::trim).collect::<String>();
        let text = text.replace(S3_NAMESPACE, "");
        if text.is_empty() {
            return Err(unreadable(operation, "sem corpo".to_owned()));
        }
        Ok(text)
    }
}

fn unreadable(operation: &str, why: String) -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Service,
        operation: operation.to_owned(),
        message: format!("a resposta não está no formato da AWS ({why})"),
    }
}

/// Makes a call: its answer and its body. With `unless`, one error code says
/// that there is nothing, and the answer is `None`; no other error does.
macro_rules! told {
    ($operation:literal, $call:expr) => {{
        let body = $crate::aws::inventory::answer::Body::default();
        let sent = Box::pin($call.customize().interceptor(body.clone()).send()).await;
        sent.map(|answer| (answer, body))
            .map_err(|error| $crate::aws::errors::fault($operation, &error))
    }};
    ($operation:literal, $call:expr, unless $code:literal) => {{
        let body = $crate::aws::inventory::answer::Body::default();
        let sent = Box::pin($call.customize().interceptor(body.clone()).send()).await;
        match sent {
            Ok(_) => Ok(Some(body)),
            Err(error)
                if aws_smithy_types::error::metadata::ProvideErrorMetadata::code(&error)
                    == Some($code) =>
            {
                Ok(None)
            }
            Err(error) => Err($crate::aws::errors::fault($operation, &error)),
        }
    }};
}

/// Makes a call: its answer as JSON.
macro_rules! json {
    ($operation:literal, $call:expr) => {
        match $crate::aws::inventory::answer::told!($operation, $call) {
            Ok((_, body)) => body.json($operation),
            Err(error) => Err(error),
        }
    };
    ($operation:literal, $call:expr, unless $code:literal) => {
        match $crate::aws::inventory::answer::told!($operation, $call, unless $code) {
            Ok(Some(body)) => body.json($operation).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        }
    };
}

/// What a list holds under a name, from all its pages: the setter of the
/// request takes what the field of the answer before told.
macro_rules! list {
    ($operation:literal, $call:expr, $set:ident($next:ident), $items:literal) => {{
        let mut all: Vec<serde_json::Value> = Vec::new();
        let mut next = None;
        loop {
            let (page, body) = $crate::aws::inventory::answer::told!($operation, $call.$set(next))?;
            if let Some(serde_json::Value::Array(items)) = body
                .json($operation)?
                .get_mut($items)
                .map(serde_json::Value::take)
            {
                all.extend(items);
            }
            next = page.$next;
            if next.is_none() {
                break;
            }
        }
        all
    }};
}

pub(super) use {json, list, told};

/// A field of an answer as text, empty when there is none.
pub(super) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// An object without some of its fields.
pub(super) fn without(mut value: Value, fields: &[&str]) -> Value {
    if let Value::Object(map) = &mut value {
        map.retain(|name, _| !fields.contains(&name.as_str()));
    }
    value
}

/// A document that came as text, as JSON if it is.
pub(super) fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// A line that says that a thing is there, and one for each of its fields.
pub(super) fn thing(what: &str, fields: &Value) -> Vec<String> {
    let mut lines = vec![what.to_owned()];
    if let Value::Object(fields) = fields {
        lines.extend(
            fields
                .iter()
                .map(|(name, value)| format!("{what} {name} {value}")),
        );
    }
    lines
}
