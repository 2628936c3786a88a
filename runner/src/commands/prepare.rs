//! Prepares the system that a lab begins with: whole, and then with faults.

use super::check::interrupted;
use super::context::Context;
use super::{reset, sandbox};
use crate::apply::{AwsWorker, Bench, Environment};
use crate::aws::{Connection, Session, TargetKind};
use crate::core::{Command, Lab, Names, Step, draw};
use crate::course::{files_for, near_misses, preparation};
use crate::error::CliError;
use crate::ui::live::Live;
use crate::ui::{Out, style};

/// Commands to run with their files.
struct Part {
    files: Vec<(String, Vec<u8>)>,
    commands: Vec<Command>,
}

/// Makes the system in the learner's account, unless something of it is there.
pub(super) async fn prepare(
    context: &Context,
    lab: &Lab,
    session: &Session,
    connection: &Connection,
    names: &Names,
    seed: u64,
) -> Result<(), CliError> {
    empty(lab, session, names).await?;
    let environment = match session.kind() {
        TargetKind::Sandbox => Environment::sandbox(connection, context.sandbox().bin_dir()),
        TargetKind::Aws => {
            // The commands are run by the sandbox's own AWS CLI.
            sandbox::install(context).await?;
            Environment::aws(session.region(), context.sandbox().bin_dir())
        }
    };
    let folder = tempfile::tempdir().map_err(|e| CliError::io("uma pasta temporária", &e))?;
    let mut bench = Bench {
        folder: folder.path().to_owned(),
        environment,
        worker: Some(AwsWorker::start(&context.sandbox().python())?),
    };
    let mut names = names.clone();
    let live = Live::start(context.out, "preparando o sistema");
    let done = tokio::select! {
        done = make(context, lab, &mut bench, &mut names, seed, Some(&live)) => done,
        () = interrupted() => Err(CliError::environment("a preparação foi interrompida, e o sistema ficou pela metade")),
    };
    live.end();
    done.map_err(|error| {
        error.hint(format!(
            "apague o que já foi feito com `lab reset {0}` e comece de novo com `lab start {0}`",
            lab.id
        ))
    })
}

/// Runs the commands of the preparation and of the drawn faults. With a line
/// for people, it says how far it is and never which fault is made.
pub(super) async fn make(
    context: &Context,
    lab: &Lab,
    bench: &mut Bench,
    names: &mut Names,
    seed: u64,
    live: Option<&Live>,
) -> Result<(), CliError> {
    let parts = parts(context, lab, seed)?;
    let total: usize = parts.iter().map(|part| part.commands.len()).sum();
    let moves = context.out.moves();
    let mut done = 0;
    for Part { files, commands } in &parts {
        let files = files_for(files, names);
        let applied = bench.apply(&files, commands, names, |_| {
            done += 1;
            // Where every message is a line of its own, one in ten is enough.
            if let Some(live) = live.filter(|_| moves || done % 10 == 0 || done == total) {
                live.say(&format!("preparando o sistema: {done} de {total}"));
            }
        });
        applied.await?;
    }
    Ok(())
}

fn parts(context: &Context, lab: &Lab, seed: u64) -> Result<Vec<Part>, CliError> {
    let Some(preparation) = preparation(&context.source, lab)? else {
        return Ok(Vec::new());
    };
    let near_misses = near_misses(&context.source, lab)?;
    let mut parts = vec![Part {
        files: preparation.files,
        commands: preparation.commands,
    }];
    parts.extend(draw(lab, &near_misses, seed).into_iter().map(|fault| Part {
        files: fault.files.clone(),
        commands: fault.commands.clone(),
    }));
    Ok(parts)
}

/// Nothing of the lab may be there: a system of which a part is the learner's
/// would have faults that nobody drew.
async fn empty(lab: &Lab, session: &Session, names: &Names) -> Result<(), CliError> {
    let steps: Vec<&Step> = lab.steps.iter().collect();
    let plan = session.plan_reset(&reset::resources(&steps, names)).await;
    if let Some((resource, error)) = plan.unread.first() {
        return Err(CliError::environment(format!(
            "não foi possível ver se `{}` já existe: {}",
            resource.name(),
            error.message
        )));
    }
    let Some((resource, _)) = plan.doomed.first() else {
        return Ok(());
    };
    Err(CliError::usage(format!(
        "o sistema deste lab já existe, ou uma parte dele: `{}`",
        resource.name()
    ))
    .hint("para continuar de onde você parou: `lab next`")
    .hint(format!(
        "para começar do zero: `lab reset {0}` e depois `lab start {0}`",
        lab.id
    )))
}

/// Says what a preparation makes in a real account.
pub(super) fn show_plan(out: Out, lab: &Lab, names: &Names) {
    let steps: Vec<&Step> = lab.steps.iter().collect();
    out.line("Este lab cria na sua conta, antes de você começar:");
    for resource in reset::resources(&steps, names) {
        out.line(format!(
            "  cria    {:<8} {}",
            resource.kind(),
            style::command(resource.name())
        ));
    }
}
