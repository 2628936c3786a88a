use aws_sdk_sns::operation::list_subscriptions_by_topic::ListSubscriptionsByTopicOutput;
use aws_sdk_sns::operation::list_topics::ListTopicsOutput;
use aws_sdk_sns::types::Subscription;

use super::{Done, Seen, Things, call, digest, link, pages, there};
use crate::aws::arn;
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, ProbeError, Thing};

const API: &[Api] = &[Api::Sns];

pub(super) async fn topics(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.sns.list_topics();
    pages!(
        pace,
        API,
        "ListTopics",
        call(),
        set_next_token(next_token),
        |page: ListTopicsOutput| {
            for topic in page.topics.unwrap_or_default() {
                all.push(of_arn(topic.topic_arn().unwrap_or_default()));
            }
        }
    );
    Ok(all)
}

fn of_arn(arn: &str) -> Thing {
    let mut thing = Thing::new(Kind::SnsTopic, arn::last(arn));
    arn.clone_into(&mut thing.id);
    thing
}

/// A topic does not tell when it was made: its policy and name have to do.
pub(super) async fn topic(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let call = session.sns.get_topic_attributes().topic_arn(&thing.id);
    let answer = call!(pace, API, call);
    let Some(attributes) = there("GetTopicAttributes", answer)?.and_then(|a| a.attributes) else {
        return Ok(None);
    };
    let mut now = of_arn(&thing.id);
    let text = |name: &str| attributes.get(name).map_or("", String::as_str);
    now.made = digest(&format!("{} {}", text("Policy"), text("DisplayName")));
    let call = session.sns.list_tags_for_resource().resource_arn(&thing.id);
    let answer = call!(pace, API, call);
    let Some(tags) = there("ListTagsForResource", answer)? else {
        return Ok(None);
    };
    let tags = tags.tags.unwrap_or_default().into_iter();
    now.tags = tags.map(|t| (t.key, t.value)).collect();
    for subscription in subscriptions(session, &thing.id, pace).await? {
        link(&mut now, subscription.endpoint().unwrap_or_default());
    }
    Ok(Some(now))
}

async fn subscriptions(
    session: &Session,
    arn: &str,
    pace: &dyn Pace,
) -> Result<Vec<Subscription>, ProbeError> {
    let mut all = Vec::new();
    let call = || session.sns.list_subscriptions_by_topic().topic_arn(arn);
    pages!(
        pace,
        API,
        "ListSubscriptionsByTopic",
        call(),
        set_next_token(next_token),
        |page: ListSubscriptionsByTopicOutput| {
            all.extend(page.subscriptions.unwrap_or_default());
        }
    );
    Ok(all)
}

/// Its subscriptions go with it, without a right of their own.
pub(super) async fn delete(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let call = session.sns.delete_topic().topic_arn(&thing.id);
    let answer = call!(pace, &[], call);
    gone(answer.map_err(|e| fault("DeleteTopic", &e)))
}
