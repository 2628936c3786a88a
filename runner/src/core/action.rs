use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something done to the learner's system before looking at it, or to clean up
/// afterwards. In TOML: `do = [{ s3_put = { bucket = "{bucket}", key = "…", json = "{nota}" } }]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Puts an object; deleted again afterwards. `PutObject`.
    S3Put {
        /// Bucket name.
        bucket: String,
        /// Object key.
        key: String,
        /// Content, written as JSON; a text is written as it is.
        json: Value,
    },
    /// Deletes an object, for `clean`. `DeleteObject`.
    S3Delete {
        /// Bucket name.
        bucket: String,
        /// Object key.
        key: String,
    },
    /// Calls a function with the event that S3 would send for an object. `Invoke`.
    LambdaS3Event {
        /// Function name.
        function: String,
        /// Whether the caller waits for the result.
        #[serde(default)]
        invocation: Invocation,
        /// The object that the event tells of.
        object: S3Target,
    },
    /// Calls a function with an event. `Invoke`.
    LambdaInvoke {
        /// Function name.
        function: String,
        /// Version or alias; the newest code without it.
        #[serde(default)]
        qualifier: Option<String>,
        /// Whether the caller waits for the result.
        #[serde(default)]
        invocation: Invocation,
        /// The event.
        event: Value,
    },
    /// Puts an item; deleted again afterwards. `PutItem`.
    DynamodbPut {
        /// Table name.
        table: String,
        /// The item.
        item: BTreeMap<String, Value>,
        /// The item's primary key.
        key: BTreeMap<String, Value>,
    },
    /// Deletes an item, for `clean`. `DeleteItem`.
    DynamodbDelete {
        /// Table name.
        table: String,
        /// The item's primary key.
        key: BTreeMap<String, Value>,
    },
}

/// An object in a bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Target {
    /// Bucket name.
    pub bucket: String,
    /// Object key, as it is; S3 URL-encodes it in events.
    pub key: String,
}

/// How a function is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Invocation {
    /// The caller waits for the result (`RequestResponse`).
    #[default]
    Sync,
    /// The event is queued and retried (`Event`).
    Async,
}

impl Action {
    /// What takes it back. Known before the action is done, so that an
    /// interruption at any moment leaves nothing behind.
    pub fn undo(&self) -> Option<Self> {
        match self {
            Self::S3Put { bucket, key, .. } => Some(Self::S3Delete {
                bucket: bucket.clone(),
                key: key.clone(),
            }),
            Self::DynamodbPut { table, key, .. } => Some(Self::DynamodbDelete {
                table: table.clone(),
                key: key.clone(),
            }),
            Self::S3Delete { .. }
            | Self::LambdaS3Event { .. }
            | Self::LambdaInvoke { .. }
            | Self::DynamodbDelete { .. } => None,
        }
    }

    /// The function that it calls itself.
    pub fn calls(&self) -> Option<&str> {
        match self {
            Self::LambdaS3Event { function, .. } | Self::LambdaInvoke { function, .. } => {
                Some(function)
            }
            _ => None,
        }
    }

    /// Whether it calls a function and does not wait for it.
    pub fn leaves_behind(&self) -> bool {
        matches!(
            self,
            Self::LambdaS3Event {
                invocation: Invocation::Async,
                ..
            } | Self::LambdaInvoke {
                invocation: Invocation::Async,
                ..
            }
        )
    }

    /// Whether it only takes something away, as clean-up does.
    pub fn removes(&self) -> bool {
        matches!(self, Self::S3Delete { .. } | Self::DynamodbDelete { .. })
    }

    /// What is being done, for people who wait.
    pub fn describe(&self) -> String {
        match self {
            Self::S3Put { bucket, key, .. } => format!("enviando `{key}` ao bucket `{bucket}`"),
            Self::S3Delete { key, .. } => format!("removendo `{key}`"),
            Self::LambdaS3Event { function, .. } => {
                format!("chamando a função `{function}` com um evento do S3")
            }
            Self::LambdaInvoke { function, .. } => format!("chamando a função `{function}`"),
            Self::DynamodbPut { table, .. } => format!("gravando um item na tabela `{table}`"),
            Self::DynamodbDelete { table, .. } => format!("removendo um item da tabela `{table}`"),
        }
    }
}
