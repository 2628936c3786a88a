use std::future::Future;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Aside, Kind, ProbeError, ProbeErrorKind, Thing};

/// Calls that AWS limits together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Api {
    /// `DeleteRestApi`.
    DeleteRestApi,
    /// `DeleteApiKey`.
    DeleteApiKey,
    /// All calls of API Gateway together.
    ApiGateway,
    /// `GetFunction`.
    GetFunction,
    /// All other calls of Lambda's control plane together.
    Lambda,
    /// S3.
    S3,
    /// SQS.
    Sqs,
    /// SNS.
    Sns,
    /// DynamoDB's control plane.
    Dynamodb,
    /// `DeleteLogGroup`.
    DeleteLogGroup,
    /// `DescribeLogGroups`.
    DescribeLogGroups,
    /// All other calls of CloudWatch Logs.
    Logs,
    /// `DeleteAlarms` and `DeleteDashboards`.
    CloudwatchDelete,
    /// Looks at alarms and dashboards.
    Cloudwatch,
    /// EventBridge.
    Events,
    /// IAM.
    Iam,
}

impl Kind {
    /// What the call that deletes it counts for.
    pub fn deletion(self) -> &'static [Api] {
        match self {
            Self::RestApi => &[Api::DeleteRestApi, Api::ApiGateway],
            Self::ApiKey => &[Api::DeleteApiKey, Api::ApiGateway],
            Self::UsagePlan => &[Api::ApiGateway],
            Self::EventSourceMapping | Self::LambdaFunction => &[Api::Lambda],
            Self::LogGroup => &[Api::DeleteLogGroup],
            Self::CloudwatchAlarm | Self::CloudwatchDashboard => &[Api::CloudwatchDelete],
            Self::SnsTopic => &[Api::Sns],
            Self::EventRule => &[Api::Events],
            Self::SqsQueue => &[Api::Sqs],
            Self::DynamodbTable | Self::DynamodbBackup => &[Api::Dynamodb],
            Self::S3Bucket => &[Api::S3],
            Self::IamRole => &[Api::Iam],
        }
    }

    /// How many calls it takes at least to look at one again and to delete it.
    pub fn calls(self) -> usize {
        match self {
            Self::CloudwatchDashboard | Self::EventSourceMapping | Self::RestApi | Self::ApiKey => {
                2
            }
            Self::LambdaFunction | Self::UsagePlan | Self::DynamodbBackup => 2,
            Self::LogGroup | Self::CloudwatchAlarm | Self::SqsQueue | Self::DynamodbTable => 3,
            Self::SnsTopic => 4,
            Self::EventRule => 5,
            Self::IamRole => 6,
            Self::S3Bucket => 8,
        }
    }
}

/// A place among the calls that are in flight, held while one is.
pub type Place = Box<dyn Send>;

/// Says when a call may be made.
pub trait Pace: Send + Sync {
    /// Waits for a turn of each and for a place. Of none: for a place alone.
    fn turn<'a>(&'a self, apis: &'a [Api]) -> BoxFuture<'a, Place>;
}

/// How often one call among several is made.
const CALLS: u32 = 6;

/// The pause before a call that was told to go slower, or met a server error, is
/// made again; `None` when it was made often enough or would end the same way.
/// For the calls around a deletion: that a whole chain of them goes through at
/// once is unlikely where a third of all calls is refused.
pub fn once_more(error: &ProbeError, tries: u32) -> Option<Duration> {
    let may_pass = matches!(
        error.kind,
        ProbeErrorKind::Throttled | ProbeErrorKind::Service
    );
    (may_pass && tries < CALLS).then(|| {
        let most = Duration::from_millis(150) * 2_u32.pow(tries);
        most.mul_f64(0.5 + fastrand::f64() / 2.0)
    })
}

/// What lists, looks at and deletes the things of one account and Region. One
/// is AWS (or the sandbox), another imitates it with a clock of its own.
pub trait Control: Send + Sync + 'static {
    /// All things of a kind.
    ///
    /// # Errors
    /// The list could not be had whole: it must never look like an absence.
    fn list(
        &self,
        kind: Kind,
        pace: &dyn Pace,
    ) -> impl Future<Output = Result<Vec<Thing>, ProbeError>> + Send;

    /// The names of what a reset leaves alone and tells of.
    ///
    /// # Errors
    /// The list could not be had whole.
    fn names(
        &self,
        aside: Aside,
        pace: &dyn Pace,
    ) -> impl Future<Output = Result<Vec<String>, ProbeError>> + Send;

    /// One thing as it is now; `None` when it is gone.
    ///
    /// # Errors
    /// It, or its tags, could not be read.
    fn look(
        &self,
        thing: &Thing,
        pace: &dyn Pace,
    ) -> impl Future<Output = Result<Option<Thing>, ProbeError>> + Send;

    /// Deletes one thing and what belongs to it. What is gone already is no
    /// error. The turn of the call that deletes is the caller's to wait for
    /// (`Kind::deletion`); those of the calls before it are not.
    ///
    /// # Errors
    /// What AWS refused; parts of it may be gone.
    fn delete(
        &self,
        thing: &Thing,
        pace: &dyn Pace,
    ) -> impl Future<Output = Result<(), ProbeError>> + Send;
}
