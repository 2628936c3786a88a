//! Finds resources that a lab asked for, and says what there is of each.

use aws_sdk_apigateway::types::RestApi;
use aws_sdk_s3::Client;

use super::apigateway::remove;
use super::dynamodb_extras;
use super::errors::{fault, found};
use super::event_source;
use super::eventbridge;
use super::moment::Moment;
use super::s3::{self, Head};
use super::session::Session;
use super::sns;
use super::sqs;
use super::{cloudwatch, dashboard};
use crate::core::{ProbeError, ProbeErrorKind, Resource, log_group_of};

impl Session {
    /// What there is of a resource, in a few words; `None` when it is not there.
    ///
    /// # Errors
    /// It could not be looked at; such a resource must be left alone.
    pub async fn inspect(&self, resource: &Resource) -> Result<Option<String>, ProbeError> {
        match resource {
            Resource::S3Bucket(name) => {
                let Some(s3) = self.home_of_bucket(name).await? else {
                    return Ok(None);
                };
                let list = s3
                    .list_objects_v2()
                    .bucket(name)
                    .send()
                    .await
                    .map_err(|e| fault("ListObjectsV2", &e))?;
                let more = if list.is_truncated() == Some(true) {
                    " ou mais"
                } else {
                    ""
                };
                Ok(Some(match list.contents().len() {
                    0 => "vazio".to_owned(),
                    1 => "1 objeto".to_owned(),
                    n => format!("{n} objetos{more}"),
                }))
            }
            Resource::DynamodbTable(name) => {
                let answer = self.dynamodb.describe_table().table_name(name).send().await;
                Ok(found("DescribeTable", answer)?
                    .and_then(|t| t.table)
                    .map(|t| match t.item_count().unwrap_or_default() {
                        1 => "cerca de 1 item".to_owned(),
                        n => format!("cerca de {n} itens"),
                    }))
            }
            Resource::LambdaFunction(name) => {
                let answer = self
                    .lambda
                    .get_function_configuration()
                    .function_name(name)
                    .send()
                    .await;
                let here = found("GetFunctionConfiguration", answer)?.is_some();
                let log = self.log_group(name).await?;
                let mapped = !event_source::of_function(self, name).await?.is_empty();
                Ok(match (here, log) {
                    (false, _) if mapped => Some("só resta o que a ligava a uma fonte".to_owned()),
                    (true, true) => Some("com o grupo de log".to_owned()),
                    (true, false) => Some("sem grupo de log".to_owned()),
                    (false, true) => Some("só resta o grupo de log".to_owned()),
                    (false, false) => None,
                })
            }
            Resource::CloudwatchAlarm(name) => {
                let alarm = cloudwatch::by_name(self, name).await?;
                let state = alarm.and_then(|a| a.state_value);
                Ok(state.map(|state| format!("em {}", state.as_str())))
            }
            Resource::CloudwatchDashboard(name) => {
                let body = dashboard::body(self, name).await?;
                Ok(body.map(|_| "com os seus quadros".to_owned()))
            }
            Resource::SnsTopic(name) => Ok(match sns::by_name(self, name).await? {
                Some(arn) => Some(match sns::subscribed(self, &arn).await? {
                    1 => "com 1 inscrição".to_owned(),
                    n => format!("com {n} inscrições"),
                }),
                None => None,
            }),
            Resource::SqsQueue(name) => {
                let queue = sqs::by_name(self, name).await?;
                Ok(queue.map(|queue| match queue.messages() {
                    1 => "cerca de 1 mensagem".to_owned(),
                    n => format!("cerca de {n} mensagens"),
                }))
            }
            Resource::EventRule(name) => {
                let aimed = eventbridge::aimed(self, name).await?;
                Ok(aimed.map(|targets| match targets {
                    1 => "com 1 alvo".to_owned(),
                    n => format!("com {n} alvos"),
                }))
            }
            Resource::DynamodbBackup(name) => {
                let backups = dynamodb_extras::named(self, name).await?;
                let table = backups.first().map(|b| b.table_name().unwrap_or_default());
                Ok(table.map(|table| format!("da tabela `{table}`")))
            }
            Resource::IamRole(name) => {
                let answer = self.iam.get_role().role_name(name).send().await;
                Ok(found("GetRole", answer)?.map(|_| "com as suas políticas".to_owned()))
            }
            Resource::RestApi(name) => {
                let ids = self.api_ids(name).await?;
                Ok((!ids.is_empty()).then(|| format!("id {}", ids.join(", "))))
            }
            Resource::ApiKey(name) => {
                let ids = remove::key_ids(self, name).await?;
                Ok((!ids.is_empty()).then(|| format!("id {}", ids.join(", "))))
            }
            Resource::UsagePlan(name) => {
                let plans = remove::plans(self, name).await?;
                let ids: Vec<&str> = plans.iter().filter_map(|plan| plan.id()).collect();
                Ok((!ids.is_empty()).then(|| format!("id {}", ids.join(", "))))
            }
        }
    }

    async fn log_group(&self, function: &str) -> Result<bool, ProbeError> {
        let group = log_group_of(function);
        let list = self
            .logs
            .describe_log_groups()
            .log_group_name_prefix(&group)
            .send()
            .await;
        let list = list.map_err(|e| fault("DescribeLogGroups", &e))?;
        Ok(list
            .log_groups()
            .iter()
            .any(|g| g.log_group_name() == Some(&group)))
    }

    async fn api_ids(&self, name: &str) -> Result<Vec<String>, ProbeError> {
        let apis: Vec<RestApi> = self
            .apigateway
            .get_rest_apis()
            .limit(500)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<_, _>>()
            .await
            .map_err(|e| fault("GetRestApis", &e))?;
        Ok(apis
            .into_iter()
            .filter(|a| a.name() == Some(name))
            .filter_map(|a| a.id)
            .collect())
    }

    /// S3 in the Region where a bucket is, which need not be the learner's: the
    /// name cannot be used for another bucket before this one is gone.
    async fn home_of_bucket(&self, name: &str) -> Result<Option<Client>, ProbeError> {
        match &*s3::head(self, &Moment::default(), name).await? {
            Head::Absent => Ok(None),
            Head::Here { .. } => Ok(Some(self.s3.clone())),
            Head::Elsewhere { region } => Ok(Some(self.s3_in(region))),
            Head::Refused => Err(ProbeError {
                kind: ProbeErrorKind::Denied,
                operation: "HeadBucket".to_owned(),
                message: format!("estas credenciais não podem ver o bucket `{name}`"),
            }),
        }
    }
}
