//! What can go wrong, said in Portuguese, with what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why the sandbox could not be started, stopped or looked at.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// No Python was found, or the one asked for does not run.
    #[error("{}", python_missing(.asked.as_ref()))]
    PythonMissing {
        /// The one asked for, if any.
        asked: Option<PathBuf>,
    },
    /// Only Pythons older than 3.10 were found.
    #[error("O sandbox precisa do Python 3.10 ou mais novo; o encontrado é o {found} ({}).", .path.display())]
    PythonTooOld {
        /// The newest version found.
        found: String,
        /// Where it is.
        path: PathBuf,
    },
    /// Python is there without the module that makes environments.
    #[error("O Python {version} está instalado sem o módulo venv, que cria o ambiente do sandbox.")]
    VenvMissing {
        /// Its version.
        version: String,
    },
    /// The packages could not be fetched.
    #[error("Não foi possível baixar os pacotes do sandbox: {detail}")]
    NoNetwork {
        /// The line of the installer that says so.
        detail: String,
        /// The whole output.
        log: PathBuf,
    },
    /// A package differs from the one the course was written with.
    #[error("Um pacote baixado não é o esperado (o hash não confere); nada foi instalado.")]
    HashMismatch {
        /// The installer's output.
        log: PathBuf,
    },
    /// No room.
    #[error("O disco está cheio: {}", .path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// The port that was asked for belongs to another program.
    #[error("A porta {port} já está em uso por outro programa.")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The process runs and did not answer in time.
    #[error("O sandbox não respondeu em {seconds} segundos.{}", shown(.tail))]
    NotHealthy {
        /// How long it was given.
        seconds: u64,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// The process ended while it was being started.
    #[error("O sandbox terminou logo ao iniciar.{}", shown(.tail))]
    DiedAtStart {
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// Another command holds the sandbox.
    #[error("Outro comando lab está iniciando ou parando o sandbox há mais de {seconds} segundos.")]
    Busy {
        /// How long was waited.
        seconds: u64,
    },
    /// The process could not be ended.
    #[error("Não foi possível encerrar o sandbox{}.", .pid.map(|pid| format!(" (processo {pid})")).unwrap_or_default())]
    StillRunning {
        /// The process, where it is known.
        pid: Option<u32>,
    },
    /// The file system refuses.
    #[error("Sem permissão para usar {}", .path.display())]
    PermissionDenied {
        /// What was refused.
        path: PathBuf,
    },
    /// The installer failed for a reason of its own.
    #[error("A instalação do sandbox falhou.{}", shown(.tail))]
    InstallFailed {
        /// The installer's output.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// Any other failure of the file system or of a program.
    #[error("Falha em {}: {source}", .path.display())]
    Io {
        /// The file or the program.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

fn python_missing(asked: Option<&PathBuf>) -> String {
    asked.map_or_else(
        || "O sandbox precisa do Python 3.10 ou mais novo, e nenhum foi encontrado.".to_owned(),
        |path| format!("O Python indicado não funciona: {}", path.display()),
    )
}

fn shown(tail: &str) -> String {
    if tail.is_empty() {
        return String::new();
    }
    format!(" Últimas linhas:\n{tail}")
}

impl SandboxError {
    pub(super) fn from_io(path: PathBuf, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::PermissionDenied { path }
            }
            _ => Self::Io { path, source },
        }
    }

    /// What to do about it on this computer, one step per item.
    pub fn hints(&self) -> Vec<String> {
        self.hints_on(std::env::consts::OS)
    }

    fn hints_on(&self, os: &str) -> Vec<String> {
        match self {
            Self::PythonMissing { .. } | Self::PythonTooOld { .. } => vec![
                install_python(os).to_owned(),
                "Se ele já está instalado em outro lugar, indique-o na variável LAB_PYTHON.".to_owned(),
            ],
            Self::VenvMissing { version } => vec![install_venv(os, version)],
            Self::NoNetwork { log, .. } => vec![
                "Só a primeira vez precisa de internet. Confira a conexão e tente de novo.".to_owned(),
                "Atrás de um proxy, defina HTTPS_PROXY ou configure o pip; o lab usa a mesma configuração.".to_owned(),
                see(log),
            ],
            Self::HashMismatch { log } => vec![
                "Tente de novo em outra rede: um proxy ou um espelho pode ter trocado o arquivo.".to_owned(),
                see(log),
            ],
            Self::DiskFull { .. } => {
                vec!["Libere pelo menos 500 MB e tente de novo; nada se perdeu.".to_owned()]
            }
            Self::PortTaken { port } => vec![
                "Inicie sem indicar a porta: o lab escolhe uma livre.".to_owned(),
                find_port(os, *port),
            ],
            Self::NotHealthy { log, .. } => vec![
                "Tente de novo: a primeira vez é mais lenta, ainda mais com um antivírus.".to_owned(),
                see(log),
            ],
            Self::DiedAtStart { log, .. } => vec![see(log)],
            Self::Busy { .. } => {
                vec!["Espere o outro terminar, ou encerre-o, e tente de novo.".to_owned()]
            }
            Self::StillRunning { pid: Some(pid) } => vec![kill(os, *pid)],
            Self::StillRunning { pid: None } => vec!["Reinicie o computador.".to_owned()],
            Self::PermissionDenied { .. } => vec![
                "Confira quem é o dono da pasta; nunca use sudo com o lab.".to_owned(),
                "Para usar outra pasta, defina a variável LAB_HOME.".to_owned(),
            ],
            Self::InstallFailed { log, .. } => vec![see(log)],
            Self::Io { .. } => vec![],
        }
    }
}

fn see(log: &std::path::Path) -> String {
    format!("O registro completo está em {}", log.display())
}

fn install_python(os: &str) -> &'static str {
    match os {
        "windows" => {
            "Instale com `winget install Python.Python.3.13` (ou baixe de https://www.python.org/downloads/) e abra outro terminal."
        }
        "macos" => {
            "Instale com `brew install python` (ou baixe de https://www.python.org/downloads/)."
        }
        _ => "No Debian e no Ubuntu, instale com `sudo apt install python3 python3-venv`.",
    }
}

fn install_venv(os: &str, version: &str) -> String {
    if matches!(os, "windows" | "macos") {
        return install_python(os).to_owned();
    }
    let minor: Vec<&str> = version.splitn(3, '.').take(2).collect();
    format!(
        "No Debian e no Ubuntu: `sudo apt install python3-venv` (ou `sudo apt install python{}-venv`).",
        minor.join(".")
    )
}

fn find_port(os: &str, port: u16) -> String {
    if os == "windows" {
        return format!("Para ver quem a usa: `netstat -ano | findstr :{port}`.");
    }
    format!("Para ver quem a usa: `lsof -i :{port}`.")
}

fn kill(os: &str, pid: u32) -> String {
    if os == "windows" {
        return format!("Encerre-o com `taskkill /F /T /PID {pid}`.");
    }
    format!("Encerre-o com `kill -9 {pid}`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_the_file_system_said() {
        let path = || PathBuf::from("/x");
        let full = SandboxError::from_io(path(), io::ErrorKind::StorageFull.into());
        assert_eq!(full.to_string(), "O disco está cheio: /x");
        let denied = SandboxError::from_io(path(), io::ErrorKind::PermissionDenied.into());
        assert!(matches!(denied, SandboxError::PermissionDenied { .. }));
        let other = SandboxError::from_io(path(), io::ErrorKind::NotADirectory.into());
        assert!(matches!(other, SandboxError::Io { .. }));
    }

    #[test]
    fn hints_are_for_the_system_at_hand() {
        let error = SandboxError::VenvMissing {
            version: "3.12.3".to_owned(),
        };
        assert!(error.hints_on("linux")[0].contains("sudo apt install python3.12-venv"));
        assert!(error.hints_on("windows")[0].contains("winget"));
        assert!(error.hints_on("macos")[0].contains("brew"));
        let error = SandboxError::PortTaken { port: 4566 };
        assert!(error.hints_on("windows")[1].contains("netstat"));
        assert!(error.hints_on("macos")[1].contains("lsof"));
    }

    #[test]
    fn the_log_is_shown_with_the_failure() {
        let error = SandboxError::DiedAtStart {
            log: PathBuf::from("l"),
            tail: "Boom".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "O sandbox terminou logo ao iniciar. Últimas linhas:\nBoom"
        );
        assert_eq!(error.hints(), ["O registro completo está em l"]);
        let error = SandboxError::DiedAtStart {
            log: PathBuf::from("l"),
            tail: String::new(),
        };
        assert_eq!(error.to_string(), "O sandbox terminou logo ao iniciar.");
        assert!(
            SandboxError::PythonMissing { asked: None }
                .to_string()
                .contains("nenhum")
        );
    }
}
