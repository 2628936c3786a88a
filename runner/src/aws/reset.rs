//! Finds and deletes resources that a lab asked for. Deleting what is already
//! gone is no error, so that an interrupted reset can simply be run again.

use aws_sdk_apigateway::types::RestApi;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use futures_util::future::try_join_all;

use super::apigateway::remove;
use super::dynamodb_extras;
use super::errors::{fault, found, gone};
use super::event_source;
use super::eventbridge;
use super::moment::Moment;
use super::s3::{self, Head};
use super::session::Session;
use super::sns;
use super::sqs;
use super::{cloudwatch, dashboard};
use crate::core::{ProbeError, ProbeErrorKind, Resource};

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

    /// Deletes a resource and what belongs to it.
    ///
    /// # Errors
    /// What AWS refused; the rest of the resource may be gone already.
    pub async fn delete(&self, resource: &Resource) -> Result<(), ProbeError> {
        match resource {
            Resource::S3Bucket(name) => self.delete_bucket(name).await,
            Resource::DynamodbTable(name) => gone(
                self.dynamodb
                    .delete_table()
                    .table_name(name)
                    .send()
                    .await
                    .map_err(|e| fault("DeleteTable", &e)),
            ),
            Resource::LambdaFunction(name) => {
                for mapping in event_source::of_function(self, name).await? {
                    let call = self.lambda.delete_event_source_mapping().uuid(mapping);
                    let answer = call.send().await;
                    gone(answer.map_err(|e| fault("DeleteEventSourceMapping", &e)))?;
                }
                gone(
                    self.lambda
                        .delete_function()
                        .function_name(name)
                        .send()
                        .await
                        .map_err(|e| fault("DeleteFunction", &e)),
                )?;
                let group = format!("/aws/lambda/{name}");
                gone(
                    self.logs
                        .delete_log_group()
                        .log_group_name(group)
                        .send()
                        .await
                        .map_err(|e| fault("DeleteLogGroup", &e)),
                )
            }
            Resource::CloudwatchAlarm(name) => {
                let call = self.cloudwatch.delete_alarms().alarm_names(name);
                let answer = call.send().await;
                gone(answer.map_err(|e| fault("DeleteAlarms", &e)))
            }
            Resource::CloudwatchDashboard(name) => {
                let call = self.cloudwatch.delete_dashboards().dashboard_names(name);
                let answer = call.send().await;
                gone(answer.map_err(|e| fault("DeleteDashboards", &e)))
            }
            Resource::SnsTopic(name) => sns::delete(self, name).await,
            Resource::SqsQueue(name) => {
                let Some(queue) = sqs::by_name(self, name).await? else {
                    return Ok(());
                };
                let answer = self.sqs.delete_queue().queue_url(queue.url).send().await;
                gone(answer.map_err(|e| fault("DeleteQueue", &e)))
            }
            Resource::EventRule(name) => eventbridge::delete(self, name).await,
            Resource::DynamodbBackup(name) => {
                for backup in dynamodb_extras::named(self, name).await? {
                    let call = self.dynamodb.delete_backup();
                    let answer = call.set_backup_arn(backup.backup_arn).send().await;
                    gone(answer.map_err(|e| fault("DeleteBackup", &e)))?;
                }
                Ok(())
            }
            Resource::IamRole(name) => self.delete_role(name).await,
            Resource::ApiKey(name) => {
                for id in remove::key_ids(self, name).await? {
                    remove::delete_key(self, &id).await?;
                }
                Ok(())
            }
            Resource::UsagePlan(name) => {
                for plan in remove::plans(self, name).await? {
                    remove::delete_plan(self, &plan).await?;
                }
                Ok(())
            }
            Resource::RestApi(name) => {
                for id in self.api_ids(name).await? {
                    gone(
                        self.apigateway
                            .delete_rest_api()
                            .rest_api_id(id)
                            .send()
                            .await
                            .map_err(|e| fault("DeleteRestApi", &e)),
                    )?;
                }
                Ok(())
            }
        }
    }

    async fn log_group(&self, function: &str) -> Result<bool, ProbeError> {
        let group = format!("/aws/lambda/{function}");
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

    async fn delete_bucket(&self, name: &str) -> Result<(), ProbeError> {
        let Some(s3) = self.home_of_bucket(name).await? else {
            return Ok(());
        };
        loop {
            let page = s3.list_object_versions().bucket(name).send().await;
            let Some(page) = found("ListObjectVersions", page)? else {
                return Ok(());
            };
            let versions = page.versions().iter().map(|v| (v.key(), v.version_id()));
            let markers = page
                .delete_markers()
                .iter()
                .map(|m| (m.key(), m.version_id()));
            let doomed: Vec<ObjectIdentifier> = versions
                .chain(markers)
                .filter_map(|(key, version)| {
                    ObjectIdentifier::builder()
                        .key(key?)
                        .set_version_id(version.map(str::to_owned))
                        .build()
                        .ok()
                })
                .collect();
            if doomed.is_empty() {
                break;
            }
            let Ok(delete) = Delete::builder()
                .set_objects(Some(doomed))
                .quiet(true)
                .build()
            else {
                break;
            };
            let answer = s3.delete_objects().bucket(name).delete(delete).send().await;
            let answer = answer.map_err(|e| fault("DeleteObjects", &e))?;
            if let Some(error) = answer.errors().first() {
                return Err(ProbeError {
                    kind: ProbeErrorKind::Refused,
                    operation: "DeleteObjects".to_owned(),
                    message: format!(
                        "{}: {}",
                        error.key().unwrap_or_default(),
                        error.message().unwrap_or_default()
                    ),
                });
            }
        }
        gone(
            s3.delete_bucket()
                .bucket(name)
                .send()
                .await
                .map_err(|e| fault("DeleteBucket", &e)),
        )
    }

    async fn delete_role(&self, name: &str) -> Result<(), ProbeError> {
        let inline = self.iam.list_role_policies().role_name(name).send().await;
        let Some(inline) = found("ListRolePolicies", inline)? else {
            return Ok(());
        };
        try_join_all(inline.policy_names().iter().map(|policy| async move {
            let answer = self
                .iam
                .delete_role_policy()
                .role_name(name)
                .policy_name(policy)
                .send()
                .await;
            gone(answer.map_err(|e| fault("DeleteRolePolicy", &e)))
        }))
        .await?;
        let attached = self
            .iam
            .list_attached_role_policies()
            .role_name(name)
            .send()
            .await;
        let attached = attached.map_err(|e| fault("ListAttachedRolePolicies", &e))?;
        try_join_all(
            attached
                .attached_policies()
                .iter()
                .filter_map(|p| p.policy_arn())
                .map(|arn| async move {
                    let answer = self
                        .iam
                        .detach_role_policy()
                        .role_name(name)
                        .policy_arn(arn)
                        .send()
                        .await;
                    gone(answer.map_err(|e| fault("DetachRolePolicy", &e)))
                }),
        )
        .await?;
        gone(
            self.iam
                .delete_role()
                .role_name(name)
                .send()
                .await
                .map_err(|e| fault("DeleteRole", &e)),
        )
    }
}
