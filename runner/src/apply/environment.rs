use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use crate::aws::Connection;

/// The environment that makes the AWS CLI and boto3 use the sandbox.
fn variables(connection: &Connection) -> BTreeMap<&'static str, String> {
    let (id, secret) = connection.keys.clone().unwrap_or_default();
    let region = connection.region.clone().unwrap_or_default();
    let mut variables = BTreeMap::from([
        (
            "AWS_ENDPOINT_URL",
            connection.endpoint.clone().unwrap_or_default(),
        ),
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_DEFAULT_REGION", region.clone()),
        ("AWS_REGION", region),
        // The pager of the AWS CLI surprises beginners.
        ("AWS_PAGER", String::new()),
    ]);
    for name in NO_PROXY {
        variables.insert(name, no_proxy(|name| std::env::var(name).ok()));
    }
    variables
}

/// Python prefers the small letters; Windows knows no difference.
const NO_PROXY: &[&str] = if cfg!(windows) {
    &["NO_PROXY"]
} else {
    &["NO_PROXY", "no_proxy"]
};

/// What the person keeps from the proxy already, and the sandbox.
fn no_proxy(get: impl Fn(&str) -> Option<String>) -> String {
    let known = get("no_proxy")
        .or_else(|| get("NO_PROXY"))
        .unwrap_or_default();
    let known = known.split(',').map(str::trim).filter(|h| !h.is_empty());
    let mut hosts: Vec<&str> = known.collect();
    for host in ["127.0.0.1", "localhost"] {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.join(",")
}

/// Variables of the person that would win over the sandbox's: another profile,
/// another session, the address of one service.
fn unwanted() -> Vec<String> {
    let fixed = [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ];
    let mut services: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("AWS_ENDPOINT_URL_"))
        .collect();
    services.sort();
    fixed
        .map(str::to_owned)
        .into_iter()
        .chain(services)
        .collect()
}

/// What commands that the kit runs itself get.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Variables by name.
    pub variables: BTreeMap<&'static str, String>,
    /// Variables that they must not have.
    pub unset: Vec<String>,
    /// Where the sandbox's own AWS CLI is.
    pub path: Vec<PathBuf>,
}

impl Environment {
    /// What makes the AWS CLI and boto3 use one account of the sandbox; `bin` is
    /// where the sandbox's own AWS CLI is.
    pub fn sandbox(connection: &Connection, bin: PathBuf) -> Self {
        Self {
            variables: variables(connection),
            unset: unwanted(),
            path: vec![bin],
        }
    }

    /// What makes the AWS CLI use the person's own account, in one Region; `bin`
    /// is where the sandbox's AWS CLI is.
    pub fn aws(region: &str, bin: PathBuf) -> Self {
        Self {
            variables: BTreeMap::from([
                ("AWS_DEFAULT_REGION", region.to_owned()),
                ("AWS_REGION", region.to_owned()),
                ("AWS_PAGER", String::new()),
            ]),
            unset: Vec::new(),
            path: vec![bin],
        }
    }

    /// Gives the variables to a command.
    pub fn give(&self, command: &mut Command) {
        for name in &self.unset {
            command.env_remove(name);
        }
        command.envs(&self.variables);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_keeps_what_was_there() {
        assert_eq!(no_proxy(|_| None), "127.0.0.1,localhost");
        let get = |name: &str| (name == "no_proxy").then(|| "localhost, intra.br,".to_owned());
        assert_eq!(no_proxy(get), "localhost,intra.br,127.0.0.1");
    }
}
