//! Which file of the workspace the learner has changed.

use std::path::Path;
use std::time::Duration;

use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::UnboundedSender;

/// How often a folder is read through that does not tell its changes.
const POLL: Duration = Duration::from_secs(2);

/// Tells the names of files that change, for as long as it is kept.
pub(super) fn watch(folder: &Path, to: &UnboundedSender<String>) -> Option<Box<dyn Watcher>> {
    let told = (!silent(folder))
        .then(|| start::<RecommendedWatcher>(folder, to, Config::default()))
        .flatten();
    told.or_else(|| start::<PollWatcher>(folder, to, Config::default().with_poll_interval(POLL)))
}

fn start<W: Watcher + 'static>(
    folder: &Path,
    to: &UnboundedSender<String>,
    config: Config,
) -> Option<Box<dyn Watcher>> {
    let to = to.clone();
    let tell = move |event: notify::Result<Event>| {
        let Ok(event) = event else { return };
        let changes = !matches!(event.kind, EventKind::Access(_) | EventKind::Other);
        if let Some(name) = event
            .paths
            .iter()
            .find_map(|path| name(path))
            .filter(|_| changes)
        {
            let _ = to.send(name);
        }
    };
    let mut watcher = W::new(tell, config).ok()?;
    watcher.watch(folder, RecursiveMode::Recursive).ok()?;
    Some(Box::new(watcher))
}

/// Windows' disks in WSL do not tell their changes.
fn silent(folder: &Path) -> bool {
    folder.starts_with("/mnt") && Path::new("/proc/sys/fs/binfmt_misc/WSLInterop").exists()
}

/// The name of a file that is the learner's, and not one that an editor or
/// Python keeps for itself.
fn name(path: &Path) -> Option<String> {
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    let mut parts = parts.collect::<Vec<_>>();
    if parts
        .iter()
        .any(|part| part == "__pycache__" || part == ".git")
    {
        return None;
    }
    let name = parts.pop()?;
    let passing = name.starts_with('.')
        || name.ends_with('~')
        || name.ends_with(".swp")
        || name.ends_with(".tmp")
        || name.chars().all(|c| c.is_ascii_digit());
    (!passing).then(|| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_keep_for_themselves_is_no_change() {
        for path in [
            "a/.app.py.swp",
            "a/app.py~",
            "a/4913",
            "a/__pycache__/app.pyc",
            ".git/index",
        ] {
            assert_eq!(name(Path::new(path)), None, "{path}");
        }
        assert_eq!(
            name(Path::new("a b/função.py")).as_deref(),
            Some("função.py")
        );
    }

    #[tokio::test]
    async fn a_change_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (to, mut told) = tokio::sync::mpsc::unbounded_channel();
        let _watcher = watch(folder.path(), &to).unwrap();
        std::fs::write(folder.path().join("app.py"), "1").unwrap();
        let name = tokio::time::timeout(Duration::from_secs(10), told.recv()).await;
        assert_eq!(name.unwrap().as_deref(), Some("app.py"));
    }
}
