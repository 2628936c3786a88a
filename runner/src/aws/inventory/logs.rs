use futures_util::future::try_join_all;
use serde_json::Value;

use super::answer::{json, list, text, thing, without};
use crate::aws::Session;
use crate::core::ProbeError;

/// Log groups with their filters and tags, destinations and policies. Streams
/// and events are what programs wrote, not what somebody made.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let groups = list!(
        "DescribeLogGroups",
        session.logs.describe_log_groups(),
        set_next_token(next_token),
        "logGroups"
    );
    let filters = list!(
        "DescribeMetricFilters",
        session.logs.describe_metric_filters(),
        set_next_token(next_token),
        "metricFilters"
    );
    let destinations = list!(
        "DescribeDestinations",
        session.logs.describe_destinations(),
        set_next_token(next_token),
        "destinations"
    );
    let policies = list!(
        "DescribeResourcePolicies",
        session.logs.describe_resource_policies(),
        set_next_token(next_token),
        "resourcePolicies"
    );
    let mut lines = try_join_all(groups.into_iter().map(|g| group(session, g)))
        .await?
        .concat();
    for filter in filters {
        lines.push(format!(
            "log_group {} metric_filter {filter}",
            text(&filter, "logGroupName")
        ));
    }
    for destination in destinations {
        let what = format!("log_destination {}", text(&destination, "destinationName"));
        lines.extend(thing(&what, &destination));
    }
    for policy in policies {
        let what = format!("log_policy {}", text(&policy, "policyName"));
        lines.extend(thing(&what, &policy));
    }
    Ok(lines)
}

async fn group(session: &Session, group: Value) -> Result<Vec<String>, ProbeError> {
    let name = text(&group, "logGroupName").to_owned();
    let arn = text(&group, "arn").trim_end_matches(":*").to_owned();
    let what = format!("log_group {name}");
    let mut lines = thing(
        &what,
        &without(group, &["metricFilterCount", "storedBytes"]),
    );
    let subscriptions = list!(
        "DescribeSubscriptionFilters",
        session
            .logs
            .describe_subscription_filters()
            .log_group_name(&name),
        set_next_token(next_token),
        "subscriptionFilters"
    );
    lines.extend(
        subscriptions
            .iter()
            .map(|s| format!("{what} subscription {s}")),
    );
    let tags = json!(
        "ListTagsForResource",
        session.logs.list_tags_for_resource().resource_arn(arn)
    )?;
    lines.push(format!("{what} tags {}", tags["tags"]));
    Ok(lines)
}
