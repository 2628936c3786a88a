use std::time::Duration;

use super::errors::{fault, http_fault};
use super::session::Session;
use crate::core::{ProbeError, ProbeErrorKind};

/// How far the local clock may be off before it is told: signatures are refused
/// after 15 minutes ("Signature Version 4", IAM User Guide).
pub const CLOCK_MARGIN: Duration = Duration::from_secs(4 * 60);

impl Session {
    /// How far the local clock is from the target's, by the `Date` header of an answer.
    ///
    /// # Errors
    /// Nobody answers, or the answer has no date.
    pub async fn clock_skew(&self) -> Result<Duration, ProbeError> {
        let url = self.endpoint().map_or_else(
            || format!("https://sts.{}.amazonaws.com/", self.region()),
            str::to_owned,
        );
        let answer = self
            .http
            .head(&url)
            .send()
            .await
            .map_err(|e| http_fault("Date", &e))?;
        let theirs = answer
            .headers()
            .get("date")
            .and_then(|date| date.to_str().ok())
            .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
            .ok_or_else(|| ProbeError {
                kind: ProbeErrorKind::Service,
                operation: "Date".to_owned(),
                message: "a resposta não diz a hora".to_owned(),
            })?;
        let seconds = (jiff::Timestamp::now() - theirs.timestamp())
            .get_seconds()
            .unsigned_abs();
        Ok(Duration::from_secs(seconds))
    }

    /// Whether the course's services can be read, one answer a service.
    pub async fn rights(&self) -> Vec<(&'static str, Result<(), ProbeError>)> {
        let (s3, lambda, dynamodb, iam, api, logs, sqs, sns, events, cloudwatch) = tokio::join!(
            async {
                self.s3
                    .list_buckets()
                    .send()
                    .await
                    .map(drop)
                    .map_err(|e| fault("ListBuckets", &e))
            },
            async {
                self.lambda
                    .list_functions()
                    .send()
                    .await
                    .map(drop)
                    .map_err(|e| fault("ListFunctions", &e))
            },
            async {
                self.dynamodb
                    .list_tables()
                    .send()
                    .await
                    .map(drop)
                    .map_err(|e| fault("ListTables", &e))
            },
            async {
                self.iam
                    .list_roles()
                    .send()
                    .await
                    .map(drop)
                    .map_err(|e| fault("ListRoles", &e))
            },
            async {
                self.apigateway
                    .get_rest_apis()
                    .send()
                    .await
                    .map(drop)
                    .map_err(|e| fault("GetRestApis", &e))
            },
            async {
                self.logs
                    .describe_log_groups()
                    .send()
                    .await
                    .map(drop)
                    .map_err(|e| fault("DescribeLogGroups", &e))
            },
            async {
                let call = self.sqs.list_queues().send().await;
                call.map(drop).map_err(|e| fault("ListQueues", &e))
            },
            async {
                let call = self.sns.list_topics().send().await;
                call.map(drop).map_err(|e| fault("ListTopics", &e))
            },
            async {
                let call = self.events.list_rules().send().await;
                call.map(drop).map_err(|e| fault("ListRules", &e))
            },
            async {
                let call = self.cloudwatch.describe_alarms().send().await;
                call.map(drop).map_err(|e| fault("DescribeAlarms", &e))
            },
        );
        vec![
            ("s3", s3),
            ("lambda", lambda),
            ("dynamodb", dynamodb),
            ("iam", iam),
            ("api gateway", api),
            ("logs", logs),
            ("sqs", sqs),
            ("sns", sns),
            ("eventbridge", events),
            ("cloudwatch", cloudwatch),
        ]
    }
}
