//! What must not be written anywhere.

use std::path::Path;

use super::Ran;

/// Words that nobody may read, and where they were looked for.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    pub(crate) fn of<T: Into<String>>(words: impl IntoIterator<Item = T>) -> Self {
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        assert!(words.iter().all(|word| word.len() > 8), "{words:?}");
        Self(words)
    }

    fn seen(&self, text: &str) -> Option<&String> {
        self.0.iter().find(|word| text.contains(word.as_str()))
    }

    /// Nothing that a program said has one.
    #[track_caller]
    pub(crate) fn not_in(&self, what: &str, ran: &Ran) {
        for text in [&ran.stdout, &ran.stderr] {
            assert_eq!(self.seen(text), None, "{what}: {ran}");
        }
    }

    /// No file below a folder has one; `kept` are those that a person wrote
    /// them into. Gives how many files were read.
    #[track_caller]
    pub(crate) fn not_below(&self, folder: &Path, kept: &[&Path]) -> usize {
        let mut read = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                read += self.not_below(&path, kept);
            } else if !kept.contains(&path.as_path()) {
                // A file of a sandbox may be gone meanwhile.
                let bytes = std::fs::read(&path).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                assert_eq!(self.seen(&text), None, "{}", path.display());
                read += 1;
            }
        }
        read
    }

    /// Neither do the logs and the state of the sandbox; its packages are not ours.
    #[track_caller]
    pub(crate) fn not_in_the_sandbox(&self, folder: &Path) {
        let mut read = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name == "state" || name == "home" {
                self.not_below(&path, &[]);
            } else if path.is_file() {
                let text = std::fs::read(&path).unwrap_or_default();
                let text = String::from_utf8_lossy(&text);
                assert_eq!(self.seen(&text), None, "{}", path.display());
                read += 1;
            }
        }
        assert!(read > 3, "{}", folder.display());
    }
}
