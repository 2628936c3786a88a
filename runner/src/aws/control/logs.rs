use aws_sdk_cloudwatchlogs::operation::describe_log_groups::DescribeLogGroupsOutput;

use super::{Done, Seen, Things, call, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, Thing};

/// All groups, or those whose names begin so.
pub(super) async fn groups(session: &Session, pace: &dyn Pace, start: Option<&str>) -> Things {
    let mut all = Vec::new();
    let call = || {
        let call = session.logs.describe_log_groups();
        call.set_log_group_name_prefix(start.map(str::to_owned))
    };
    pages!(
        pace,
        &[Api::DescribeLogGroups],
        "DescribeLogGroups",
        call(),
        set_next_token(next_token),
        |page: DescribeLogGroupsOutput| {
            for group in page.log_groups.unwrap_or_default() {
                let mut thing =
                    Thing::new(Kind::LogGroup, group.log_group_name().unwrap_or_default());
                let arn = group.arn().unwrap_or_default();
                arn.trim_end_matches(":*").clone_into(&mut thing.id);
                thing.made = group.creation_time().unwrap_or_default().to_string();
                all.push(thing);
            }
        }
    );
    Ok(all)
}

pub(super) async fn group(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let named = groups(session, pace, Some(&thing.name)).await?;
    let Some(mut now) = named.into_iter().find(|group| group.name == thing.name) else {
        return Ok(None);
    };
    let call = session.logs.list_tags_for_resource().resource_arn(&now.id);
    let answer = call!(pace, &[Api::Logs], call);
    let Some(tags) = there("ListTagsForResource", answer)? else {
        return Ok(None);
    };
    now.tags = tags.tags.unwrap_or_default().into_iter().collect();
    Ok(Some(now))
}

pub(super) async fn delete(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let call = session.logs.delete_log_group().log_group_name(&thing.name);
    let answer = call!(pace, &[], call);
    gone(answer.map_err(|e| fault("DeleteLogGroup", &e)))
}
