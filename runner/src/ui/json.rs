//! `--json`, version 1. These types are the published format, described in
//! `docs/json-v1.schema.json`; the program's own types may change, these may
//! only grow.

use serde::Serialize;

use super::report::Taken;
use crate::aws::{Identity, Session, TargetKind};
use crate::core::{CheckReport, Fidelity, Report, Verdict};
use crate::course::Finding;
use crate::error::{CliError, remedy};

/// The outcome of `lab check` over one lab.
#[derive(Debug, Serialize)]
pub struct ReportV1<'a> {
    version: u32,
    lab: &'a str,
    target: TargetV1<'a>,
    results: Vec<ResultV1<'a>>,
    points: PointsV1,
    help: &'a [Taken],
    calls: u64,
    ms: u128,
    interrupted: bool,
}

#[derive(Debug, Serialize)]
struct TargetV1<'a> {
    kind: TargetKind,
    account: &'a str,
    region: &'a str,
    endpoint: Option<&'a str>,
}

/// The outcome of one check.
#[derive(Debug, Serialize)]
pub struct ResultV1<'a> {
    id: &'a str,
    says: &'a str,
    passed: Option<bool>,
    verdict: &'static str,
    fidelity: Fidelity,
    cause: Option<CauseV1<'a>>,
    dependency: Option<&'a str>,
    ms: u128,
}

#[derive(Debug, Serialize)]
struct CauseV1<'a> {
    rationale: String,
    help: &'a str,
    expected: Option<String>,
    actual: Option<String>,
    command: &'a str,
    first_cause: Option<&'a str>,
    notes: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct PointsV1 {
    earned: u32,
    max: u32,
}

/// An error that kept a command from its work.
#[derive(Debug, Serialize)]
pub struct ErrorV1<'a> {
    version: u32,
    error: ErrorBodyV1<'a>,
}

#[derive(Debug, Serialize)]
struct ErrorBodyV1<'a> {
    kind: &'static str,
    message: &'a str,
    hints: &'a [String],
    findings: Vec<FindingV1<'a>>,
}

#[derive(Debug, Serialize)]
struct FindingV1<'a> {
    file: &'a str,
    line: Option<usize>,
    message: &'a str,
    help: &'a str,
}

/// What `lab dev lint` found.
#[derive(Debug, Serialize)]
pub struct LintV1<'a> {
    version: u32,
    findings: Vec<LintFindingV1<'a>>,
}

#[derive(Debug, Serialize)]
struct LintFindingV1<'a> {
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    rule: &'static str,
    message: &'a str,
    help: &'a str,
}

/// Findings as version 1.
pub fn lint(findings: &[Finding]) -> LintV1<'_> {
    LintV1 {
        version: 1,
        findings: findings.iter().map(lint_finding).collect(),
    }
}

fn lint_finding(finding: &Finding) -> LintFindingV1<'_> {
    let (line, column) = finding.position().unzip();
    LintFindingV1 {
        file: &finding.file,
        line,
        column,
        rule: finding.rule,
        message: &finding.message,
        help: &finding.help,
    }
}

/// A report as version 1.
pub fn report<'a>(
    report: &'a Report,
    session: &'a Session,
    identity: &'a Identity,
    help: &'a [Taken],
) -> ReportV1<'a> {
    ReportV1 {
        version: 1,
        lab: &report.lab,
        target: TargetV1 {
            kind: session.kind(),
            account: &identity.account,
            region: session.region(),
            endpoint: session.endpoint(),
        },
        results: report.checks.iter().map(result).collect(),
        points: PointsV1 {
            earned: report.points.earned,
            max: report.points.max,
        },
        help,
        calls: report.calls,
        ms: report.took.as_millis(),
        interrupted: report.interrupted,
    }
}

/// One check's outcome as version 1.
pub fn result(check: &CheckReport) -> ResultV1<'_> {
    ResultV1 {
        id: check.id.as_str(),
        says: &check.says,
        passed: check.verdict.passed(),
        verdict: check.verdict.word(),
        fidelity: check.fidelity,
        cause: cause(check),
        dependency: match &check.verdict {
            Verdict::Skipped { because } => Some(because.as_str()),
            _ => None,
        },
        ms: check.took.as_millis(),
    }
}

fn cause(check: &CheckReport) -> Option<CauseV1<'_>> {
    let plain = |rationale: String| CauseV1 {
        rationale,
        help: &check.hint,
        expected: None,
        actual: None,
        command: &check.command,
        first_cause: None,
        notes: vec![],
    };
    match &check.verdict {
        Verdict::Pass | Verdict::Skipped { .. } => None,
        Verdict::Unknown(error) => Some(CauseV1 {
            // How to build it helps nobody who cannot look.
            help: remedy(error.kind).unwrap_or(&check.hint),
            ..plain(format!("{}: {}", error.kind, error.message))
        }),
        Verdict::Broken(problem) => Some(plain(problem.clone())),
        Verdict::Fail(cause) | Verdict::Pending(cause) => {
            let join = |pick: fn(&crate::core::Mismatch) -> String| {
                let all: Vec<String> = cause.shown().map(pick).collect();
                (!all.is_empty()).then(|| all.join("\n"))
            };
            Some(CauseV1 {
                rationale: check.says.clone(),
                expected: join(|m| labelled(m, &m.expected)),
                actual: join(|m| labelled(m, &m.actual)),
                first_cause: cause.first.as_ref().map(crate::core::CheckId::as_str),
                notes: cause.notes.iter().map(String::as_str).collect(),
                ..plain(String::new())
            })
        }
    }
}

/// Existence needs no label: the text says what is missing.
fn labelled(mismatch: &crate::core::Mismatch, text: &str) -> String {
    if mismatch.fact == "exists" {
        text.to_owned()
    } else {
        format!("{}: {text}", mismatch.label)
    }
}

/// An error as version 1.
pub fn error(error: &CliError) -> ErrorV1<'_> {
    ErrorV1 {
        version: 1,
        error: ErrorBodyV1 {
            kind: error.kind.word(),
            message: &error.message,
            hints: &error.hints,
            findings: error
                .findings
                .iter()
                .map(|f| FindingV1 {
                    file: &f.file,
                    line: f.position().map(|(line, _)| line),
                    message: &f.message,
                    help: &f.help,
                })
                .collect(),
        },
    }
}
