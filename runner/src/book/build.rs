use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

use super::edition::Edition;
use super::preprocessor::Labs;
use super::warnings;
use crate::core::Course;
use crate::course::Source;

/// Says that a folder is a book of ours and may be replaced.
const MARK: &str = ".lab-livro";
/// What the pages cannot do without.
const THEME: [&str; 5] = ["lab.css", "interface.js", "busca.js", "quiz.js", SERVED];
/// What only pages beside the runner have.
const SERVED: &str = "vivo.js";

/// Why the book could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The course has no book.
    #[error("o curso não tem um livro: falta `{0}`")]
    NoBook(String),
    /// A page for a lab that the course does not have.
    #[error("uma página pede o lab `{0}`, que o curso não tem")]
    NoLab(String),
    /// The folder holds something else.
    #[error("a pasta `{}` tem outros arquivos, e o livro os apagaria", .0.display())]
    Occupied(PathBuf),
    /// A file or folder that cannot be read or written.
    #[error("{0}")]
    Io(String, #[source] std::io::Error),
    /// What mdBook says, in its own words.
    #[error("o mdBook não conseguiu: {0}")]
    Mdbook(String),
}

impl BookError {
    /// What mdBook says, with its causes.
    pub(super) fn mdbook(error: &mdbook_preprocessor::errors::Error) -> Self {
        match error.downcast_ref::<Self>() {
            Some(Self::NoLab(id)) => Self::NoLab(id.clone()),
            _ => Self::Mdbook(format!("{error:#}")),
        }
    }
}

/// A book that was built.
#[derive(Debug)]
pub struct Built {
    /// Its first page.
    pub index: PathBuf,
    /// What mdBook was not content with.
    pub warnings: Vec<String>,
}

/// Builds the pages of the course's book into `dest`, an absolute path.
///
/// # Errors
/// A course without a book, a folder that holds something else, files that
/// cannot be read or written, or what mdBook refuses.
pub fn build(
    source: &Source,
    course: Course,
    edition: Edition,
    dest: &Path,
) -> Result<Built, BookError> {
    refuse_occupied(dest)?;
    // Lives until the book is built.
    let staged;
    let root = match source {
        Source::Folder(folder) => std::path::absolute(folder.join("book"))
            .map_err(|e| BookError::Io(folder.display().to_string(), e))?,
        Source::Embedded => {
            staged = stage(source)?;
            staged.path().join("book")
        }
    };
    let mut config = config(source)?;
    if edition.served() {
        add_script(&mut config).map_err(|e| BookError::mdbook(&e))?;
    }
    config.build.build_dir = dest.to_path_buf();
    let (done, warnings) = warnings::collect(|| {
        let mut book = MDBook::load_with_config(&root, config)?;
        // Of the same name as the command in book.toml, so in its place.
        book.with_preprocessor(Labs::new(course, edition));
        book.build()
    });
    done.map_err(|e| BookError::mdbook(&e))?;
    let mark = dest.join(MARK);
    std::fs::write(&mark, "").map_err(|e| BookError::Io(mark.display().to_string(), e))?;
    Ok(Built {
        index: dest.join("index.html"),
        warnings,
    })
}

fn config(source: &Source) -> Result<Config, BookError> {
    let read = |path: &str| match source.read(path) {
        Ok(Some(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Ok(None) => Err(BookError::NoBook(source.display(path))),
        Err(e) => Err(BookError::Io(source.display(path), e)),
    };
    for file in THEME {
        read(&format!("book/theme/{file}"))?;
    }
    read("book/book.toml")?
        .parse()
        .map_err(|e| BookError::mdbook(&e))
}

fn add_script(config: &mut Config) -> Result<(), mdbook_preprocessor::errors::Error> {
    const KEY: &str = "output.html.additional-js";
    let mut scripts: Vec<String> = config.get(KEY)?.unwrap_or_default();
    scripts.push(format!("theme/{SERVED}"));
    config.set(KEY, scripts)
}

/// mdBook empties the folder: only one that is empty or ours may be given.
fn refuse_occupied(dest: &Path) -> Result<(), BookError> {
    let io = |e| BookError::Io(dest.display().to_string(), e);
    if !dest.exists() || dest.join(MARK).is_file() {
        return Ok(());
    }
    match std::fs::read_dir(dest).map_err(io)?.next() {
        None => Ok(()),
        Some(_) => Err(BookError::Occupied(dest.to_path_buf())),
    }
}

/// mdBook reads from folders: the embedded book is laid out in one.
fn stage(source: &Source) -> Result<tempfile::TempDir, BookError> {
    let io = |path: &str, e| BookError::Io(path.to_owned(), e);
    let dir = tempfile::tempdir().map_err(|e| io("a pasta temporária", e))?;
    let mut paths = vec![
        "book/book.toml".to_owned(),
        "docs/guia-do-autor.md".to_owned(),
    ];
    for folder in ["book/src", "book/theme"] {
        let files = source.files(folder).map_err(|e| io(folder, e))?;
        paths.extend(files.iter().map(|file| format!("{folder}/{file}")));
    }
    for path in paths {
        let to = dir.path().join(&path);
        let bytes = source.read(&path).map_err(|e| io(&path, e))?;
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).map_err(|e| io(&path, e))?;
        }
        std::fs::write(&to, bytes.unwrap_or_default()).map_err(|e| io(&path, e))?;
    }
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_other_files_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        refuse_occupied(&dir.path().join("nova")).unwrap();
        refuse_occupied(dir.path()).unwrap();
        std::fs::write(dir.path().join("carta.txt"), "importante").unwrap();
        assert!(matches!(
            refuse_occupied(dir.path()),
            Err(BookError::Occupied(_))
        ));
        std::fs::write(dir.path().join(MARK), "").unwrap();
        refuse_occupied(dir.path()).unwrap();
    }
}
