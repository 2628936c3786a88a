//! What is told below a check, the same wherever it is shown.

use crate::core::{CheckId, CheckReport, ProbeError, Verdict};
use crate::error::remedy;

/// The name of the command, which is there to be copied.
pub const COMMAND: &str = "veja:";

/// The name of what to do when it could not be looked at.
pub const REMEDY: &str = "faça:";

/// All that is told of a verdict, as names and texts; `title` says which check
/// another one is.
pub fn details(
    check: &CheckReport,
    title: impl Fn(&CheckId) -> String,
) -> Vec<(&'static str, String)> {
    let mut told = Vec::new();
    match &check.verdict {
        Verdict::Pass => {}
        Verdict::Skipped { because } => told.push(("depende de:", title(because))),
        Verdict::Unknown(error) => {
            told.push(("motivo:", reason(error)));
            told.extend(remedy(error.kind).map(|text| (REMEDY, text.to_owned())));
        }
        Verdict::Broken(problem) => told.push(("motivo:", problem.clone())),
        Verdict::Fail(cause) | Verdict::Pending(cause) => {
            told.extend(cause.first.iter().map(|id| ("1ª causa:", title(id))));
            for mismatch in cause.shown() {
                // The text of what is missing says all three.
                if mismatch.fact != "exists" {
                    told.push(("fato:", mismatch.label.clone()));
                    told.push(("esperado:", mismatch.expected.clone()));
                }
                told.push(("observado:", mismatch.actual.clone()));
            }
            told.extend(cause.notes.iter().map(|note| ("repare:", note.clone())));
            told.push((COMMAND, check.command.clone()));
            told.push(("dica:", check.hint.clone()));
        }
    }
    told
}

/// Why it could not be looked at, and with which call.
fn reason(error: &ProbeError) -> String {
    format!(
        "{} ao chamar {}: {}",
        error.kind, error.operation, error.message
    )
}
