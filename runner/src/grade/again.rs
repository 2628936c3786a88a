//! What is done again after a fault.

use super::ready::Ready;
use crate::core::{Probe, ProbeError, ProbeErrorKind, Verdict};

/// Whether to look once more. A look that sets something in motion may have done
/// so although its answer did not arrive: it is only repeated when it was turned
/// away, or when it asks an API for what changes nothing.
pub(super) fn passing(probe: &Probe, error: &ProbeError) -> bool {
    let repeatable = match probe {
        Probe::ApiCall(call) => ["GET", "HEAD", "OPTIONS"].contains(&call.method.as_str()),
        Probe::ApiPreflight(_) => true,
        _ => !probe.stirs(),
    };
    fleeting(error) && (repeatable || error.kind == ProbeErrorKind::Throttled)
}

/// Whether a fault may be gone a moment later.
fn fleeting(error: &ProbeError) -> bool {
    matches!(
        error.kind,
        ProbeErrorKind::Throttled | ProbeErrorKind::Offline | ProbeErrorKind::Service
    )
}

/// Whether a check that set something in motion is made once more, from its
/// beginning and with other samples: whatever the first ones did, nothing that is
/// judged then is about them.
pub(super) fn anew(ready: &Ready, verdict: &Verdict) -> bool {
    let stirred = !ready.actions.is_empty() || ready.probe.stirs();
    stirred && matches!(verdict, Verdict::Unknown(error) if fleeting(error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn again(probe: serde_json::Value, kind: ProbeErrorKind) -> bool {
        let probe: Probe = serde_json::from_value(probe).unwrap();
        let error = ProbeError {
            kind,
            operation: "Op".to_owned(),
            message: String::new(),
        };
        passing(&probe, &error)
    }

    #[test]
    fn a_look_that_may_have_had_an_effect_is_repeated_only_when_it_was_turned_away() {
        let api = |method: &str| json!({ "api_call": { "api": "a", "stage": "s", "method": method, "path": "/" } });
        let preflight =
            json!({ "api": "a", "stage": "s", "method": "POST", "path": "/", "origin": "o" });
        let metric =
            json!({ "function": "f", "namespace": "n", "metric": "m", "event": {}, "other": {} });
        let stirring = [
            api("POST"),
            api("PUT"),
            api("DELETE"),
            json!({ "lambda_call": { "function": "f", "event": {} } }),
            json!({ "sqs_messages": { "queue": "q", "containing": "c" } }),
            json!({ "event_flow": { "table": "t", "attribute": "a", "dlq": "d", "containing": "c" } }),
            json!({ "log_metric": metric }),
            json!({ "lambda_alias": { "function": "f", "alias": "prod", "event": {} } }),
            json!({ "lambda_versions": { "function": "f", "event": {} } }),
        ];
        let reading = [
            api("GET"),
            api("HEAD"),
            api("OPTIONS"),
            json!({ "api_preflight": preflight }),
            json!({ "lambda_alias": { "function": "f", "alias": "prod" } }),
            json!({ "lambda_versions": { "function": "f" } }),
            json!({ "s3_bucket": { "bucket": "b" } }),
        ];
        for (probes, repeatable) in [(&stirring[..], false), (&reading[..], true)] {
            for probe in probes {
                for kind in [ProbeErrorKind::Offline, ProbeErrorKind::Service] {
                    assert_eq!(again(probe.clone(), kind), repeatable, "{probe} {kind:?}");
                }
                assert!(again(probe.clone(), ProbeErrorKind::Throttled), "{probe}");
                assert!(!again(probe.clone(), ProbeErrorKind::Denied), "{probe}");
            }
        }
    }
}
