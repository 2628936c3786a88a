use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::context::Context;
use super::package::{package, root_of};
use crate::error::CliError;
use crate::ui::{style, words};

/// Empacota uma pasta para o Lambda: lab zip minha-funcao
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Pasta com o código; o que há nela fica na raiz do pacote
    #[arg(value_name = "PASTA")]
    folder: PathBuf,
    /// Arquivo do pacote; sem esta opção, o nome da pasta com .zip, na pasta atual
    #[arg(long, short, value_name = "ARQUIVO")]
    output: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    let output = match &args.output {
        Some(output) => output.clone(),
        None => default_output(&args.folder)?,
    };
    let packaged = package(&args.folder, &output)?;
    let warning = (!packaged.files.iter().any(|name| may_hold_handler(name))).then_some(
        "não há código na raiz do pacote (como `app.py`), e é ali que o Lambda procura o handler",
    );
    let out = context.out;
    out.json(&json!({
        "version": 1, "output": output, "files": packaged.files, "bytes": packaged.bytes,
        "warnings": Vec::from_iter(warning),
    }));
    out.line(format!(
        "Pacote {}: {}, {}",
        style::command(&output.display().to_string()),
        words::count(packaged.files.len(), "arquivo", "arquivos"),
        words::size(packaged.bytes)
    ));
    if let Some(warning) = warning {
        out.note(style::inline_code(&format!("aviso: {warning}")));
    }
    Ok(ExitCode::SUCCESS)
}

fn default_output(folder: &Path) -> Result<PathBuf, CliError> {
    let root = root_of(folder)?;
    let name = root
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| {
            CliError::usage(
                "esta pasta não tem um nome para o pacote; diga um com `--output ARQUIVO`",
            )
        })?;
    Ok(PathBuf::from(format!("{name}.zip")))
}

/// Code at the root, in one of the languages of Lambda's runtimes.
fn may_hold_handler(name: &str) -> bool {
    let code = ["py", "js", "mjs", "cjs", "rb", "jar", "class", "dll"];
    !name.contains('/')
        && (name == "bootstrap"
            || name
                .rsplit_once('.')
                .is_some_and(|(_, end)| code.contains(&end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_at_the_root() {
        assert!(may_hold_handler("app.py") && may_hold_handler("bootstrap"));
        assert!(!may_hold_handler("src/app.py") && !may_hold_handler("nota.json"));
    }
}
