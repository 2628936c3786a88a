use aws_sdk_lambda::operation::get_function_event_invoke_config::GetFunctionEventInvokeConfigOutput;

use super::errors::found;
use super::lambda::{configuration, near_function};
use super::moment::Moment;
use super::session::Session;
use crate::core::{LambdaAsyncArgs, Observation, ProbeError};

/// What Lambda does when nobody said anything: two more attempts, six hours.
const RETRIES: i32 = 2;
const MAX_AGE: i32 = 21_600;

pub(super) async fn look(
    session: &Session,
    moment: &Moment,
    args: &LambdaAsyncArgs,
) -> Result<Observation, ProbeError> {
    let function = configuration(session, moment, &args.function).await?;
    let Some(function) = function.as_ref() else {
        return Ok(
            Observation::absent().notes(near_function(session, moment, &args.function).await)
        );
    };
    // A function without such a configuration is "not found".
    let config = session
        .lambda
        .get_function_event_invoke_config()
        .function_name(&args.function)
        .send()
        .await;
    let config = found("GetFunctionEventInvokeConfig", config)?;
    let config = config.as_ref();
    let to = config.and_then(|c| c.destination_config());
    let on_success = to
        .and_then(|to| to.on_success())
        .and_then(|to| to.destination())
        .unwrap_or_default();
    let on_failure = to
        .and_then(|to| to.on_failure())
        .and_then(|to| to.destination())
        .unwrap_or_default();
    let dead_letter = function
        .dead_letter_config()
        .and_then(|c| c.target_arn())
        .unwrap_or_default();
    Ok(Observation::present()
        .with(
            "retries",
            config
                .and_then(GetFunctionEventInvokeConfigOutput::maximum_retry_attempts)
                .unwrap_or(RETRIES),
        )
        .with(
            "max_age",
            config
                .and_then(GetFunctionEventInvokeConfigOutput::maximum_event_age_in_seconds)
                .unwrap_or(MAX_AGE),
        )
        .with("on_success", on_success)
        .with("on_failure", on_failure)
        .with("dead_letter", dead_letter)
        .notes(only_dead_letter(on_failure, dead_letter)))
}

/// What people take for a destination.
fn only_dead_letter(on_failure: &str, dead_letter: &str) -> Option<String> {
    (on_failure.is_empty() && !dead_letter.is_empty()).then(|| {
        format!(
            "a função tem uma fila de mensagens mortas (`{dead_letter}`), e não um destino de falha"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_letter_queue_is_told_only_where_there_is_no_destination() {
        assert!(only_dead_letter("", "arn:q").is_some_and(|note| note.contains("arn:q")));
        assert_eq!(only_dead_letter("arn:d", "arn:q"), None);
        assert_eq!(only_dead_letter("", ""), None);
    }
}
