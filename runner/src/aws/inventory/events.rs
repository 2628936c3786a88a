use futures_util::future::try_join_all;
use serde_json::Value;

use super::answer::{json, list, text, thing, without};
use crate::aws::Session;
use crate::core::ProbeError;

/// Event buses but the default one, which every account has, and the rules of
/// all with their targets and tags.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let buses = list!(
        "ListEventBuses",
        session.events.list_event_buses(),
        set_next_token(next_token),
        "EventBuses"
    );
    let looks = buses.into_iter().map(|b| bus(session, b));
    Ok(try_join_all(looks).await?.concat())
}

async fn bus(session: &Session, bus: Value) -> Result<Vec<String>, ProbeError> {
    let name = text(&bus, "Name").to_owned();
    let mut lines = Vec::new();
    if name != "default" {
        let volatile = ["LastModifiedTime"];
        lines = thing(&format!("event_bus {name}"), &without(bus, &volatile));
    }
    let rules = list!(
        "ListRules",
        session.events.list_rules().event_bus_name(&name),
        set_next_token(next_token),
        "Rules"
    );
    let looks = rules.into_iter().map(|r| rule(session, &name, r));
    lines.extend(try_join_all(looks).await?.concat());
    Ok(lines)
}

async fn rule(session: &Session, bus: &str, rule: Value) -> Result<Vec<String>, ProbeError> {
    let name = text(&rule, "Name").to_owned();
    let arn = text(&rule, "Arn").to_owned();
    let what = format!("event_rule {bus} {name}");
    let mut lines = thing(&what, &rule);
    let targets = list!(
        "ListTargetsByRule",
        session
            .events
            .list_targets_by_rule()
            .event_bus_name(bus)
            .rule(&name),
        set_next_token(next_token),
        "Targets"
    );
    lines.extend(targets.iter().map(|t| format!("{what} target {t}")));
    let mut tags = json!(
        "ListTagsForResource",
        session.events.list_tags_for_resource().resource_arn(arn)
    )?;
    if let Value::Array(tags) = tags["Tags"].take() {
        lines.extend(tags.iter().map(|tag| format!("{what} tag {tag}")));
    }
    Ok(lines)
}
