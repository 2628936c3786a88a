//! Resources of somebody else whose names look like a lab's: what a reset must
//! leave alone.

use std::collections::HashMap;
use std::io::{Cursor, Write};

use aws_sdk_apigateway::types::{ApiStage, IntegrationType};
use aws_sdk_cloudwatch::types::{ComparisonOperator, Statistic};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use aws_sdk_eventbridge::types::Target;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use aws_sdk_sqs::types::QueueAttributeName;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::errors::fault;
use super::session::Session;
use crate::core::{ProbeError, ProbeErrorKind, Resource, World, log_group_of};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
const CODE: &str = "def handler(event, context):\n    return 'vizinho'\n";

impl Session {
    /// Makes two resources of the same kind, with a little in each: one whose
    /// name begins as the given one does, and one whose name ends so.
    ///
    /// # Errors
    /// What the emulator refused; on AWS always, where nothing is made that
    /// nobody asked for.
    pub async fn create_neighbour(&self, resource: &Resource) -> Result<(), ProbeError> {
        if self.enforces_everything() {
            return Err(refused(
                "vizinhos são criados só no sandbox, nunca em uma conta da AWS",
            ));
        }
        let name = resource.name();
        // The name of a FIFO queue ends so.
        let (stem, end) = match name.strip_suffix(".fifo") {
            Some(stem) => (stem, ".fifo"),
            None => (name, ""),
        };
        for name in [
            format!("{stem}-vizinho{end}"),
            format!("vizinho-{stem}{end}"),
        ] {
            match resource {
                Resource::S3Bucket(_) => Box::pin(self.bucket_with_object(&name)).await?,
                Resource::DynamodbTable(_) => Box::pin(self.table_with_item(&name)).await?,
                Resource::LambdaFunction(_) => Box::pin(self.function_with_log(&name)).await?,
                Resource::CloudwatchAlarm(_) => Box::pin(self.alarm(&name)).await?,
                Resource::CloudwatchDashboard(_) => Box::pin(self.dashboard(&name)).await?,
                Resource::SnsTopic(_) => Box::pin(self.topic_with_subscription(&name)).await?,
                Resource::SqsQueue(_) => Box::pin(self.queue_with_message(&name)).await?,
                Resource::EventRule(_) => Box::pin(self.rule_with_target(&name)).await?,
                Resource::DynamodbBackup(_) => Box::pin(self.backup(&name)).await?,
                Resource::IamRole(_) => Box::pin(self.role_with_policy(&name)).await?,
                Resource::RestApi(_) => drop(Box::pin(self.api_with_stage(&name)).await?),
                Resource::ApiKey(_) => drop(Box::pin(self.key(&name)).await?),
                Resource::UsagePlan(_) => Box::pin(self.plan_with_key(&name)).await?,
            }
        }
        Ok(())
    }

    async fn bucket_with_object(&self, name: &str) -> Result<(), ProbeError> {
        // The oldest Region is the default and must not be named.
        let region = (self.region() != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(self.region()))
                .build()
        });
        self.s3
            .create_bucket()
            .bucket(name)
            .set_create_bucket_configuration(region)
            .send()
            .await
            .map_err(|e| fault("CreateBucket", &e))?;
        self.s3
            .put_object()
            .bucket(name)
            .key("entrada/vizinho.json")
            .body(ByteStream::from_static(b"{}"))
            .send()
            .await
            .map_err(|e| fault("PutObject", &e))?;
        Ok(())
    }

    async fn table_with_item(&self, name: &str) -> Result<(), ProbeError> {
        self.dynamodb
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(
                AttributeDefinition::builder()
                    .attribute_name("id")
                    .attribute_type(ScalarAttributeType::S)
                    .build()
                    .map_err(|e| refused(&e.to_string()))?,
            )
            .key_schema(
                KeySchemaElement::builder()
                    .attribute_name("id")
                    .key_type(KeyType::Hash)
                    .build()
                    .map_err(|e| refused(&e.to_string()))?,
            )
            .send()
            .await
            .map_err(|e| fault("CreateTable", &e))?;
        self.dynamodb
            .put_item()
            .table_name(name)
            .item("id", AttributeValue::S("vizinho".to_owned()))
            .send()
            .await
            .map_err(|e| fault("PutItem", &e))?;
        Ok(())
    }

    async fn function_with_log(&self, name: &str) -> Result<(), ProbeError> {
        // A role of its own: the neighbour of a lab's role has another name.
        let role = format!("{name}-papel");
        let identity = self.identity().await?;
        self.role_with_policy(&role).await?;
        let package = package().map_err(|e| refused(&e.to_string()))?;
        self.lambda
            .create_function()
            .function_name(name)
            .runtime(Runtime::Python313)
            .handler("app.handler")
            .role(format!("arn:aws:iam::{}:role/{role}", identity.account))
            .code(FunctionCode::builder().zip_file(Blob::new(package)).build())
            .send()
            .await
            .map_err(|e| fault("CreateFunction", &e))?;
        self.lambda
            .add_permission()
            .function_name(name)
            .statement_id("vizinho")
            .action("lambda:InvokeFunction")
            .principal("s3.amazonaws.com")
            .source_account(&identity.account)
            .send()
            .await
            .map_err(|e| fault("AddPermission", &e))?;
        self.logs
            .create_log_group()
            .log_group_name(log_group_of(name))
            .send()
            .await
            .map_err(|e| fault("CreateLogGroup", &e))?;
        Ok(())
    }

    async fn alarm(&self, name: &str) -> Result<(), ProbeError> {
        self.cloudwatch
            .put_metric_alarm()
            .alarm_name(name)
            .namespace("vizinho")
            .metric_name("vizinho")
            .statistic(Statistic::Sum)
            .period(60)
            .evaluation_periods(1)
            .threshold(1.0)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .send()
            .await
            .map_err(|e| fault("PutMetricAlarm", &e))?;
        Ok(())
    }

    async fn dashboard(&self, name: &str) -> Result<(), ProbeError> {
        let call = self.cloudwatch.put_dashboard().dashboard_name(name);
        call.dashboard_body(r#"{"widgets":[]}"#)
            .send()
            .await
            .map_err(|e| fault("PutDashboard", &e))?;
        Ok(())
    }

    async fn topic_with_subscription(&self, name: &str) -> Result<(), ProbeError> {
        let topic = self.sns.create_topic().name(name).send().await;
        let topic = topic.map_err(|e| fault("CreateTopic", &e))?;
        self.sns
            .subscribe()
            .set_topic_arn(topic.topic_arn)
            .protocol("email")
            .endpoint("vizinho@example.com")
            .send()
            .await
            .map_err(|e| fault("Subscribe", &e))?;
        Ok(())
    }

    async fn queue_with_message(&self, name: &str) -> Result<(), ProbeError> {
        let fifo = name.ends_with(".fifo");
        let attributes = fifo.then(|| {
            HashMap::from([
                (QueueAttributeName::FifoQueue, "true".to_owned()),
                (
                    QueueAttributeName::ContentBasedDeduplication,
                    "true".to_owned(),
                ),
            ])
        });
        let queue = self
            .sqs
            .create_queue()
            .queue_name(name)
            .set_attributes(attributes)
            .send()
            .await
            .map_err(|e| fault("CreateQueue", &e))?;
        self.sqs
            .send_message()
            .set_queue_url(queue.queue_url)
            .message_body("vizinho")
            .set_message_group_id(fifo.then(|| "vizinho".to_owned()))
            .send()
            .await
            .map_err(|e| fault("SendMessage", &e))?;
        Ok(())
    }

    async fn rule_with_target(&self, name: &str) -> Result<(), ProbeError> {
        let account = self.identity().await?.account;
        self.events
            .put_rule()
            .name(name)
            .event_pattern(r#"{"source":["vizinho"]}"#)
            .send()
            .await
            .map_err(|e| fault("PutRule", &e))?;
        let target = Target::builder()
            .id("vizinho")
            .arn(format!(
                "arn:aws:sqs:{}:{account}:{name}-fila",
                self.region()
            ))
            .build()
            .map_err(|e| refused(&e.to_string()))?;
        self.events
            .put_targets()
            .rule(name)
            .targets(target)
            .send()
            .await
            .map_err(|e| fault("PutTargets", &e))?;
        Ok(())
    }

    async fn backup(&self, name: &str) -> Result<(), ProbeError> {
        // A table of its own, whose name is no other neighbour's.
        let table = format!("{name}-tabela");
        self.table_with_item(&table).await?;
        let call = self.dynamodb.create_backup().table_name(table);
        let made = call.backup_name(name).send().await;
        made.map(drop).map_err(|e| fault("CreateBackup", &e))
    }

    async fn role_with_policy(&self, name: &str) -> Result<(), ProbeError> {
        self.iam
            .create_role()
            .role_name(name)
            .assume_role_policy_document(TRUST)
            .send()
            .await
            .map_err(|e| fault("CreateRole", &e))?;
        self.iam
            .put_role_policy()
            .role_name(name)
            .policy_name("vizinho")
            .policy_document(POLICY)
            .send()
            .await
            .map_err(|e| fault("PutRolePolicy", &e))?;
        Ok(())
    }

    async fn key(&self, name: &str) -> Result<String, ProbeError> {
        let key = self.apigateway.create_api_key().name(name).enabled(true);
        let key = key.send().await.map_err(|e| fault("CreateApiKey", &e))?;
        Ok(key.id.unwrap_or_default())
    }

    async fn plan_with_key(&self, name: &str) -> Result<(), ProbeError> {
        // An API and a key of its own, whose names are no other neighbour's.
        let api = self.api_with_stage(&format!("{name}-api")).await?;
        let key = self.key(&format!("{name}-chave")).await?;
        let plan = self
            .apigateway
            .create_usage_plan()
            .name(name)
            .api_stages(ApiStage::builder().api_id(api).stage("prod").build());
        let plan = plan
            .send()
            .await
            .map_err(|e| fault("CreateUsagePlan", &e))?;
        self.apigateway
            .create_usage_plan_key()
            .usage_plan_id(plan.id().unwrap_or_default())
            .key_id(key)
            .key_type("API_KEY")
            .send()
            .await
            .map_err(|e| fault("CreateUsagePlanKey", &e))?;
        Ok(())
    }

    async fn api_with_stage(&self, name: &str) -> Result<String, ProbeError> {
        let api = self
            .apigateway
            .create_rest_api()
            .name(name)
            .send()
            .await
            .map_err(|e| fault("CreateRestApi", &e))?;
        let id = api.id().unwrap_or_default();
        let root = api.root_resource_id().unwrap_or_default();
        let method = self
            .apigateway
            .put_method()
            .rest_api_id(id)
            .resource_id(root);
        method
            .http_method("GET")
            .authorization_type("NONE")
            .send()
            .await
            .map_err(|e| fault("PutMethod", &e))?;
        let integration = self.apigateway.put_integration().rest_api_id(id);
        integration
            .resource_id(root)
            .http_method("GET")
            .r#type(IntegrationType::Mock)
            .send()
            .await
            .map_err(|e| fault("PutIntegration", &e))?;
        self.apigateway
            .create_deployment()
            .rest_api_id(id)
            .stage_name("prod")
            .send()
            .await
            .map_err(|e| fault("CreateDeployment", &e))?;
        Ok(id.to_owned())
    }
}

/// A function's package with one file.
fn package() -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("app.py", SimpleFileOptions::default())?;
    zip.write_all(CODE.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

fn refused(why: &str) -> ProbeError {
    ProbeError {
        kind: ProbeErrorKind::Refused,
        operation: "create_neighbour".to_owned(),
        message: why.to_owned(),
    }
}
