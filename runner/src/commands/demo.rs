use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::check::{exit_code, interrupted};
use super::context::{Context, sandbox_connection};
use super::prepare::make;
use super::{reset, sandbox};
use crate::apply::{AwsWorker, Bench, Environment};
use crate::aws::{Connection, Session};
use crate::core::{CheckReport, Lab, Names, Report, Step, Verdict};
use crate::course::{files_for, solution};
use crate::error::CliError;
use crate::grade::{Job, Selection, grade};
use crate::sandbox::{StartOptions, Status};
use crate::settings::{SANDBOX_REGION, random_tail};
use crate::ui::live::{Grading, Live};
use crate::ui::{report, style, words};

/// Demonstra um lab: aplica a solução passo a passo e verifica cada um
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab; sem isto, o das notas fiscais
    #[arg(value_name = "LAB")]
    lab: Option<String>,
    /// Todos os labs, um depois do outro
    #[arg(long, conflicts_with = "lab")]
    all: bool,
    /// Deixa os recursos da demonstração no sandbox, e o sandbox ligado
    #[arg(long)]
    keep: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let labs: Vec<&Lab> = match &args.lab {
        Some(name) => vec![context.lab(&course, &context.settings()?, Some(name))?],
        None if args.all => course.labs.iter().collect(),
        None => course.demo().into_iter().collect(),
    };
    if labs.is_empty() {
        return Err(CliError::usage("o curso não tem labs"));
    }
    let was_on = matches!(
        context.block_on(context.sandbox().status())??,
        Status::Running(_)
    );
    let shown = context.block_on(one_by_one(context, &labs, args.keep))?;
    if !was_on && !args.keep {
        context.block_on(context.sandbox().stop())??;
    }
    let (code, answers) = shown?;
    match answers.as_slice() {
        [one] if !args.all => context.out.json(one),
        all => context.out.json(&json!({ "version": 1, "labs": all })),
    }
    if code == 0 {
        let start = style::inline_code("Agora é a sua vez: `lab start`");
        context.out.line(start);
    }
    Ok(ExitCode::from(code))
}

/// Shows labs up to the first that does not reach 100 %; gives the exit code.
async fn one_by_one(
    context: &Context,
    labs: &[&Lab],
    keep: bool,
) -> Result<(u8, Vec<Value>), CliError> {
    let mut answers = Vec::new();
    for lab in labs {
        let (code, answer) = in_throw_away_account(context, lab, keep).await?;
        answers.push(answer);
        if code != 0 {
            return Ok((code, answers));
        }
        context.out.line("");
    }
    Ok((0, answers))
}

/// Makes an account of its own, so that a learner's work in the same sandbox
/// is not touched, and empties it again, also after an error or Ctrl-C.
async fn in_throw_away_account(
    context: &Context,
    lab: &Lab,
    keep: bool,
) -> Result<(u8, Value), CliError> {
    let running = sandbox::start(context, StartOptions::default()).await?;
    let account = format!("9{:011}", fastrand::u64(..100_000_000_000));
    let connection = sandbox_connection(running.endpoint.clone(), &account);
    let session = Session::connect(&connection).await;
    session.identity().await?;
    // Bucket names are shared by all accounts.
    let names = lab.names_for(&format!("demo-{}", random_tail()), &account, SANDBOX_REGION);
    let out = context.out;
    out.line(style::strong(&format!("Demonstração: {}", lab.title)));
    out.line(style::dim(&format!(
        "sandbox em {} · conta descartável {account}",
        running.endpoint
    )));
    out.line("");
    let done = tokio::select! {
        done = demonstrate(context, lab, &session, &connection, names.clone()) => done,
        () = interrupted() => Err(CliError::environment("demonstração interrompida; o que ela criou foi removido")),
    };
    if !keep {
        let steps: Vec<&Step> = lab.steps.iter().collect();
        let plan = session.plan_reset(&reset::resources(&steps, &names)).await;
        reset::apply(out, &session, &plan).await;
    }
    done
}

async fn demonstrate(
    context: &Context,
    lab: &Lab,
    session: &Session,
    connection: &Connection,
    mut names: Names,
) -> Result<(u8, Value), CliError> {
    let out = context.out;
    let began = Instant::now();
    let folder = tempfile::tempdir().map_err(|e| CliError::io("uma pasta temporária", &e))?;
    let sandbox = context.sandbox();
    let mut bench = Bench {
        folder: folder.path().to_owned(),
        environment: Environment::sandbox(connection, sandbox.bin_dir()),
        worker: Some(AwsWorker::start(&sandbox.python())?),
    };

    let empty = check(context, session, lab, &names, Selection::All).await;
    let passed = empty
        .checks
        .iter()
        .filter(|c| c.verdict == Verdict::Pass)
        .count();
    out.line(format!(
        "{} {}",
        style::strong("Conta vazia:"),
        format_args!(
            "{passed} de {} verificações passam. Por exemplo:",
            empty.checks.len()
        )
    ));
    let first = Report {
        checks: empty.checks.iter().take(1).cloned().collect(),
        ..empty.clone()
    };
    report::show(out, lab, &first, true);
    if passed > 0 {
        return Err(CliError::environment(
            "uma conta vazia passou em verificações: isto é um defeito do lab",
        ));
    }

    let mut stages = vec![stage(None, &empty)];
    if lab.prepared {
        let seed = fastrand::u64(..1_000_000);
        let broken = broken(context, session, lab, &mut bench, &mut names, seed).await?;
        stages.push(stage(None, &broken));
    }
    for (number, step) in lab.steps.iter().enumerate() {
        out.line("");
        out.line(style::strong(&format!(
            "Passo {} · {}",
            number + 1,
            step.title
        )));
        apply(context, lab, step, &mut bench, &mut names).await?;
        let selection = Selection::Step(step.id.get_ref().clone());
        let result = check(context, session, lab, &names, selection).await;
        for check in &result.checks {
            out.line(format!(
                "  {} {}",
                words::verdict(&check.verdict, out.plain),
                style::inline_code(&check.says)
            ));
        }
        stages.push(stage(Some(step), &result));
        if !result.passed() {
            report::show(out, lab, &result, true);
            return Ok((exit_code(&result), answer(lab, &stages, &result, began)));
        }
    }

    out.line("");
    out.line(style::strong("Tudo de novo, de uma vez, com dados novos"));
    let whole = check(context, session, lab, &names, Selection::All).await;
    if !whole.passed() {
        report::show(out, lab, &whole, true);
    }
    report::summary(out, &whole, session.kind());
    stages.push(stage(None, &whole));
    let percent = 100 * whole.points.earned / whole.points.max.max(1);
    out.line("");
    out.line(format!(
        "{} em {}.",
        style::good(&format!("{percent} %")),
        words::duration(began.elapsed())
    ));
    Ok((exit_code(&whole), answer(lab, &stages, &whole, began)))
}

/// Prepares the system of a lab that begins with one, faults included.
async fn broken(
    context: &Context,
    session: &Session,
    lab: &Lab,
    bench: &mut Bench,
    names: &mut Names,
    seed: u64,
) -> Result<Report, CliError> {
    let out = context.out;
    let live = Live::start(out, "preparando o sistema");
    let made = make(context, lab, bench, names, seed, Some(&live)).await;
    live.end();
    made?;
    let report = check(context, session, lab, names, Selection::All).await;
    // What is to be built on the system is no fault of it.
    let prepared = |c: &&CheckReport| lab.step(c.id.step()).is_some_and(|step| !step.built);
    let failed: Vec<&str> = report
        .checks
        .iter()
        .filter(prepared)
        .filter(|c| matches!(c.verdict, Verdict::Fail(_)))
        .map(|c| c.id.as_str())
        .collect();
    out.line("");
    out.line(format!(
        "{} falham {} de {} verificações: {}",
        style::strong("Sistema preparado, com defeitos:"),
        failed.len(),
        report.checks.iter().filter(prepared).count(),
        failed.join(", ")
    ));
    Ok(report)
}

fn answer(lab: &Lab, stages: &[Value], last: &Report, began: Instant) -> Value {
    json!({
        "version": 1, "lab": lab.id, "stages": stages, "ms": began.elapsed().as_millis(),
        "points": { "earned": last.points.earned, "max": last.points.max },
    })
}

async fn apply(
    context: &Context,
    lab: &Lab,
    step: &Step,
    bench: &mut Bench,
    names: &mut Names,
) -> Result<(), CliError> {
    let Some(solution) = solution(&context.source, lab, step)? else {
        return Err(CliError::environment(format!(
            "o passo `{}` não tem solução de referência",
            step.id.get_ref()
        )));
    };
    let out = context.out;
    let live = Live::start(out, "");
    let moves = out.moves();
    let files = files_for(&solution.files, names);
    let applied = bench
        .apply(&files, &solution.commands, names, |says| {
            if moves {
                live.say(says);
            } else {
                out.line(format!("  · {says}"));
            }
        })
        .await;
    live.end();
    if moves {
        for command in &solution.commands {
            out.line(style::dim(&format!("  · {}", command.says)));
        }
    }
    Ok(applied?)
}

async fn check(
    context: &Context,
    session: &Session,
    lab: &Lab,
    names: &Names,
    selection: Selection,
) -> Report {
    let total = lab
        .checks()
        .filter(|(id, ..)| selection.includes(id))
        .count();
    let live = Grading::start(context.out, total);
    let shown = live.clone();
    let job = Job {
        world: Arc::new(session.clone()),
        lab: Arc::new(lab.clone()),
        selection,
        names: names.clone(),
        seed: fastrand::u64(..),
    };
    let report = grade(job, std::future::pending(), move |event| {
        shown.event(&event);
    })
    .await;
    live.end();
    report
}

fn stage(step: Option<&Step>, report: &Report) -> serde_json::Value {
    json!({
        "step": step.map(|s| s.id.get_ref()),
        "passed": report.checks.iter().filter(|c| c.verdict == Verdict::Pass).count(),
        "checks": report.checks.len(),
        "ms": report.took.as_millis(),
        "calls": report.calls,
    })
}
