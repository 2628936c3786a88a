//! Looks at and acts on AWS, or whatever speaks its APIs: one file a service.
//! "Not found" is an observation here, never an error.

mod apigateway;
mod dynamodb;
mod errors;
mod iam;
mod lambda;
mod logs;
mod moment;
mod near;
mod policy;
mod s3;
mod session;
mod traceback;

pub use moment::Moment;
pub use session::{Connection, Identity, Session, TargetKind};

use crate::core::{Acted, Action, Observation, Probe, ProbeError, World};

impl World for Session {
    type Moment = Moment;

    async fn observe(&self, probe: &Probe, moment: &Moment) -> Result<Observation, ProbeError> {
        match probe {
            Probe::S3Bucket(args) => s3::bucket(self, moment, args).await,
            Probe::S3Object(args) => s3::object(self, args).await,
            Probe::S3Notification(args) => s3::notification(self, moment, args).await,
            Probe::DynamodbTable(args) => dynamodb::table(self, moment, args).await,
            Probe::DynamodbItem(args) => dynamodb::item(self, args).await,
            Probe::DynamodbCount(args) => dynamodb::count(self, args).await,
            Probe::IamRole(args) => iam::role(self, moment, args).await,
            Probe::IamPolicy(args) => iam::policy(self, moment, args).await,
            Probe::LambdaFunction(args) => lambda::function(self, moment, args).await,
            Probe::LambdaPermission(args) => lambda::permission(self, moment, args).await,
            Probe::LambdaLogs(args) => logs::lambda(self, args).await,
            Probe::ApiMethod(args) => apigateway::method(self, moment, args).await,
            Probe::ApiPermission(args) => apigateway::permission(self, moment, args).await,
            Probe::ApiCall(args) => apigateway::call(self, moment, args).await,
        }
    }

    async fn act(&self, action: &Action) -> Result<Acted, ProbeError> {
        match action {
            Action::S3Put { bucket, key, json } => s3::put(self, bucket, key, json).await,
            Action::S3Delete { bucket, key } => s3::delete(self, bucket, key).await,
            Action::LambdaS3Event { function, invocation, object } => {
                lambda::s3_event(self, function, *invocation, object).await
            }
            Action::DynamodbPut { table, item, .. } => dynamodb::put(self, table, item).await,
            Action::DynamodbDelete { table, key } => dynamodb::delete(self, table, key).await,
        }
    }

    fn enforces_everything(&self) -> bool {
        self.kind() == TargetKind::Aws
    }

    fn calls(&self) -> u64 {
        self.call_count()
    }
}
