use aws_sdk_sqs::operation::list_queues::ListQueuesOutput;
use aws_sdk_sqs::types::QueueAttributeName;

use super::{Done, Seen, Things, call, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, Thing};

const API: &[Api] = &[Api::Sqs];

pub(super) async fn queues(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    // Without a limit there is only one page.
    let call = || session.sqs.list_queues().max_results(1000);
    pages!(
        pace,
        API,
        "ListQueues",
        call(),
        set_next_token(next_token),
        |page: ListQueuesOutput| {
            all.extend(
                page.queue_urls
                    .unwrap_or_default()
                    .iter()
                    .map(|url| of_url(url)),
            );
        }
    );
    Ok(all)
}

fn of_url(url: &str) -> Thing {
    let mut thing = Thing::new(Kind::SqsQueue, url.rsplit('/').next().unwrap_or_default());
    url.clone_into(&mut thing.id);
    thing
}

pub(super) async fn by_name(session: &Session, name: &str, pace: &dyn Pace) -> Things {
    let answer = call!(pace, API, session.sqs.get_queue_url().queue_name(name));
    let url = there("GetQueueUrl", answer)?.and_then(|answer| answer.queue_url);
    Ok(url.iter().map(|url| of_url(url)).collect())
}

pub(super) async fn queue(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let call = session.sqs.get_queue_attributes().queue_url(&thing.id);
    let created = QueueAttributeName::CreatedTimestamp;
    let answer = call!(pace, API, call.attribute_names(created.clone()));
    let Some(answer) = there("GetQueueAttributes", answer)? else {
        return Ok(None);
    };
    let mut now = of_url(&thing.id);
    let made = answer.attributes.and_then(|mut all| all.remove(&created));
    now.made = made.unwrap_or_default();
    let call = session.sqs.list_queue_tags().queue_url(&thing.id);
    let answer = call!(pace, API, call);
    let Some(tags) = there("ListQueueTags", answer)? else {
        return Ok(None);
    };
    now.tags = tags.tags.unwrap_or_default().into_iter().collect();
    Ok(Some(now))
}

pub(super) async fn delete(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let answer = call!(pace, &[], session.sqs.delete_queue().queue_url(&thing.id));
    gone(answer.map_err(|e| fault("DeleteQueue", &e)))
}
