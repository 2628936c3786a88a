use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::room::{self, BookArgs, ClaimArgs};
use crate::class::{self, Exported, LeftOut, MoodleKey, Sheet};
use crate::commands::context::Context;
use crate::core::Assignments;
use crate::error::CliError;
use crate::ui::{style, words};

/// Escreve as notas em um arquivo para o Moodle, o Canvas ou uma planilha
///
/// Uma nota fica em branco enquanto algum passo do lab não foi visto: em branco
/// é sem nota, e não zero. Quem não tem o que o Moodle ou o Canvas pedem vai
/// para um arquivo ao lado.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Para quem: csv, moodle, canvas ou json
    #[arg(long, value_name = "FORMATO")]
    format: Format,
    /// O arquivo; sem isto, um na pasta da turma: notas.csv, notas-moodle.csv, notas-canvas.csv ou notas.json
    #[arg(long, value_name = "ARQUIVO")]
    out: Option<PathBuf>,
    /// Só estes labs; sem isto, todos
    #[arg(long, value_name = "LAB")]
    lab: Vec<String>,
    #[command(flatten)]
    book: BookArgs,
    /// Por onde o Moodle acha a pessoa: username, email ou idnumber; sem isto, o que mais alunos têm
    #[arg(long, value_name = "COLUNA")]
    key: Option<Key>,
    /// Arquivo TOML com o número de cada lab no Canvas: notas-fiscais = 12345
    #[arg(long, value_name = "ARQUIVO")]
    assignments: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Uma linha por aluno, lab e passo
    Csv,
    /// Importação de notas do Moodle
    Moodle,
    /// Importação do caderno de notas do Canvas
    Canvas,
    /// O mesmo que csv, para programas
    Json,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Key {
    /// Nome de usuário
    Username,
    /// E-mail
    Email,
    /// Número de identificação
    Idnumber,
}

impl From<Key> for MoodleKey {
    fn from(key: Key) -> Self {
        match key {
            Key::Username => Self::Username,
            Key::Email => Self::Email,
            Key::Idnumber => Self::IdNumber,
        }
    }
}

impl Format {
    /// The format, and the name of its file.
    fn of(self) -> (class::Format, &'static str) {
        match self {
            Self::Csv => (class::Format::Csv, "notas.csv"),
            Self::Moodle => (class::Format::Moodle, "notas-moodle.csv"),
            Self::Canvas => (class::Format::Canvas, "notas-canvas.csv"),
            Self::Json => (class::Format::Json, "notas.json"),
        }
    }
}

pub(super) fn run(
    context: &Context,
    args: &Args,
    class: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let roster = room::roster(class)?;
    let course = context.course()?;
    let labs = room::labs(context, &course, &args.lab)?;
    room::learners(&roster, &[])?;
    let numbers = match &args.assignments {
        None => Assignments::new(),
        Some(_) if args.format != Format::Canvas => {
            return Err(CliError::usage("`--assignments` é só do formato canvas"));
        }
        Some(file) => assignments(file, &course)?,
    };
    if args.key.is_some() && args.format != Format::Moodle {
        return Err(CliError::usage("`--key` é só do formato moodle"));
    }
    let (standings, grades) =
        room::standings(context, &roster, &labs, &args.book, &ClaimArgs::default())?;
    let (format, name) = args.format.of();
    let sheet = Sheet {
        roster: &roster,
        labs: &labs,
        standings: &standings,
        grades: &grades,
        course: &course.id,
    };
    let done = class::export(&sheet, format, args.key.map(MoodleKey::from), &numbers)
        .map_err(|e| CliError::environment(format!("as notas não puderam ser escritas: {e}")))?;
    if let (0, Some(one)) = (done.rows, done.left_out.first()) {
        return Err(
            CliError::usage(format!("a nenhum aluno se pode dar nota: {}", one.why)).hint(
                "acrescente em turma.toml o que o Moodle ou o Canvas pede, em cada `[[learner]]`",
            ),
        );
    }
    let file = args.out.clone().unwrap_or_else(|| roster.folder.join(name));
    write(&file, done.text.as_bytes())?;
    let aside = aside(&file, &done)?;
    tell(context, args, &file, aside.as_deref(), &done);
    Ok(ExitCode::SUCCESS)
}

fn assignments(file: &Path, course: &crate::core::Course) -> Result<Assignments, CliError> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| CliError::io(format!("não foi possível ler {}", file.display()), &e))?;
    let numbers: Assignments = toml::from_str(&text).map_err(|e| {
        CliError::usage(format!("{}: {}", file.display(), e.message()))
            .hint("escreva uma linha por lab: `notas-fiscais = 12345`")
    })?;
    if let Some(unknown) = numbers
        .keys()
        .find(|id| !course.labs.iter().any(|l| l.id == **id))
    {
        return Err(CliError::usage(format!(
            "{}: o curso não tem o lab `{unknown}`",
            file.display()
        )));
    }
    Ok(numbers)
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), CliError> {
    std::fs::write(file, bytes)
        .map_err(|e| CliError::io(format!("não foi possível gravar {}", file.display()), &e))
}

/// Writes who is not in the file beside it; a list of an earlier time goes.
fn aside(file: &Path, done: &Exported) -> Result<Option<PathBuf>, CliError> {
    let path = file.with_extension("sem-id.csv");
    if done.left_out.is_empty() {
        if let Err(e) = std::fs::remove_file(&path)
            && e.kind() != std::io::ErrorKind::NotFound
        {
            return Err(CliError::io(
                format!("não foi possível apagar {}", path.display()),
                &e,
            ));
        }
        return Ok(None);
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let lines = done
        .left_out
        .iter()
        .map(|l| [&l.learner, &l.name, &l.why].map(String::as_str));
    let written = [["aluno", "nome", "motivo"]]
        .into_iter()
        .chain(lines)
        .try_for_each(|line| writer.write_record(line));
    let bytes = written
        .map_err(std::io::Error::other)
        .and_then(|()| writer.into_inner().map_err(csv::IntoInnerError::into_error))
        .map_err(|e| CliError::io(format!("não foi possível gravar {}", path.display()), &e))?;
    write(&path, &bytes)?;
    Ok(Some(path))
}

fn tell(context: &Context, args: &Args, file: &Path, aside: Option<&Path>, done: &Exported) {
    let out = context.out;
    out.json(&json!({
        "version": 1, "file": file, "rows": done.rows,
        "left_out": done.left_out.iter().map(|l| json!({ "id": l.learner, "name": l.name, "why": l.why })).collect::<Vec<_>>(),
        "left_out_file": aside,
        "blank": done.blank.iter().map(|(learner, lab)| json!({ "learner": learner, "lab": lab })).collect::<Vec<_>>(),
    }));
    let (one, many) = match args.format {
        Format::Csv | Format::Json => ("registro", "registros"),
        Format::Moodle | Format::Canvas => ("aluno", "alunos"),
    };
    out.line(format!(
        "{} {}, {}",
        style::good("gravado"),
        style::command(&file.display().to_string()),
        words::count(done.rows, one, many)
    ));
    if let Some(aside) = aside {
        out.line(format!("Ficaram de fora, em {}:", aside.display()));
        for LeftOut { learner, name, why } in &done.left_out {
            out.line(style::inline_code(&format!("  {name} ({learner}): {why}")));
        }
    }
    if !done.blank.is_empty() {
        out.line("Sem nota, porque nem tudo foi visto:");
        for (learner, lab) in &done.blank {
            out.line(format!("  {learner} · {lab}"));
        }
    }
}
