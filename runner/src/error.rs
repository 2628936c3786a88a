use std::fmt;

use crate::core::{ProbeError, ProbeErrorKind};
use crate::course::{ContentError, Finding};

/// A command that could not do its work: what kind of trouble, what happened,
/// and what to do. The kind decides the exit code.
#[derive(Debug)]
pub struct CliError {
    /// Who has to do something.
    pub kind: ErrorKind,
    /// What happened, in Portuguese.
    pub message: String,
    /// What to do, one remedy a line.
    pub hints: Vec<String>,
    /// Mistakes in the course's files, each with its place.
    pub findings: Vec<Finding>,
}

/// Kinds of trouble, with their exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line asks for something that does not exist (2).
    Usage,
    /// The machine, the network or the account is in the way (3).
    Environment,
    /// The course's own files are at fault (4).
    Content,
}

impl ErrorKind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Environment => 3,
            Self::Content => 4,
        }
    }

    /// The word used in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Environment => "environment",
            Self::Content => "content",
        }
    }
}

impl CliError {
    /// The command line asks for something that does not exist.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// The machine, the network or the account is in the way.
    pub fn environment(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Environment, message)
    }

    /// The course's own files are at fault.
    pub fn content(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Content, message)
    }

    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: vec![],
            findings: vec![],
        }
    }

    /// Adds a remedy.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// A file operation that failed, with the remedy for what is common.
    pub fn io(doing: impl fmt::Display, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let cli = Self::environment(format!("{doing}: {}", io_message(error)));
        match error.kind() {
            Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => {
                cli.hint("libere espaço no disco e tente de novo")
            }
            Io::PermissionDenied | Io::ReadOnlyFilesystem => {
                cli.hint("confira as permissões da pasta, ou escolha outra com a variável LAB_HOME")
            }
            Io::NotADirectory => {
                cli.hint("escolha outro caminho; o da pasta de dados muda com a variável LAB_HOME")
            }
            _ => cli,
        }
    }
}

/// The commonest file errors in Portuguese; the rest in the system's own words.
fn io_message(error: &std::io::Error) -> String {
    use std::io::ErrorKind as Io;
    match error.kind() {
        Io::NotFound => "não existe".to_owned(),
        Io::AlreadyExists => "já existe".to_owned(),
        Io::NotADirectory => "uma parte do caminho é um arquivo, não uma pasta".to_owned(),
        Io::IsADirectory => "é uma pasta, não um arquivo".to_owned(),
        Io::PermissionDenied => "sem permissão".to_owned(),
        Io::StorageFull => "o disco está cheio".to_owned(),
        Io::QuotaExceeded => "a sua cota de disco acabou".to_owned(),
        Io::FileTooLarge => "o arquivo passaria do tamanho permitido".to_owned(),
        Io::ReadOnlyFilesystem => "o disco só permite leitura".to_owned(),
        _ => error.to_string(),
    }
}

impl From<ContentError> for CliError {
    fn from(error: ContentError) -> Self {
        let mut cli = Self::new(ErrorKind::Content, error.to_string())
            .hint("se você é o autor do curso, corrija os lugares apontados; se não é, avise quem o mantém");
        cli.findings = error.0;
        cli
    }
}

impl From<ProbeError> for CliError {
    fn from(error: ProbeError) -> Self {
        let cli = Self::environment(format!("{}: {}", error.kind, error.message));
        match remedy(error.kind) {
            Some(hint) => cli.hint(hint),
            None => cli,
        }
    }
}

/// What to do about a call that could not be made.
pub fn remedy(kind: ProbeErrorKind) -> Option<&'static str> {
    Some(match kind {
        ProbeErrorKind::Credentials => {
            "confira as credenciais com `lab doctor`; na AWS, `aws configure` ou `aws sso login` as grava"
        }
        ProbeErrorKind::Clock => {
            "acerte a data, a hora e o fuso do computador (de preferência, automáticos) e tente de novo"
        }
        ProbeErrorKind::Expired => {
            "renove as credenciais (`aws sso login`, ou copie as novas do seu laboratório) e tente de novo"
        }
        ProbeErrorKind::Offline => {
            "no sandbox, veja `lab sandbox status` e ligue de novo com `lab sandbox start`; na AWS, confira a sua conexão e a variável AWS_ENDPOINT_URL"
        }
        ProbeErrorKind::Denied => {
            "as suas credenciais não podem fazer esta chamada: `lab doctor` mostra quem você é; peça a permissão a quem cuida da conta"
        }
        ProbeErrorKind::Timeout => "tente de novo; se repetir, rode `lab doctor`",
        ProbeErrorKind::Throttled => "espere um minuto e tente de novo",
        ProbeErrorKind::Service => "tente de novo daqui a pouco",
        ProbeErrorKind::Refused => {
            "leia o motivo: são as palavras da AWS; se não esclarecer, rode `lab doctor`"
        }
        ProbeErrorKind::Missing => return None,
    })
}
