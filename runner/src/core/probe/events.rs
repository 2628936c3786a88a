//! Topics, rules and queues, and what becomes of events.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{args, is_default};
use crate::core::observation::{FactKind, FactSpec};

args! {
    /// A topic, and whether it delivers to a function. `GetTopicAttributes`,
    /// `ListSubscriptionsByTopic`, `GetSubscriptionAttributes`.
    SnsTopicArgs {
        /// Topic name.
        topic: String,
        /// Function name.
        function: String,
    }
    missing "o tópico `{topic}` não existe"
    facts {
        subscriptions: List "inscrições do tópico",
        function_subscriptions: Number "inscrições da função `{function}`",
        filter: Text "filtro da inscrição da função",
    }

    /// A rule of the default event bus: its targets, and which events it takes.
    /// `DescribeRule`, `ListTargetsByRule`, `TestEventPattern`.
    EventRuleArgs {
        /// Rule name.
        rule: String,
        /// Events that the rule has to take: `source`, `detail-type` and `detail`.
        matching: Vec<Value> = default,
        /// Events that it has to leave.
        other: Vec<Value> = default,
    }
    missing "a regra `{rule}` não existe no barramento padrão"
    facts {
        state: Text "estado",
        pattern: Text "padrão",
        missed: List "eventos que a regra deveria pegar e não pega",
        caught: List "eventos que a regra pega e não deveria",
        targets: List "alvos da regra",
    }

    /// A queue's attributes. `GetQueueUrl`, `GetQueueAttributes`.
    SqsQueueArgs {
        /// Queue name.
        queue: String,
        /// Function that consumes it, whose timeout the visibility timeout has to cover.
        function: Option<String> = default,
    }
    missing "a fila `{queue}` não existe"
    facts {
        arn: Text "ARN",
        visibility_timeout: Number "tempo de visibilidade em segundos",
        visibility_covers_timeout: Bool "o tempo de visibilidade cobre o tempo limite da função `{function}`",
        receive_wait: Number "espera do recebimento em segundos",
        retention: Number "retenção em segundos",
        dlq: Text "fila de mensagens mortas",
        max_receives: Number "recebimentos antes da fila de mensagens mortas",
        fifo: Bool "é uma fila FIFO",
        content_based_deduplication: Bool "deduplica pelo conteúdo",
        messages: Number "mensagens na fila (aproximado)",
    }

    /// Messages that wait in a queue; they are looked at and stay. `ReceiveMessage`,
    /// `ChangeMessageVisibilityBatch`. Only for queues that no function consumes.
    SqsMessagesArgs {
        /// Queue name.
        queue: String,
        /// Text that a message must hold.
        containing: String,
    }
    missing "a fila `{queue}` não existe"
    facts {
        count: Number "mensagens com `{containing}`",
        bodies: List "conteúdo das mensagens com `{containing}`",
    }

    /// Where the events of a check ended: in the table or in the dead-letter
    /// queue. `Query` or `Scan`, `ReceiveMessage`.
    EventFlowArgs {
        /// Table name.
        table: String,
        /// The partition key of the good events.
        key: BTreeMap<String, Value> = default,
        /// Attributes of the good events, where they have no partition key in common.
        matching: BTreeMap<String, Value> = default,
        /// Attribute that is different in every good event.
        attribute: String,
        /// Name of the dead-letter queue.
        dlq: String,
        /// Text that every event of the check holds.
        containing: String,
    }
    missing "falta a tabela `{table}` ou a fila `{dlq}`"
    facts {
        stored: Number "eventos na tabela `{table}`",
        distinct: Number "eventos diferentes na tabela `{table}`",
        dead: Number "mensagens na fila `{dlq}`",
    }
}
