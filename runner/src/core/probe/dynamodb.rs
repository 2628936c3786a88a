//! DynamoDB.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{args, is_default};
use crate::core::observation::{FactKind, FactSpec};

args! {
    /// A table's key and state. `DescribeTable`.
    DynamodbTableArgs {
        /// Table name.
        table: String,
    }
    missing "a tabela `{table}` não existe"
    facts {
        status: Text "estado",
        partition_key: Text "chave de partição",
        partition_key_type: Text "tipo da chave de partição (`S`: texto, `N`: número)",
        sort_key: Text "chave de classificação",
        billing_mode: Text "modo de cobrança",
    }

    /// One item by its key, read consistently. `GetItem`.
    DynamodbItemArgs {
        /// Table name.
        table: String,
        /// The whole primary key.
        key: BTreeMap<String, Value>,
    }
    missing "não há item com a chave {key} na tabela `{table}`"
    facts {
        item: Record "item",
    }

    /// How many items have an attribute with a value. `Scan`.
    DynamodbCountArgs {
        /// Table name.
        table: String,
        /// Attributes that must be equal.
        matching: BTreeMap<String, Value>,
    }
    missing "a tabela `{table}` não existe"
    facts {
        count: Number "quantidade de itens",
    }

    /// Every item with one partition key, in the order of the sort key. `Query`.
    DynamodbQueryArgs {
        /// Table name.
        table: String,
        /// The partition key.
        key: BTreeMap<String, Value>,
        /// Attribute whose values are told, in order.
        attribute: Option<String> = default,
        /// Attribute that holds a time.
        time: Option<String> = default,
    }
    missing "a tabela `{table}` não existe, ou não tem a chave {key}"
    facts {
        count: Number "quantidade de itens",
        values: List "valores do atributo `{attribute}`, em ordem",
        last: Record "último item",
        time_is_iso: Bool "todo `{time}` é um instante ISO 8601 com fuso",
    }

    /// What else a table has: stream, TTL, point-in-time recovery, backups.
    /// `DescribeTable`, `DescribeTimeToLive`, `DescribeContinuousBackups`, `ListBackups`.
    DynamodbExtrasArgs {
        /// Table name.
        table: String,
    }
    missing "a tabela `{table}` não existe"
    facts {
        stream_view: Text "o que o stream mostra de cada mudança",
        ttl_enabled: Bool "o tempo de vida (TTL) está ligado",
        ttl_attribute: Text "atributo do tempo de vida",
        recovery: Bool "a recuperação em um ponto no tempo está ligada",
        backups: List "backups prontos da tabela",
    }
}
