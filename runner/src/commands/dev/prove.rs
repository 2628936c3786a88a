use std::process::ExitCode;

use serde_json::json;

use crate::commands::check::interrupted;
use crate::commands::context::Context;
use crate::commands::sandbox::start_this;
use crate::core::Lab;
use crate::error::CliError;
use crate::prove::{Bed, Done, Proof, Subject, Wanted, offline, prove, write};
use crate::sandbox::{Sandbox, StartOptions};
use crate::ui::live::Live;
use crate::ui::{proof, words};

/// Prova que a correção de um lab está certa, em contas próprias de um sandbox à parte
///
/// Confere que nada passa em uma conta vazia, que a solução passa (com dez
/// amostras), que cada quase-acerto falha onde deve e só ali, que verificar não
/// muda a conta e que a limpeza remove o que é do lab e nada mais.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab; sem isto, todos
    #[arg(value_name = "LAB")]
    lab: Option<String>,
    /// Só este quase-acerto, pela pasta; bom enquanto você o escreve
    #[arg(long, value_name = "PASTA", requires = "lab")]
    near_miss: Option<String>,
    /// Grava o que foi observado em tests/worlds/, se tudo estiver certo
    #[arg(long, conflicts_with_all = ["offline", "near_miss"])]
    record: bool,
    /// Julga só o que está gravado, sem sandbox: leva menos de um segundo
    #[arg(long, conflicts_with = "near_miss")]
    offline: bool,
    /// Quantas contas trabalham ao mesmo tempo
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    lanes: u8,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let labs: Vec<&Lab> = match &args.lab {
        Some(name) => vec![context.lab(&course, &context.settings()?, Some(name))?],
        None => course.labs.iter().collect(),
    };
    let subjects = labs
        .iter()
        .map(|lab| Subject::load(&context.source, lab, args.record))
        .collect::<Result<Vec<_>, _>>()?;
    if let (Some(slug), [subject]) = (&args.near_miss, subjects.as_slice())
        && !subject.near_misses.iter().any(|miss| miss.slug == *slug)
    {
        let known: Vec<&str> = subject
            .near_misses
            .iter()
            .map(|m| m.slug.as_str())
            .collect();
        return Err(CliError::usage(format!(
            "o lab {} não tem o quase-acerto `{slug}`",
            subject.lab.id
        ))
        .hint(format!("há estes: {}", known.join(", "))));
    }
    let proofs = if args.offline {
        context.block_on(async {
            let mut proofs = Vec::new();
            for subject in &subjects {
                proofs.push(offline(subject).await);
            }
            proofs
        })?
    } else {
        context.block_on(in_own_sandbox(context, args, &subjects))??
    };
    proof::show(context.out, &proofs);
    context.out.json(&json!({
        "version": 1,
        "labs": proofs.iter().map(proof::json).collect::<Vec<_>>(),
    }));
    if args.record {
        record(context, &labs, &proofs)?;
    }
    let proved = proofs.iter().all(|proof| proof.problems.is_empty());
    Ok(ExitCode::from(u8::from(!proved)))
}

/// Keeps what was observed, unless something is wrong with it.
fn record(context: &Context, labs: &[&Lab], proofs: &[Proof]) -> Result<(), CliError> {
    for (lab, proof) in labs.iter().zip(proofs) {
        match &proof.recorded {
            Some(worlds) if proof.problems.is_empty() => {
                let path = write(&context.source, lab, worlds)
                    .map_err(|e| CliError::io(format!("não foi possível gravar {}", lab.id), &e))?;
                context.out.note(format!("gravado: {}", path.display()));
            }
            _ => context.out.note(format!(
                "{}: nada foi gravado, porque há o que corrigir",
                lab.id
            )),
        }
    }
    Ok(())
}

/// The learner's sandbox is not touched: there is another one for proofs, with
/// nothing in it, which ends with the command.
async fn in_own_sandbox(
    context: &Context,
    args: &Args,
    subjects: &[Subject],
) -> Result<Vec<Proof>, CliError> {
    let sandbox = context.sandbox().inner("prova");
    let _alone = alone(context, &sandbox)?;
    // What an interrupted proof may have left.
    sandbox.wipe().await?;
    let running = start_this(context, &sandbox, StartOptions::default()).await?;
    let bed = Bed {
        endpoint: running.endpoint,
        python: sandbox.python(),
        bin: sandbox.bin_dir(),
        lanes: usize::from(args.lanes),
    };
    let wanted = Wanted {
        only: args.near_miss.clone(),
        record: args.record,
    };
    let live = Live::start(context.out, "preparando as contas");
    let shown = live.clone();
    let proved = tokio::select! {
        proofs = prove(subjects, &bed, &wanted, move |done| shown.say(&said(&done))) => Some(proofs),
        () = interrupted() => None,
    };
    live.end();
    sandbox.wipe().await?;
    proved.ok_or_else(|| CliError::environment("prova interrompida; o sandbox dela foi removido"))
}

fn said(done: &Done) -> String {
    format!(
        "{} de {} · {}",
        done.done,
        words::count(done.total, "conta", "contas"),
        done.what
    )
}

/// Holds the lock of the proofs' sandbox for as long as the answer lives.
fn alone(context: &Context, sandbox: &Sandbox) -> Result<std::fs::File, CliError> {
    let path = sandbox.folder();
    let fail =
        |e: std::io::Error| CliError::io(format!("não foi possível usar {}", path.display()), &e);
    std::fs::create_dir_all(path).map_err(fail)?;
    let file = std::fs::File::create(path.join("prova.lock")).map_err(fail)?;
    if file.try_lock().is_err() {
        context
            .out
            .note("outra prova está em curso; esperando por ela");
        file.lock().map_err(fail)?;
    }
    Ok(file)
}
