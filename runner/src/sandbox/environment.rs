//! The private Python environment, made once per requirements file.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::install::{Install, Report};
use super::python::{self, Python};
use super::{Progress, SandboxError, file_error, state};

const REQUIREMENTS: &str = include_str!("requirements.txt");
const AWS: &str = include_str!("aws.py");
const PREFIX: &str = "env-";
/// Written last: an environment without it was interrupted.
const MARKER: &str = "lab-complete";
const LOG: &str = "install.log";

/// The environment for the requirements this program was built with.
pub(super) fn path(dir: &Path) -> PathBuf {
    let digest = Sha256::digest(REQUIREMENTS.as_bytes());
    let short: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    dir.join(format!("{PREFIX}{short}"))
}

pub(super) fn bin_dir(env: &Path) -> PathBuf {
    env.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

pub(super) fn python(env: &Path) -> PathBuf {
    bin_dir(env).join(if cfg!(windows) {
        "python.exe"
    } else {
        "python"
    })
}

/// The version of MiniStack that is installed.
pub(super) fn ministack_version() -> &'static str {
    let pin = REQUIREMENTS
        .lines()
        .find_map(|line| line.strip_prefix("ministack=="));
    pin.map_or("", |rest| {
        rest.split([' ', '\\', ';']).next().unwrap_or_default()
    })
}

pub(super) fn installed(dir: &Path) -> bool {
    let env = path(dir);
    // The second is a link to a Python that may have been removed since.
    env.join(MARKER).is_file() && python(&env).is_file()
}

/// Makes the environment unless it is there, and returns where it is.
pub(super) async fn ensure(
    dir: &Path,
    asked: Option<&Path>,
    progress: Report<'_>,
) -> Result<PathBuf, SandboxError> {
    let env = path(dir);
    if installed(dir) {
        return Ok(env);
    }
    progress(Progress::FindingPython);
    let uv = python::has_uv().await;
    let pythons = match python::find(asked).await {
        Ok(pythons) => pythons,
        // uv can fetch one.
        Err(SandboxError::PythonMissing { asked: None } | SandboxError::PythonTooOld { .. })
            if uv && asked.is_none() =>
        {
            vec![Python {
                path: "3.13".into(),
                version: "3.13".into(),
            }]
        }
        Err(error) => return Err(error),
    };

    let install = Install {
        dir,
        env: &env,
        log: dir.join(LOG),
        progress,
    };
    state::create_dir(dir)?;
    fs::write(&install.log, "").map_err(file_error(&install.log))?;
    let requirements = dir.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).map_err(file_error(&requirements))?;

    if let Err(error) = install.all(uv, &pythons, &requirements).await {
        // Not in the way, least of all of a full disk.
        let _ = fs::remove_dir_all(&env);
        return Err(error);
    }
    write_aws(&env)?;
    let marker = env.join(MARKER);
    fs::write(&marker, &pythons[0].version).map_err(file_error(&marker))?;
    remove_others(dir, &env);
    Ok(env)
}

/// The package's own `aws` does not run from a folder with a space in its name,
/// takes on Windows the first Python of the PATH, and sends some services' calls
/// to AWS itself. `-I` because a learner's folder may well have a `json.py`.
fn write_aws(env: &Path) -> Result<(), SandboxError> {
    let (name, text) = if cfg!(windows) {
        (
            "aws.cmd",
            "@\"%~dp0python.exe\" -I \"%~dp0..\\aws.py\" %*\r\n",
        )
    } else {
        (
            "aws",
            "#!/bin/sh\nd=$(dirname -- \"$0\")\nexec \"$d/python\" -I \"$d/../aws.py\" \"$@\"\n",
        )
    };
    let program = env.join("aws.py");
    fs::write(&program, AWS).map_err(file_error(&program))?;
    let aws = bin_dir(env).join(name);
    // Not written over: uv shares its files with its cache.
    let _ = fs::remove_file(&aws);
    fs::write(&aws, text).map_err(file_error(&aws))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&aws, mode).map_err(file_error(&aws))?;
    }
    Ok(())
}

/// Environments of earlier versions. One in use on Windows stays until next time.
fn remove_others(dir: &Path, env: &Path) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let old = entry.path();
        if old != env && entry.file_name().to_string_lossy().starts_with(PREFIX) {
            let _ = fs::remove_dir_all(old);
        }
    }
}

/// The packages that every version of Python gets.
pub(super) fn packages() -> usize {
    REQUIREMENTS
        .lines()
        .filter(|line| line.contains("==") && !line.contains(" ; "))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pins_are_complete() {
        assert_eq!(ministack_version(), "1.5.33");
        assert_eq!(packages(), 25);
        assert!(REQUIREMENTS.lines().all(|line| !line.starts_with("-")));
        let pins = REQUIREMENTS
            .lines()
            .filter(|line| line.contains("=="))
            .count();
        let logical = REQUIREMENTS.replace("\\\n", " ");
        let hashed = logical
            .lines()
            .filter(|line| line.contains("--hash=sha256:"))
            .count();
        assert_eq!(pins, hashed);
    }

    #[test]
    fn an_interrupted_install_is_not_one() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let env = path(dir.path());
        assert!(!installed(dir.path()));
        fs::create_dir_all(bin_dir(&env)).expect("created");
        fs::write(python(&env), "").expect("written");
        assert!(!installed(dir.path()));
        fs::write(env.join(MARKER), "").expect("written");
        assert!(installed(dir.path()));
        fs::create_dir(dir.path().join("env-old")).expect("created");
        remove_others(dir.path(), &env);
        assert!(installed(dir.path()));
        assert!(!dir.path().join("env-old").exists());
    }
}
