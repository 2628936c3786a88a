//! How a probe speaks to people.

use serde_json::Value;

use super::{LambdaCallArgs, Probe, as_text};

impl Probe {
    /// Name of the probe, as TOML writes it.
    pub fn name(&self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// Whether looking sets something of the learner's in motion: it calls a
    /// function or an API, or takes messages out of a queue for a moment.
    pub fn stirs(&self) -> bool {
        match self {
            Self::LambdaCall(_)
            | Self::ApiCall(_)
            | Self::ApiPreflight(_)
            | Self::LogMetric(_)
            | Self::SqsMessages(_)
            | Self::EventFlow(_) => true,
            Self::LambdaVersions(args) => args.event.is_some(),
            Self::LambdaAlias(args) => args.event.is_some(),
            _ => false,
        }
    }

    /// The probe's arguments as names, for its texts.
    pub fn arguments(&self) -> super::Names {
        let mut names = super::Names::default();
        if let Ok(Value::Object(map)) = serde_json::to_value(self)
            && let Some(Value::Object(args)) = map.values().next()
        {
            for (name, value) in args {
                let value = match value {
                    Value::Array(items) => {
                        let all = items.iter().map(|item| format!("`{}`", as_text(item)));
                        all.collect::<Vec<_>>().join(" com ").into()
                    }
                    other => other.clone(),
                };
                names.set(name.clone(), value);
            }
        }
        names
    }

    /// What is said when the thing looked for is not there.
    pub fn missing(&self) -> String {
        self.arguments().fill_known(self.missing_text())
    }

    /// What is said when it is there: the same sentence without its "não".
    pub fn there(&self) -> String {
        let text = self.missing_text().replacen("não ", "", 1);
        self.arguments().fill_known(&text)
    }

    /// A fact's label for people.
    pub fn label(&self, fact: &str) -> String {
        let label = self
            .facts()
            .iter()
            .find(|f| f.name == fact)
            .map_or(fact, |f| f.label);
        self.arguments().fill_known(label)
    }

    /// The AWS CLI command that shows the same, for bash and PowerShell alike.
    pub fn command(&self) -> String {
        match self {
            Self::S3Bucket(a) => format!("aws s3api get-public-access-block --bucket {}", a.bucket),
            Self::S3Object(a) => format!(
                "aws s3 cp {} -",
                quoted(&format!("s3://{}/{}", a.bucket, a.key))
            ),
            Self::S3Notification(a) => {
                format!(
                    "aws s3api get-bucket-notification-configuration --bucket {}",
                    a.bucket
                )
            }
            Self::DynamodbTable(a) => {
                format!("aws dynamodb describe-table --table-name {}", a.table)
            }
            Self::DynamodbItem(a) => format!("aws dynamodb scan --table-name {}", a.table),
            Self::DynamodbCount(a) => format!("aws dynamodb scan --table-name {}", a.table),
            Self::IamRole(a) => format!("aws iam get-role --role-name {}", a.role),
            Self::IamPolicy(a) => format!("aws iam list-role-policies --role-name {}", a.role),
            Self::LambdaFunction(a) => {
                format!(
                    "aws lambda get-function-configuration --function-name {}",
                    a.function
                )
            }
            Self::LambdaCall(a) => call_command(a),
            Self::LambdaVersions(a) => format!(
                "aws lambda list-versions-by-function --function-name {} --query \"Versions[].[Version,Runtime,CodeSha256]\" --output text",
                a.function
            ),
            Self::LambdaAlias(a) => format!(
                "aws lambda get-alias --function-name {} --name {}",
                a.function, a.alias
            ),
            Self::LambdaPermission(a) => {
                let qualifier = a
                    .qualifier
                    .as_ref()
                    .map(|name| format!(" --qualifier {name}"));
                format!(
                    "aws lambda get-policy --function-name {}{}",
                    a.function,
                    qualifier.unwrap_or_default()
                )
            }
            Self::LambdaLogs(a) => format!(
                "aws logs filter-log-events --log-group-name /aws/lambda/{} --query \"events[].message\" --output text",
                a.function
            ),
            Self::DynamodbQuery(a) => format!("aws dynamodb scan --table-name {}", a.table),
            Self::LambdaEventSource(a) => format!(
                "aws lambda list-event-source-mappings --function-name {}",
                a.function
            ),
            Self::LambdaStreamSource(a) => format!(
                "aws lambda list-event-source-mappings --function-name {}",
                a.function
            ),
            Self::LambdaAsync(a) => format!(
                "aws lambda get-function-event-invoke-config --function-name {}",
                a.function
            ),
            Self::SnsTopic(_) => "aws sns list-subscriptions".to_owned(),
            Self::EventRule(a) => format!("aws events describe-rule --name {}", a.rule),
            Self::DynamodbExtras(a) => {
                format!("aws dynamodb describe-table --table-name {}", a.table)
            }
            Self::SqsQueue(a) => format!("aws sqs get-queue-url --queue-name {}", a.queue),
            Self::SqsMessages(a) => format!("aws sqs get-queue-url --queue-name {}", a.queue),
            Self::LogGroup(a) => format!(
                "aws logs describe-log-groups --log-group-name-prefix {}",
                a.group
            ),
            Self::LogMetric(a) => format!(
                "aws logs describe-metric-filters --log-group-name /aws/lambda/{}",
                a.function
            ),
            Self::CloudwatchAlarm(a) => {
                format!("aws cloudwatch describe-alarms --alarm-names {}", a.alarm)
            }
            Self::CloudwatchDashboard(a) => format!(
                "aws cloudwatch get-dashboard --dashboard-name {}",
                a.dashboard
            ),
            Self::EventFlow(a) => format!("aws dynamodb scan --table-name {}", a.table),
            Self::ApiMethod(_)
            | Self::ApiCall(_)
            | Self::ApiPreflight(_)
            | Self::ApiValidator(_) => "aws apigateway get-rest-apis".to_owned(),
            Self::ApiKey(_) => "aws apigateway get-usage-plans".to_owned(),
            Self::ApiPermission(a) => {
                format!("aws lambda get-policy --function-name {}", a.function)
            }
        }
    }
}

/// The event is read from a file: no quoting of JSON works in every shell.
fn call_command(args: &LambdaCallArgs) -> String {
    let qualifier = args
        .qualifier
        .as_ref()
        .map(|name| format!(" --qualifier {name}"))
        .unwrap_or_default();
    format!(
        "aws lambda invoke --function-name {}{qualifier} --payload fileb://evento.json resposta.json",
        args.function
    )
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::S3BucketArgs;

    #[test]
    fn a_probe_is_named_as_in_toml_and_speaks_with_its_arguments() {
        let probe = Probe::S3Bucket(S3BucketArgs {
            bucket: "ana-notas".into(),
        });
        assert_eq!(probe.name(), "s3_bucket");
        assert_eq!(probe.missing(), "o bucket `ana-notas` não existe");
        assert_eq!(probe.there(), "o bucket `ana-notas` existe");
        assert_eq!(probe.label("region"), "Região");
    }
}
