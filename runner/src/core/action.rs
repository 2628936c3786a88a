use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::probe::is_default;
use super::{ApiCallArgs, ApiLoadArgs};

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
        /// Whether the function may end with an error: the check provokes it.
        #[serde(default, skip_serializing_if = "is_default")]
        may_fail: bool,
    },
    /// Sets the state of an alarm, which AWS corrects at its next look: so an
    /// alarm that already went off can go off again. `SetAlarmState`.
    AlarmState {
        /// Alarm name.
        alarm: String,
        /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        state: String,
    },
    /// Sends a request to a REST API, as the probe of this name does. What the
    /// learner's system makes of it is for `clean`.
    ApiCall(ApiCallArgs),
    /// Creates, changes and deletes many things through a REST API, some calls
    /// repeated as a client does that got no answer. What the learner's system
    /// makes of it is for `clean`.
    ApiLoad(ApiLoadArgs),
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
    /// Deletes every item with this partition key, for `clean`. `Query`, `DeleteItem`.
    DynamodbDeleteAll {
        /// Table name.
        table: String,
        /// The partition key.
        key: BTreeMap<String, Value>,
    },
    /// Waits until what was written to a table has come through its stream, for
    /// `clean`: puts an item, and waits until the learner's function has noted
    /// it in another table. Both are removed again. `PutItem`, `Query`.
    DynamodbStreamEnd {
        /// Name of the table with the stream.
        table: String,
        /// The item, of which there is no other.
        item: BTreeMap<String, Value>,
        /// The item's primary key.
        key: BTreeMap<String, Value>,
        /// Name of the table where the function notes it.
        noted: String,
        /// The partition key of the note.
        noted_key: BTreeMap<String, Value>,
    },
    /// Deletes every item that has an attribute with a value, for `clean`.
    /// `Scan`, `DeleteItem`.
    DynamodbDeleteMatching {
        /// Table name.
        table: String,
        /// Attributes that must be equal.
        matching: BTreeMap<String, Value>,
    },
    /// Sends one message; removed again in the end. `SendMessage`.
    SqsSend {
        /// Queue name.
        queue: String,
        /// Content, written as JSON; a text is written as it is.
        body: Value,
    },
    /// Sends messages in order and in one group to a FIFO queue; removed again
    /// in the end. A FIFO queue remembers what it was sent for five minutes, so
    /// each time something is added to them that probes leave out. `SendMessage`.
    SqsFifo {
        /// Queue name.
        queue: String,
        /// A text that every message holds, and no other.
        marker: String,
        /// The messages.
        bodies: Vec<String>,
    },
    /// Sends many messages at once, repeated and poisonous ones among them;
    /// removed again in the end. `SendMessageBatch`.
    SqsFlood {
        /// Queue name.
        queue: String,
        /// A text that every message holds, and no other.
        marker: String,
        /// A good message; `<n>` stands for its number, with six digits.
        event: Value,
        /// A message that nobody can process; `<n>` stands for its number.
        poison: Value,
        /// How many good messages, each with a number of its own.
        good: u16,
        /// How many of these are sent twice.
        #[serde(default)]
        duplicates: u16,
        /// How many that nobody can process.
        #[serde(default)]
        poisonous: u16,
    },
    /// Publishes to a topic. What the learner's system makes of it is for
    /// `clean`. `Publish`.
    SnsPublish {
        /// Topic name.
        topic: String,
        /// Content, written as JSON; a text is written as it is.
        message: Value,
    },
    /// Puts an event on the default event bus. What the learner's system makes
    /// of it is for `clean`. `PutEvents`.
    EventsPut {
        /// Who tells it, such as `loja.pedidos`.
        source: String,
        /// What kind of event it is.
        detail_type: String,
        /// Content.
        detail: Value,
    },
    /// Removes the messages that hold a text from a queue and from its
    /// dead-letter queue, for `clean`. `ReceiveMessage`, `DeleteMessageBatch`.
    SqsDrain {
        /// Queue name.
        queue: String,
        /// The text.
        containing: String,
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
            Self::SqsSend { queue, body, .. } => Some(Self::SqsDrain {
                queue: queue.clone(),
                containing: as_text(body),
            }),
            Self::SqsFlood { queue, marker, .. } | Self::SqsFifo { queue, marker, .. } => {
                Some(Self::SqsDrain {
                    queue: queue.clone(),
                    containing: marker.clone(),
                })
            }
            Self::S3Delete { .. }
            | Self::LambdaS3Event { .. }
            | Self::LambdaInvoke { .. }
            | Self::AlarmState { .. }
            | Self::ApiCall(_)
            | Self::SnsPublish { .. }
            | Self::EventsPut { .. }
            | Self::DynamodbDelete { .. }
            | Self::DynamodbDeleteAll { .. }
            | Self::DynamodbStreamEnd { .. }
            | Self::ApiLoad(_)
            | Self::DynamodbDeleteMatching { .. }
            | Self::SqsDrain { .. } => None,
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
        matches!(
            self,
            Self::S3Delete { .. }
                | Self::DynamodbDelete { .. }
                | Self::DynamodbDeleteAll { .. }
                | Self::DynamodbStreamEnd { .. }
                | Self::DynamodbDeleteMatching { .. }
                | Self::SqsDrain { .. }
        )
    }

    /// Whether it is only done when nothing else is going on any more. Who
    /// receives from a queue counts as one attempt for every message there,
    /// also for those of other checks.
    pub fn at_end(&self) -> bool {
        matches!(self, Self::SqsDrain { .. }) || self.waits()
    }

    /// Whether it only waits, for what nobody can call back: the changes that
    /// are on their way through a table's stream.
    pub fn waits(&self) -> bool {
        matches!(self, Self::DynamodbStreamEnd { .. })
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
            Self::AlarmState { alarm, .. } => format!("preparando o alarme `{alarm}`"),
            Self::ApiCall(args) => format!("chamando {} {}", args.method, args.path),
            Self::ApiLoad(args) => {
                format!("mandando {} pedidos à API `{}`", args.total(), args.api)
            }
            Self::DynamodbPut { table, .. } => format!("gravando um item na tabela `{table}`"),
            Self::DynamodbDelete { table, .. } => format!("removendo um item da tabela `{table}`"),
            Self::DynamodbDeleteAll { table, .. } | Self::DynamodbDeleteMatching { table, .. } => {
                format!("removendo itens da tabela `{table}`")
            }
            Self::DynamodbStreamEnd { table, .. } => {
                format!("esperando o fim do stream da tabela `{table}`")
            }
            Self::SqsSend { queue, .. } => format!("enviando uma mensagem à fila `{queue}`"),
            Self::SqsFifo { queue, bodies, .. } => {
                format!("enviando {} mensagens à fila `{queue}`", bodies.len())
            }
            Self::SqsFlood {
                queue,
                good,
                duplicates,
                poisonous,
                ..
            } => format!(
                "enviando {} mensagens à fila `{queue}`",
                good + duplicates + poisonous
            ),
            Self::SnsPublish { topic, .. } => format!("publicando no tópico `{topic}`"),
            Self::EventsPut { detail_type, .. } => format!("enviando o evento `{detail_type}`"),
            Self::SqsDrain { queue, .. } => format!("removendo mensagens da fila `{queue}`"),
        }
    }
}

/// A value as text: a text as it is, anything else as JSON.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_sent_is_taken_back_in_the_end() {
        let send = Action::SqsSend {
            queue: "q".into(),
            body: json!({"id": 1}),
        };
        let undo = send.undo().unwrap();
        assert!(undo.removes() && undo.at_end() && !send.at_end());
        assert_eq!(
            undo,
            Action::SqsDrain {
                queue: "q".into(),
                containing: r#"{"id":1}"#.into()
            }
        );
    }
}
