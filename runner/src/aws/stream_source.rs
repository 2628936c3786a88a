use aws_sdk_dynamodb::types::StreamSpecification;
use aws_sdk_lambda::types::EventSourceMappingConfiguration;

use super::arn;
use super::dynamodb::described;
use super::event_source::{all, enabled};
use super::iam;
use super::lambda;
use super::moment::Moment;
use super::session::Session;
use crate::core::{LambdaStreamSourceArgs, Observation, ProbeError};

/// What the role has to be allowed on the stream ("Process DynamoDB records with
/// Lambda" in the Lambda Developer Guide).
const READ: [&str; 3] = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
];

/// Records are retried until they expire.
const FOREVER: i32 = -1;

pub(super) async fn stream_source(
    session: &Session,
    moment: &Moment,
    args: &LambdaStreamSourceArgs,
) -> Result<Observation, ProbeError> {
    let (table, function) = (&args.table, &args.function);
    let described = described(session, moment, table).await?;
    let Some(described) = described.as_ref() else {
        return Ok(Observation::absent().note(format!("a tabela `{table}` não existe")));
    };
    let on = described
        .stream_specification()
        .is_some_and(StreamSpecification::stream_enabled);
    let Some(stream) = described.latest_stream_arn().filter(|_| on) else {
        return Ok(Observation::absent().note(format!("a tabela `{table}` não tem stream ligado")));
    };
    let all = moment
        .once("ListEventSourceMappings".to_owned(), all(session))
        .await?;
    let of_table: Vec<_> = all
        .iter()
        .filter(|m| table_of(m.event_source_arn().unwrap_or_default()) == Some(table))
        .collect();
    let (current, stale): (Vec<_>, Vec<_>) = of_table
        .into_iter()
        .partition(|m| m.event_source_arn() == Some(stream));
    let mut notes = Vec::new();
    if !stale.is_empty() {
        notes.push(format!(
            "há um mapeamento para um stream antigo da tabela `{table}`; ligar o stream de novo cria outro, com outro ARN"
        ));
    }
    let (ours, others): (Vec<_>, Vec<_>) = current
        .into_iter()
        .partition(|m| m.function_arn().map(arn::function) == Some(function));
    notes.extend(others.iter().filter_map(|m| m.function_arn()).map(|other| {
        let other = arn::function(other);
        format!("o stream da tabela `{table}` também está ligado à função `{other}`")
    }));
    let Some(mapping) = ours.iter().find(|m| enabled(m)).or(ours.first()) else {
        return Ok(Observation::absent().notes(notes));
    };
    let state = mapping.state().unwrap_or_default();
    let settling = matches!(state, "Creating" | "Enabling" | "Updating")
        .then(|| format!("o mapeamento ainda está em {state}"));
    let configuration = lambda::configuration(session, moment, function).await?;
    let denied = match configuration.as_ref().as_ref().and_then(|f| f.role()) {
        Some(role) => iam::denied(session, moment, role, &READ, stream).await?,
        None => Vec::new(),
    };
    Ok(Observation::present()
        .with("enabled", enabled(mapping))
        .with("state", state)
        .with("batch_size", mapping.batch_size().unwrap_or_default())
        .with(
            "starting_position",
            mapping
                .starting_position()
                .map(|p| p.as_str().to_owned())
                .unwrap_or_default(),
        )
        .with(
            "retries",
            mapping.maximum_retry_attempts().unwrap_or(FOREVER),
        )
        .with(
            "bisect",
            mapping.bisect_batch_on_function_error().unwrap_or_default(),
        )
        .with(
            "max_age",
            mapping.maximum_record_age_in_seconds().unwrap_or(FOREVER),
        )
        .with("on_failure", on_failure(mapping))
        .with("denied", denied)
        .with("count", ours.len())
        .notes(notes)
        .settling(settling))
}

fn on_failure(mapping: &EventSourceMappingConfiguration) -> &str {
    mapping
        .destination_config()
        .and_then(|to| to.on_failure())
        .and_then(|to| to.destination())
        .unwrap_or_default()
}

/// The table that a stream belongs to.
fn table_of(arn: &str) -> Option<&str> {
    let rest = arn.split_once(":dynamodb:")?.1.split_once(":table/")?.1;
    rest.split_once("/stream/").map(|(table, _)| table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_tells_its_table() {
        let arn = "arn:aws:dynamodb:us-east-1:111122223333:table/ana-pedidos/stream/2026-01-02T03:04:05.678";
        assert_eq!(table_of(arn), Some("ana-pedidos"));
        assert_eq!(table_of("arn:aws:sqs:us-east-1:111122223333:ana-q"), None);
        assert_eq!(
            table_of("arn:aws:kinesis:us-east-1:111122223333:stream/x"),
            None
        );
    }

    #[test]
    fn a_mapping_without_a_destination_tells_none() {
        let mapping = EventSourceMappingConfiguration::builder().build();
        assert_eq!(on_failure(&mapping), "");
    }
}
