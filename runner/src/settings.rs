//! What `lab` remembers between commands apart from learning: the learner's
//! prefix, the target, and where each lab's folder is.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::aws::TargetKind;
use crate::error::CliError;

/// Account of the sandbox in which the learner works: the one that answers
/// unsigned calls to an API, as a browser makes them.
pub const SANDBOX_ACCOUNT: &str = "000000000000";

/// Region of the sandbox.
pub const SANDBOX_REGION: &str = "us-east-1";

/// `settings.toml` in the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Begins the names of all of the learner's resources.
    pub prefix: String,
    /// Where the learner works.
    pub target: TargetKind,
    /// Account in which the learner works on AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Region in which the learner works on AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The lab in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lab: Option<String>,
    /// Folder of each lab.
    #[serde(default)]
    pub workspaces: BTreeMap<String, PathBuf>,
}

/// The data folder: `LAB_HOME`, or the system's place for user data.
///
/// # Errors
/// No home folder is known.
pub fn home() -> Result<PathBuf, CliError> {
    if let Some(home) = std::env::var_os("LAB_HOME").filter(|h| !h.is_empty()) {
        return std::path::absolute(&home)
            .map_err(|e| CliError::io(format!("LAB_HOME ({})", home.display()), &e));
    }
    use etcetera::BaseStrategy;
    etcetera::choose_base_strategy()
        .ok()
        .map(|dirs| dirs.data_dir().join("lab"))
        // An empty HOME would mean whatever folder the command runs in.
        .filter(|dir| dir.is_absolute())
        .ok_or_else(|| {
            CliError::environment("não encontrei a sua pasta pessoal (a variável HOME está vazia?)")
                .hint("diga onde guardar os dados com a variável LAB_HOME")
        })
}

impl Settings {
    /// Reads the settings; makes new ones, with a new prefix, when there are none.
    ///
    /// # Errors
    /// A file that cannot be read or is not in its format.
    pub fn load(home: &Path) -> Result<Self, CliError> {
        let path = home.join("settings.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|e| {
                CliError::environment(format!("{} não está no formato esperado: {}", path.display(), e.message()))
                    .hint("corrija o arquivo, ou apague-o: só o prefixo e as pastas dos labs se perdem, o progresso não")
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let new = Self {
                    prefix: new_prefix(),
                    target: TargetKind::Sandbox,
                    account: None,
                    region: None,
                    lab: None,
                    workspaces: BTreeMap::new(),
                };
                new.save(home)?;
                Ok(new)
            }
            Err(e) => Err(CliError::io(format!("não foi possível ler {}", path.display()), &e)),
        }
    }

    /// Writes the settings in one step, so that a crash leaves the old or the new ones.
    ///
    /// # Errors
    /// A folder or file that cannot be written.
    pub fn save(&self, home: &Path) -> Result<(), CliError> {
        let path = home.join("settings.toml");
        let fail = |e: std::io::Error| {
            CliError::io(format!("não foi possível gravar {}", path.display()), &e)
        };
        std::fs::create_dir_all(home).map_err(fail)?;
        // A path is the only value that TOML may have no words for.
        let text = toml::to_string_pretty(self).map_err(|_| {
            CliError::environment("o caminho da pasta de trabalho tem caracteres que não são UTF-8")
                .hint("escolha outra pasta com `lab start --dir PASTA`")
        })?;
        let temporary = home.join(format!("settings.{}.tmp", std::process::id()));
        let mut file = std::fs::File::create(&temporary).map_err(fail)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(fail)?;
        std::fs::rename(&temporary, &path).map_err(fail)
    }
}

/// A short name that S3 accepts and that is unlikely to be taken: the user's
/// first name, if there is one, and four random characters.
fn new_prefix() -> String {
    let user = std::env::var("USER")
        .or_else(|_| std::env::var("USERNAME"))
        .unwrap_or_default();
    let mut name: String = user
        .to_lowercase()
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .take(10)
        .collect();
    if name.is_empty() || name == "root" {
        "aluno".clone_into(&mut name);
    }
    format!("{name}-{}", random_tail())
}

/// Four random characters that nobody mistakes for one another.
pub fn random_tail() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    (0..4)
        .map(|_| char::from(fastrand::choice(LETTERS).copied().unwrap_or(b'x')))
        .collect()
}
