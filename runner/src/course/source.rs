use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};

static LABS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../labs");
static SOLUTIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../solutions");
// Not `book/` whole: a plain `mdbook build` leaves its pages there.
static BOOK: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../book/src");
static THEME: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../book/theme");
static FILES: [(&str, &[u8]); 2] = [
    ("book/book.toml", include_bytes!("../../../book/book.toml")),
    // The book has a page that is this guide.
    (
        "docs/guia-do-autor.md",
        include_bytes!("../../../docs/guia-do-autor.md"),
    ),
];

/// Where a course's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In the binary.
    Embedded,
    /// In a folder that has `labs/` and `solutions/`.
    Folder(PathBuf),
}

impl Source {
    /// The bytes of a file such as `labs/course.toml`; `None` when it is not there.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub fn read(&self, path: &str) -> std::io::Result<Option<Vec<u8>>> {
        match self {
            Self::Embedded => Ok(match FILES.iter().find(|(name, _)| *name == path) {
                Some((_, bytes)) => Some(bytes.to_vec()),
                None => embedded(path)
                    .and_then(|(dir, rest)| file_in(dir, rest))
                    .map(|f| f.contents().to_vec()),
            }),
            Self::Folder(root) => match std::fs::read(root.join(path)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(e),
            },
        }
    }

    /// All files below a folder, as paths relative to it with `/`, sorted.
    ///
    /// # Errors
    /// A folder that is there and cannot be listed.
    pub fn files(&self, folder: &str) -> std::io::Result<Vec<String>> {
        let mut found = match self {
            Self::Embedded => {
                let mut found = Vec::new();
                let dir = match embedded(folder) {
                    Some((root, "")) => Some(root),
                    Some((root, rest)) => root.get_dir(rest),
                    None => None,
                };
                if let Some(dir) = dir {
                    collect_embedded(dir, dir.path(), &mut found);
                }
                found
            }
            Self::Folder(root) => {
                let root = root.join(folder);
                let mut found = Vec::new();
                if root.is_dir() {
                    collect_folder(&root, &root, &mut found)?;
                }
                found
            }
        };
        found.sort();
        Ok(found)
    }

    /// How the file is called in messages.
    pub fn display(&self, path: &str) -> String {
        match self {
            Self::Embedded => path.to_owned(),
            Self::Folder(root) => root.join(path).display().to_string(),
        }
    }
}

fn embedded(path: &str) -> Option<(&'static Dir<'static>, &str)> {
    let roots = [
        ("labs", &LABS),
        ("solutions", &SOLUTIONS),
        ("book/src", &BOOK),
        ("book/theme", &THEME),
    ];
    roots.into_iter().find_map(|(root, dir)| {
        let rest = path.strip_prefix(root)?;
        let inside = rest.is_empty() || rest.starts_with('/');
        inside.then(|| (dir, rest.trim_start_matches('/')))
    })
}

/// A file by its path. `Dir::get_file` compares with everything there is, and a
/// course is read at every start.
fn file_in<'d>(mut dir: &'d Dir<'static>, path: &str) -> Option<&'d File<'static>> {
    for (end, _) in path.match_indices('/') {
        let mut inner = dir.dirs();
        dir = inner.find(|inner| inner.path().as_os_str() == &path[..end])?;
    }
    let mut files = dir.files();
    files.find(|file| file.path().as_os_str() == path)
}

fn collect_embedded(dir: &Dir<'_>, root: &Path, found: &mut Vec<String>) {
    for file in dir.files() {
        found.push(slashed(
            file.path().strip_prefix(root).unwrap_or(file.path()),
        ));
    }
    for inner in dir.dirs() {
        collect_embedded(inner, root, found);
    }
}

fn collect_folder(dir: &Path, root: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_folder(&path, root, found)?;
        } else {
            found.push(slashed(path.strip_prefix(root).unwrap_or(&path)));
        }
    }
    Ok(())
}

fn slashed(path: &Path) -> String {
    path.components()
        .map(|c| c.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}
