use std::process::ExitCode;

use serde_json::json;

use super::replace;
use crate::commands::context::Context;
use crate::core::Lab;
use crate::course::Source;
use crate::error::CliError;
use crate::prove::{Subject, feedback};
use crate::ui::{self, style};

/// Mostra se docs/retornos tem tudo o que os checks dizem a quem aprende
///
/// Cada lab tem ali um arquivo com o que se lê de cada check que não passa: na
/// conta vazia, em cada quase-acerto e quando não dá para olhar. Vem das
/// observações gravadas, sem sandbox. Sem --write, mostra o que mudou e termina
/// com 1.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// O lab; sem isto, todos
    #[arg(value_name = "LAB")]
    lab: Option<String>,
    /// Grava os arquivos; leia a diferença antes de guardá-la
    #[arg(long)]
    write: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let course = context.course()?;
    let labs: Vec<&Lab> = match &args.lab {
        Some(name) => vec![context.lab(&course, &context.settings()?, Some(name))?],
        None => course.labs.iter().collect(),
    };
    let out = context.out;
    let mut answers = Vec::new();
    let mut current = true;
    for lab in labs {
        let file = format!("docs/retornos/{}.md", lab.folder);
        let page = page(context, lab)?;
        let before = context
            .source
            .read(&file)
            .map_err(|e| CliError::io(format!("não foi possível ler {file}"), &e))?;
        let before = before.map(|bytes| String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
        let before = before.unwrap_or_default();
        let same = before == page;
        match (&context.source, args.write) {
            (Source::Folder(root), true) => {
                replace(&root.join(&file), &page)
                    .map_err(|e| CliError::io(format!("não foi possível gravar {file}"), &e))?;
            }
            _ => current &= same,
        }
        out.line(match (same, args.write) {
            (true, _) => format!("{} {file}", style::dim("  igual  ")),
            (false, true) => format!("{} {file}", style::good("✔ gravado")),
            (false, false) => format!("{} {file}", style::bad("✘ mudou  ")),
        });
        if !same && !args.write {
            for line in difference(&before, &page) {
                out.line(format!("  {line}"));
            }
        }
        answers.push(json!({ "lab": lab.id, "file": file, "current": same || args.write }));
    }
    if !current {
        out.line(style::inline_code(
            "→ Leia o que mudou; se está certo, grave com `lab dev feedback --write`",
        ));
    }
    out.json(&json!({ "version": 1, "labs": answers }));
    Ok(ExitCode::from(u8::from(!current)))
}

fn page(context: &Context, lab: &Lab) -> Result<String, CliError> {
    let subject = Subject::load(&context.source, lab, false)?;
    let all = context.block_on(feedback(&subject))?;
    let all = all.ok_or_else(|| {
        CliError::content(format!("do lab {} nada está gravado", lab.id))
            .hint(format!("grave com `lab dev prove {} --record`", lab.id))
    })?;
    Ok(ui::feedback::page(&subject, &all))
}

/// The lines between what both texts begin with and what both end with.
fn difference(before: &str, after: &str) -> Vec<String> {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let shared =
        |a: &mut dyn Iterator<Item = (&&str, &&str)>| a.take_while(|(a, b)| a == b).count();
    let head = shared(&mut before.iter().zip(&after));
    let (before, after) = (&before[head..], &after[head..]);
    let tail = shared(&mut before.iter().rev().zip(after.iter().rev()));
    let gone = before[..before.len() - tail].iter();
    let new = after[..after.len() - tail].iter();
    let gone = gone.map(|line| format!("- {line}"));
    gone.chain(new.map(|line| format!("+ {line}"))).collect()
}
