use aws_sdk_eventbridge::operation::list_rules::ListRulesOutput;
use aws_sdk_eventbridge::operation::list_targets_by_rule::ListTargetsByRuleOutput;
use aws_sdk_eventbridge::operation::remove_targets::RemoveTargetsOutput;
use aws_sdk_eventbridge::types::Target;

use super::{Done, Seen, Things, call, digest, link, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, ProbeError, ProbeErrorKind, Thing};

const API: &[Api] = &[Api::Events];

/// How many targets one call removes.
const BATCH: usize = 10;

/// The rules of the default bus.
pub(super) async fn rules(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.events.list_rules();
    pages!(
        pace,
        API,
        "ListRules",
        call(),
        set_next_token(next_token),
        |page: ListRulesOutput| {
            for rule in page.rules.unwrap_or_default() {
                let mut thing = Thing::new(Kind::EventRule, rule.name().unwrap_or_default());
                thing.held = held(rule.managed_by());
                all.push(thing);
            }
        }
    );
    Ok(all)
}

fn held(by: Option<&str>) -> Option<String> {
    by.filter(|by| !by.is_empty())
        .map(|by| format!("é mantida pelo serviço {by}"))
}

pub(super) async fn rule(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let answer = call!(pace, API, session.events.describe_rule().name(&thing.name));
    let Some(rule) = there("DescribeRule", answer)? else {
        return Ok(None);
    };
    let mut now = Thing::new(Kind::EventRule, &thing.name);
    now.held = held(rule.managed_by());
    now.made = digest(&format!(
        "{} {} {}",
        rule.event_pattern().unwrap_or_default(),
        rule.schedule_expression().unwrap_or_default(),
        rule.created_by().unwrap_or_default(),
    ));
    let call = session.events.list_tags_for_resource();
    let answer = call!(pace, API, call.set_resource_arn(rule.arn));
    let Some(tags) = there("ListTagsForResource", answer)? else {
        return Ok(None);
    };
    let tags = tags.tags.unwrap_or_default().into_iter();
    now.tags = tags.map(|t| (t.key, t.value)).collect();
    for target in targets(session, &thing.name, pace).await? {
        link(&mut now, target.arn());
    }
    Ok(Some(now))
}

async fn targets(
    session: &Session,
    rule: &str,
    pace: &dyn Pace,
) -> Result<Vec<Target>, ProbeError> {
    let mut all = Vec::new();
    let call = || session.events.list_targets_by_rule().rule(rule);
    pages!(
        pace,
        API,
        "ListTargetsByRule",
        call(),
        set_next_token(next_token),
        |page: ListTargetsByRuleOutput| {
            all.extend(page.targets.unwrap_or_default());
        }
    );
    Ok(all)
}

/// A rule that has targets cannot be deleted. `Force` is never used: it takes
/// away rules that a service keeps.
pub(super) async fn delete(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let targets = match targets(session, &thing.name, pace).await {
        Err(error) if error.kind == ProbeErrorKind::Missing => return Ok(()),
        targets => targets?,
    };
    for batch in targets.chunks(BATCH) {
        let ids = batch.iter().map(|target| target.id().to_owned()).collect();
        let call = session.events.remove_targets().rule(&thing.name);
        let answer = call!(pace, API, call.set_ids(Some(ids)));
        let removed = there("RemoveTargets", answer)?;
        if let Some(first) = removed
            .iter()
            .flat_map(RemoveTargetsOutput::failed_entries)
            .next()
        {
            return Err(ProbeError {
                kind: ProbeErrorKind::Refused,
                operation: "RemoveTargets".to_owned(),
                message: first.error_message().unwrap_or_default().to_owned(),
            });
        }
    }
    let answer = call!(pace, &[], session.events.delete_rule().name(&thing.name));
    gone(answer.map_err(|e| fault("DeleteRule", &e)))
}
