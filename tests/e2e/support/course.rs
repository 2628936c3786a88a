//! A copy of the repository's course that a test may break.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::repository;

/// The course in a temporary folder, with near misses of its own in place of
/// the repository's, so that a test knows what is in it.
#[derive(Debug)]
pub(crate) struct Course {
    dir: TempDir,
}

const FOLDER: &str = "01-notas-fiscais";
const NEAR_MISSES: &str = "solutions/01-notas-fiscais/near-misses";

impl Course {
    pub(crate) fn copy() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // One lab is enough to break, whatever others the course has.
        let other = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let (number, _) = name.split_once('-').unwrap_or_default();
            number.len() == 2 && number.parse::<u8>().is_ok() && name != FOLDER
        };
        let without = |path: &Path| path.ends_with(NEAR_MISSES) || other(path);
        for part in ["labs", "solutions"] {
            copy(&repository().join(part), &dir.path().join(part), &without);
        }
        let course = Self { dir };
        let all = course.read("labs/course.toml");
        let labs = all.find("labs ").map_or(all.as_str(), |at| &all[at..]);
        course.edit(
            "labs/course.toml",
            labs,
            &format!("labs           = [\"{FOLDER}\"]\n"),
        );
        let ids = course.read("labs/ids.txt");
        let own = ids
            .lines()
            .filter(|id| id.split('/').next() == Some("notas-fiscais"));
        let own: String = own.flat_map(|id| [id, "\n"]).collect();
        course.write("labs/ids.txt", own);
        for number in 1..=5 {
            course.write(
                &format!("{NEAR_MISSES}/erro-{number}/near-miss.toml"),
                "says = \"O bucket ficou sem as travas\"\n\
                 from = \"bucket\"\n\
                 skips = []\n\
                 \n\
                 [fails]\n\
                 \"bucket/fechado\" = \"travas\"\n\
                 \n\
                 [[command]]\n\
                 says = \"Desliga as travas\"\n\
                 run = [\"aws\", \"s3api\", \"delete-public-access-block\", \"--bucket\", \"{bucket}\"]\n",
            );
        }
        course
    }

    /// The course as it is, with its near misses and what was recorded of them,
    /// and with its book.
    pub(crate) fn whole() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for part in [
            "labs",
            "solutions",
            "tests/worlds",
            "book/src",
            "book/theme",
            "docs",
        ] {
            copy(&repository().join(part), &dir.path().join(part), &|_| false);
        }
        let book = fs::read(repository().join("book/book.toml")).unwrap();
        fs::write(dir.path().join("book/book.toml"), book).unwrap();
        Self { dir }
    }

    /// The course's folder.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    fn at(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    /// A file's text.
    pub(crate) fn read(&self, file: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.at(file)).unwrap_or_default()).into_owned()
    }

    /// Writes a file, and the folders that it needs.
    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.at(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces a part of a file, which has to be there.
    #[track_caller]
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no «{from}»");
        self.write(file, text.replacen(from, to, 1));
    }

    /// Removes a file or a folder, if it is there.
    pub(crate) fn remove(&self, path: &str) {
        let path = self.at(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else if path.exists() {
            fs::remove_file(path).unwrap();
        }
    }

    /// Gives a file or folder another name.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.at(from), self.at(to)).unwrap();
    }
}

fn copy(from: &Path, to: &Path, without: &dyn Fn(&Path) -> bool) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if without(&path) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to, without);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}
