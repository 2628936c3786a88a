//! The two roles by which a class is graded and reset: what they may do follows
//! from one table of the calls that the code makes.

mod calls;
mod enough;
mod template;

pub use calls::{CALLS, Call};
pub use enough::needed;
pub use template::template;

/// What of an account a call may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Everything: lists, and settings that are no secret.
    Any,
    /// APIs, keys and usage plans; their ARNs have ids, not names.
    Api,
    /// Usage plans.
    UsagePlan,
    /// Alarms with the learner's prefix.
    Alarm,
    /// The same of buckets.
    Bucket,
    /// The default event bus.
    Bus,
    /// Dashboards with the learner's prefix.
    Dashboard,
    /// The same of functions, with their versions and aliases.
    Function,
    /// The same of functions' log groups, and those of APIs; their names have ids.
    LogGroup,
    /// Event source mappings of functions with the learner's prefix.
    Mapping,
    /// Objects in buckets with the learner's prefix.
    Object,
    /// Queues with the learner's prefix.
    Queue,
    /// The same of roles.
    Role,
    /// The same of rules.
    Rule,
    /// The same of tables, with their backups.
    Table,
    /// The same of topics.
    Topic,
}

/// Which role makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The one that looks and drives.
    Grader,
    /// The one that deletes.
    Resetter,
    /// Both.
    Both,
}

impl Reach {
    /// ARNs as CloudFormation's `Fn::Sub` fills them in.
    fn arns(self) -> &'static [&'static str] {
        match self {
            Self::Any => &["*"],
            Self::Api => &[
                "arn:${AWS::Partition}:apigateway:*::/restapis",
                "arn:${AWS::Partition}:apigateway:*::/restapis/*",
                "arn:${AWS::Partition}:apigateway:*::/apikeys",
                "arn:${AWS::Partition}:apigateway:*::/apikeys/*",
                "arn:${AWS::Partition}:apigateway:*::/usageplans",
                "arn:${AWS::Partition}:apigateway:*::/usageplans/*",
            ],
            Self::UsagePlan => &["arn:${AWS::Partition}:apigateway:*::/usageplans/*"],
            Self::Alarm => {
                &["arn:${AWS::Partition}:cloudwatch:*:${AWS::AccountId}:alarm:${Prefix}-*"]
            }
            Self::Bucket => &["arn:${AWS::Partition}:s3:::${Prefix}-*"],
            Self::Bus => &["arn:${AWS::Partition}:events:*:${AWS::AccountId}:event-bus/default"],
            Self::Dashboard => {
                &["arn:${AWS::Partition}:cloudwatch::${AWS::AccountId}:dashboard/${Prefix}-*"]
            }
            Self::Function => {
                &["arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:${Prefix}-*"]
            }
            Self::LogGroup => &[
                "arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:/aws/lambda/${Prefix}-*",
                "arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:API-Gateway-Execution-Logs_*",
            ],
            Self::Mapping => {
                &["arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:event-source-mapping:*"]
            }
            Self::Object => &["arn:${AWS::Partition}:s3:::${Prefix}-*/*"],
            Self::Queue => &["arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:${Prefix}-*"],
            Self::Role => &["arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Prefix}-*"],
            Self::Rule => &["arn:${AWS::Partition}:events:*:${AWS::AccountId}:rule/${Prefix}-*"],
            Self::Table => {
                &["arn:${AWS::Partition}:dynamodb:*:${AWS::AccountId}:table/${Prefix}-*"]
            }
            Self::Topic => &["arn:${AWS::Partition}:sns:*:${AWS::AccountId}:${Prefix}-*"],
        }
    }
}
