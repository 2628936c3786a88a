use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::room;
use super::wiping;
use crate::class::reset::{Part, Plan, PlanError, Surveying, admit, phrase, survey};
use crate::class::{Gate, Learner, Roster};
use crate::commands::context::Context;
use crate::core::Lab;
use crate::error::CliError;
use crate::reset::{Lanes, Limits, Places};
use crate::ui::{Out, style, words};

/// Planeja a limpeza das contas: o que sai, o que fica e por quê
///
/// Nada é removido. Sai só o que tem um nome que um lab pede ao aluno, e o que
/// nasce disso, como o grupo de log de uma função. O que não pôde ser lido fica,
/// e também o que uma pilha do CloudFormation criou: a pilha é que se remove.
/// Políticas e camadas com o prefixo do aluno são ditas, e ficam. APIs HTTP e
/// serviços que nenhum lab usa não são olhados.
/// O plano é um arquivo, que se lê e se guarda; `lab class reset` faz
/// exatamente o que ele diz.
///
/// O código de saída é 0 se todas as contas foram lidas, e 3 se faltou alguma
/// coisa em alguma.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Só estes labs; sem isto, todos
    #[arg(long, value_name = "LAB")]
    lab: Vec<String>,
    /// Só estes alunos, pelo id
    #[arg(long, value_name = "ALUNO")]
    learner: Vec<String>,
    /// Onde gravar o plano; sem isto, na pasta `limpezas` da turma
    #[arg(long, value_name = "ARQUIVO")]
    out: Option<PathBuf>,
    /// Mostra cada recurso, e não só os números de cada aluno
    #[arg(long)]
    details: bool,
    /// Quantas contas ao mesmo tempo
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1000))]
    accounts: u16,
}

pub(super) fn run(
    context: &Context,
    args: &Args,
    class: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let roster = room::roster(class)?;
    let course = context.course()?;
    let labs = room::labs(context, &course, &args.lab)?;
    let learners = room::learners(&roster, &args.learner)?;
    let gate = room::gate(context, &roster)?;
    let own = context.block_on(wiping::own_accounts(learners.iter().copied()))??;
    let places = Places::new(wiping::PLACES);
    let parts = room::look_at_each(
        context,
        "olhando as contas",
        &learners,
        args.accounts,
        |learner| look(&gate, &roster, learner, &own, &labs, &places),
    )?;
    let labs = labs.iter().map(|lab| lab.id.clone()).collect();
    let plan = Plan::new(&roster.id, &course.id, labs, parts);
    let path = args.out.clone().unwrap_or_else(|| {
        let made = plan.made.to_zoned(jiff::tz::TimeZone::system());
        let name = format!("{}-{}.json", made.strftime("%Y%m%d-%H%M%S"), plan.short());
        roster.folder.join(wiping::FOLDER).join(name)
    });
    plan.write(&path)?;
    answer(context.out, args, &plan, &path)?;
    let read = plan
        .parts
        .iter()
        .all(|part| part.refused.is_none() && part.unread.is_empty());
    Ok(ExitCode::from(if read { 0 } else { 3 }))
}

async fn look(
    gate: &Gate,
    roster: &Roster,
    learner: &Learner,
    own: &BTreeSet<String>,
    labs: &[&Lab],
    places: &Places,
) -> Part {
    let refused = match admit(gate, roster, learner, own).await {
        Ok(session) => {
            let session = session.unretried();
            let lanes = Lanes::new(Limits::of(&session), places);
            return survey(&Surveying {
                control: &session,
                lanes: &lanes,
                learner,
                labs,
            })
            .await;
        }
        Err(why) => why,
    };
    Part {
        refused: Some(refused),
        ..Part::of(learner)
    }
}

fn answer(out: Out, args: &Args, plan: &Plan, path: &Path) -> Result<(), CliError> {
    let mut value = serde_json::to_value(plan)
        .map_err(|e| CliError::environment(format!("o plano não pôde ser mostrado: {e}")))?;
    value["version"] = json!(1);
    value["file"] = json!(path);
    value["goes"] = json!(plan.goes());
    out.json(&value);
    let details = args.details || plan.parts.len() <= 3;
    for part in &plan.parts {
        show(out, part, details);
    }
    let calls: usize = plan.going().map(|part| part.calls).sum();
    let slowest = plan
        .going()
        .map(|part| part.seconds)
        .max()
        .unwrap_or_default();
    out.line("");
    out.line(format!(
        "{} {} de {} · pelo menos {} · {}",
        style::strong(if plan.goes() == 1 { "Sai" } else { "Saem" }),
        words::count(plan.goes(), "recurso", "recursos"),
        words::count(plan.going().count(), "conta", "contas"),
        words::count(calls, "chamada", "chamadas"),
        if slowest == 0 {
            "sem esperas".to_owned()
        } else {
            format!(
                "pelo menos {}, pelos limites da AWS",
                words::duration(Duration::from_secs(slowest))
            )
        },
    ));
    out.line(style::dim(
        "Não olhados: APIs HTTP, pilhas do CloudFormation e serviços que nenhum lab usa.",
    ));
    out.line(format!("Plano: {} · hash {}", path.display(), plan.short()));
    if plan.goes() > 0 {
        out.line(style::inline_code(&format!(
            "→ Para fazer: `lab class reset --plan {}`. Será pedida a frase «{}».",
            path.display(),
            phrase(plan)
        )));
    }
    Ok(())
}

fn show(out: Out, part: &Part, details: bool) {
    if let Some(why) = &part.refused {
        out.line(format!(
            "{}  {} {why}",
            part.learner,
            style::wait("nada sai:")
        ));
        return;
    }
    out.line(format!(
        "{}  {} {} · {} {}{}",
        part.learner,
        words::count(part.goes.len(), "sai", "saem"),
        style::dim(&format!("· conta {}", part.account)),
        words::count(part.stays.len(), "fica", "ficam"),
        style::dim(&format!("· {}", part.region)),
        if part.unread.is_empty() {
            String::new()
        } else {
            format!(
                " · {}",
                style::wait(&format!("{} sem leitura", part.unread.len()))
            )
        },
    ));
    for unread in &part.unread {
        out.line(format!(
            "  {} {} {}: {}",
            style::wait("não lido"),
            unread.kind.word(),
            unread.name.as_deref().unwrap_or("(todos)"),
            unread.why
        ));
    }
    for beside in &part.aside {
        out.line(format!(
            "  fica    {:<12} {} {}",
            beside.kind.word(),
            style::command(beside.name.as_deref().unwrap_or("(todas)")),
            style::dim(&format!("({})", beside.why))
        ));
    }
    if !details {
        return;
    }
    for thing in &part.goes {
        out.line(format!(
            "  remove  {:<12} {}",
            thing.kind.word(),
            style::command(&thing.name)
        ));
    }
    for stay in &part.stays {
        out.line(format!(
            "  fica    {:<12} {} {}",
            stay.kind.word(),
            style::command(&stay.name),
            style::dim(&format!("({})", stay.why))
        ));
    }
}

impl From<PlanError> for CliError {
    fn from(error: PlanError) -> Self {
        match &error {
            PlanError::Io { path, source } => {
                Self::io(format!("o plano {}", path.display()), source)
            }
            PlanError::Format { .. } => Self::usage(error.to_string()),
            PlanError::Changed(_) => {
                Self::usage(error.to_string()).hint("faça outro com `lab class plan`")
            }
        }
    }
}
