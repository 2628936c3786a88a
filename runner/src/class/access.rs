use std::path::PathBuf;

use super::credentials::{self, CredentialsError};
use super::roster::{Learner, Roster};
use crate::aws::{Connection, Identity, Login, Session, TargetKind, Wires};
use crate::core::{Access, ProbeError};

/// The role that looks and drives, in a learner's account.
pub const GRADER_ROLE: &str = "LabGraderRead";

/// The role that resets, in a learner's account.
pub const RESET_ROLE: &str = "LabReset";

/// What an account is entered for; it decides the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Looking and driving.
    Grade,
    /// Deleting what the course made.
    Reset,
}

/// The way into the accounts of a class. One serves all learners, so that they
/// share connections.
#[derive(Debug, Clone)]
pub struct Gate {
    folder: PathBuf,
    /// Endpoint of this computer's sandbox, if it runs.
    sandbox: Option<String>,
    class: String,
    wires: Wires,
}

/// An account that could not be entered. Nothing is known of it then.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccessError {
    /// The sandbox of this computer does not run.
    #[error("o sandbox deste computador não está ligado")]
    NoSandbox,
    /// Pasted credentials are not there or not whole.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// Nobody answered, or AWS refused.
    #[error("{}: {}", .0.kind, .0.message)]
    Probe(#[from] ProbeError),
    /// The credentials open another account.
    #[error("estas credenciais são da conta {found}, e a turma diz {expected}")]
    WrongAccount {
        /// The account that the roster says.
        expected: String,
        /// The account that it is.
        found: String,
    },
    /// An account that is never touched.
    #[error("a conta {0} é de quem ensina ou administra, e nunca é tocada")]
    Protected(String),
}

impl Gate {
    /// The gate of a class; `sandbox` is the endpoint of this computer's sandbox.
    pub fn new(roster: &Roster, sandbox: Option<String>) -> Self {
        Self {
            folder: roster.folder.clone(),
            sandbox,
            class: roster.id.clone(),
            wires: Wires::new(),
        }
    }

    /// Connects to a learner's account; calls nothing.
    ///
    /// # Errors
    /// No sandbox, or credentials that cannot be read.
    pub async fn open(&self, learner: &Learner, purpose: Purpose) -> Result<Session, AccessError> {
        let mut connection = Connection {
            kind: learner.target(),
            endpoint: None,
            region: Some(learner.region.clone()),
            keys: None,
        };
        let login = match &learner.access {
            Access::Sandbox { endpoint } => {
                let endpoint = endpoint.clone().or_else(|| self.sandbox.clone());
                connection.endpoint = Some(endpoint.ok_or(AccessError::NoSandbox)?);
                // In the sandbox an account is whatever key id one has.
                Login::Keys {
                    id: learner.account.clone(),
                    secret: "sandbox".to_owned(),
                    token: None,
                }
            }
            Access::Profile(name) => Login::Profile(name.clone()),
            Access::CredentialsFile(file) => credentials::from_file(&self.folder.join(file))?,
            Access::CredentialsEnv(variable) => credentials::from_env(variable)?,
            Access::Role {
                arn,
                external_id,
                session_name,
                reset_arn,
            } => Login::Role {
                arn: match purpose {
                    Purpose::Grade => arn.clone(),
                    Purpose::Reset => reset_role(arn, reset_arn.as_deref()),
                },
                external_id: external_id.clone(),
                session_name: session_name
                    .clone()
                    .unwrap_or_else(|| format!("lab-{}", self.class)),
            },
        };
        Ok(Session::connect_as(&connection, Some(&login), &self.wires).await)
    }

    /// Connects and makes sure that it is the account that the roster says, and
    /// none that must not be touched.
    ///
    /// # Errors
    /// The account cannot be entered, or it is another one.
    pub async fn enter(
        &self,
        roster: &Roster,
        learner: &Learner,
        purpose: Purpose,
    ) -> Result<(Session, Identity), AccessError> {
        let session = self.open(learner, purpose).await?;
        let identity = session.identity().await?;
        if identity.account != learner.account {
            return Err(AccessError::WrongAccount {
                expected: learner.account.clone(),
                found: identity.account,
            });
        }
        if roster.protected.contains(&identity.account) {
            return Err(AccessError::Protected(identity.account));
        }
        Ok((session, identity))
    }

    /// Whether a learner's account needs the sandbox of this computer.
    pub fn needs_sandbox(learner: &Learner) -> bool {
        learner.target() == TargetKind::Sandbox
            && matches!(&learner.access, Access::Sandbox { endpoint: None })
    }
}

/// The resetting role: the one that was named, or that beside the one that looks.
pub(super) fn reset_role(arn: &str, named: Option<&str>) -> String {
    if let Some(named) = named {
        return named.to_owned();
    }
    match arn.rsplit_once('/') {
        Some((path, _)) => format!("{path}/{RESET_ROLE}"),
        None => arn.to_owned(),
    }
}
