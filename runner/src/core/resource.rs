use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A resource that a lab asks the learner to make, by the name that it asks
/// for. What AWS makes along with it (a function's log group, a role's inline
/// policies, a bucket's objects) belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// A REST API, with its stages and resources.
    RestApi(String),
    /// An API key.
    ApiKey(String),
    /// A usage plan, with its links to stages and keys.
    UsagePlan(String),
    /// A function, with its versions, aliases, permissions, event source
    /// mappings and log group.
    LambdaFunction(String),
    /// An alarm.
    CloudwatchAlarm(String),
    /// A dashboard.
    CloudwatchDashboard(String),
    /// A topic, with its subscriptions.
    SnsTopic(String),
    /// A rule of the default event bus, with its targets.
    EventRule(String),
    /// A queue, with its messages.
    SqsQueue(String),
    /// A table, with its items.
    DynamodbTable(String),
    /// An on-demand backup of a table; it outlives the table.
    DynamodbBackup(String),
    /// A bucket, with its objects and their versions.
    S3Bucket(String),
    /// A role, with its inline policies; managed policies are only detached.
    IamRole(String),
}

impl Resource {
    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::RestApi(name)
            | Self::ApiKey(name)
            | Self::UsagePlan(name)
            | Self::LambdaFunction(name)
            | Self::CloudwatchAlarm(name)
            | Self::CloudwatchDashboard(name)
            | Self::SnsTopic(name)
            | Self::EventRule(name)
            | Self::SqsQueue(name)
            | Self::DynamodbTable(name)
            | Self::DynamodbBackup(name)
            | Self::S3Bucket(name)
            | Self::IamRole(name) => name,
        }
    }
}
