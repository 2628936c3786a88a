//! Finds a Python to make the environment from.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::SandboxError;

const OLDEST: (u32, u32) = (3, 10);
const NEWEST_TRIED: u32 = 14;
const PATIENCE: Duration = Duration::from_secs(20);
const QUESTION: &str =
    "import sys; print('lab', '%d.%d.%d' % sys.version_info[:3], sys.executable)";

/// A Python that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Python {
    pub(super) path: PathBuf,
    pub(super) version: String,
}

impl Python {
    fn numbers(&self) -> (u32, u32) {
        let mut parts = self
            .version
            .split('.')
            .map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }
}

/// Every suitable Python, the preferred one first; never an empty list.
pub(super) async fn find(asked: Option<&Path>) -> Result<Vec<Python>, SandboxError> {
    let mut suitable: Vec<Python> = Vec::new();
    let mut old: Option<Python> = None;
    for command in candidates(asked, cfg!(windows)) {
        let Some(python) = ask(&command).await else {
            continue;
        };
        if python.numbers() < OLDEST {
            if old
                .as_ref()
                .is_none_or(|old| old.numbers() < python.numbers())
            {
                old = Some(python);
            }
        } else if suitable.iter().all(|known| known.path != python.path) {
            suitable.push(python);
        }
    }
    match (suitable.is_empty(), old) {
        (false, _) => Ok(suitable),
        (true, Some(old)) => Err(SandboxError::PythonTooOld {
            found: old.version,
            path: old.path,
        }),
        (true, None) => Err(SandboxError::PythonMissing {
            asked: asked.map(Path::to_path_buf),
        }),
    }
}

/// Whether `uv` is there and runs.
pub(super) async fn has_uv() -> bool {
    run(&mut Command::new("uv"), &["--version".into()])
        .await
        .is_some()
}

fn candidates(asked: Option<&Path>, windows: bool) -> Vec<Vec<OsString>> {
    if let Some(asked) = asked {
        return vec![vec![asked.into()]];
    }
    let mut commands: Vec<Vec<OsString>> = vec![vec!["python3".into()]];
    let versions = (OLDEST.1..=NEWEST_TRIED).rev();
    commands.extend(versions.map(|minor| vec![format!("python3.{minor}").into()]));
    commands.push(vec!["python".into()]);
    if windows {
        commands.push(vec!["py".into(), "-3".into()]);
    }
    commands
}

async fn ask(command: &[OsString]) -> Option<Python> {
    let (program, first) = command.split_first()?;
    if cfg!(target_os = "macos") && opens_a_dialog(Path::new(program)).await {
        return None;
    }
    let mut arguments = first.to_vec();
    arguments.extend(["-I", "-c", QUESTION].map(OsString::from));
    parse(&run(&mut Command::new(program), &arguments).await?)
}

fn parse(answer: &str) -> Option<Python> {
    let line = answer.lines().find_map(|line| line.strip_prefix("lab "))?;
    let (version, path) = line.trim_end().split_once(' ')?;
    Some(Python {
        path: PathBuf::from(path),
        version: version.to_owned(),
    })
}

/// macOS has a `/usr/bin/python3` that only offers to install the developer
/// tools, in a window, when they are missing.
async fn opens_a_dialog(program: &Path) -> bool {
    let found = which(program);
    found.is_some_and(|path| path.starts_with("/usr/bin"))
        && run(&mut Command::new("xcode-select"), &["-p".into()])
            .await
            .is_none()
}

/// The file that a program's name stands for on the PATH.
pub(super) fn which(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return Some(program.to_path_buf());
    }
    let path = std::env::var_os("PATH")?;
    let name = if cfg!(windows) {
        program.with_extension("exe")
    } else {
        program.to_path_buf()
    };
    std::env::split_paths(&path)
        .map(|dir| dir.join(&name))
        .find(|file| file.is_file())
}

/// What a short program prints, if it runs and succeeds.
pub(super) async fn run(command: &mut Command, arguments: &[OsString]) -> Option<String> {
    let output = command
        .args(arguments)
        .env_remove("PYTHONHOME")
        .env_remove("PYTHONPATH")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, output).await.ok()?.ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_the_answer() {
        let python = parse("noise\nlab 3.12.3 /home/joão/my python/bin/python3\n").expect("parsed");
        assert_eq!(python.path, Path::new("/home/joão/my python/bin/python3"));
        assert_eq!(python.numbers(), (3, 12));
        assert_eq!(
            parse("Python was not found; run without arguments to install"),
            None
        );
    }

    #[test]
    fn asks_in_order() {
        let commands = candidates(None, true);
        assert_eq!(commands[0], ["python3"]);
        assert_eq!(commands[1], ["python3.14"]);
        assert_eq!(commands[commands.len() - 2], ["python"]);
        assert_eq!(commands[commands.len() - 1], ["py", "-3"]);
        assert_eq!(
            candidates(Some(Path::new("/x/python")), true),
            [["/x/python"]]
        );
    }

    #[tokio::test]
    async fn one_that_does_not_exist_is_missing() {
        let error = find(Some(Path::new("/nowhere/python")))
            .await
            .expect_err("missing");
        assert!(matches!(
            error,
            SandboxError::PythonMissing { asked: Some(_) }
        ));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn one_that_is_too_old_is_named() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().expect("a temporary directory");
        let fake = dir.path().join("python3");
        std::fs::write(&fake, "#!/bin/sh\necho lab 3.9.6 /usr/bin/python3\n").expect("written");
        std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).expect("permitted");
        let error = find(Some(&fake)).await.expect_err("too old");
        assert!(error.to_string().contains("3.9.6"), "{error}");
    }
}
