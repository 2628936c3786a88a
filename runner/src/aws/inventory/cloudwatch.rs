use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, MetricAlarm};
use futures_util::future::try_join_all;

use crate::aws::Session;
use crate::aws::dashboard;
use crate::aws::errors::fault;
use crate::core::ProbeError;

/// Alarms without their states, which change by themselves, their tags, and
/// dashboards. Metrics are what programs told, not what somebody made.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let mut lines = Vec::new();
    let mut next = None;
    loop {
        let page = session
            .cloudwatch
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .set_next_token(next)
            .send()
            .await
            .map_err(|e| fault("DescribeAlarms", &e))?;
        let metric = page.metric_alarms.unwrap_or_default().into_iter().map(one);
        let composite = page.composite_alarms.unwrap_or_default();
        let all = metric.chain(composite.into_iter().map(several));
        let all = all.map(|(name, arn, told)| alarm(session, name, arn, told));
        lines.extend(try_join_all(all).await?.concat());
        next = page.next_token;
        if next.is_none() {
            break;
        }
    }
    for name in dashboard::names(session).await? {
        let body = dashboard::body(session, &name).await?.unwrap_or_default();
        lines.push(format!("cloudwatch_dashboard {name}"));
        lines.push(format!("cloudwatch_dashboard {name} body {body}"));
    }
    Ok(lines)
}

type Told = (String, String, String);

fn one(mut alarm: MetricAlarm) -> Told {
    alarm.state_value = None;
    alarm.state_reason = None;
    alarm.state_reason_data = None;
    alarm.state_updated_timestamp = None;
    alarm.state_transitioned_timestamp = None;
    alarm.evaluation_state = None;
    let name = alarm.alarm_name.clone().unwrap_or_default();
    let arn = alarm.alarm_arn.clone().unwrap_or_default();
    (name, arn, format!("{alarm:?}"))
}

fn several(mut alarm: CompositeAlarm) -> Told {
    alarm.state_value = None;
    alarm.state_reason = None;
    alarm.state_reason_data = None;
    alarm.state_updated_timestamp = None;
    alarm.state_transitioned_timestamp = None;
    alarm.actions_suppressed_by = None;
    alarm.actions_suppressed_reason = None;
    let name = alarm.alarm_name.clone().unwrap_or_default();
    let arn = alarm.alarm_arn.clone().unwrap_or_default();
    (name, arn, format!("{alarm:?}"))
}

async fn alarm(
    session: &Session,
    name: String,
    arn: String,
    told: String,
) -> Result<Vec<String>, ProbeError> {
    let call = session.cloudwatch.list_tags_for_resource();
    let answer = call.resource_arn(arn).send().await;
    let answer = answer.map_err(|e| fault("ListTagsForResource", &e))?;
    let what = format!("cloudwatch_alarm {name}");
    let tags = answer
        .tags()
        .iter()
        .filter_map(|t| Some(format!("{what} tag {} {}", t.key()?, t.value()?)));
    let mut lines: Vec<String> = tags.collect();
    lines.push(format!("{what} as {told}"));
    lines.push(what);
    Ok(lines)
}
