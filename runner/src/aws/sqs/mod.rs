//! Queues: their attributes, what waits in them, and what is sent to them.

mod flow;
mod messages;
mod queue;
mod send;

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_sqs::types::QueueAttributeName;

use super::arn;
use super::errors::{fault, found};
use super::moment::Moment;
use super::near;
use super::session::Session;
use crate::core::ProbeError;

pub(super) use flow::flow;
pub(super) use messages::{drain, messages};
pub(super) use queue::queue;
pub(super) use send::{fifo, flood, send};

/// A queue that is there.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub(super) url: String,
    attributes: HashMap<QueueAttributeName, String>,
}

impl Queue {
    pub(super) fn text(&self, name: &QueueAttributeName) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub(super) fn number(&self, name: &QueueAttributeName) -> i64 {
        self.text(name).parse().unwrap_or_default()
    }

    fn yes(&self, name: &QueueAttributeName) -> bool {
        self.text(name) == "true"
    }

    /// All messages, those that somebody is working on included.
    pub(super) fn messages(&self) -> i64 {
        [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ]
        .iter()
        .map(|name| self.number(name))
        .sum()
    }

    /// Name of the dead-letter queue, and after how many receives a message goes there.
    fn redrive(&self) -> Option<(String, i64)> {
        let policy = self.text(&QueueAttributeName::RedrivePolicy);
        let policy: serde_json::Value = serde_json::from_str(policy).ok()?;
        let dlq = arn::last(policy["deadLetterTargetArn"].as_str()?);
        // The console writes a number, some tools write a text.
        let receives = &policy["maxReceiveCount"];
        let receives = receives
            .as_i64()
            .or_else(|| receives.as_str()?.parse().ok())?;
        Some((dlq.to_owned(), receives))
    }
}

/// The queue with this name; `None` when there is none.
pub(super) async fn by_name(session: &Session, name: &str) -> Result<Option<Queue>, ProbeError> {
    let answer = session.sqs.get_queue_url().queue_name(name).send().await;
    let Some(url) = found("GetQueueUrl", answer)?.and_then(|a| a.queue_url) else {
        return Ok(None);
    };
    let answer = session
        .sqs
        .get_queue_attributes()
        .queue_url(&url)
        .attribute_names(QueueAttributeName::All)
        .send()
        .await;
    Ok(found("GetQueueAttributes", answer)?.map(|a| Queue {
        url,
        attributes: a.attributes.unwrap_or_default(),
    }))
}

/// The same for looks of one moment.
async fn seen(
    session: &Session,
    moment: &Moment,
    name: &str,
) -> Result<Arc<Option<Queue>>, ProbeError> {
    moment
        .once(format!("GetQueueAttributes {name}"), by_name(session, name))
        .await
}

/// What is known beside a queue that is not there.
async fn beside(session: &Session, moment: &Moment, wanted: &str) -> Vec<String> {
    let here = moment
        .once("ListQueues".to_owned(), async {
            let list = session.sqs.list_queues().send().await;
            let list = list.map_err(|e| fault("ListQueues", &e))?;
            let names = list.queue_urls().iter();
            Ok(names
                .filter_map(|url| url.rsplit('/').next().map(str::to_owned))
                .collect::<Vec<_>>())
        })
        .await;
    near::beside(session, "fila", wanted, here, |region| async move {
        let config = aws_sdk_sqs::config::Builder::new().region(region);
        let call = session.sqs.get_queue_url().queue_name(wanted).customize();
        call.config_override(config).send().await.is_ok()
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_redrive(policy: &str) -> Queue {
        Queue {
            url: String::new(),
            attributes: HashMap::from([(QueueAttributeName::RedrivePolicy, policy.to_owned())]),
        }
    }

    #[test]
    fn a_redrive_policy_is_read_however_the_number_is_written() {
        let arn = "arn:aws:sqs:us-east-1:111122223333:ana-dlq";
        for count in ["3", "\"3\""] {
            let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{count}}}"#);
            assert_eq!(
                with_redrive(&policy).redrive(),
                Some(("ana-dlq".to_owned(), 3))
            );
        }
        assert_eq!(with_redrive("").redrive(), None);
        assert_eq!(with_redrive("{}").redrive(), None);
    }
}
