use aws_sdk_sns::types::Subscription;

use super::arn;
use super::errors::{fault, found};
use super::moment::Moment;
use super::near;
use super::once::once;
use super::session::Session;
use crate::core::{Acted, Observation, ProbeError, ProbeErrorKind, SnsTopicArgs};

pub(super) async fn topic(
    session: &Session,
    moment: &Moment,
    args: &SnsTopicArgs,
) -> Result<Observation, ProbeError> {
    let topics = moment
        .once("ListTopics".to_owned(), topics(session))
        .await?;
    let Some(arn) = topics.iter().find(|arn| arn::last(arn) == args.topic) else {
        let names = topics.iter().map(|arn| arn::last(arn));
        let note = near::sentence("há um tópico", &args.topic, names);
        return Ok(Observation::absent().notes(note));
    };
    let subscriptions = moment
        .once(
            format!("ListSubscriptionsByTopic {arn}"),
            subscriptions(session, arn),
        )
        .await?;
    let ours: Vec<&Subscription> = subscriptions
        .iter()
        .filter(|s| s.protocol() == Some("lambda"))
        .filter(|s| s.endpoint().map(arn::function) == Some(&args.function))
        .collect();
    let mut filter = String::new();
    for subscription in &ours {
        let Some(arn) = subscription.subscription_arn() else {
            continue;
        };
        let call = session.sns.get_subscription_attributes();
        let answer = call.subscription_arn(arn).send().await;
        let attributes = found("GetSubscriptionAttributes", answer)?
            .and_then(|a| a.attributes)
            .unwrap_or_default();
        if let Some(policy) = attributes
            .get("FilterPolicy")
            .filter(|p| p.as_str() != "{}")
        {
            filter.clone_from(policy);
        }
    }
    Ok(Observation::present()
        .with(
            "subscriptions",
            subscriptions.iter().map(describe).collect::<Vec<_>>(),
        )
        .with("function_subscriptions", ours.len())
        .with("filter", filter))
}

fn describe(subscription: &Subscription) -> String {
    format!(
        "{} {}",
        subscription.protocol().unwrap_or_default(),
        subscription.endpoint().unwrap_or_default()
    )
}

async fn topics(session: &Session) -> Result<Vec<String>, ProbeError> {
    let all = session
        .sns
        .list_topics()
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|e| fault("ListTopics", &e))?;
    Ok(all.into_iter().filter_map(|t| t.topic_arn).collect())
}

async fn subscriptions(session: &Session, arn: &str) -> Result<Vec<Subscription>, ProbeError> {
    session
        .sns
        .list_subscriptions_by_topic()
        .topic_arn(arn)
        .into_paginator()
        .items()
        .send()
        .collect::<Result<_, _>>()
        .await
        .map_err(|e| fault("ListSubscriptionsByTopic", &e))
}

/// The ARN of the topic with this name; `None` when there is none.
pub(super) async fn by_name(session: &Session, name: &str) -> Result<Option<String>, ProbeError> {
    let topics = topics(session).await?;
    Ok(topics.into_iter().find(|arn| arn::last(arn) == name))
}

/// How many subscriptions a topic has.
pub(super) async fn subscribed(session: &Session, arn: &str) -> Result<usize, ProbeError> {
    Ok(subscriptions(session, arn).await?.len())
}

pub(super) async fn publish(
    session: &Session,
    topic: &str,
    message: String,
) -> Result<Acted, ProbeError> {
    let Some(arn) = by_name(session, topic).await? else {
        return Err(ProbeError {
            kind: ProbeErrorKind::Missing,
            operation: "Publish".to_owned(),
            message: format!("o tópico `{topic}` não existe"),
        });
    };
    let call = session.sns.publish().topic_arn(arn).message(message);
    once!(aws_sdk_sns, call)
        .send()
        .await
        .map(|_| Acted::default())
        .map_err(|e| fault("Publish", &e))
}
