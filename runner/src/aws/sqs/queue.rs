use aws_sdk_sqs::types::QueueAttributeName as Name;

use super::super::lambda::timeout;
use super::super::moment::Moment;
use super::super::session::Session;
use super::{beside, seen};
use crate::core::{Observation, ProbeError, SqsQueueArgs};

/// How much longer than the function's timeout AWS advises messages to stay
/// hidden ("Using Lambda with Amazon SQS" in the Lambda Developer Guide).
const ADVISED: i64 = 6;

pub(in crate::aws) async fn queue(
    session: &Session,
    moment: &Moment,
    args: &SqsQueueArgs,
) -> Result<Observation, ProbeError> {
    let queue = seen(session, moment, &args.queue).await?;
    let Some(queue) = queue.as_ref() else {
        return Ok(Observation::absent().notes(beside(session, moment, &args.queue).await));
    };
    let hidden = queue.number(&Name::VisibilityTimeout);
    let redrive = queue.redrive();
    let mut seen = Observation::present()
        .with("arn", queue.text(&Name::QueueArn))
        .with("visibility_timeout", hidden)
        .with(
            "receive_wait",
            queue.number(&Name::ReceiveMessageWaitTimeSeconds),
        )
        .with("retention", queue.number(&Name::MessageRetentionPeriod))
        .with("fifo", queue.yes(&Name::FifoQueue))
        .with(
            "content_based_deduplication",
            queue.yes(&Name::ContentBasedDeduplication),
        )
        .with("messages", queue.messages());
    seen = match redrive {
        Some((dlq, receives)) => seen.with("dlq", dlq).with("max_receives", receives),
        None => seen.with("dlq", "").with("max_receives", 0),
    };
    if let Some(function) = &args.function {
        let Some(limit) = timeout(session, moment, function).await? else {
            return Ok(seen.note(format!("a função `{function}` não existe")));
        };
        let limit = i64::from(limit);
        seen = seen.with("visibility_covers_timeout", hidden >= limit);
        if hidden < limit {
            seen = seen.note(format!(
                "a mensagem reaparece em {hidden} s, e a função pode levar até {limit} s: a AWS recusa o mapeamento; o recomendado são {ADVISED} vezes o tempo limite"
            ));
        }
    }
    Ok(seen)
}
