//! The outcome of a run, for people.

use super::details::{COMMAND, REMEDY, details};
use super::{Out, style, words};
use crate::aws::{Identity, Session, TargetKind};
use crate::core::{CheckReport, Fidelity, Lab, Report, Verdict};

/// Shows a report, step by step, with all that a failure teaches.
pub fn show(out: Out, lab: &Lab, report: &Report, detailed: bool) {
    for (number, step) in lab.steps.iter().enumerate() {
        let checks: Vec<&CheckReport> = report
            .checks
            .iter()
            .filter(|c| c.id.step() == step.id.get_ref())
            .collect();
        if checks.is_empty() {
            continue;
        }
        out.line("");
        out.line(style::strong(&format!("{} {}", number + 1, step.title)));
        show_checks(out, lab, report, &checks, detailed);
    }
    if !report.others.is_empty() {
        out.line("");
        out.line(style::strong("De outros passos, e necessário aqui"));
        show_checks(
            out,
            lab,
            report,
            &report.others.iter().collect::<Vec<_>>(),
            detailed,
        );
    }
}

/// Shows checks; those that wait for the same other one are told together.
fn show_checks(out: Out, lab: &Lab, report: &Report, checks: &[&CheckReport], detailed: bool) {
    let because = |check: &CheckReport| match &check.verdict {
        Verdict::Skipped { because } => Some(because.clone()),
        _ => None,
    };
    for group in checks.chunk_by(|a, b| because(a).is_some() && because(a) == because(b)) {
        match (group, because(group[0])) {
            ([_, _, ..], Some(root)) => {
                out.line(format!(
                    "  {} {} verificações",
                    words::verdict(&group[0].verdict, out.plain),
                    group.len()
                ));
                let root = title(lab, report, root.as_str());
                item(out, "depende de:", &style::inline_code(&root));
            }
            _ => show_check(out, lab, report, group[0], detailed),
        }
    }
}

fn show_check(out: Out, lab: &Lab, report: &Report, check: &CheckReport, detailed: bool) {
    let verdict = words::verdict(&check.verdict, out.plain);
    out.wrapped(&format!("  {verdict} "), &style::inline_code(&check.says));
    for (name, text) in details(check, |id| title(lab, report, id.as_str())) {
        match name {
            // Not wrapped: it is there to be copied.
            COMMAND if detailed => {
                out.line(format!("{}{}", label(name), style::command(&text)));
            }
            // The end of the report says it once for all.
            COMMAND | REMEDY => {}
            _ => item(out, name, &style::inline_code(&text)),
        }
    }
}

/// `gatilho/notificacao — O bucket avisa a função…`.
fn title(lab: &Lab, report: &Report, id: &str) -> String {
    let says = report
        .checks
        .iter()
        .chain(&report.others)
        .find(|c| c.id.as_str() == id)
        .map(|c| c.says.clone())
        .or_else(|| {
            lab.checks()
                .find(|(other, ..)| other.as_str() == id)
                .map(|(_, _, c)| c.says.clone())
        });
    says.map_or_else(|| id.to_owned(), |says| format!("{says} ({id})"))
}

/// A named detail below a check.
pub fn item(out: Out, name: &str, text: &str) {
    out.wrapped(&label(name), text);
}

fn label(name: &str) -> String {
    format!("      {} ", style::dim(&format!("{name:<11}")))
}

/// The last lines of a report: how many passed, points, calls, time.
pub fn summary(out: Out, report: &Report, target: TargetKind) {
    let passed = report
        .checks
        .iter()
        .filter(|c| c.verdict == Verdict::Pass)
        .count();
    let total = report.checks.len();
    let by_config = report
        .checks
        .iter()
        .filter(|c| c.fidelity == Fidelity::Config && c.verdict == Verdict::Pass)
        .count();
    let text = format!(
        "{passed} de {} passaram · {} de {} pontos · {} · {}",
        words::count(total, "verificação", "verificações"),
        report.points.earned,
        report.points.max,
        words::count(report.calls as usize, "chamada", "chamadas"),
        words::duration(report.took)
    );
    out.line("");
    if report.interrupted {
        out.line(style::wait("Interrompido: o que as verificações criaram foi desfeito, e o que não foi julgado não conta."));
    }
    out.line(if report.passed() {
        style::good(&text)
    } else {
        style::strong(&text)
    });
    if by_config > 0 && target == TargetKind::Sandbox {
        out.line(style::dim(&format!(
            "{}, porque o sandbox não cobra essas regras",
            words::count(
                by_config,
                "verificação foi feita pela configuração",
                "verificações foram feitas pela configuração"
            )
        )));
    }
}

/// The help that was taken in a step before it passed, and what it cost.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Taken {
    /// The step's id.
    pub step: String,
    /// Hints shown.
    pub hints: usize,
    /// Whether the solution was shown.
    pub solution: bool,
    /// Points of the step that are lost by it.
    pub cost: u32,
}

/// Tells the help that was taken.
pub fn help(out: Out, lab: &Lab, taken: &[Taken]) {
    for Taken {
        step,
        hints,
        solution,
        cost,
    } in taken
    {
        let points = lab.step(step).map_or(0, |step| step.points);
        let hints = (*hints > 0).then(|| {
            let hints = words::count(*hints, "dica", "dicas");
            format!("{hints}, sem custo em pontos")
        });
        let solution = solution.then(|| match cost {
            0 => "a solução, sem custo em pontos".to_owned(),
            cost => format!(
                "a solução, que custa {} dos {points} do passo",
                words::count(*cost as usize, "ponto", "pontos")
            ),
        });
        let all: Vec<String> = hints.into_iter().chain(solution).collect();
        out.line(style::dim(&format!(
            "Ajuda no passo {step}: {}",
            all.join("; ")
        )));
    }
}

/// Where the run looked.
pub fn target(out: Out, lab: &Lab, session: &Session, identity: &Identity) {
    let kind = match session.kind() {
        TargetKind::Sandbox => "sandbox",
        TargetKind::Aws => "AWS",
    };
    out.line(format!(
        "{} {}",
        style::strong(&lab.title),
        style::dim(&format!(
            "· {kind} · conta {} · {}",
            identity.account,
            session.region()
        ))
    ));
}
