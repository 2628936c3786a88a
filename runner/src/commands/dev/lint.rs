use std::process::ExitCode;

use crate::commands::context::Context;
use crate::course::lint::{IDS, Lint, lint, recorded};
use crate::course::{Finding, Source};
use crate::error::{CliError, ErrorKind};
use crate::ui::{self, words};

/// Confere os arquivos do curso e mostra tudo o que há para corrigir
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Só este lab, pelo id, pela pasta ou pelo número
    lab: Option<String>,
    /// Grava em labs/ids.txt os ids novos; dos que já estão lá, nenhum sai
    #[arg(long)]
    record_ids: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let out = context.out;
    let mut found = look(context, args)?;
    if args.record_ids {
        record(context, &found)?;
        found = look(context, args)?;
    }
    if out.json {
        out.json(&ui::json::lint(&found.findings));
    } else {
        for finding in &found.findings {
            out.line(ui::snippet::render(finding));
            out.line("");
        }
        out.line(summary(&found));
    }
    Ok(match found.findings.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(ErrorKind::Content.exit_code()),
    })
}

fn look(context: &Context, args: &Args) -> Result<Lint, CliError> {
    context.has_course()?;
    lint(&context.source, args.lab.as_deref()).ok_or_else(|| {
        let name = args.lab.as_deref().unwrap_or_default();
        CliError::usage(format!("não há um lab `{name}`"))
            .hint("diga o id, a pasta ou o número de um lab, ou nada para conferir o curso inteiro")
    })
}

fn record(context: &Context, found: &Lint) -> Result<(), CliError> {
    let Source::Folder(root) = &context.source else {
        return Ok(());
    };
    let path = root.join(IDS);
    let fail =
        |e: std::io::Error| CliError::io(format!("não foi possível gravar {}", path.display()), &e);
    let before = match std::fs::read_to_string(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.map_err(fail)?,
    };
    let after = recorded(&before, &found.ids);
    if after != before {
        std::fs::write(&path, &after).map_err(fail)?;
    }
    let new = after.lines().count().saturating_sub(before.lines().count());
    context.out.note(format!(
        "{IDS}: {}.",
        words::count(new, "id novo", "ids novos")
    ));
    Ok(())
}

fn summary(found: &Lint) -> String {
    let labs = words::count(found.labs, "lab", "labs");
    let problems = found.findings.len();
    if problems == 0 {
        return format!("{labs}, nenhum problema.");
    }
    let mut files: Vec<&str> = found
        .findings
        .iter()
        .map(|f: &Finding| f.file.as_str())
        .collect();
    files.dedup();
    format!(
        "{labs}: {} em {}.",
        words::count(problems, "problema", "problemas"),
        words::count(files.len(), "arquivo", "arquivos")
    )
}
