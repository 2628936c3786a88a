use serde_json::json;

use super::errors::found;
use super::invoke::request_id;
use super::session::Session;
use super::traceback::failures;
use crate::core::{LambdaLogsArgs, Observation, ProbeError, fold, log_group_of};

/// At most this many pages are read: a check writes little.
const PAGES: usize = 10;

pub(super) async fn lambda(
    session: &Session,
    args: &LambdaLogsArgs,
    since: i64,
) -> Result<Observation, ProbeError> {
    let group = log_group_of(&args.function);
    let mut events: Vec<(i64, String)> = Vec::new();
    let mut token = None;
    for _ in 0..PAGES {
        let call = session
            .logs
            .filter_log_events()
            .log_group_name(&group)
            .start_time(since)
            .set_next_token(token)
            .send()
            .await;
        let Some(page) = found("FilterLogEvents", call)? else {
            return Ok(
                Observation::absent().settling(Some("o grupo de log ainda não existe".to_owned()))
            );
        };
        for event in page.events() {
            events.push((
                event.timestamp().unwrap_or_default(),
                event.message().unwrap_or_default().to_owned(),
            ));
        }
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    let invocations = events
        .iter()
        .filter(|(_, m)| m.starts_with("START RequestId"))
        .count();
    let ended = events
        .iter()
        .filter(|(_, m)| m.starts_with("END RequestId"))
        .count();
    // People write the log: case and accents are theirs.
    let wanted: Vec<String> = args.containing.iter().map(|text| fold(text)).collect();
    let lines: Vec<String> = events
        .iter()
        .flat_map(|(_, message)| message.lines())
        .filter(|line| {
            let line = fold(line);
            !wanted.is_empty() && wanted.iter().all(|text| line.contains(text))
        })
        .map(str::to_owned)
        .collect();
    let ids: Vec<&str> = events.iter().filter_map(|(_, m)| request_id(m)).collect();
    let with_request_id: Vec<&String> = lines
        .iter()
        .filter(|line| ids.iter().any(|id| line.contains(id)))
        .collect();
    let errors: Vec<String> = failures(events.iter().map(|(_, message)| message.as_str()))
        .iter()
        .map(ToString::to_string)
        .collect();
    let settling =
        (invocations == 0).then(|| "a função ainda não escreveu no log desta vez".to_owned());
    Ok(Observation::present()
        .with("with_request_id", json!(with_request_id))
        .with("lines", lines)
        .with("errors", errors)
        .with("invocations", invocations)
        .with("unfinished", invocations.saturating_sub(ended))
        .settling(settling))
}
