//! The environment of the sandbox's process, which its functions inherit:
//! what Python and the system need, and nothing of the user's.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{environment, python};

/// Kept as they are. None of them is a secret.
const KEPT: &[&str] = &[
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
];

/// Every variable, for a server on `port` with its files in `dir`.
pub(super) fn variables(
    dir: &Path,
    env: &Path,
    port: u16,
    node: Option<&Path>,
    user: &dyn Fn(&str) -> Option<OsString>,
) -> Vec<(String, OsString)> {
    let home = dir.join("home");
    let tmp = dir.join("tmp");
    let mut all: Vec<(String, OsString)> = KEPT
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), user(name)?)))
        .collect();
    let mut put = |name: &str, value: OsString| all.push((name.to_owned(), value));

    put("PATH", search_path(env, node, user));
    for name in ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"] {
        put(name, home.clone().into());
    }
    for name in ["TMPDIR", "TEMP", "TMP"] {
        put(name, tmp.clone().into());
    }
    for (name, value) in [
        ("LANG", "C.UTF-8"),
        ("TZ", "UTC"),
        ("PYTHONUTF8", "1"),
        ("NO_PROXY", "127.0.0.1,localhost"),
        ("BIND_HOST", "127.0.0.1"),
        ("AUTH", "true"),
        ("PERSIST_STATE", "1"),
        ("S3_PERSIST", "1"),
        ("LOG_LEVEL", "INFO"),
        // Listeners of their own, which no lab uses.
        ("IOT_MTLS_ENABLED", "0"),
        ("SFTP_ENABLED", "0"),
        // Never the user's containers.
        ("DOCKER_HOST", "unix:///nonexistent/docker.sock"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ] {
        put(name, value.into());
    }
    put("MINISTACK_VERSION", environment::ministack_version().into());
    put("GATEWAY_PORT", port.to_string().into());
    // Functions reach the sandbox by number: `localhost` may be IPv6 first.
    put(
        "AWS_ENDPOINT_URL",
        format!("http://127.0.0.1:{port}").into(),
    );
    put("STATE_DIR", dir.join("state").into());
    put("S3_DATA_DIR", dir.join("s3").into());
    all
}

fn search_path(
    env: &Path,
    node: Option<&Path>,
    user: &dyn Fn(&str) -> Option<OsString>,
) -> OsString {
    let mut dirs = vec![environment::bin_dir(env)];
    dirs.extend(node.and_then(Path::parent).map(Path::to_path_buf));
    if cfg!(windows) {
        let root = user("SYSTEMROOT").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
        dirs.extend([
            root.join("System32"),
            root.clone(),
            root.join("System32").join("Wbem"),
        ]);
    } else {
        let system = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
        dirs.extend(system.map(PathBuf::from));
    }
    // Only a folder with the separator in its name cannot be joined.
    std::env::join_paths(&dirs).unwrap_or_default()
}

/// The program that runs Node.js functions, if there is one. Version managers put
/// a stand-in on the PATH that needs the user's own environment: ask it.
pub(super) async fn node() -> Option<PathBuf> {
    let found = python::which(Path::new("node"))?;
    let real = std::fs::canonicalize(&found).ok()?;
    let stands_in = real.file_stem().is_none_or(|name| name != "node")
        || real.components().any(|part| part.as_os_str() == "shims")
        || std::fs::metadata(&real).is_ok_and(|data| data.len() < 1024 * 1024);
    if !stands_in {
        return Some(if cfg!(windows) { found } else { real });
    }
    let arguments = ["-p", "process.execPath"].map(OsString::from);
    let answer = python::run(&mut Command::new(&found), &arguments).await?;
    Some(PathBuf::from(answer.trim())).filter(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> Option<OsString> {
        match name {
            "AWS_SECRET_ACCESS_KEY" => Some("real secret".into()),
            "PATH" => Some("/home/ana/bin".into()),
            "HOME" => Some("/home/ana".into()),
            "SYSTEMROOT" => Some(r"C:\Windows".into()),
            "HTTPS_PROXY" => Some("http://ana:senha@proxy".into()),
            _ => None,
        }
    }

    fn get(all: &[(String, OsString)], name: &str) -> String {
        let found: Vec<_> = all.iter().filter(|(known, _)| known == name).collect();
        assert_eq!(found.len(), 1, "{name}");
        found[0].1.to_string_lossy().into_owned()
    }

    #[test]
    fn nothing_of_the_user_passes() {
        let (dir, env) = (Path::new("/d"), Path::new("/d/env-1"));
        let node = Path::new("/opt/node/bin/node");
        let all = variables(dir, env, 4599, Some(node), &user);
        let text = format!("{all:?}");
        for secret in ["real secret", "ana", "senha"] {
            assert!(!text.contains(secret), "{secret}");
        }
        assert_eq!(get(&all, "AWS_ENDPOINT_URL"), "http://127.0.0.1:4599");
        assert_eq!(get(&all, "BIND_HOST"), "127.0.0.1");
        assert_eq!(get(&all, "SYSTEMROOT"), r"C:\Windows");
        assert!(Path::new(&get(&all, "HOME")).starts_with("/d"));
        let path = get(&all, "PATH");
        let dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
        assert!(dirs[0].starts_with("/d/env-1"));
        assert_eq!(dirs[1], Path::new("/opt/node/bin"));
    }
}
