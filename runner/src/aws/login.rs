use std::fmt;
use std::time::Duration;

use aws_config::sts::AssumeRoleProvider;
use aws_config::{ConfigLoader, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::session::Connection;

/// Whose credentials are used, where it is not what the standard configuration
/// says.
#[derive(Clone)]
pub enum Login {
    /// Keys, temporary ones with their token.
    Keys {
        /// Access key id.
        id: String,
        /// Secret access key.
        secret: String,
        /// Session token.
        token: Option<String>,
    },
    /// A profile of the shared configuration files.
    Profile(String),
    /// A role that the standard configuration's credentials may assume.
    Role {
        /// The role's ARN.
        arn: String,
        /// What its trust asks for.
        external_id: Option<String>,
        /// Name of the session in the account's trail.
        session_name: String,
    },
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing that opens a door is written down.
        f.write_str(match self {
            Self::Keys { .. } => "Keys",
            Self::Profile(_) => "Profile",
            Self::Role { .. } => "Role",
        })
    }
}

/// How long an assumed role's credentials live before new ones are fetched.
const ROLE_SESSION: Duration = Duration::from_secs(15 * 60);

impl Login {
    /// What the configuration is read with.
    pub(super) fn prepare(&self, loader: ConfigLoader) -> ConfigLoader {
        match self {
            Self::Keys { id, secret, token } => {
                let keys = Credentials::new(id, secret, token.clone(), None, "lab");
                loader.credentials_provider(keys)
            }
            Self::Profile(name) => loader.profile_name(name),
            Self::Role { .. } => loader,
        }
    }

    /// The configuration with the role's credentials in place of one's own.
    pub(super) async fn enter(&self, config: SdkConfig) -> SdkConfig {
        let Self::Role {
            arn,
            external_id,
            session_name,
        } = self
        else {
            return config;
        };
        let mut role = AssumeRoleProvider::builder(arn)
            .session_name(session_name)
            .session_length(ROLE_SESSION)
            .configure(&config);
        if let Some(id) = external_id {
            role = role.external_id(id);
        }
        let provider = SharedCredentialsProvider::new(role.build().await);
        config.into_builder().credentials_provider(provider).build()
    }
}

/// Connections that the clients of several accounts share: the hosts are the
/// same, only signatures differ. They live in the runtime that first uses them.
#[derive(Debug, Clone)]
pub struct Wires {
    pub(super) secure: SharedHttpClient,
    pub(super) plain: SharedHttpClient,
}

impl Wires {
    /// New ones; connects to nothing.
    pub fn new() -> Self {
        let secure =
            aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
        Self {
            secure: secure.build_https(),
            plain: aws_smithy_http_client::Builder::new().build_http(),
        }
    }

    /// Those that a connection needs. Whoever only speaks plain HTTP, to a sandbox
    /// on this computer, does without the system's certificates, which take longer
    /// to read than a check takes.
    pub(super) fn of(&self, connection: &Connection, login: Option<&Login>) -> SharedHttpClient {
        let endpoint = connection.endpoint.as_deref().unwrap_or_default();
        let plain = endpoint.starts_with("http://");
        // Other credentials may have to be fetched from elsewhere.
        if plain && connection.keys.is_some() && login.is_none() {
            self.plain.clone()
        } else {
            self.secure.clone()
        }
    }
}

impl Default for Wires {
    fn default() -> Self {
        Self::new()
    }
}
