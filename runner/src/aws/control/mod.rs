//! Lists, looks at and deletes what a reset is about: one file a service. Every
//! call waits for its turn, so that AWS's limits are kept whoever asks.

mod apigateway;
mod cloudwatch;
mod dynamodb;
mod events;
mod iam;
mod lambda;
mod logs;
mod s3;
mod sns;
mod sqs;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::BoxFuture;

use super::arn;
use super::errors::fault;
use super::session::Session;
use crate::core::{
    Aside, Control, Kind, Pace, ProbeError, ProbeErrorKind, Resource, Thing, fingerprint,
    log_group_of,
};

/// Makes a call when it is its turn; again if it may then pass. Without families
/// it is the one that deletes: its turn, and its repetition, are the caller's.
macro_rules! call {
    ($pace:expr, $apis:expr, $call:expr) => {{
        let (apis, call): (&[Api], _) = ($apis, $call);
        let mut tries = 0;
        loop {
            let place = $pace.turn(apis).await;
            let answer = Box::pin(call.clone().send()).await;
            drop(place);
            tries += 1;
            let pause = match &answer {
                Err(error) if !apis.is_empty() => {
                    $crate::core::once_more(&$crate::aws::errors::fault("", error), tries)
                }
                _ => None,
            };
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => break answer,
            }
        }
    }};
}

/// What a list tells on all its pages: each page's items, given to a closure.
macro_rules! pages {
    ($pace:expr, $apis:expr, $operation:literal, $call:expr, $set:ident($next:ident), $each:expr) => {{
        let mut next = None;
        let mut each = $each;
        loop {
            let page = $crate::aws::control::call!($pace, $apis, $call.$set(next))
                .map_err(|e| $crate::aws::errors::fault($operation, &e))?;
            next = page.$next.clone();
            each(page);
            if next.as_ref().is_none_or(|next| next.is_empty()) {
                break;
            }
        }
    }};
}

pub(super) use {call, pages};

type Things = Result<Vec<Thing>, ProbeError>;
type Seen = Result<Option<Thing>, ProbeError>;
type Done = Result<(), ProbeError>;

impl Control for Session {
    // The SDK's futures are large: each is boxed.
    async fn list(&self, kind: Kind, pace: &dyn Pace) -> Things {
        let list: BoxFuture<'_, Things> = match kind {
            Kind::UsagePlan => Box::pin(apigateway::plans(self, pace)),
            Kind::ApiKey => Box::pin(apigateway::keys(self, pace)),
            Kind::RestApi => Box::pin(apigateway::apis(self, pace)),
            Kind::EventSourceMapping => Box::pin(lambda::mappings(self, pace, None)),
            Kind::LambdaFunction => Box::pin(lambda::functions(self, pace)),
            Kind::LogGroup => Box::pin(logs::groups(self, pace, None)),
            Kind::CloudwatchAlarm => Box::pin(cloudwatch::alarms(self, pace)),
            Kind::CloudwatchDashboard => Box::pin(cloudwatch::dashboards(self, pace)),
            Kind::SnsTopic => Box::pin(sns::topics(self, pace)),
            Kind::EventRule => Box::pin(events::rules(self, pace)),
            Kind::SqsQueue => Box::pin(sqs::queues(self, pace)),
            Kind::DynamodbTable => Box::pin(dynamodb::tables(self, pace)),
            Kind::DynamodbBackup => Box::pin(dynamodb::backups(self, pace)),
            Kind::S3Bucket => Box::pin(s3::buckets(self, pace, None)),
            Kind::IamRole => Box::pin(iam::roles(self, pace)),
        };
        list.await
    }

    async fn names(&self, aside: Aside, pace: &dyn Pace) -> Result<Vec<String>, ProbeError> {
        match aside {
            Aside::IamPolicy => Box::pin(iam::policies(self, pace)).await,
            Aside::LambdaLayer => Box::pin(lambda::layers(self, pace)).await,
        }
    }

    async fn look(&self, thing: &Thing, pace: &dyn Pace) -> Seen {
        let look: BoxFuture<'_, Seen> = match thing.kind {
            Kind::UsagePlan => Box::pin(apigateway::plan(self, thing, pace)),
            Kind::ApiKey => Box::pin(apigateway::key(self, thing, pace)),
            Kind::RestApi => Box::pin(apigateway::api(self, thing, pace)),
            Kind::EventSourceMapping => Box::pin(lambda::mapping(self, thing, pace)),
            Kind::LambdaFunction => Box::pin(lambda::function(self, thing, pace)),
            Kind::LogGroup => Box::pin(logs::group(self, thing, pace)),
            Kind::CloudwatchAlarm => Box::pin(cloudwatch::alarm(self, thing, pace)),
            Kind::CloudwatchDashboard => Box::pin(cloudwatch::dashboard(self, thing, pace)),
            Kind::SnsTopic => Box::pin(sns::topic(self, thing, pace)),
            Kind::EventRule => Box::pin(events::rule(self, thing, pace)),
            Kind::SqsQueue => Box::pin(sqs::queue(self, thing, pace)),
            Kind::DynamodbTable => Box::pin(dynamodb::table(self, thing, pace)),
            Kind::DynamodbBackup => Box::pin(dynamodb::backup(self, thing, pace)),
            Kind::S3Bucket => Box::pin(s3::bucket(self, thing, pace)),
            Kind::IamRole => Box::pin(iam::role(self, thing, pace)),
        };
        look.await
    }

    async fn delete(&self, thing: &Thing, pace: &dyn Pace) -> Done {
        if let Some(why) = thing.untouchable() {
            return Err(ProbeError {
                kind: ProbeErrorKind::Refused,
                operation: "delete".to_owned(),
                message: why,
            });
        }
        let delete: BoxFuture<'_, Done> = match thing.kind {
            Kind::UsagePlan => Box::pin(apigateway::delete_plan(self, thing, pace)),
            Kind::ApiKey => Box::pin(apigateway::delete_key(self, thing, pace)),
            Kind::RestApi => Box::pin(apigateway::delete_api(self, thing, pace)),
            Kind::EventSourceMapping => Box::pin(lambda::delete_mapping(self, thing, pace)),
            Kind::LambdaFunction => Box::pin(lambda::delete_function(self, thing, pace)),
            Kind::LogGroup => Box::pin(logs::delete(self, thing, pace)),
            Kind::CloudwatchAlarm => Box::pin(cloudwatch::delete_alarm(self, thing, pace)),
            Kind::CloudwatchDashboard => Box::pin(cloudwatch::delete_dashboard(self, thing, pace)),
            Kind::SnsTopic => Box::pin(sns::delete(self, thing, pace)),
            Kind::EventRule => Box::pin(events::delete(self, thing, pace)),
            Kind::SqsQueue => Box::pin(sqs::delete(self, thing, pace)),
            Kind::DynamodbTable => Box::pin(dynamodb::delete_table(self, thing, pace)),
            Kind::DynamodbBackup => Box::pin(dynamodb::delete_backup(self, thing, pace)),
            Kind::S3Bucket => Box::pin(s3::delete(self, thing, pace)),
            Kind::IamRole => Box::pin(iam::delete(self, thing, pace)),
        };
        delete.await
    }
}

impl Session {
    /// The things that a resource is made of, found by its name without listing
    /// the account where AWS can do that.
    ///
    /// # Errors
    /// Something could not be looked at; then nothing of it may be deleted.
    pub async fn things_of(&self, resource: &Resource, pace: &dyn Pace) -> Things {
        let (kind, name) = (resource.thing(), resource.name());
        let mut found = match resource {
            Resource::LambdaFunction(_) => {
                let mut parts = lambda::mappings(self, pace, Some(name)).await?;
                let group = log_group_of(name);
                let groups = logs::groups(self, pace, Some(&group)).await?;
                parts.extend(groups.into_iter().filter(|g| g.name == group));
                parts.push(Thing::new(kind, name));
                parts
            }
            Resource::S3Bucket(_) => s3::buckets(self, pace, Some(name)).await?,
            Resource::IamRole(_)
            | Resource::DynamodbTable(_)
            | Resource::CloudwatchAlarm(_)
            | Resource::CloudwatchDashboard(_)
            | Resource::EventRule(_) => vec![Thing::new(kind, name)],
            Resource::SqsQueue(_) => sqs::by_name(self, name, pace).await?,
            Resource::RestApi(_)
            | Resource::ApiKey(_)
            | Resource::UsagePlan(_)
            | Resource::SnsTopic(_)
            | Resource::DynamodbBackup(_) => {
                let mut all = self.list(kind, pace).await?;
                all.retain(|thing| thing.name == name);
                all
            }
        };
        let mut now = Vec::new();
        for thing in found.drain(..) {
            now.extend(self.look(&thing, pace).await?);
        }
        Ok(now)
    }
}

/// An answer, or nothing when AWS says that the thing is not there.
fn there<T, E>(
    operation: &str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, ProbeError>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match answer.map_err(|e| fault(operation, &e)) {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ProbeErrorKind::Missing => Ok(None),
        Err(error) => Err(error),
    }
}

/// Links a thing to what an ARN names.
fn link(thing: &mut Thing, arn: &str) {
    let mut parts = arn.split(':');
    match parts.nth(2) {
        Some("lambda") => thing.link(Kind::LambdaFunction, arn::function(arn)),
        Some("sqs") => thing.link(Kind::SqsQueue, arn::last(arn)),
        Some("sns") => thing.link(Kind::SnsTopic, arn::last(arn)),
        Some("iam") => thing.link(Kind::IamRole, arn.rsplit('/').next().unwrap_or_default()),
        Some("dynamodb") => {
            let table = arn.split('/').nth(1);
            thing.link(Kind::DynamodbTable, table.unwrap_or_default());
        }
        Some("logs") => {
            let group = arn.split_once(":log-group:").map_or("", |(_, group)| group);
            thing.link(Kind::LogGroup, group.trim_end_matches(":*"));
        }
        _ => {}
    }
}

/// A short text for a long one, to tell whether it changed.
fn digest(text: &str) -> String {
    fingerprint(text, 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_link_to_what_they_name() {
        let mut rule = Thing::new(Kind::EventRule, "ana-regra");
        for arn in [
            "arn:aws:lambda:us-east-1:111122223333:function:ana-f:prod",
            "arn:aws:sqs:us-east-1:111122223333:ana-q",
            "arn:aws:iam::111122223333:role/service-role/ana-papel",
            "arn:aws:dynamodb:us-east-1:111122223333:table/ana-t/stream/2026",
            "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/ana-f:*",
            "",
            "nada",
        ] {
            link(&mut rule, arn);
        }
        let linked: Vec<(Kind, &str)> =
            rule.links.iter().map(|l| (l.kind, l.to.as_str())).collect();
        assert_eq!(
            linked,
            [
                (Kind::LambdaFunction, "ana-f"),
                (Kind::SqsQueue, "ana-q"),
                (Kind::IamRole, "ana-papel"),
                (Kind::DynamodbTable, "ana-t"),
                (Kind::LogGroup, "/aws/lambda/ana-f"),
            ]
        );
    }
}
