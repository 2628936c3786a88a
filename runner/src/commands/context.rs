use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tokio::runtime::Runtime;

use crate::apply::ApplyError;
use crate::aws::{Connection, Identity, Session, TargetKind};
use crate::book::Reader;
use crate::core::{Course, Lab, Names, Step};
use crate::course::{Source, load};
use crate::error::CliError;
use crate::journal::{
    Entry, Journal, JournalError, LabProgress, Look, RECORD_VERSION, Record, looks, progress,
};
use crate::sandbox::{Sandbox, SandboxError};
use crate::settings::{SANDBOX_ACCOUNT, SANDBOX_REGION, Settings, home};
use crate::ui::Out;

/// What every command starts from.
#[derive(Debug, Clone)]
pub struct Context {
    /// The data folder.
    pub home: PathBuf,
    /// Where answers go.
    pub out: Out,
    /// Where the course's files are.
    pub source: Source,
}

impl Context {
    pub(super) fn new(out: Out, course: Option<PathBuf>) -> Result<Self, CliError> {
        Ok(Self {
            home: home()?,
            out,
            source: course.map_or(Source::Embedded, Source::Folder),
        })
    }

    /// The course, read and validated.
    pub fn course(&self) -> Result<Course, CliError> {
        self.has_course()?;
        Ok(load(&self.source)?)
    }

    /// Whether there is a course where it is said to be.
    pub fn has_course(&self) -> Result<(), CliError> {
        if let Source::Folder(folder) = &self.source
            && !folder.join("labs/course.toml").is_file()
        {
            return Err(CliError::usage(format!(
                "a pasta `{}` não tem um curso",
                folder.display()
            ))
            .hint("um curso tem labs/course.toml e solutions/"));
        }
        Ok(())
    }

    /// What is remembered between commands.
    pub fn settings(&self) -> Result<Settings, CliError> {
        Settings::load(&self.home)
    }

    /// The journal of attempts.
    pub fn journal(&self) -> Journal {
        Journal::in_home(&self.home)
    }

    /// The local sandbox: in the data folder, or where `LAB_SANDBOX_HOME` says,
    /// so that several data folders of one machine can share it.
    pub fn sandbox(&self) -> Sandbox {
        let elsewhere = std::env::var_os("LAB_SANDBOX_HOME").filter(|dir| !dir.is_empty());
        Sandbox::new(elsewhere.map_or_else(|| self.home.join("sandbox"), PathBuf::from))
    }

    /// A lab by name, or the one in progress, or the first.
    pub fn lab<'c>(
        &self,
        course: &'c Course,
        settings: &Settings,
        name: Option<&str>,
    ) -> Result<&'c Lab, CliError> {
        let Some(name) = name.or(settings.lab.as_deref()) else {
            return course
                .labs
                .first()
                .ok_or_else(|| CliError::usage("o curso não tem labs"));
        };
        course.lab(name).ok_or_else(|| {
            let ids: Vec<&str> = course.labs.iter().map(|l| l.id.as_str()).collect();
            let error = CliError::usage(format!("não há um lab `{name}`"));
            match nearest(name, &ids) {
                Some(near) => error.hint(format!("você quis dizer `{near}`?")),
                None => error.hint(format!("os labs são: {}", ids.join(", "))),
            }
        })
    }

    /// `LAB`, `LAB/STEP` or `STEP` of the lab in progress; with the step by id or
    /// number. Where a step of the lab in progress is called like a lab, it is meant.
    pub fn lab_and_step<'c>(
        &self,
        course: &'c Course,
        settings: &Settings,
        reference: Option<&str>,
    ) -> Result<(&'c Lab, Option<&'c Step>), CliError> {
        let Some(reference) = reference else {
            return Ok((self.lab(course, settings, None)?, None));
        };
        if let Some((lab, step)) = reference.split_once('/') {
            let lab = self.lab(course, settings, Some(lab))?;
            return Ok((lab, Some(step_of(lab, step)?)));
        }
        let current = self.lab(course, settings, None);
        let is_step = |lab: &Lab| lab.step(reference).is_some();
        if course.lab(reference).is_some() && !current.as_ref().is_ok_and(|lab| is_step(lab)) {
            return Ok((self.lab(course, settings, Some(reference))?, None));
        }
        let current = current?;
        match step_of(current, reference) {
            Ok(step) => Ok((current, Some(step))),
            Err(_) => Err(unknown(course, current, reference)
                .hint(format!(
                    "os labs são: {}",
                    course
                        .labs
                        .iter()
                        .map(|l| l.id.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ))
                .hint(format!(
                    "os passos de {} são: {}",
                    current.id,
                    current
                        .steps
                        .iter()
                        .map(|s| s.id.get_ref().as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ))),
        }
    }

    /// A step as it can be written after a command: without the lab, if it is the
    /// one in progress.
    pub fn reference(&self, lab: &Lab, step: &str) -> Result<String, CliError> {
        let current = self.settings()?.lab;
        Ok(if current.as_deref() == Some(&lab.id) {
            step.to_owned()
        } else {
            format!("{}/{step}", lab.id)
        })
    }

    /// The records so far; what was odd in the journal is said once.
    pub fn records(&self) -> Result<Vec<Record>, CliError> {
        let read = self.journal().read().map_err(journal_error)?;
        for warning in &read.warnings {
            self.out.note(format!("aviso: {warning}"));
        }
        Ok(read.records)
    }

    /// The newest look at each check where the learner works.
    pub fn looks(
        &self,
        lab: &Lab,
        settings: &Settings,
        target: TargetKind,
        records: &[Record],
    ) -> BTreeMap<String, Look> {
        let account = settings.account.as_deref();
        looks(
            lab,
            records,
            target,
            account.filter(|_| target == TargetKind::Aws),
        )
    }

    /// How far the learner is in a lab.
    pub fn progress(&self, lab: &Lab) -> Result<LabProgress, CliError> {
        Ok(progress(lab, &self.records()?))
    }

    /// Writes one entry to the journal.
    pub fn record(
        &self,
        course: &Course,
        lab: &Lab,
        at: Option<(&Session, &Identity)>,
        target: TargetKind,
        entry: Entry,
    ) -> Result<(), CliError> {
        let record = Record {
            format_version: RECORD_VERSION,
            time: jiff::Timestamp::now(),
            course: course.id.clone(),
            lab: lab.id.clone(),
            lab_version: lab.version.clone(),
            target,
            account: at.map(|(_, identity)| identity.account.clone()),
            region: at.map(|(session, _)| session.region().to_owned()),
            runner: env!("CARGO_PKG_VERSION").to_owned(),
            entry,
        };
        self.journal().append(&[record]).map_err(journal_error)
    }

    /// How to reach a target.
    pub fn connection(&self, target: TargetKind) -> Result<Connection, CliError> {
        match target {
            TargetKind::Aws => Ok(Connection::configured()),
            TargetKind::Sandbox => {
                let running = self.sandbox().read_state().ok_or_else(|| {
                    CliError::environment("o sandbox não está ligado")
                        .hint("ligue-o com `lab sandbox start`")
                })?;
                Ok(sandbox_connection(running.endpoint, SANDBOX_ACCOUNT))
            }
        }
    }

    /// Connects and asks who the credentials belong to.
    pub async fn session(
        &self,
        settings: &Settings,
        target: TargetKind,
    ) -> Result<(Session, Identity), CliError> {
        let session = Session::connect(&self.connection(target)?).await;
        let identity = session.identity().await?;
        if target == TargetKind::Aws
            && let Some(expected) = settings
                .account
                .as_ref()
                .filter(|a| **a != identity.account)
        {
            return Err(CliError::environment(format!(
                "estas credenciais são da conta {}, e o lab começou na conta {expected}",
                identity.account
            ))
            .hint("escolha o perfil certo com a variável AWS_PROFILE")
            .hint("para mudar de conta de propósito: `lab start --target aws`"));
        }
        Ok((session, identity))
    }

    /// The lab's names as they are for this learner on this target, without a call.
    pub fn names(&self, lab: &Lab, settings: &Settings) -> Names {
        let Reader {
            prefix,
            account,
            region,
        } = self.reader(settings);
        lab.names_for(&prefix, &account, &region)
    }

    /// Whose names they are, as far as it is known without a call.
    pub fn reader(&self, settings: &Settings) -> Reader {
        let (account, region) = match settings.target {
            TargetKind::Sandbox => (SANDBOX_ACCOUNT.to_owned(), SANDBOX_REGION.to_owned()),
            TargetKind::Aws => (
                settings
                    .account
                    .clone()
                    .unwrap_or_else(|| "SUA-CONTA".to_owned()),
                settings
                    .region
                    .clone()
                    .unwrap_or_else(|| "us-east-1".to_owned()),
            ),
        };
        Reader {
            prefix: settings.prefix.clone(),
            account,
            region,
        }
    }

    /// The learner's folder for a lab, if it was started.
    pub fn workspace<'s>(&self, lab: &Lab, settings: &'s Settings) -> Option<&'s Path> {
        settings.workspaces.get(&lab.id).map(PathBuf::as_path)
    }

    /// Runs asynchronous work to its end, in the one runtime of the process: a
    /// client's open connections live in the runtime that made them.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> Result<T, CliError> {
        // Never dropped, so that a blocking name lookup cannot keep a finished
        // command from ending.
        static RUNTIME: OnceLock<Runtime> = OnceLock::new();
        if let Some(runtime) = RUNTIME.get() {
            return Ok(runtime.block_on(work));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|e| CliError::io("não foi possível começar", &e))?;
        Ok(RUNTIME.get_or_init(|| runtime).block_on(work))
    }
}

/// How to reach one account of a running sandbox.
pub(super) fn sandbox_connection(endpoint: String, account: &str) -> Connection {
    Connection {
        kind: TargetKind::Sandbox,
        endpoint: Some(endpoint),
        region: Some(SANDBOX_REGION.to_owned()),
        keys: Some((account.to_owned(), "sandbox".to_owned())),
    }
}

fn step_of<'l>(lab: &'l Lab, name: &str) -> Result<&'l Step, CliError> {
    let by_number = name
        .parse::<usize>()
        .ok()
        .and_then(|n| lab.steps.get(n.checked_sub(1)?));
    by_number.or_else(|| lab.step(name)).ok_or_else(|| {
        let ids: Vec<&str> = lab.steps.iter().map(|s| s.id.get_ref().as_str()).collect();
        let error = CliError::usage(format!("o lab {} não tem o passo `{name}`", lab.id));
        match nearest(name, &ids) {
            Some(near) => error.hint(format!("você quis dizer `{}/{near}`?", lab.id)),
            None => error.hint(format!("os passos são: {}", ids.join(", "))),
        }
    })
}

/// Neither a lab nor a step, with the nearest of both.
fn unknown(course: &Course, current: &Lab, name: &str) -> CliError {
    let error = CliError::usage(format!("não há lab nem passo `{name}`"));
    let labs = course.labs.iter().map(|l| l.id.as_str());
    let steps = current.steps.iter().map(|s| s.id.get_ref().as_str());
    match nearest(name, &labs.chain(steps).collect::<Vec<_>>()) {
        Some(near) => error.hint(format!("você quis dizer `{near}`?")),
        None => error,
    }
}

fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|k| (strsim::normalized_damerau_levenshtein(name, k), *k))
        .filter(|(score, _)| *score > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}

pub(super) fn journal_error(error: JournalError) -> CliError {
    match &error {
        JournalError::TooNew { file, .. } => CliError::environment(error.to_string())
            .hint(format!("atualize o `lab`; nada foi mudado no {file}")),
        JournalError::Io { file, path, source } => CliError::io(
            format!("o {file} {} não pôde ser usado", path.display()),
            source,
        ),
    }
}

impl From<ApplyError> for CliError {
    fn from(error: ApplyError) -> Self {
        let hint = match &error {
            ApplyError::NoProgram(program) if program == "aws" => {
                "o sandbox traz a AWS CLI: ligue-o uma vez com `lab sandbox start`"
            }
            ApplyError::NoProgram(_) => "confira se ele está instalado e no PATH",
            ApplyError::Io { .. } => "confira se há espaço no disco e permissão de escrita",
            ApplyError::Worker(_) => "tente de novo; veja o sandbox com `lab doctor`",
            ApplyError::Empty | ApplyError::Placeholder(_) | ApplyError::Failed { .. } => {
                return Self::environment(error.to_string());
            }
        };
        Self::environment(error.to_string()).hint(hint)
    }
}

impl From<SandboxError> for CliError {
    fn from(error: SandboxError) -> Self {
        let mut cli = Self::environment(error.to_string());
        cli.hints = error.hints();
        cli
    }
}
