//! Temporary credentials as AWS Academy and the access portal show them, to be
//! pasted: read when they are needed, written nowhere.

use std::path::{Path, PathBuf};

use crate::aws::Login;

/// Pasted credentials that cannot be used. Never tells what they are.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CredentialsError {
    /// The file is not there or cannot be read.
    #[error("as credenciais em {path} não puderam ser lidas: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// The variable is not set.
    #[error("a variável {0}, que teria as credenciais, não está definida")]
    Variable(String),
    /// A part is missing.
    #[error("falta `{missing}` nas credenciais de {place}")]
    Incomplete {
        /// Where they were read.
        place: String,
        /// What is missing.
        missing: &'static str,
    },
}

/// Credentials from a file.
pub(super) fn from_file(path: &Path) -> Result<Login, CredentialsError> {
    let text = std::fs::read_to_string(path).map_err(|e| CredentialsError::File {
        path: path.to_owned(),
        why: match e.kind() {
            std::io::ErrorKind::NotFound => "o arquivo não existe".to_owned(),
            std::io::ErrorKind::PermissionDenied => "sem permissão".to_owned(),
            _ => e.to_string(),
        },
    })?;
    parse(&text, &path.display().to_string())
}

/// Credentials from a variable of the environment.
pub(super) fn from_env(variable: &str) -> Result<Login, CredentialsError> {
    match std::env::var(variable) {
        Ok(text) if !text.trim().is_empty() => parse(&text, &format!("${variable}")),
        _ => Err(CredentialsError::Variable(variable.to_owned())),
    }
}

/// Lines such as `aws_access_key_id=…`, `export AWS_SECRET_ACCESS_KEY="…"` or
/// `$Env:AWS_SESSION_TOKEN="…"`.
fn parse(text: &str, place: &str) -> Result<Login, CredentialsError> {
    let find = |wanted: &str| {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            let name = name.trim().rsplit([' ', ':']).next()?;
            let value = value.trim().trim_matches(['"', '\'']);
            (name.eq_ignore_ascii_case(wanted) && !value.is_empty()).then(|| value.to_owned())
        })
    };
    let need = |wanted: &'static str| {
        find(wanted).ok_or_else(|| CredentialsError::Incomplete {
            place: place.to_owned(),
            missing: wanted,
        })
    };
    Ok(Login::Keys {
        id: need("aws_access_key_id")?,
        secret: need("aws_secret_access_key")?,
        token: find("aws_session_token"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String, Option<String>), String> {
        match parse(text, "f") {
            Ok(Login::Keys { id, secret, token }) => Ok((id, secret, token)),
            Ok(_) => Err(String::new()),
            Err(e) => Err(e.to_string()),
        }
    }

    #[test]
    fn what_portals_show_is_understood() {
        let whole = Ok(("AKIA".into(), "s/+=x".into(), Some("t==".into())));
        for text in [
            "[default]\naws_access_key_id=AKIA\naws_secret_access_key=s/+=x\naws_session_token=t==\n",
            "export AWS_ACCESS_KEY_ID=\"AKIA\"\nexport AWS_SECRET_ACCESS_KEY=\"s/+=x\"\r\nexport AWS_SESSION_TOKEN=\"t==\"",
            "$Env:AWS_ACCESS_KEY_ID=\"AKIA\"\n$Env:AWS_SECRET_ACCESS_KEY=\"s/+=x\"\n$Env:AWS_SESSION_TOKEN=\"t==\"",
            "[x]\n aws_access_key_id = AKIA\n aws_secret_access_key = s/+=x\n aws_session_token = t==",
        ] {
            assert_eq!(read(text), whole, "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_shown() {
        let said = read("aws_access_key_id=AKIASECRET\n").unwrap_err();
        assert!(
            said.contains("`aws_secret_access_key`") && !said.contains("AKIA"),
            "{said}"
        );
    }
}
