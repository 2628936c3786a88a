//! What the commands of a class start from.

use std::path::{Path, PathBuf};

use futures_util::{StreamExt, stream};

use crate::aws::{Connection, Session, TargetKind};
use crate::class::{
    Claims, FileBook, Gate, Grade, Gradebook, GradebookError, Learner, ROSTER_FILE, Roster,
    RosterError, RunError, Standing, TableBook,
};
use crate::commands::context::{Context, journal_error};
use crate::core::{Course, Lab};
use crate::error::CliError;
use crate::journal::Read;
use crate::ui::live::Live;

/// The roster of `--class`, or of this folder or one above it.
pub(super) fn roster(class: Option<&Path>) -> Result<Roster, CliError> {
    Ok(Roster::read(&folder(class)?)?)
}

fn folder(class: Option<&Path>) -> Result<PathBuf, CliError> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|e| CliError::io(format!("a pasta {}", path.display()), &e))
    };
    if let Some(class) = class {
        return absolute(class);
    }
    let here = absolute(Path::new("."))?;
    here.ancestors()
        .find(|folder| folder.join(ROSTER_FILE).is_file())
        .map(PathBuf::from)
        .ok_or_else(|| {
            CliError::usage("não há uma turma nesta pasta nem nas de cima")
                .hint("vá para a pasta da turma, ou diga qual é com `--class PASTA`")
                .hint("para criar uma: `lab class init PASTA`")
        })
}

/// The way into the accounts. If somebody needs this computer's sandbox, it has
/// to run: otherwise all of them would be unreachable for one reason.
pub(super) fn gate(context: &Context, roster: &Roster) -> Result<Gate, CliError> {
    let sandbox = if roster.learners.iter().any(Gate::needs_sandbox) {
        context.connection(TargetKind::Sandbox)?.endpoint
    } else {
        None
    };
    Ok(Gate::new(roster, sandbox))
}

/// Learners by id, or all of them.
pub(super) fn learners<'r>(
    roster: &'r Roster,
    ids: &[String],
) -> Result<Vec<&'r Learner>, CliError> {
    if ids.is_empty() {
        if roster.learners.is_empty() {
            return Err(CliError::usage("a turma ainda não tem alunos")
                .hint(format!("acrescente um `[[learner]]` em {ROSTER_FILE}")));
        }
        return Ok(roster.learners.iter().collect());
    }
    let chosen = ids.iter().map(|id| {
        roster.learner(id).ok_or_else(|| {
            CliError::usage(format!("a turma não tem o aluno `{id}`"))
                .hint("`lab class list` mostra todos")
        })
    });
    chosen.collect()
}

/// Labs by name, or all of the course's, in the course's order.
pub(super) fn labs<'c>(
    context: &Context,
    course: &'c Course,
    names: &[String],
) -> Result<Vec<&'c Lab>, CliError> {
    if names.is_empty() {
        return Ok(course.labs.iter().collect());
    }
    let settings = context.settings()?;
    let mut chosen = Vec::new();
    for name in names {
        chosen.push(context.lab(course, &settings, Some(name))?.id.as_str());
    }
    let labs = course.labs.iter();
    Ok(labs.filter(|l| chosen.contains(&l.id.as_str())).collect())
}

/// Looks at the learners' accounts side by side, and says how many are done.
/// What was seen is in the learners' order.
pub(super) fn look_at_each<'r, T, F: Future<Output = T>>(
    context: &Context,
    doing: &str,
    learners: &[&'r Learner],
    at_once: u16,
    look: impl Fn(&'r Learner) -> F,
) -> Result<Vec<T>, CliError> {
    let out = context.out;
    let live = Live::start(out, doing);
    let (mut done, total) = (0, learners.len());
    let looks = stream::iter(learners)
        .map(|learner| look(learner))
        .buffered(usize::from(at_once))
        .inspect(|_| {
            done += 1;
            if out.moves() {
                live.say(&format!("{doing}: {done} de {total}"));
            }
        });
    let seen = context.block_on(looks.collect())?;
    live.end();
    Ok(seen)
}

/// Where the grades are.
#[derive(Debug, clap::Args)]
pub(super) struct BookArgs {
    /// Onde ficam as notas: `dynamodb://TABELA`, na sua conta; sem isto, na pasta da turma
    #[arg(long, value_name = "ONDE", value_parser = table)]
    pub(super) gradebook: Option<String>,
}

/// The table's name in `dynamodb://TABLE`.
fn table(text: &str) -> Result<String, String> {
    let table = text.strip_prefix("dynamodb://").unwrap_or_default();
    let letters = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    if (3..=255).contains(&table.len()) && table.chars().all(letters) {
        Ok(table.to_owned())
    } else {
        Err("escreva `dynamodb://TABELA`".to_owned())
    }
}

impl BookArgs {
    /// Opens the gradebook; to write in it, a table is made if it is not there.
    pub(super) async fn open(
        &self,
        roster: &Roster,
        make: bool,
    ) -> Result<Box<dyn Gradebook>, CliError> {
        let Some(table) = &self.gradebook else {
            return Ok(Box::new(FileBook::in_class(&roster.folder)));
        };
        // The teacher's own account, by the standard configuration.
        let session = Session::connect(&Connection::configured()).await;
        Ok(Box::new(
            TableBook::open(session, table, &roster.id, make).await?,
        ))
    }

    /// All grades that there are.
    pub(super) fn read(&self, context: &Context, roster: &Roster) -> Result<Vec<Grade>, CliError> {
        let read: Read<Grade> = context.block_on(async {
            let book = self.open(roster, false).await?;
            book.read().await.map_err(CliError::from)
        })??;
        for warning in &read.warnings {
            context.out.note(format!("aviso: {warning}"));
        }
        Ok(read.records)
    }
}

/// The journals that learners handed in.
#[derive(Debug, Default, clap::Args)]
pub(super) struct ClaimArgs {
    /// Pasta com os diários que os alunos entregaram (ID.jsonl); sem isto, a pasta `diarios` da turma
    #[arg(long = "self", value_name = "PASTA")]
    folder: Option<PathBuf>,
}

impl ClaimArgs {
    fn read(&self, context: &Context, roster: &Roster) -> Result<Claims, CliError> {
        let folder = match &self.folder {
            Some(folder) if !folder.is_dir() => {
                return Err(CliError::usage(format!(
                    "a pasta {} não existe",
                    folder.display()
                )));
            }
            Some(folder) => folder.clone(),
            None => roster.folder.join("diarios"),
        };
        let claims = Claims::read(roster, &folder).map_err(journal_error)?;
        for warning in &claims.warnings {
            context.out.note(format!("aviso: {warning}"));
        }
        Ok(claims)
    }
}

/// How the learners stand, with all grades that there are.
pub(super) fn standings(
    context: &Context,
    roster: &Roster,
    labs: &[&Lab],
    book: &BookArgs,
    claimed: &ClaimArgs,
) -> Result<(Vec<Standing>, Vec<Grade>), CliError> {
    let grades = book.read(context, roster)?;
    let claimed = claimed.read(context, roster)?;
    let nothing = Vec::new();
    let standings = roster.learners.iter().map(|learner| {
        let claimed = claimed.records.get(&learner.id).unwrap_or(&nothing);
        Standing::of(learner, labs, &grades, claimed)
    });
    Ok((standings.collect(), grades))
}

impl From<RosterError> for CliError {
    fn from(error: RosterError) -> Self {
        match error {
            RosterError::Content(findings) => {
                let mut cli = Self::content(format!(
                    "{ROSTER_FILE} tem {}",
                    crate::ui::words::count(findings.len(), "problema", "problemas")
                ));
                cli.findings = findings;
                cli
            }
            RosterError::Missing(_) => {
                Self::usage(error.to_string()).hint("para criar uma: `lab class init PASTA`")
            }
            RosterError::Io { path, source } => {
                Self::io(format!("não foi possível ler {}", path.display()), &source)
            }
        }
    }
}

impl From<GradebookError> for CliError {
    fn from(error: GradebookError) -> Self {
        match error {
            GradebookError::File(error) => journal_error(error),
            GradebookError::Folder { path, source } => {
                Self::io(format!("a pasta {}", path.display()), &source)
            }
            GradebookError::Table { ref source, .. } => {
                let cli = Self::environment(error.to_string());
                match crate::error::remedy(source.kind) {
                    Some(hint) => cli.hint(hint),
                    None => cli,
                }
            }
            GradebookError::TooNew { .. } => {
                Self::environment(error.to_string()).hint("atualize o `lab`")
            }
            GradebookError::ForeignTable(_) => {
                Self::usage(error.to_string()).hint("escolha outro nome de tabela")
            }
            GradebookError::NoTable(_) => Self::usage(error.to_string())
                .hint("`lab class grade` com o mesmo `--gradebook` a cria; confira também a Região e a conta"),
            GradebookError::Lost => Self::environment(error.to_string()),
        }
    }
}

impl From<RunError> for CliError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Busy => Self::environment(error.to_string())
                .hint("espere que ela termine, ou use outra pasta com a mesma tabela de notas"),
            RunError::Io { path, source } => {
                Self::io(format!("{} não pôde ser usado", path.display()), &source)
            }
        }
    }
}
