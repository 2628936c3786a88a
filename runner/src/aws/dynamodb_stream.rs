use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::dynamodb::{delete, delete_all, put, query};
use super::session::Session;
use crate::core::{Acted, ProbeError};

/// How long changes may take through a stream.
const STREAM_PATIENCE: Duration = Duration::from_secs(15);
const STREAM_PAUSE: Duration = Duration::from_millis(200);

/// Puts an item, and waits until it was noted; removes both.
pub(super) async fn end(
    session: &Session,
    table: &str,
    item: &BTreeMap<String, Value>,
    key: &BTreeMap<String, Value>,
    (noted, noted_key): (&str, &BTreeMap<String, Value>),
) -> Result<Acted, ProbeError> {
    put(session, table, item).await?;
    let until = Instant::now() + STREAM_PATIENCE;
    while Instant::now() < until {
        match query(session, noted, noted_key).await {
            Ok(Ok(notes)) if notes.is_empty() => tokio::time::sleep(STREAM_PAUSE).await,
            _ => break,
        }
    }
    delete(session, table, key).await?;
    delete_all(session, noted, noted_key).await
}
