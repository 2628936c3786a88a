use std::path::Path;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use serde_json::json;

use crate::commands::context::Context;
use crate::course::{FileKind, Source};
use crate::error::CliError;
use crate::ui::{Out, style};

/// Mostra os formatos dos arquivos do curso, para o editor completar e sublinhar
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Qual formato, em JSON Schema: lab, quiz, near-miss, solution, course ou turma
    #[arg(value_name = "NOME", value_parser = PossibleValuesParser::new(FileKind::ALL.map(FileKind::name)))]
    name: Option<String>,

    /// Grava em docs/schema, na pasta do curso, e diz o que mudou
    #[arg(long)]
    write: bool,
}

pub(super) fn run(context: Context, args: &Args) -> Result<ExitCode, CliError> {
    let asked = args.name.as_deref().and_then(FileKind::named);
    if args.write {
        let context = super::at_the_course(context)?;
        if let Source::Folder(root) = &context.source {
            write(context.out, root, asked)?;
        }
    } else if let Some(kind) = asked {
        context.out.raw(&kind.text());
    } else {
        list(context.out);
    }
    Ok(ExitCode::SUCCESS)
}

fn list(out: Out) {
    let mut schemas = Vec::new();
    for kind in FileKind::ALL {
        let (name, schema) = (kind.name(), kind.schema());
        let about = schema["description"].as_str().unwrap_or_default();
        out.wrapped(
            &format!("  {}  ", style::command(&format!("{name:<9}"))),
            about,
        );
        schemas.push(json!({ "name": name, "file": kind.path(), "description": about }));
    }
    out.line("");
    out.line(format!(
        "{} mostra um; {} grava todos em docs/schema.",
        style::command("lab dev schema NOME"),
        style::command("lab dev schema --write"),
    ));
    out.json(&json!({ "version": 1, "schemas": schemas }));
}

fn write(out: Out, root: &Path, asked: Option<FileKind>) -> Result<(), CliError> {
    let mut written = Vec::new();
    for kind in FileKind::ALL {
        if asked.is_some_and(|asked| asked != kind) {
            continue;
        }
        let path = kind.path();
        let changed = replace(&root.join(&path), &kind.text())
            .map_err(|e| CliError::io(format!("não foi possível gravar {path}"), &e))?;
        out.line(if changed {
            format!("{} {path}", style::good("✔ gravado"))
        } else {
            format!("{} {path}", style::dim("  igual  "))
        });
        written.push(json!({ "name": kind.name(), "file": path, "changed": changed }));
    }
    out.json(&json!({ "version": 1, "schemas": written }));
    Ok(())
}

/// Whether the file was not yet so; other line ends are no difference.
fn replace(file: &Path, text: &str) -> std::io::Result<bool> {
    match std::fs::read_to_string(file) {
        Ok(old) if old.replace("\r\n", "\n") == text => return Ok(false),
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, text)?;
    Ok(true)
}
