use std::process::ExitCode;
use std::sync::Arc;

use super::context::Context;
use super::watch::Watch;
use crate::aws::{Identity, Session, TargetKind};
use crate::core::{Course, Lab, ProbeErrorKind, Report, Verdict};
use crate::error::{CliError, remedy};
use crate::grade::{Job, Selection, grade};
use crate::journal::{CheckVerdict, Entry, LabProgress};
use crate::settings::Settings;
use crate::ui::report::Taken;
use crate::ui::{self, live, report, style};

/// Verifica o que você construiu
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O que verificar: um lab, LAB/PASSO, ou um passo do lab atual (id ou número)
    #[arg(value_name = "LAB[/PASSO]")]
    what: Option<String>,
    /// Verifica todos os labs
    #[arg(long, conflicts_with = "what")]
    all: bool,
    /// Onde: sandbox ou aws
    #[arg(long, value_name = "ALVO")]
    target: Option<Target>,
    /// Fica olhando e verifica a cada mudança, passo a passo, até tudo passar
    #[arg(long, conflicts_with = "all")]
    watch: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Target {
    /// O sandbox local
    Sandbox,
    /// A sua conta na AWS
    Aws,
}

impl From<Target> for TargetKind {
    fn from(target: Target) -> Self {
        match target {
            Target::Sandbox => Self::Sandbox,
            Target::Aws => Self::Aws,
        }
    }
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let settings = context.settings()?;
    let target = args.target.map_or(settings.target, TargetKind::from);
    if args.watch {
        if context.out.json {
            return Err(CliError::usage("`--watch` diz linhas, e não JSON")
                .hint("sem `--watch`, `lab check --json` responde uma vez"));
        }
        let (lab, step) = context.lab_and_step(&course, &settings, args.what.as_deref())?;
        let watch = Watch {
            context,
            course: &course,
            lab,
            settings: &settings,
            target,
        };
        return watch.follow(step.map(|s| s.id.get_ref().as_str()));
    }
    let (labs, selection) = if args.all {
        (course.labs.iter().collect(), Selection::All)
    } else {
        let (lab, step) = context.lab_and_step(&course, &settings, args.what.as_deref())?;
        (
            vec![lab],
            step.map_or(Selection::All, |s| Selection::Step(s.id.get_ref().clone())),
        )
    };
    let mut codes = Vec::new();
    let mut answers = Vec::new();
    for lab in labs {
        let (report, answer) = context.block_on(one(
            context,
            &course,
            lab,
            &settings,
            target,
            selection.clone(),
        ))??;
        codes.push(exit_code(&report));
        answers.push(answer);
    }
    match answers.as_slice() {
        [one] if !args.all => context.out.json(one),
        all => context
            .out
            .json(&serde_json::json!({ "version": 1, "labs": all })),
    }
    // The worst answer counts: broken content, then a failure, then "could not look".
    let worst = [4, 1, 3, 5]
        .into_iter()
        .find(|code| codes.contains(code))
        .unwrap_or(0);
    Ok(ExitCode::from(worst))
}

async fn one(
    context: &Context,
    course: &Course,
    lab: &Lab,
    settings: &Settings,
    target: TargetKind,
    selection: Selection,
) -> Result<(Report, serde_json::Value), CliError> {
    let (session, identity) = context.session(settings, target).await?;
    report::target(context.out, lab, &session, &identity);
    let at = (&session, &identity);
    let result = graded(context, course, lab, settings, at, selection).await?;
    report::show(context.out, lab, &result, true);
    report::summary(context.out, &result, target);
    let progress = context.progress(lab)?;
    let taken = taken(&progress, &result);
    report::help(context.out, lab, &taken);
    advise(context, lab, &result, &progress)?;
    let answer = ui::json::report(&result, &session, &identity, &taken);
    let answer = serde_json::to_value(answer).unwrap_or_default();
    Ok((result, answer))
}

/// Grades; the attempt is on the disk before anybody sees it.
pub(super) async fn graded(
    context: &Context,
    course: &Course,
    lab: &Lab,
    settings: &Settings,
    at: (&Session, &Identity),
    selection: Selection,
) -> Result<Report, CliError> {
    let total = lab
        .checks()
        .filter(|(id, ..)| selection.includes(id))
        .count();
    let live = live::Grading::start(context.out, total);
    let shown = live.clone();
    let job = job(lab, settings, at, selection);
    let report = grade(job, interrupted(), move |event| shown.event(&event)).await;
    live.end();
    record(context, course, lab, at, &report)?;
    Ok(report)
}

/// One run in the learner's account.
pub(super) fn job(
    lab: &Lab,
    settings: &Settings,
    (session, identity): (&Session, &Identity),
    selection: Selection,
) -> Job<Session> {
    Job {
        world: Arc::new(session.clone()),
        lab: Arc::new(lab.clone()),
        selection,
        names: lab.names_for(&settings.prefix, &identity.account, session.region()),
        seed: fastrand::u64(..),
    }
}

/// Writes an attempt to the journal, unless nothing was judged.
pub(super) fn record(
    context: &Context,
    course: &Course,
    lab: &Lab,
    at: (&Session, &Identity),
    report: &Report,
) -> Result<(), CliError> {
    let verdicts: Vec<CheckVerdict> = report.checks.iter().map(CheckVerdict::of).collect();
    if verdicts.is_empty() {
        return Ok(());
    }
    let entry = Entry::Check { verdicts };
    context.record(course, lab, Some(at), at.0.kind(), entry)
}

/// The help that was taken in the steps that were checked.
fn taken(progress: &LabProgress, report: &Report) -> Vec<Taken> {
    let steps = progress.steps.iter().filter(|step| {
        let checked = report.checks.iter().any(|c| c.id.step() == step.id);
        checked && (step.hints > 0 || step.solution)
    });
    steps
        .map(|step| Taken {
            step: step.id.clone(),
            hints: step.hints,
            solution: step.solution,
            cost: step.max - step.reachable,
        })
        .collect()
}

/// Says what to do next.
fn advise(
    context: &Context,
    lab: &Lab,
    report: &Report,
    progress: &LabProgress,
) -> Result<(), CliError> {
    let out = context.out;
    let blind = report.checks.iter().filter_map(|c| match &c.verdict {
        Verdict::Unknown(error) => Some(error.kind),
        _ => None,
    });
    let mut kinds: Vec<ProbeErrorKind> = Vec::new();
    for kind in blind {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if !kinds.is_empty() {
        for remedy in kinds.into_iter().filter_map(remedy) {
            out.line(format!("→ {}", style::inline_code(remedy)));
        }
        return Ok(());
    }
    match progress.next_step() {
        None => {
            let quiz = if progress.quiz_open.is_empty() {
                ""
            } else {
                "; faltam as perguntas: `lab quiz`"
            };
            out.line(style::inline_code(&format!(
                "→ Lab completo: {} pontos{quiz}",
                progress.earned()
            )));
        }
        Some(step) if report.passed() => {
            out.line(style::inline_code(&format!(
                "→ Próximo passo: `lab show {}`",
                context.reference(lab, &step.id)?
            )));
        }
        Some(step) => {
            let failed = report
                .checks
                .iter()
                .find(|c| matches!(c.verdict, Verdict::Fail(_)));
            let step = failed.map_or(step.id.as_str(), |c| c.id.step());
            let step = context.reference(lab, step)?;
            out.line(style::inline_code(&format!("→ Travou? `lab hint {step}`")));
        }
    }
    Ok(())
}

/// The exit code of one report; what blames nobody comes after what does.
pub(super) fn exit_code(report: &Report) -> u8 {
    let has = |word: &str| {
        report
            .checks
            .iter()
            .chain(&report.others)
            .any(|c| c.verdict.word() == word)
    };
    if has("broken") {
        4
    } else if has("fail") {
        1
    } else if has("unknown") || report.interrupted {
        3
    } else if has("pending") {
        5
    } else {
        0
    }
}

/// Done when the person presses Ctrl-C, or the terminal is closed.
pub(super) async fn interrupted() {
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => if pressed.is_err() {
            std::future::pending::<()>().await;
        },
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut hangup)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
