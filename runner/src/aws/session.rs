use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_s3::config::Credentials;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::errors::{NO_CREDENTIALS, fault};
use super::login::{Login, Wires};
use crate::core::{ProbeError, ProbeErrorKind};

/// Where the learner works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// The local sandbox.
    Sandbox,
    /// A real account, or any other endpoint that the configuration names.
    Aws,
}

/// How to reach a target. What is `None` comes from the standard AWS
/// configuration (environment, shared files).
#[derive(Debug, Clone)]
pub struct Connection {
    /// Sandbox or AWS.
    pub kind: TargetKind,
    /// Endpoint for all services.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Access key id and secret.
    pub keys: Option<(String, String)>,
}

impl Connection {
    /// What the standard configuration of this computer names.
    pub const fn configured() -> Self {
        Self {
            kind: TargetKind::Aws,
            endpoint: None,
            region: None,
            keys: None,
        }
    }
}

/// Who the credentials belong to. `GetCallerIdentity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Account number.
    pub account: String,
    /// ARN of the user or assumed role.
    pub arn: String,
}

/// Clients for one target, and how many calls they made.
#[derive(Debug, Clone)]
pub struct Session {
    kind: TargetKind,
    endpoint: Option<String>,
    region: String,
    calls: Arc<AtomicU64>,
    pub(super) s3: aws_sdk_s3::Client,
    pub(super) lambda: aws_sdk_lambda::Client,
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) sqs: aws_sdk_sqs::Client,
    pub(super) sns: aws_sdk_sns::Client,
    pub(super) events: aws_sdk_eventbridge::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) apigateway: aws_sdk_apigateway::Client,
    pub(super) logs: aws_sdk_cloudwatchlogs::Client,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(super) http: reqwest::Client,
    /// Held by whoever looks into a queue.
    pub(super) peeking: Arc<tokio::sync::Mutex<()>>,
}

/// How long it may take to learn whose the credentials are: a sign-in by
/// another program is part of it.
const IDENTITY_DEADLINE: Duration = Duration::from_secs(20);

/// Regions where a resource is looked for that is not in the learner's own.
pub(super) const OTHER_REGIONS: [&str; 3] = ["us-east-1", "us-east-2", "sa-east-1"];

impl Session {
    /// Makes the clients; calls nothing.
    pub async fn connect(connection: &Connection) -> Self {
        Self::connect_as(connection, None, &Wires::new()).await
    }

    /// The same as somebody else, over connections that others use too.
    pub async fn connect_as(connection: &Connection, login: Option<&Login>, wires: &Wires) -> Self {
        let calls = Arc::new(AtomicU64::new(0));
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(wires.of(connection, login))
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(3)
                    .with_initial_backoff(Duration::from_millis(100)),
            )
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(3))
                    .operation_attempt_timeout(Duration::from_secs(20))
                    .build(),
            );
        if let Some(endpoint) = &connection.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(region) = &connection.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some((id, secret)) = &connection.keys {
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "lab"));
        }
        if let Some(login) = login {
            loader = login.prepare(loader);
        }
        let mut config = loader.load().await;
        if let Some(login) = login {
            config = login.enter(config).await;
        }
        let region = config
            .region()
            .map_or_else(|| "us-east-1".to_owned(), |r| r.as_ref().to_owned());
        let config = config
            .into_builder()
            .region(Region::new(region.clone()))
            .build();
        macro_rules! client {
            ($service:ident) => {
                $service::Client::from_conf(
                    $service::config::Builder::from(&config)
                        .interceptor(CallCounter(Arc::clone(&calls)))
                        .build(),
                )
            };
        }
        Self {
            kind: connection.kind,
            endpoint: config.endpoint_url().map(str::to_owned),
            region,
            s3: client!(aws_sdk_s3),
            lambda: client!(aws_sdk_lambda),
            dynamodb: client!(aws_sdk_dynamodb),
            iam: client!(aws_sdk_iam),
            sqs: client!(aws_sdk_sqs),
            sts: client!(aws_sdk_sts),
            apigateway: client!(aws_sdk_apigateway),
            logs: client!(aws_sdk_cloudwatchlogs),
            cloudwatch: client!(aws_sdk_cloudwatch),
            sns: client!(aws_sdk_sns),
            events: client!(aws_sdk_eventbridge),
            http: http_client(connection.kind),
            peeking: Arc::default(),
            calls,
        }
    }

    /// The same session, which makes each call once: whoever keeps to AWS's
    /// limits has to count every attempt.
    #[must_use]
    pub fn unretried(&self) -> Self {
        macro_rules! once {
            ($service:ident, $client:expr) => {
                $service::Client::from_conf(
                    $client
                        .config()
                        .to_builder()
                        .retry_config(RetryConfig::disabled())
                        .build(),
                )
            };
        }
        Self {
            s3: once!(aws_sdk_s3, self.s3),
            lambda: once!(aws_sdk_lambda, self.lambda),
            dynamodb: once!(aws_sdk_dynamodb, self.dynamodb),
            iam: once!(aws_sdk_iam, self.iam),
            sqs: once!(aws_sdk_sqs, self.sqs),
            apigateway: once!(aws_sdk_apigateway, self.apigateway),
            logs: once!(aws_sdk_cloudwatchlogs, self.logs),
            cloudwatch: once!(aws_sdk_cloudwatch, self.cloudwatch),
            sns: once!(aws_sdk_sns, self.sns),
            events: once!(aws_sdk_eventbridge, self.events),
            ..self.clone()
        }
    }

    /// Asks whose credentials these are.
    ///
    /// # Errors
    /// Missing, wrong or expired credentials, or nobody at the endpoint.
    pub async fn identity(&self) -> Result<Identity, ProbeError> {
        let call = self.sts.get_caller_identity().send();
        let answer = tokio::time::timeout(IDENTITY_DEADLINE, call)
            .await
            .map_err(|_| ProbeError {
                kind: ProbeErrorKind::Timeout,
                operation: "GetCallerIdentity".to_owned(),
                message: format!("sem resposta em {} s", IDENTITY_DEADLINE.as_secs()),
            })?
            .map_err(|e| fault("GetCallerIdentity", &e))?;
        Ok(Identity {
            account: answer.account.unwrap_or_default(),
            arn: answer.arn.unwrap_or_default(),
        })
    }

    /// The same; `None` when there are no credentials at all. A profile that is
    /// named and not there is a mistake, not an absence.
    ///
    /// # Errors
    /// Credentials are configured, and whose they are could not be learnt.
    pub async fn identity_if_any(&self) -> Result<Option<Identity>, ProbeError> {
        match self.identity().await {
            Ok(identity) => Ok(Some(identity)),
            Err(error)
                if error.message == NO_CREDENTIALS && std::env::var_os("AWS_PROFILE").is_none() =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Sandbox or AWS.
    pub fn kind(&self) -> TargetKind {
        self.kind
    }

    /// The Region in force.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The endpoint in force, when it is not AWS's own.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// The URL of a REST API's stage, without a final slash.
    pub fn api_url(&self, api_id: &str, stage: &str) -> String {
        match &self.endpoint {
            // Emulators answer by path, which needs no name resolution.
            Some(endpoint) => format!(
                "{}/_aws/execute-api/{api_id}/{stage}",
                endpoint.trim_end_matches('/')
            ),
            None => format!(
                "https://{api_id}.execute-api.{}.amazonaws.com/{stage}",
                self.region
            ),
        }
    }

    /// S3 in another Region: a bucket answers only in its own.
    pub(super) fn s3_in(&self, region: &str) -> aws_sdk_s3::Client {
        if region == self.region {
            return self.s3.clone();
        }
        let config = self.s3.config().to_builder();
        aws_sdk_s3::Client::from_conf(config.region(Region::new(region.to_owned())).build())
    }

    pub(super) fn count_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn call_count(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

fn http_client(kind: TargetKind) -> reqwest::Client {
    // A second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .timeout(Duration::from_secs(8))
        .redirect(reqwest::redirect::Policy::none());
    if kind == TargetKind::Sandbox {
        builder = builder.no_proxy().tls_certs_only([]);
    }
    builder.build().unwrap_or_default()
}

/// Counts attempts that are sent, retries included.
#[derive(Debug, Clone)]
struct CallCounter(Arc<AtomicU64>);

impl Intercept for CallCounter {
    fn name(&self) -> &'static str {
        "CallCounter"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
