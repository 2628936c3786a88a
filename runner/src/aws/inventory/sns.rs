use std::collections::{BTreeMap, HashMap};

use aws_sdk_sns::types::{Subscription, Topic};
use futures_util::future::try_join_all;
use serde_json::json;

use super::answer::{thing, told};
use crate::aws::{Session, arn};
use crate::core::ProbeError;

/// How many subscriptions there are is told by the subscriptions.
const COUNTED: &str = "Subscriptions";

/// Topics with their attributes, tags and subscriptions.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let mut topics: Vec<Topic> = Vec::new();
    let mut next = None;
    loop {
        let call = session.sns.list_topics().set_next_token(next);
        let (page, _) = told!("ListTopics", call)?;
        topics.extend(page.topics.unwrap_or_default());
        next = page.next_token;
        if next.is_none() {
            break;
        }
    }
    let arns = topics.iter().filter_map(|t| t.topic_arn());
    Ok(try_join_all(arns.map(|arn| topic(session, arn)))
        .await?
        .concat())
}

async fn topic(session: &Session, arn: &str) -> Result<Vec<String>, ProbeError> {
    let what = format!("sns_topic {}", arn::last(arn));
    let (answer, _) = told!(
        "GetTopicAttributes",
        session.sns.get_topic_attributes().topic_arn(arn)
    )?;
    let mut lines = thing(&what, &json!(sorted(answer.attributes)));
    let (tags, _) = told!(
        "ListTagsForResource",
        session.sns.list_tags_for_resource().resource_arn(arn)
    )?;
    lines.extend(
        tags.tags()
            .iter()
            .map(|tag| format!("{what} tag {} {}", tag.key(), tag.value())),
    );
    let mut next = None;
    loop {
        let call = session.sns.list_subscriptions_by_topic().topic_arn(arn);
        let (page, _) = told!("ListSubscriptionsByTopic", call.set_next_token(next))?;
        let looks = page
            .subscriptions()
            .iter()
            .map(|s| subscription(session, &what, s));
        lines.extend(try_join_all(looks).await?);
        next = page.next_token;
        if next.is_none() {
            return Ok(lines);
        }
    }
}

async fn subscription(
    session: &Session,
    what: &str,
    subscription: &Subscription,
) -> Result<String, ProbeError> {
    let arn = subscription.subscription_arn().unwrap_or_default();
    let to = format!(
        "{} {}",
        subscription.protocol().unwrap_or_default(),
        subscription.endpoint().unwrap_or_default()
    );
    // One that nobody confirmed yet has no ARN, and no attributes.
    if !arn.starts_with("arn:") {
        return Ok(format!("{what} subscription {to} {arn}"));
    }
    let call = session.sns.get_subscription_attributes();
    let (answer, _) = told!("GetSubscriptionAttributes", call.subscription_arn(arn))?;
    let attributes = json!(sorted(answer.attributes));
    Ok(format!("{what} subscription {to} {attributes}"))
}

fn sorted(attributes: Option<HashMap<String, String>>) -> BTreeMap<String, String> {
    let attributes = attributes.unwrap_or_default().into_iter();
    attributes
        .filter(|(name, _)| !name.starts_with(COUNTED))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_left_out() {
        let attributes = HashMap::from([
            ("SubscriptionsConfirmed".to_owned(), "1".to_owned()),
            ("DisplayName".to_owned(), "Avisos".to_owned()),
        ]);
        let kept = sorted(Some(attributes));
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["DisplayName"]);
    }
}
