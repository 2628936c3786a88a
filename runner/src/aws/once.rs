//! Calls that set something in motion are made once.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_types::retry::ErrorKind;

/// Keeps the SDK from repeating a call that may have had its effect although its
/// answer did not arrive: a function would be called twice, or a message be sent
/// twice, and what counts them would blame the learner. A call that AWS turned
/// away, because there were too many, may be repeated.
#[derive(Debug)]
pub(super) struct OnlyIfTurnedAway;

impl ClassifyRetry for OnlyIfTurnedAway {
    fn classify_retry(&self, _: &InterceptorContext) -> RetryAction {
        RetryAction::RetryForbidden
    }

    fn classify_retry_v2(&self, _: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        if *previous == RetryAction::retryable_error(ErrorKind::ThrottlingError) {
            RetryAction::NoActionIndicated
        } else {
            RetryAction::RetryForbidden
        }
    }

    fn name(&self) -> &'static str {
        "OnlyIfTurnedAway"
    }

    /// After all that say why a call failed.
    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// A call of a service, to be sent as [`OnlyIfTurnedAway`] says.
macro_rules! once {
    ($service:ident, $call:expr) => {
        $call.customize().config_override(
            $service::Config::builder().retry_classifier($crate::aws::once::OnlyIfTurnedAway),
        )
    };
}
pub(super) use once;

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::interceptors::context::Input;

    use super::*;

    #[test]
    fn only_what_was_turned_away_is_repeated() {
        let context = InterceptorContext::new(Input::doesnt_matter());
        let next = |previous| OnlyIfTurnedAway.classify_retry_v2(&context, &previous);
        assert_eq!(
            next(RetryAction::throttling_error()),
            RetryAction::NoActionIndicated
        );
        for unsure in [
            RetryAction::transient_error(),
            RetryAction::server_error(),
            RetryAction::NoActionIndicated,
        ] {
            assert_eq!(next(unsure), RetryAction::RetryForbidden);
        }
    }
}
