use std::time::{Duration, Instant};

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
};

use super::super::errors::{fault, found};
use super::super::moment::Moment;
use super::super::session::Session;
use super::send::unstamped;
use super::{beside, by_name, seen};
use crate::core::{Acted, Observation, ProbeError, ProbeErrorKind, SqsMessagesArgs};

/// What SQS takes in one call.
const BATCH: i32 = 10;
/// At most this many calls to read a queue.
const ROUNDS: usize = 60;
/// How long messages stay hidden while they are looked at, in seconds.
const HIDDEN: i32 = 20;
/// How long a drain waits for messages that somebody is working on.
const PATIENCE: Duration = Duration::from_secs(20);

pub(in crate::aws) async fn messages(
    session: &Session,
    moment: &Moment,
    args: &SqsMessagesArgs,
) -> Result<Observation, ProbeError> {
    let queue = seen(session, moment, &args.queue).await?;
    let Some(queue) = queue.as_ref() else {
        return Ok(Observation::absent().notes(beside(session, moment, &args.queue).await));
    };
    let mut bodies = peek(session, &queue.url, &args.containing).await?;
    if args.queue.ends_with(".fifo") {
        for body in &mut bodies {
            *body = unstamped(body).to_owned();
        }
    } else {
        bodies.sort();
    }
    Ok(Observation::present()
        .with("count", bodies.len())
        .with("bodies", bodies))
}

/// The bodies of the messages that hold a text; the messages stay.
pub(super) async fn peek(
    session: &Session,
    url: &str,
    containing: &str,
) -> Result<Vec<String>, ProbeError> {
    // In a task of its own: what was received is given back also when nobody
    // waits for the answer any more.
    let (session, url) = (session.clone(), url.to_owned());
    let look = tokio::spawn(async move {
        // Two looks at the same time would hide messages from each other.
        let _turn = session.peeking.lock().await;
        let (messages, read) = receive(&session, &url).await;
        give_back(&session, &url, &messages).await?;
        read.map(|()| messages)
    });
    let messages = look.await.map_err(|e| ProbeError {
        kind: ProbeErrorKind::Service,
        operation: "ReceiveMessage".to_owned(),
        message: e.to_string(),
    })??;
    Ok(messages
        .iter()
        .filter_map(Message::body)
        .filter(|body| body.contains(containing))
        .map(str::to_owned)
        .collect())
}

/// Removes the messages that hold a text from a queue and its dead-letter queue.
pub(in crate::aws) async fn drain(
    session: &Session,
    name: &str,
    containing: &str,
) -> Result<Acted, ProbeError> {
    let Some(queue) = by_name(session, name).await? else {
        return Ok(Acted::default());
    };
    let began = Instant::now();
    loop {
        let left = by_name(session, name).await?.map_or(0, |q| q.messages());
        if left == 0 {
            break;
        }
        let others = remove(session, &queue.url, containing).await?;
        // What is left is somebody else's, or somebody is working on it.
        if left <= others || began.elapsed() > PATIENCE {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    if let Some((dlq, _)) = queue.redrive()
        && let Some(dlq) = by_name(session, &dlq).await?
        && dlq.messages() > 0
    {
        remove(session, &dlq.url, containing).await?;
    }
    Ok(Acted::default())
}

/// Removes what holds the text among the messages that can be received, and
/// says how many others there are.
async fn remove(session: &Session, url: &str, containing: &str) -> Result<i64, ProbeError> {
    let _turn = session.peeking.lock().await;
    let (messages, read) = receive(session, url).await;
    let (ours, others): (Vec<Message>, Vec<Message>) = messages
        .into_iter()
        .partition(|m| m.body().is_some_and(|body| body.contains(containing)));
    give_back(session, url, &others).await?;
    for batch in ours.chunks(10) {
        let entries = entries(batch, |id, receipt| {
            DeleteMessageBatchRequestEntry::builder()
                .id(id)
                .receipt_handle(receipt)
                .build()
                .ok()
        });
        let call = session.sqs.delete_message_batch().queue_url(url);
        call.set_entries(Some(entries))
            .send()
            .await
            .map_err(|e| fault("DeleteMessageBatch", &e))?;
    }
    read?;
    Ok(i64::try_from(others.len()).unwrap_or_default())
}

/// Receives until nothing comes any more. What was received is told also when
/// a later call failed, so that it can be given back.
async fn receive(session: &Session, url: &str) -> (Vec<Message>, Result<(), ProbeError>) {
    // A short poll of AWS asks only some of its servers.
    let wait = i32::from(session.endpoint().is_none());
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        let answer = session
            .sqs
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(BATCH)
            .visibility_timeout(HIDDEN)
            .wait_time_seconds(wait)
            .send()
            .await;
        let page = match found("ReceiveMessage", answer) {
            Ok(page) => page.and_then(|p| p.messages).unwrap_or_default(),
            Err(error) => return (all, Err(error)),
        };
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    (all, Ok(()))
}

/// Lets others receive the messages again at once.
async fn give_back(session: &Session, url: &str, messages: &[Message]) -> Result<(), ProbeError> {
    for batch in messages.chunks(10) {
        let entries = entries(batch, |id, receipt| {
            ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(id)
                .receipt_handle(receipt)
                .visibility_timeout(0)
                .build()
                .ok()
        });
        let call = session.sqs.change_message_visibility_batch().queue_url(url);
        call.set_entries(Some(entries))
            .send()
            .await
            .map_err(|e| fault("ChangeMessageVisibilityBatch", &e))?;
    }
    Ok(())
}

fn entries<E>(batch: &[Message], entry: impl Fn(String, &str) -> Option<E>) -> Vec<E> {
    batch
        .iter()
        .enumerate()
        .filter_map(|(number, message)| entry(number.to_string(), message.receipt_handle()?))
        .collect()
}
