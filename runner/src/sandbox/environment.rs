//! The private Python environment, made once per requirements file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::Mutex;

use super::output::{self, Trouble};
use super::python::{self, Python};
use super::{Progress, SandboxError, file_error, state};

const REQUIREMENTS: &str = include_str!("requirements.txt");
const PREFIX: &str = "env-";
/// Written last: an environment without it was interrupted.
const MARKER: &str = "lab-complete";
const LOG: &str = "install.log";

type Report<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// The environment for the requirements this program was built with.
pub(super) fn path(dir: &Path) -> PathBuf {
    let digest = Sha256::digest(REQUIREMENTS.as_bytes());
    let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    dir.join(format!("{PREFIX}{short}"))
}

pub(super) fn bin_dir(env: &Path) -> PathBuf {
    env.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

pub(super) fn python(env: &Path) -> PathBuf {
    bin_dir(env).join(if cfg!(windows) { "python.exe" } else { "python" })
}

/// The version of MiniStack that is installed.
pub(super) fn ministack_version() -> &'static str {
    let pin = REQUIREMENTS.lines().find_map(|line| line.strip_prefix("ministack=="));
    pin.map_or("", |rest| rest.split([' ', '\\', ';']).next().unwrap_or_default())
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
            vec![Python { path: "3.13".into(), version: "3.13".into() }]
        }
        Err(error) => return Err(error),
    };

    let install = Install { dir, env: &env, log: dir.join(LOG), progress };
    state::create_dir(dir)?;
    fs::write(&install.log, "").map_err(file_error(&install.log))?;
    let requirements = dir.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).map_err(file_error(&requirements))?;

    let made = if uv { install.with_uv(&pythons[0], &requirements).await } else { Ok(false) };
    match made {
        Ok(true) => {}
        Ok(false) => install.with_venv(&pythons, &requirements).await?,
        Err(error @ (SandboxError::DiskFull { .. } | SandboxError::PermissionDenied { .. })) => {
            return Err(error);
        }
        // Its indexes and proxies are configured apart from pip's.
        Err(error) if pythons[0].path.is_absolute() => {
            install.note(&format!("uv: {error}")).await;
            install.with_venv(&pythons, &requirements).await?;
        }
        Err(error) => return Err(error),
    }

    write_aws(&env)?;
    let marker = env.join(MARKER);
    fs::write(&marker, &pythons[0].version).map_err(file_error(&marker))?;
    remove_others(dir, &env);
    Ok(env)
}

/// The package's own `aws` does not run from a folder with a space in its name,
/// and on Windows takes the first Python of the PATH. `-I` because a learner's
/// folder may well have a `json.py`.
fn write_aws(env: &Path) -> Result<(), SandboxError> {
    let (name, text) = if cfg!(windows) {
        ("aws.cmd", "@echo off\r\n\"%~dp0python.exe\" -I -m awscli %*\r\n")
    } else {
        ("aws", "#!/bin/sh\nexec \"$(dirname -- \"$0\")/python\" -I -m awscli \"$@\"\n")
    };
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
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let old = entry.path();
        if old != env && entry.file_name().to_string_lossy().starts_with(PREFIX) {
            let _ = fs::remove_dir_all(old);
        }
    }
}

struct Install<'a> {
    dir: &'a Path,
    env: &'a Path,
    log: PathBuf,
    progress: Report<'a>,
}

impl Install<'_> {
    async fn with_uv(&self, python: &Python, requirements: &Path) -> Result<bool, SandboxError> {
        (self.progress)(Progress::CreatingEnvironment { tool: "uv" });
        state::remove_dir(self.env)?;
        let mut create = Command::new("uv");
        create.args(["venv", "--no-project", "--python"]).arg(&python.path).arg(self.env);
        self.run(create).await?;
        let mut install = Command::new("uv");
        install.args(["pip", "install", "--require-hashes", "--no-deps", "--compile-bytecode"]);
        install.arg("--python").arg(self::python(self.env)).arg("-r").arg(requirements);
        self.run(install).await?;
        Ok(true)
    }

    async fn with_venv(&self, pythons: &[Python], requirements: &Path) -> Result<(), SandboxError> {
        (self.progress)(Progress::CreatingEnvironment { tool: "venv" });
        let mut failure = None;
        for python in pythons {
            state::remove_dir(self.env)?;
            let mut create = Command::new(&python.path);
            create.args(["-I", "-m", "venv"]).arg(self.env);
            match self.run(create).await {
                Ok(()) => {
                    failure = None;
                    break;
                }
                // Another one may have it.
                Err(SandboxError::VenvMissing { .. }) => {
                    let version = python.version.clone();
                    failure.get_or_insert(SandboxError::VenvMissing { version });
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(error) = failure {
            state::remove_dir(self.env)?;
            return Err(error);
        }
        let mut install = Command::new(self::python(self.env));
        install.args(["-I", "-m", "pip", "install", "--require-hashes", "--no-deps", "-r"]);
        install.arg(requirements).args(["--progress-bar", "off", "--no-warn-script-location"]);
        self.run(install).await
    }

    /// Runs one step with the user's own environment, so that proxies, indexes
    /// and certificates hold, and keeps what it prints.
    async fn run(&self, mut command: Command) -> Result<(), SandboxError> {
        self.note(&format!("$ {:?}", command.as_std())).await;
        command
            .current_dir(self.dir)
            .env_remove("PYTHONHOME")
            .env_remove("PYTHONPATH")
            .env_remove("VIRTUAL_ENV")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env("PIP_NO_INPUT", "1")
            .env("PIP_USER", "0")
            .env("PYTHONUTF8", "1")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let program = PathBuf::from(command.as_std().get_program());
        let mut child = command.spawn().map_err(file_error(&program))?;
        let file = File::options().append(true).open(&self.log).await;
        let sink = Sink {
            file: Mutex::new(file.map_err(file_error(&self.log))?),
            text: Mutex::new(String::new()),
            begun: AtomicUsize::new(0),
            progress: self.progress,
        };
        let (out, err) = (child.stdout.take(), child.stderr.take());
        tokio::join!(sink.keep(out), sink.keep(err));
        let status = child.wait().await.map_err(file_error(&program))?;
        if status.success() {
            return Ok(());
        }
        Err(self.failure(&sink.text.into_inner()))
    }

    fn failure(&self, text: &str) -> SandboxError {
        let log = self.log.clone();
        match output::classify(text) {
            Some(Trouble::DiskFull) => SandboxError::DiskFull { path: self.env.to_path_buf() },
            Some(Trouble::HashMismatch) => SandboxError::HashMismatch { log },
            Some(Trouble::VenvMissing) => SandboxError::VenvMissing { version: String::new() },
            Some(Trouble::NoNetwork(detail)) => SandboxError::NoNetwork { detail, log },
            Some(Trouble::PermissionDenied) => {
                SandboxError::PermissionDenied { path: self.env.to_path_buf() }
            }
            None => SandboxError::InstallFailed { log, tail: state::last_lines(text) },
        }
    }

    async fn note(&self, line: &str) {
        if let Ok(mut file) = File::options().append(true).open(&self.log).await {
            let _ = file.write_all(format!("{line}\n").as_bytes()).await;
            let _ = file.flush().await;
        }
    }
}

/// Where both streams of an installer go, line by line.
struct Sink<'a> {
    file: Mutex<File>,
    text: Mutex<String>,
    begun: AtomicUsize,
    progress: Report<'a>,
}

impl Sink<'_> {
    async fn keep(&self, stream: Option<impl AsyncRead + Unpin>) {
        let Some(stream) = stream else { return };
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while matches!(reader.read_until(b'\n', &mut bytes).await, Ok(1..)) {
            let line = String::from_utf8_lossy(&bytes).into_owned();
            self.text.lock().await.push_str(&line);
            let mut file = self.file.lock().await;
            // A full disk shows in the installer too, which says it better.
            let _ = file.write_all(line.as_bytes()).await;
            let _ = file.flush().await;
            if output::begins_package(&line) {
                let total = packages();
                let done = (self.begun.fetch_add(1, Ordering::Relaxed) + 1).min(total);
                (self.progress)(Progress::Installing { done, total });
            }
            bytes.clear();
        }
    }
}

/// The packages that every version of Python gets.
fn packages() -> usize {
    REQUIREMENTS.lines().filter(|line| line.contains("==") && !line.contains(" ; ")).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pins_are_complete() {
        assert_eq!(ministack_version(), "1.5.33");
        assert_eq!(packages(), 24);
        assert!(REQUIREMENTS.lines().all(|line| !line.starts_with("-")));
        let pins = REQUIREMENTS.lines().filter(|line| line.contains("==")).count();
        let logical = REQUIREMENTS.replace("\\\n", " ");
        let hashed = logical.lines().filter(|line| line.contains("--hash=sha256:")).count();
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
