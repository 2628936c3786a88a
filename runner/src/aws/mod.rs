//! Looks at and acts on AWS, or whatever speaks its APIs: one file a service.
//! "Not found" is an observation here, never an error.

mod apigateway;
mod arn;
mod cloudwatch;
mod control;
mod dashboard;
mod dynamodb;
mod dynamodb_extras;
mod dynamodb_matching;
mod dynamodb_stream;
mod errors;
mod event_source;
mod eventbridge;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod health;
mod iam;
mod inventory;
mod invoke;
mod lambda;
mod lambda_async;
mod lambda_versions;
mod log_group;
mod log_metric;
mod login;
mod logs;
mod moment;
mod near;
mod neighbour;
mod once;
mod plan;
mod policy;
mod record_table;
mod reset;
mod s3;
mod session;
mod sns;
mod sqs;
mod stream_source;
mod structured;
mod traceback;

pub use health::CLOCK_MARGIN;
pub use iam::Right;
pub use inventory::Inventory;
pub use login::{Login, Wires};
pub use moment::Moment;
pub use plan::ResetPlan;
pub use record_table::RecordTable;
pub use session::{Connection, Identity, Session, TargetKind};

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;

use crate::core::{Acted, Action, At, Observation, Probe, ProbeError, World, as_text, flood};

impl World for Session {
    type Moment = Moment;

    // The SDK's futures are large: each is boxed, so that the match is not as
    // large as all of them together.
    async fn observe(&self, probe: &Probe, at: &At<'_, Moment>) -> Result<Observation, ProbeError> {
        let moment = at.moment;
        let look: BoxFuture<'_, _> = match probe {
            Probe::S3Bucket(args) => Box::pin(s3::bucket(self, moment, args)),
            Probe::S3Object(args) => Box::pin(s3::object(self, args)),
            Probe::S3Notification(args) => Box::pin(s3::notification(self, moment, args)),
            Probe::DynamodbTable(args) => Box::pin(dynamodb::table(self, moment, args)),
            Probe::DynamodbItem(args) => Box::pin(dynamodb::item(self, args)),
            Probe::DynamodbCount(args) => Box::pin(dynamodb::count(self, args)),
            Probe::DynamodbQuery(args) => Box::pin(dynamodb::by_partition(self, args)),
            Probe::IamRole(args) => Box::pin(iam::role(self, moment, args)),
            Probe::IamPolicy(args) => Box::pin(iam::policy(self, moment, args)),
            Probe::LambdaFunction(args) => Box::pin(lambda::function(self, moment, args)),
            Probe::LambdaCall(args) => Box::pin(invoke::call(self, moment, args)),
            Probe::LambdaVersions(args) => Box::pin(lambda_versions::versions(self, moment, args)),
            Probe::LambdaAlias(args) => Box::pin(lambda_versions::alias(self, moment, args)),
            Probe::LambdaPermission(args) => Box::pin(lambda::permission(self, moment, args)),
            Probe::LambdaLogs(args) => Box::pin(logs::lambda(self, args, at.since)),
            Probe::ApiMethod(args) => Box::pin(apigateway::method(self, moment, args)),
            Probe::ApiPermission(args) => Box::pin(apigateway::permission(self, moment, args)),
            Probe::ApiValidator(args) => Box::pin(apigateway::validator(self, moment, args)),
            Probe::ApiKey(args) => Box::pin(apigateway::key(self, moment, args)),
            Probe::ApiPreflight(args) => Box::pin(apigateway::preflight(self, moment, args)),
            Probe::ApiCall(args) => Box::pin(apigateway::call(self, moment, args)),
            Probe::LambdaEventSource(args) => {
                Box::pin(event_source::event_source(self, moment, args))
            }
            Probe::LambdaStreamSource(args) => {
                Box::pin(stream_source::stream_source(self, moment, args))
            }
            Probe::LambdaAsync(args) => Box::pin(lambda_async::look(self, moment, args)),
            Probe::SnsTopic(args) => Box::pin(sns::topic(self, moment, args)),
            Probe::EventRule(args) => Box::pin(eventbridge::rule(self, moment, args)),
            Probe::DynamodbExtras(args) => Box::pin(dynamodb_extras::extras(self, moment, args)),
            Probe::SqsQueue(args) => Box::pin(sqs::queue(self, moment, args)),
            Probe::SqsMessages(args) => Box::pin(sqs::messages(self, moment, args)),
            Probe::LogGroup(args) => Box::pin(log_group::group(self, args)),
            Probe::LogMetric(args) => Box::pin(log_metric::metric(self, moment, args)),
            Probe::CloudwatchAlarm(args) => {
                Box::pin(cloudwatch::alarm(self, moment, args, at.since))
            }
            Probe::CloudwatchDashboard(args) => Box::pin(dashboard::dashboard(self, args)),
            Probe::EventFlow(args) => Box::pin(sqs::flow(self, moment, args)),
        };
        look.await
    }

    async fn act(&self, action: &Action) -> Result<Acted, ProbeError> {
        let act: BoxFuture<'_, _> = match action {
            Action::S3Put { bucket, key, json } => Box::pin(s3::put(self, bucket, key, json)),
            Action::S3Delete { bucket, key } => Box::pin(s3::delete(self, bucket, key)),
            Action::LambdaS3Event {
                function,
                invocation,
                object,
            } => Box::pin(lambda::s3_event(self, function, *invocation, object)),
            Action::LambdaInvoke {
                function,
                qualifier,
                invocation,
                event,
                may_fail,
            } => {
                let qualifier = qualifier.as_deref();
                let call = invoke::act(self, function, qualifier, *invocation, event);
                Box::pin(async {
                    let acted = call.await?;
                    Ok(if *may_fail { Acted::default() } else { acted })
                })
            }
            Action::AlarmState { alarm, state } => {
                Box::pin(cloudwatch::set_state(self, alarm, state))
            }
            Action::ApiCall(args) => Box::pin(apigateway::act(self, args)),
            Action::ApiLoad(args) => Box::pin(apigateway::load(self, args)),
            Action::DynamodbPut { table, item, .. } => Box::pin(dynamodb::put(self, table, item)),
            Action::DynamodbDelete { table, key } => Box::pin(dynamodb::delete(self, table, key)),
            Action::DynamodbDeleteAll { table, key } => {
                Box::pin(dynamodb::delete_all(self, table, key))
            }
            Action::DynamodbStreamEnd {
                table,
                item,
                key,
                noted,
                noted_key,
            } => {
                let note = (noted.as_str(), noted_key);
                Box::pin(dynamodb_stream::end(self, table, item, key, note))
            }
            Action::DynamodbDeleteMatching { table, matching } => {
                Box::pin(dynamodb_matching::delete(self, table, matching))
            }
            Action::SqsSend { queue, body } => Box::pin(sqs::send(self, queue, as_text(body))),
            Action::SqsFifo { queue, bodies, .. } => Box::pin(sqs::fifo(self, queue, bodies)),
            Action::SqsFlood {
                queue,
                event,
                poison,
                good,
                duplicates,
                poisonous,
                ..
            } => {
                let messages = flood(event, poison, *good, *duplicates, *poisonous);
                Box::pin(sqs::flood(self, queue, messages))
            }
            Action::SnsPublish {
                topic,
                message: body,
            } => Box::pin(sns::publish(self, topic, as_text(body))),
            Action::EventsPut {
                source,
                detail_type,
                detail,
            } => Box::pin(eventbridge::put(self, source, detail_type, detail)),
            Action::SqsDrain { queue, containing } => Box::pin(sqs::drain(self, queue, containing)),
        };
        act.await
    }

    fn enforces_everything(&self) -> bool {
        // Another endpoint is an emulator, with rules of its own.
        self.kind() == TargetKind::Aws && self.endpoint().is_none()
    }

    fn calls(&self) -> u64 {
        self.call_count()
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    async fn pause(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
