use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::room;
use crate::class::{Checkup, checkup};
use crate::commands::context::Context;
use crate::error::CliError;
use crate::ui::{Out, style, words};

/// Confere a conta de cada aluno: de quem é, direitos, relógio
///
/// De quem é entrado por um papel, também o papel que limpa: se entra, se lê e se
/// as políticas dele deixam apagar. O que a organização da conta proíbe por cima
/// só aparece na hora.
///
/// Nada é mudado em conta nenhuma. O código de saída é 0 se todas estão prontas,
/// e 3 se falta alguma coisa em alguma.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Só estes alunos, pelo id
    #[arg(long, value_name = "ALUNO")]
    learner: Vec<String>,
    /// Quantas contas ao mesmo tempo
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    accounts: u16,
}

pub(super) fn run(
    context: &Context,
    args: &Args,
    class: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let roster = room::roster(class)?;
    let learners = room::learners(&roster, &args.learner)?;
    let gate = room::gate(context, &roster)?;
    let out = context.out;
    let checkups = room::look_at_each(
        context,
        "conferindo as contas",
        &learners,
        args.accounts,
        |learner| checkup(&gate, &roster, learner),
    )?;
    let total = checkups.len();
    out.json(&json!({
        "version": 1, "class": roster.id,
        "learners": checkups.iter().map(|c| json!({
            "id": c.learner, "ready": c.good(),
            "findings": c.findings.iter().map(|f| json!({
                "what": f.what, "good": f.good, "text": f.text, "help": f.help,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    }));
    for checkup in &checkups {
        show(out, checkup);
    }
    let ready = checkups.iter().filter(|c| c.good()).count();
    out.line("");
    out.line(format!(
        "{ready} de {} prontas.",
        words::count(total, "conta", "contas")
    ));
    Ok(ExitCode::from(if ready == total { 0 } else { 3 }))
}

fn show(out: Out, checkup: &Checkup) {
    let mark = |good: bool| match (good, out.plain) {
        (true, true) => style::good("OK      "),
        (true, false) => style::good("✔ OK      "),
        (false, true) => style::bad("PROBLEMA"),
        (false, false) => style::bad("✘ PROBLEMA"),
    };
    let what = checkup.findings.first().map_or("", |f| f.text.as_str());
    out.line(format!(
        "{} {:<16} {}",
        mark(checkup.good()),
        checkup.learner,
        if checkup.good() {
            style::dim(what)
        } else {
            String::new()
        }
    ));
    for finding in checkup.findings.iter().filter(|f| !f.good) {
        out.line(format!("           {}: {}", finding.what, finding.text));
        if let Some(help) = &finding.help {
            out.line(format!("           → {}", style::inline_code(help)));
        }
    }
}
