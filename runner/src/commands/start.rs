use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::check::Target;
use super::context::Context;
use super::prepare::{self, prepare};
use super::{sandbox, show};
use crate::aws::{Identity, Session, TargetKind};
use crate::core::{Course, Lab, Names, seed_of, valid_prefix};
use crate::course::starter;
use crate::error::CliError;
use crate::journal::Entry;
use crate::sandbox::StartOptions;
use crate::settings::Settings;
use crate::ui::{markdown, prompt, style};

/// Começa um lab: liga o sandbox, cria a pasta de trabalho e mostra o primeiro passo
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab; sem ele, o primeiro
    #[arg(value_name = "LAB")]
    lab: Option<String>,
    /// Onde: sandbox ou aws
    #[arg(long, value_name = "ALVO", default_value = "sandbox")]
    target: Target,
    /// Pasta de trabalho; sem ela, uma com o nome do lab na pasta atual
    #[arg(long, value_name = "PASTA")]
    dir: Option<PathBuf>,
    /// Prefixo dos nomes dos seus recursos: letras minúsculas, números e hífens
    #[arg(long, value_name = "PREFIXO")]
    prefix: Option<String>,
    /// Semente dos defeitos, num lab que começa com um sistema pronto
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Na AWS, não pergunta antes de começar
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(context: &Context, args: Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let mut settings = context.settings()?;
    let lab = context.lab(&course, &settings, args.lab.as_deref())?;
    if let Some(prefix) = args.prefix {
        settings.prefix = checked_prefix(prefix)?;
    }
    if args.seed.is_some() && !lab.prepared {
        return Err(CliError::usage(format!(
            "`--seed` é só de labs que começam com um sistema pronto, e {} não é um deles",
            lab.id
        )));
    }
    settings.target = args.target.into();
    let names = match settings.target {
        TargetKind::Sandbox => {
            context.block_on(sandbox::start(context, StartOptions::default()))??;
            context.names(lab, &settings)
        }
        TargetKind::Aws => {
            let (session, identity) = context.block_on(real_account(context))??;
            let names = lab.names_for(&settings.prefix, &identity.account, session.region());
            if !agreed(context, lab, &names, &session, &identity, args.yes)? {
                context.out.line("Nada foi mudado.");
                return Ok(ExitCode::SUCCESS);
            }
            settings.account = Some(identity.account.clone());
            settings.region = Some(session.region().to_owned());
            names
        }
    };
    let folder = match args.dir {
        Some(dir) => dir,
        None => settings
            .workspaces
            .get(&lab.id)
            .cloned()
            .unwrap_or_else(|| PathBuf::from(&lab.id)),
    };
    let folder = std::path::absolute(&folder)
        .map_err(|e| CliError::io(format!("a pasta {}", folder.display()), &e))?;
    let (written, kept) = workspace(context, lab, &names, &folder)?;
    settings.lab = Some(lab.id.clone());
    settings.workspaces.insert(lab.id.clone(), folder.clone());
    settings.save(&context.home)?;
    if lab.prepared {
        let seed = args.seed.unwrap_or_else(|| seed_of(&settings.prefix));
        prepared(context, &course, lab, &settings, seed)?;
    }

    let out = context.out;
    out.json(&json!({
        "version": 1, "lab": lab.id, "workspace": folder, "prefix": settings.prefix,
        "files": written, "kept": kept, "prepared": lab.prepared,
    }));
    markdown::show(out, &names.fill_known(&lab.opening));
    out.line("");
    out.line(format!(
        "Pasta de trabalho: {}",
        style::command(&folder.display().to_string())
    ));
    if !kept.is_empty() {
        out.line(format!(
            "Arquivos que já estavam lá ficaram como estavam: {}",
            kept.join(", ")
        ));
    }
    out.line("");
    let progress = context.progress(lab)?;
    let first = progress
        .next_step()
        .map_or_else(|| lab.steps[0].id.get_ref().clone(), |s| s.id.clone());
    show::step(context, lab, &first, &names);
    out.line("");
    out.line(style::inline_code(
        "→ Quando terminar o passo: `lab check`. Se travar: `lab hint`.",
    ));
    Ok(ExitCode::SUCCESS)
}

/// Prepares the system of a lab that begins with one. The journal keeps the
/// seed and the learner is not told: what is broken is for the learner to find.
fn prepared(
    context: &Context,
    course: &Course,
    lab: &Lab,
    settings: &Settings,
    seed: u64,
) -> Result<(), CliError> {
    context.block_on(async {
        let target = settings.target;
        let (session, identity) = context.session(settings, target).await?;
        let names = lab.names_for(&settings.prefix, &identity.account, session.region());
        let connection = context.connection(target)?;
        prepare(context, lab, &session, &connection, &names, seed).await?;
        let at = Some((&session, &identity));
        context.record(course, lab, at, target, Entry::Prepared { seed })
    })?
}

fn checked_prefix(prefix: String) -> Result<String, CliError> {
    if valid_prefix(&prefix) {
        Ok(prefix)
    } else {
        Err(CliError::usage(format!("o prefixo `{prefix}` não serve"))
            .hint("use de 3 a 30 letras minúsculas, números e hífens, começando por letra: `--prefix ana-7k3f`"))
    }
}

async fn real_account(context: &Context) -> Result<(Session, Identity), CliError> {
    let session = Session::connect(&context.connection(TargetKind::Aws)?).await;
    let identity = session.identity().await?;
    Ok((session, identity))
}

fn agreed(
    context: &Context,
    lab: &Lab,
    names: &Names,
    session: &Session,
    identity: &Identity,
    yes: bool,
) -> Result<bool, CliError> {
    let out = context.out;
    out.line(format!("Você é   {}", style::strong(&identity.arn)));
    out.line(format!("Conta    {}", style::strong(&identity.account)));
    out.line(format!("Região   {}", style::strong(session.region())));
    out.line(format!("Custo    {}", lab.cost));
    if lab.prepared {
        prepare::show_plan(out, lab, names);
    }
    if yes {
        return Ok(true);
    }
    if !out.asks() {
        return Err(CliError::usage(
            "sem um terminal, confirme a conta com `--yes`",
        ));
    }
    prompt::confirm("É nesta conta que você quer trabalhar?")
}

/// Writes the starter files; what is there already is kept.
fn workspace(
    context: &Context,
    lab: &Lab,
    names: &Names,
    folder: &Path,
) -> Result<(Vec<String>, Vec<String>), CliError> {
    let files = starter(&context.source, lab, names)
        .map_err(|e| CliError::io("os arquivos iniciais do lab", &e))?;
    let mut written = Vec::new();
    let mut kept = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(&name);
        let fail = |e: std::io::Error| {
            CliError::io(format!("não foi possível gravar {}", path.display()), &e)
        };
        if path.exists() {
            kept.push(name);
            continue;
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fail)?;
        }
        std::fs::write(&path, bytes).map_err(fail)?;
        written.push(name);
    }
    Ok((written, kept))
}
