use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::super::errors::fault;
use super::super::session::Session;
use super::{Queue, by_name};
use crate::core::{Acted, ProbeError, ProbeErrorKind};

/// How many batches are on their way at the same time.
const AT_ONCE: usize = 8;

pub(in crate::aws) async fn send(
    session: &Session,
    name: &str,
    body: String,
    group: Option<&str>,
) -> Result<Acted, ProbeError> {
    let queue = there(session, name).await?;
    let sent = session
        .sqs
        .send_message()
        .queue_url(&queue.url)
        .message_body(body)
        .set_message_group_id(group.map(str::to_owned))
        .send()
        .await;
    sent.map(|_| Acted::default()).map_err(|e| {
        let error = fault("SendMessage", &e);
        // The one way in which a right call is refused for what the learner has set.
        if error.message.contains("ContentBasedDeduplication") {
            return missing(format!(
                "a fila `{name}` não deduplica pelo conteúdo: a AWS recusa uma mensagem sem `MessageDeduplicationId`"
            ));
        }
        error
    })
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
    let answer = call
        .set_entries(Some(entries.collect()))
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
