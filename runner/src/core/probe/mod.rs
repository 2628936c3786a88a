//! What can be looked at, one file a service: arguments, facts, and what is said
//! when the thing is not there.

mod api;
mod dynamodb;
mod events;
mod iam;
mod lambda;
mod s3;
mod watching;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::observation::FactSpec;

pub use api::*;
pub use dynamodb::*;
pub use events::*;
pub use iam::*;
pub use lambda::*;
pub use s3::*;
pub use watching::*;

/// What a probe can tell, whatever it looks at.
#[derive(Debug, Clone, Copy)]
pub struct ProbeSpec {
    /// Name of the type of its arguments.
    pub args: &'static str,
    /// Its facts, `exists` among them.
    pub facts: &'static [FactSpec],
    /// What is said when the thing looked for is not there.
    pub missing: &'static str,
}

/// What was left out is left out again, so that a question that was recorded
/// stays the same when a probe learns a new argument.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Arguments of probes, with the facts that these tell.
macro_rules! args {
    ($(
        $(#[$doc:meta])*
        $args:ident { $($(#[$argdoc:meta])* $arg:ident: $ty:ty $(= $default:ident)?),* $(,)? }
        missing $missing:literal
        facts { $($fact:ident: $kind:ident $label:literal),* $(,)? }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $args { $($(#[$argdoc])* $(#[serde($default, skip_serializing_if = "is_default")])? pub $arg: $ty),* }

            impl $args {
                pub(super) const MISSING: &str = $missing;
                pub(super) const FACTS: &[FactSpec] = &[
                    FactSpec { name: "exists", kind: FactKind::Bool, label: "existe" },
                    $(FactSpec { name: stringify!($fact), kind: FactKind::$kind, label: $label }),*
                ];
            }
        )*
    };
}

use args;

macro_rules! probes {
    ($($variant:ident($args:ident),)*) => {
        /// One thing to look at in AWS. In TOML: `probe.s3_bucket = { bucket = "{bucket}" }`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Probe { $(#[doc = concat!("See [`", stringify!($args), "`].")] $variant($args)),* }

        impl Probe {
            /// Every probe, told by its arguments.
            pub const ALL: &[ProbeSpec] = &[
                $(ProbeSpec { args: stringify!($args), facts: $args::FACTS, missing: $args::MISSING }),*
            ];

            /// The facts that this probe tells, `exists` among them.
            pub fn facts(&self) -> &'static [FactSpec] {
                match self { $(Self::$variant(_) => $args::FACTS),* }
            }

            /// What is said when the thing looked for is not there; holds the
            /// argument names of the probe as placeholders.
            pub fn missing_text(&self) -> &'static str {
                match self { $(Self::$variant(_) => $args::MISSING),* }
            }
        }
    };
}

probes! {
    S3Bucket(S3BucketArgs),
    S3Object(S3ObjectArgs),
    S3Notification(S3NotificationArgs),
    DynamodbTable(DynamodbTableArgs),
    DynamodbItem(DynamodbItemArgs),
    DynamodbCount(DynamodbCountArgs),
    DynamodbQuery(DynamodbQueryArgs),
    IamRole(IamRoleArgs),
    IamPolicy(IamPolicyArgs),
    LambdaFunction(LambdaFunctionArgs),
    LambdaCall(LambdaCallArgs),
    LambdaVersions(LambdaVersionsArgs),
    LambdaAlias(LambdaAliasArgs),
    LambdaPermission(LambdaPermissionArgs),
    LambdaLogs(LambdaLogsArgs),
    ApiMethod(ApiMethodArgs),
    ApiValidator(ApiValidatorArgs),
    ApiKey(ApiKeyArgs),
    ApiPermission(ApiPermissionArgs),
    ApiCall(ApiCallArgs),
    ApiPreflight(ApiPreflightArgs),
    LambdaEventSource(LambdaEventSourceArgs),
    LambdaStreamSource(LambdaStreamSourceArgs),
    LambdaAsync(LambdaAsyncArgs),
    SnsTopic(SnsTopicArgs),
    EventRule(EventRuleArgs),
    DynamodbExtras(DynamodbExtrasArgs),
    SqsQueue(SqsQueueArgs),
    SqsMessages(SqsMessagesArgs),
    LogGroup(LogGroupArgs),
    LogMetric(LogMetricArgs),
    CloudwatchAlarm(CloudwatchAlarmArgs),
    CloudwatchDashboard(CloudwatchDashboardArgs),
    EventFlow(EventFlowArgs),
}
