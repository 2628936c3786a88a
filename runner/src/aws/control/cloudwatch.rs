use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::operation::list_dashboards::ListDashboardsOutput;
use aws_sdk_cloudwatch::types::AlarmType;

use super::{Done, Seen, Things, call, digest, link, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, Thing};

const API: &[Api] = &[Api::Cloudwatch];

pub(super) async fn alarms(session: &Session, pace: &dyn Pace) -> Things {
    some(session, pace, None).await
}

/// All alarms, or the one with a name.
async fn some(session: &Session, pace: &dyn Pace, name: Option<&str>) -> Things {
    let mut all = Vec::new();
    let call = || {
        let call = session.cloudwatch.describe_alarms();
        call.set_alarm_names(name.map(|name| vec![name.to_owned()]))
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
    };
    pages!(
        pace,
        API,
        "DescribeAlarms",
        call(),
        set_next_token(next_token),
        |page: DescribeAlarmsOutput| {
            macro_rules! alarms {
                ($alarms:expr) => {
                    for alarm in $alarms.unwrap_or_default() {
                        let mut thing = Thing::new(
                            Kind::CloudwatchAlarm,
                            alarm.alarm_name().unwrap_or_default(),
                        );
                        let arn = alarm.alarm_arn().unwrap_or_default();
                        arn.clone_into(&mut thing.id);
                        let at = alarm.alarm_configuration_updated_timestamp();
                        thing.made = at.map(ToString::to_string).unwrap_or_default();
                        let actions = [
                            alarm.alarm_actions(),
                            alarm.ok_actions(),
                            alarm.insufficient_data_actions(),
                        ];
                        for action in actions.concat() {
                            link(&mut thing, &action);
                        }
                        all.push(thing);
                    }
                };
            }
            alarms!(page.metric_alarms);
            alarms!(page.composite_alarms);
        }
    );
    Ok(all)
}

pub(super) async fn alarm(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let named = some(session, pace, Some(&thing.name)).await?;
    let Some(mut now) = named.into_iter().find(|alarm| alarm.name == thing.name) else {
        return Ok(None);
    };
    let call = session
        .cloudwatch
        .list_tags_for_resource()
        .resource_arn(&now.id);
    let answer = call!(pace, API, call);
    let Some(tags) = there("ListTagsForResource", answer)? else {
        return Ok(None);
    };
    let tags = tags.tags.unwrap_or_default().into_iter();
    now.tags = tags.filter_map(|t| Some((t.key?, t.value?))).collect();
    Ok(Some(now))
}

pub(super) async fn delete_alarm(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let call = session.cloudwatch.delete_alarms().alarm_names(&thing.name);
    let answer = call!(pace, &[], call);
    gone(answer.map_err(|e| fault("DeleteAlarms", &e)))
}

pub(super) async fn dashboards(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.cloudwatch.list_dashboards();
    pages!(
        pace,
        API,
        "ListDashboards",
        call(),
        set_next_token(next_token),
        |page: ListDashboardsOutput| {
            for dashboard in page.dashboard_entries.unwrap_or_default() {
                let name = dashboard.dashboard_name.unwrap_or_default();
                all.push(Thing::new(Kind::CloudwatchDashboard, name));
            }
        }
    );
    Ok(all)
}

pub(super) async fn dashboard(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let call = session
        .cloudwatch
        .get_dashboard()
        .dashboard_name(&thing.name);
    let answer = call!(pace, API, call);
    Ok(there("GetDashboard", answer)?.map(|answer| {
        let mut now = Thing::new(Kind::CloudwatchDashboard, &thing.name);
        now.made = digest(answer.dashboard_body().unwrap_or_default());
        now
    }))
}

pub(super) async fn delete_dashboard(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let call = session
        .cloudwatch
        .delete_dashboards()
        .dashboard_names(&thing.name);
    let answer = call!(pace, &[], call);
    gone(answer.map_err(|e| fault("DeleteDashboards", &e)))
}
