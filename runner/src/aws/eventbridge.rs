use aws_sdk_eventbridge::types::{PutEventsRequestEntry, Target};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::errors::{fault, found};
use super::moment::Moment;
use super::near;
use super::once::once;
use super::session::Session;
use crate::core::{Acted, EventRuleArgs, Observation, ProbeError, ProbeErrorKind};

pub(super) async fn rule(
    session: &Session,
    moment: &Moment,
    args: &EventRuleArgs,
) -> Result<Observation, ProbeError> {
    let answer = session.events.describe_rule().name(&args.rule).send().await;
    let Some(rule) = found("DescribeRule", answer)? else {
        return Ok(Observation::absent().notes(near_rule(session, moment, &args.rule).await));
    };
    let pattern = rule.event_pattern().unwrap_or_default();
    let seen = Observation::present()
        .with("state", rule.state().map_or("", |s| s.as_str()))
        .with("pattern", pattern)
        .with("targets", arns(&targets(session, &args.rule).await?));
    if pattern.is_empty() {
        let missed: Vec<String> = args.matching.iter().map(Value::to_string).collect();
        return Ok(seen
            .note("a regra não tem padrão de eventos")
            .with("missed", missed)
            .with("caught", Vec::<String>::new()));
    }
    let account = rule.arn().and_then(|arn| arn.split(':').nth(4));
    let takes = |event: &Value| {
        let event = whole(event, session.region(), account.unwrap_or_default()).to_string();
        async move {
            let call = session.events.test_event_pattern();
            let answer = call.event_pattern(pattern).event(event).send().await;
            answer
                .map(|a| a.result())
                .map_err(|e| fault("TestEventPattern", &e))
        }
    };
    let wanted = try_join_all(args.matching.iter().map(takes)).await?;
    let unwanted = try_join_all(args.other.iter().map(takes)).await?;
    let of = |events: &[Value], verdicts: &[bool], which: bool| -> Vec<String> {
        events
            .iter()
            .zip(verdicts)
            .filter(|(_, verdict)| **verdict == which)
            .map(|(event, _)| event.to_string())
            .collect()
    };
    Ok(seen
        .with("missed", of(&args.matching, &wanted, false))
        .with("caught", of(&args.other, &unwanted, true)))
}

/// An event as it comes over the bus, with the fields that AWS adds.
fn whole(event: &Value, region: &str, account: &str) -> Value {
    let mut whole = json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "account": account,
        "time": "2026-01-02T03:04:05Z",
        "region": region,
        "resources": [],
    });
    if let (Some(fields), Some(own)) = (whole.as_object_mut(), event.as_object()) {
        fields.extend(own.clone());
    }
    whole
}

async fn near_rule(session: &Session, moment: &Moment, wanted: &str) -> Option<String> {
    let rules = moment
        .once("ListRules".to_owned(), async {
            let list = session.events.list_rules().send().await;
            let list = list.map_err(|e| fault("ListRules", &e))?;
            let names = list.rules().iter().filter_map(|r| r.name());
            Ok(names.map(str::to_owned).collect::<Vec<_>>())
        })
        .await
        .ok()?;
    near::sentence("há uma regra", wanted, rules.iter().map(String::as_str))
}

async fn targets(session: &Session, rule: &str) -> Result<Vec<Target>, ProbeError> {
    let answer = session.events.list_targets_by_rule().rule(rule).send();
    let answer = found("ListTargetsByRule", answer.await)?;
    Ok(answer.and_then(|a| a.targets).unwrap_or_default())
}

fn arns(targets: &[Target]) -> Vec<String> {
    targets.iter().map(|t| t.arn().to_owned()).collect()
}

/// How many targets a rule has; `None` when there is no such rule.
pub(super) async fn aimed(session: &Session, rule: &str) -> Result<Option<usize>, ProbeError> {
    let answer = session.events.describe_rule().name(rule).send().await;
    if found("DescribeRule", answer)?.is_none() {
        return Ok(None);
    }
    Ok(Some(targets(session, rule).await?.len()))
}

pub(super) async fn put(
    session: &Session,
    source: &str,
    detail_type: &str,
    detail: &Value,
) -> Result<Acted, ProbeError> {
    let entry = PutEventsRequestEntry::builder()
        .source(source)
        .detail_type(detail_type)
        .detail(detail.to_string())
        .build();
    let call = session.events.put_events().entries(entry);
    let sent = once!(aws_sdk_eventbridge, call).send().await;
    let answer = sent.map_err(|e| fault("PutEvents", &e))?;
    match answer.entries().iter().find_map(|e| e.error_message()) {
        None => Ok(Acted::default()),
        Some(message) => Err(ProbeError {
            kind: ProbeErrorKind::Refused,
            operation: "PutEvents".to_owned(),
            message: message.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_keeps_its_own_fields_and_gets_those_of_the_bus() {
        let event = json!({"source": "loja", "detail-type": "Pago", "detail": {"valor": 1}});
        let whole = whole(&event, "sa-east-1", "111122223333");
        assert_eq!(whole["source"], "loja");
        assert_eq!(whole["detail"]["valor"], 1);
        assert_eq!(whole["region"], "sa-east-1");
        assert_eq!(whole["account"], "111122223333");
        assert!(whole["id"].is_string() && whole["resources"].is_array());
    }
}
