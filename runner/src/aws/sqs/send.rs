use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::super::errors::fault;
use super::super::once::once;
use super::super::session::Session;
use super::{Queue, by_name};
use crate::core::{Acted, ProbeError, ProbeErrorKind};

/// How many batches are on their way at the same time.
const AT_ONCE: usize = 8;

pub(in crate::aws) async fn send(
    session: &Session,
    name: &str,
    body: String,
) -> Result<Acted, ProbeError> {
    let queue = there(session, name).await?;
    let call = session.sqs.send_message().queue_url(&queue.url);
    let call = once!(aws_sdk_sqs, call.message_body(body));
    call.send()
        .await
        .map(|_| Acted::default())
        .map_err(|e| fault("SendMessage", &e))
}

/// Sends the messages one after the other in a group of their own.
pub(in crate::aws) async fn fifo(
    session: &Session,
    name: &str,
    bodies: &[String],
) -> Result<Acted, ProbeError> {
    let queue = there(session, name).await?;
    let stamp = format!("{:08x}", fastrand::u32(..));
    for body in bodies {
        let call = session.sqs.send_message().queue_url(&queue.url);
        let call = call
            .message_body(stamped(body, &stamp))
            .message_group_id(&stamp);
        let sent = once!(aws_sdk_sqs, call).send().await;
        sent.map_err(|e| fault("SendMessage", &e))?;
    }
    Ok(Acted::default())
}

fn stamped(body: &str, stamp: &str) -> String {
    format!("{body} [{stamp}]")
}

/// A message without what [`fifo`] adds.
pub(super) fn unstamped(body: &str) -> &str {
    let stamp = |rest: &&str| {
        let digits = rest.strip_prefix('[').and_then(|r| r.strip_suffix(']'));
        digits.is_some_and(|d| d.len() == 8 && d.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    match body.rsplit_once(' ') {
        Some((text, rest)) if stamp(&rest) => text,
        _ => body,
    }
}

/// Sends all messages, several batches at the same time.
pub(in crate::aws) async fn flood(
    session: &Session,
    name: &str,
    messages: Vec<String>,
) -> Result<Acted, ProbeError> {
    let queue = there(session, name).await?;
    let batches: Vec<Vec<String>> = messages.chunks(10).map(<[String]>::to_vec).collect();
    stream::iter(
        batches
            .into_iter()
            .map(|batch| send_batch(session, &queue.url, batch)),
    )
    .buffer_unordered(AT_ONCE)
    .try_collect::<Vec<()>>()
    .await?;
    Ok(Acted::default())
}

async fn send_batch(session: &Session, url: &str, batch: Vec<String>) -> Result<(), ProbeError> {
    let entries = batch.into_iter().enumerate().filter_map(|(number, body)| {
        SendMessageBatchRequestEntry::builder()
            .id(number.to_string())
            .message_body(body)
            .build()
            .ok()
    });
    let call = session.sqs.send_message_batch().queue_url(url);
    let answer = once!(aws_sdk_sqs, call.set_entries(Some(entries.collect())))
        .send()
        .await
        .map_err(|e| fault("SendMessageBatch", &e))?;
    match answer.failed().first() {
        None => Ok(()),
        Some(failed) => Err(ProbeError {
            kind: ProbeErrorKind::Service,
            operation: "SendMessageBatch".to_owned(),
            message: failed.message().unwrap_or(failed.code()).to_owned(),
        }),
    }
}

async fn there(session: &Session, name: &str) -> Result<Queue, ProbeError> {
    by_name(session, name)
        .await?
        .ok_or_else(|| missing(format!("a fila `{name}` não existe")))
}

fn missing(message: String) -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Missing,
        operation: "SendMessage".to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_off_again_and_nothing_else_is() {
        assert_eq!(unstamped(&stamped("2 pago", "0a1b2c3d")), "2 pago");
        for body in ["2 pago", "2 [pago]", "2 [0a1b2c3]", r#"{"id": 5}"#, ""] {
            assert_eq!(unstamped(body), body);
        }
    }
}
