//! S3.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::args;
use crate::core::observation::{FactKind, FactSpec};

args! {
    /// A bucket and its public access block. `HeadBucket`, `GetPublicAccessBlock`.
    S3BucketArgs {
        /// Bucket name.
        bucket: String,
    }
    missing "o bucket `{bucket}` não existe"
    facts {
        region: Text "Região",
        public_access_blocked: Bool "as quatro travas do bloqueio de acesso público estão ligadas",
        public_access_open: List "travas de acesso público desligadas",
    }

    /// One object. `GetObject`.
    S3ObjectArgs {
        /// Bucket name.
        bucket: String,
        /// Object key, as it is (not URL-encoded).
        key: String,
    }
    missing "o objeto `{key}` não existe no bucket `{bucket}`"
    facts {
        text: Text "conteúdo",
        json: Record "conteúdo em JSON",
        size: Number "tamanho em bytes",
        content_type: Text "Content-Type",
    }

    /// The notifications of a bucket that call one function. `GetBucketNotificationConfiguration`.
    S3NotificationArgs {
        /// Bucket name.
        bucket: String,
        /// Function name.
        function: String,
    }
    missing "o bucket `{bucket}` não tem notificação para a função `{function}`"
    facts {
        events: List "eventos",
        prefix: Text "prefixo",
        suffix: Text "sufixo",
        count: Number "notificações para esta função",
        qualifier: Text "alias ou versão no fim do ARN da notificação",
    }
}
