use std::process::ExitCode;

use serde_json::json;

use crate::commands::context::Context;
use crate::core::{draw, seed_of};
use crate::course::near_misses;
use crate::error::CliError;
use crate::ui::style;

/// Mostra que defeitos uma pessoa recebeu num lab que começa com um sistema pronto
///
/// Os defeitos são sorteados pelo prefixo de quem faz o lab: com o prefixo, ou
/// com a semente que ficou no diário, a lista sai igual.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("quem").required(true)))]
pub(super) struct Args {
    /// O lab, como projeto-final
    #[arg(value_name = "LAB")]
    lab: String,
    /// Prefixo dos nomes de quem faz o lab
    #[arg(long, value_name = "PREFIXO", group = "quem")]
    prefix: Option<String>,
    /// Semente do sorteio
    #[arg(long, value_name = "N", group = "quem")]
    seed: Option<u64>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let lab = context.lab(&course, &context.settings()?, Some(&args.lab))?;
    if !lab.prepared {
        return Err(CliError::usage(format!(
            "o lab {} não começa com um sistema pronto: não há defeitos sorteados",
            lab.id
        )));
    }
    let seed = args
        .seed
        .unwrap_or_else(|| seed_of(args.prefix.as_deref().unwrap_or_default()));
    let near_misses = near_misses(&context.source, lab)?;
    let drawn = draw(lab, &near_misses, seed);
    let out = context.out;
    out.json(&json!({
        "version": 1, "lab": lab.id, "seed": seed,
        "faults": drawn.iter().map(|fault| json!({
            "step": fault.step(), "id": fault.slug, "says": fault.says,
            "like": fault.like.as_ref().map(toml::Spanned::get_ref),
            "checks": fault.fails.keys().map(toml::Spanned::get_ref).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    }));
    out.line(format!("{} {seed}", style::strong("Semente")));
    for fault in drawn {
        let checks: Vec<String> = fault
            .fails
            .keys()
            .map(|id| format!("`{}`", id.get_ref()))
            .collect();
        out.line("");
        out.line(format!(
            "{} {}",
            style::strong(fault.step()),
            style::dim(&fault.slug)
        ));
        out.wrapped("  ", &style::inline_code(&fault.says));
        out.wrapped("  aparece em ", &style::inline_code(&checks.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}
