use futures_util::future::try_join_all;
use serde_json::Value;

use super::answer::{json, list, thing, without};
use crate::aws::Session;
use crate::core::ProbeError;

/// Where a message is changes by itself: it is received and shows up again.
/// How many there are in all does not.
const COUNTS: [&str; 3] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
];

/// Queues with their attributes and tags, and how many messages they hold.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let urls = list!(
        "ListQueues",
        // Without a limit there is only one page.
        session.sqs.list_queues().max_results(1000),
        set_next_token(next_token),
        "QueueUrls"
    );
    let urls = urls.iter().filter_map(Value::as_str);
    Ok(try_join_all(urls.map(|url| queue(session, url)))
        .await?
        .concat())
}

async fn queue(session: &Session, url: &str) -> Result<Vec<String>, ProbeError> {
    let attributes = json!(
        "GetQueueAttributes",
        session
            .sqs
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(aws_sdk_sqs::types::QueueAttributeName::All)
    )?["Attributes"]
        .take();
    let name = url.rsplit('/').next().unwrap_or_default();
    let what = format!("sqs_queue {name}");
    let count = |field: &str| attributes[field].as_str()?.parse::<u64>().ok();
    let messages: u64 = COUNTS.into_iter().filter_map(count).sum();
    let mut lines = thing(&what, &without(attributes.clone(), &COUNTS));
    lines.push(format!("{what} messages {messages}"));
    let tags = json!(
        "ListQueueTags",
        session.sqs.list_queue_tags().queue_url(url)
    )?;
    if let Some(tags) = tags["Tags"].as_object() {
        lines.extend(
            tags.iter()
                .map(|(key, value)| format!("{what} tag {key} {value}")),
        );
    }
    Ok(lines)
}
