use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use tempfile::TempDir;

use crate::commands::context::Context;
use crate::course::{FileKind, Scaffold, ScaffoldError, Source, scaffold};
use crate::error::CliError;
use crate::ui::style;

/// Cria um lab novo, que já funciona e diz o que falta escrever
///
/// O modelo é um lab pequeno, com dois passos, a solução e cinco quase-acertos:
/// `lab dev prove` já o prova. Onde você deve escrever há a marca `PREENCHA:`,
/// e `lab dev lint` mostra cada uma. O guia do autor, docs/guia-do-autor.md,
/// vai daí até o lab pronto.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Nome curto do lab, que também é o id: minúsculas sem acento e hífens
    #[arg(value_name = "NOME")]
    slug: String,
    /// Título para as pessoas; sem isto, fica para preencher
    #[arg(long, value_name = "TEXTO")]
    title: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<ExitCode, CliError> {
    context.has_course()?;
    let Source::Folder(root) = &context.source else {
        return Err(CliError::usage("o curso que vem no programa não se muda"));
    };
    let new = scaffold(root, &args.slug, args.title.as_deref()).map_err(refused)?;
    write(root, &new).map_err(|e| {
        CliError::io(format!("não foi possível criar {}", new.folder), &e).hint("nada foi criado")
    })?;

    let out = context.out;
    let (slug, folder) = (&args.slug, &new.folder);
    let below = |part: &str, files: &[(String, String)]| -> Vec<String> {
        let path = |(file, _): &(String, String)| format!("{part}/{folder}/{file}");
        files.iter().map(path).collect()
    };
    let files = [below("labs", &new.lab), below("solutions", &new.solutions)].concat();
    for file in &files {
        out.line(format!("{} {file}", style::good("✔ criado")));
    }
    out.line(format!("{} labs/course.toml", style::good("✔ na lista")));
    out.line("");
    out.line("Em seguida:");
    let mut next = vec![
        (
            format!("lab dev lint {slug}"),
            "mostra cada parte que falta escrever",
        ),
        (
            format!("lab dev prove {slug} --record"),
            "prova a correção e grava o que observou; o modelo já passa",
        ),
    ];
    if !root.join(FileKind::Lab.path()).is_file() {
        let what = "grava os formatos em docs/schema, para o editor completar e sublinhar";
        next.push(("lab dev schema --write".to_owned(), what));
    }
    for (command, what) in next {
        out.line(format!("  {}", style::command(&command)));
        out.line(format!("      {what}"));
    }
    out.json(&json!({
        "version": 1, "lab": slug, "folder": folder,
        "files": files, "changed": ["labs/course.toml"],
    }));
    Ok(ExitCode::SUCCESS)
}

fn refused(error: ScaffoldError) -> CliError {
    let message = error.to_string();
    match error {
        ScaffoldError::Slug(_) => CliError::usage(message).hint(
            "use até 30 letras minúsculas sem acento, algarismos e hífens entre eles, começando por letra: `cofre-de-arquivos`",
        ),
        ScaffoldError::Title => {
            CliError::usage(message).hint("escreva-o entre aspas: `--title \"Um cofre de arquivos\"`")
        }
        ScaffoldError::Exists { .. } => CliError::usage(message)
            .hint("escolha outro nome, ou mude de lugar o que está lá; nada foi criado"),
        ScaffoldError::Published(_) => CliError::usage(message)
            .hint("escolha outro nome: o progresso dos alunos está guardado sob os ids publicados"),
        ScaffoldError::Content(error) => error.into(),
        ScaffoldError::Read { place, source } => {
            CliError::io(format!("não foi possível ler {place}"), &source).hint("nada foi criado")
        }
    }
}

/// Writes everything beside its place first, and only then moves it there: what
/// cannot be written whole leaves nothing.
fn write(root: &Path, new: &Scaffold) -> io::Result<()> {
    let (labs, solutions) = (root.join("labs"), root.join("solutions"));
    let stage = TempDir::new_in(&labs)?;
    fill(&stage.path().join(&new.folder), &new.lab)?;
    let list = stage.path().join("course.toml");
    fs::write(&list, &new.list)?;

    let first = !solutions.exists();
    let moved = (|| {
        fs::create_dir_all(&solutions)?;
        let other = TempDir::new_in(&solutions)?;
        fill(&other.path().join(&new.folder), &new.solutions)?;
        let places = [
            (stage.path().join(&new.folder), labs.join(&new.folder)),
            (other.path().join(&new.folder), solutions.join(&new.folder)),
            (list, labs.join("course.toml")),
        ];
        for (number, (from, to)) in places.iter().enumerate() {
            if let Err(error) = fs::rename(from, to) {
                for (back, there) in &places[..number] {
                    let _ = fs::rename(there, back);
                }
                return Err(error);
            }
        }
        Ok(())
    })();
    if moved.is_err() && first {
        let _ = fs::remove_dir(&solutions);
    }
    moved
}

fn fill(folder: &Path, files: &[(String, String)]) -> io::Result<()> {
    for (file, text) in files {
        let path = folder.join(file);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
