//! Deployment packages: a folder's code as the same bytes on every system.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::error::CliError;
use crate::ui::words::size;

/// A package that was made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packaged {
    /// Its files, sorted, with `/`.
    pub files: Vec<String>,
    /// Its size.
    pub bytes: u64,
}

/// What Lambda takes in one call; a larger package goes through S3.
const LIMIT: u64 = 50 * 1024 * 1024;

pub(super) fn root_of(folder: &Path) -> Result<PathBuf, CliError> {
    let root = folder.canonicalize().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => {
            CliError::usage(format!("a pasta `{}` não existe", folder.display()))
        }
        _ => CliError::io(format!("não foi possível ler {}", folder.display()), &e),
    })?;
    if root.is_dir() {
        Ok(root)
    } else {
        Err(
            CliError::usage(format!("`{}` não é uma pasta", folder.display()))
                .hint("dê a pasta em que está o código: `lab zip minha-funcao`"),
        )
    }
}

/// Makes the deployment package of a folder. The same contents give the same
/// bytes, whenever and on whatever system it is made.
pub(super) fn package(folder: &Path, output: &Path) -> Result<Packaged, CliError> {
    let root = root_of(folder)?;
    let place = place_of(output)?;
    let mut walk = Walk {
        inside: vec![root.clone()],
        root,
        place,
        entries: vec![],
    };
    walk.folder("")?;
    let Walk {
        place, mut entries, ..
    } = walk;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let files: Vec<String> = entries
        .iter()
        .filter(|e| e.source.is_some())
        .map(|e| e.name.clone())
        .collect();
    if files.is_empty() {
        return Err(CliError::usage(format!(
            "a pasta `{}` não tem arquivos para empacotar",
            folder.display()
        )));
    }

    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(place.file_name().unwrap_or_default());
    hidden.push(format!(".{}.tmp", std::process::id()));
    let temporary = place.with_file_name(hidden);
    let made = write(&temporary, &entries).and_then(|bytes| {
        if bytes > LIMIT {
            return Err(too_large(bytes));
        }
        std::fs::rename(&temporary, &place).map_err(|e| {
            CliError::io(format!("não foi possível gravar {}", output.display()), &e)
        })?;
        Ok(bytes)
    });
    if made.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    Ok(Packaged {
        files,
        bytes: made?,
    })
}

fn too_large(bytes: u64) -> CliError {
    CliError::usage(format!("o pacote teria {}, e o Lambda aceita até 50 MB num envio direto", size(bytes)))
        .hint("tire da pasta o que a função não usa; o boto3 já está no ambiente Python do Lambda")
        .hint("um pacote maior vai primeiro para o S3 (`--s3-bucket` e `--s3-key` em `aws lambda update-function-code`)")
}

/// The output's real place, so that it can be told from the files to pack.
fn place_of(output: &Path) -> Result<PathBuf, CliError> {
    let unusable = || {
        CliError::usage(format!(
            "`{}` não serve de nome para o pacote",
            output.display()
        ))
    };
    let absolute = std::path::absolute(output).map_err(|_| unusable())?;
    let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(unusable());
    };
    let parent = parent
        .canonicalize()
        .map_err(|_| CliError::usage(format!("a pasta `{}` não existe", parent.display())))?;
    let place = parent.join(name);
    if place.is_dir() {
        return Err(CliError::usage(format!(
            "`{}` é uma pasta; diga o arquivo do pacote",
            output.display()
        )));
    }
    Ok(place)
}

/// A file or, without a source, a folder.
struct Entry {
    name: String,
    source: Option<PathBuf>,
}

struct Walk {
    root: PathBuf,
    place: PathBuf,
    /// The folders from the root to where the walk is.
    inside: Vec<PathBuf>,
    entries: Vec<Entry>,
}

impl Walk {
    fn folder(&mut self, prefix: &str) -> Result<(), CliError> {
        let folder = self.inside.last().cloned().unwrap_or_default();
        let fail =
            |e: io::Error| CliError::io(format!("não foi possível ler {}", folder.display()), &e);
        for entry in std::fs::read_dir(&folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let shown = entry.path();
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| {
                CliError::usage(format!("o nome de `{}` não é UTF-8", shown.display()))
            })?;
            if is_skipped(name) {
                continue;
            }
            let name = format!("{prefix}{name}");
            let path = shown.canonicalize().map_err(|e| {
                CliError::io(format!("não foi possível seguir {}", shown.display()), &e)
            })?;
            if !path.starts_with(&self.root) {
                return Err(CliError::usage(format!(
                    "`{}` é um link para fora da pasta: {}",
                    shown.display(),
                    path.display()
                ))
                .hint("copie para dentro da pasta o que a função usa"));
            }
            if path.is_dir() {
                self.inner(name, path)?;
            } else if path.is_file() {
                if path != self.place {
                    self.entries.push(Entry {
                        name,
                        source: Some(path),
                    });
                }
            } else {
                return Err(CliError::usage(format!(
                    "`{}` não é um arquivo nem uma pasta",
                    shown.display()
                )));
            }
        }
        Ok(())
    }

    fn inner(&mut self, name: String, path: PathBuf) -> Result<(), CliError> {
        // A virtual environment under any name.
        if path.join("pyvenv.cfg").is_file() {
            return Ok(());
        }
        if self.inside.contains(&path) {
            return Err(CliError::usage(format!(
                "`{name}` é um link para uma pasta em que ele mesmo está"
            )));
        }
        let name = format!("{name}/");
        let before = self.entries.len();
        self.inside.push(path);
        self.folder(&name)?;
        self.inside.pop();
        if self.entries.len() > before {
            self.entries.push(Entry { name, source: None });
        }
        Ok(())
    }
}

/// What no function needs.
fn is_skipped(name: &str) -> bool {
    matches!(name, "__pycache__" | ".git" | ".DS_Store" | ".venv") || name.ends_with(".pyc")
}

fn write(path: &Path, entries: &[Entry]) -> Result<u64, CliError> {
    let fail = |e: io::Error| CliError::io("não foi possível gravar o pacote", &e);
    // Not even the system on which it was made may show.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .system(System::Unix);
    let mut zip = ZipWriter::new(File::create(path).map_err(fail)?);
    for entry in entries {
        let Some(source) = &entry.source else {
            zip.add_directory(entry.name.as_str(), options.unix_permissions(0o755))
                .map_err(|e| fail(e.into()))?;
            continue;
        };
        zip.start_file(entry.name.as_str(), options.unix_permissions(0o644))
            .map_err(|e| fail(e.into()))?;
        let unreadable =
            |e: io::Error| CliError::io(format!("não foi possível empacotar {}", entry.name), &e);
        io::copy(&mut File::open(source).map_err(unreadable)?, &mut zip).map_err(unreadable)?;
    }
    let file = zip.finish().map_err(|e| fail(e.into()))?;
    file.metadata().map(|m| m.len()).map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn put(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The folder `f` with some code, in a new place.
    fn code() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("f");
        for name in [
            "b/inner.py",
            "app.py",
            "b-c.py",
            "dados/nota fiscal — é.json",
        ] {
            put(&folder, name, name);
        }
        (dir, folder)
    }

    #[test]
    fn the_same_contents_give_the_same_bytes() {
        let (dir, folder) = code();
        let first = package(&folder, &dir.path().join("1.zip")).unwrap();
        let file = File::options()
            .write(true)
            .open(folder.join("app.py"))
            .unwrap();
        file.set_modified(
            std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000),
        )
        .unwrap();
        let second = package(&folder, &dir.path().join("2.zip")).unwrap();
        assert_eq!(first, second);
        assert_eq!(
            first.files,
            [
                "app.py",
                "b-c.py",
                "b/inner.py",
                "dados/nota fiscal — é.json"
            ]
        );
        let bytes = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
        assert_eq!(bytes("1.zip"), bytes("2.zip"));
        assert_eq!(bytes("1.zip").len() as u64, first.bytes);
    }

    #[test]
    fn the_package_holds_the_files_with_fixed_rights() {
        let (dir, folder) = code();
        let output = dir.path().join("p.zip");
        package(&folder, &output).unwrap();
        let mut archive = ::zip::ZipArchive::new(File::open(&output).unwrap()).unwrap();
        assert_eq!(archive.len(), 6);
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mode = if entry.is_dir() { 0o755 } else { 0o644 };
            assert_eq!(entry.unix_mode().map(|m| m & 0o777), Some(mode), "{name}");
            if !entry.is_dir() {
                assert_eq!(io::read_to_string(&mut entry).unwrap(), name);
            }
        }
    }

    #[test]
    fn what_no_function_needs_stays_out() {
        let (dir, folder) = code();
        let output = folder.join("f.zip");
        let wanted = package(&folder, &output).unwrap().files;
        for name in [
            "__pycache__/app.pyc",
            ".git/config",
            ".DS_Store",
            "x.pyc",
            ".venv/a.py",
            "ambiente/pyvenv.cfg",
            "b/__pycache__/i.py",
        ] {
            put(&folder, name, "");
        }
        std::fs::create_dir(folder.join("vazia")).unwrap();
        // The output of the first time is there now.
        assert_eq!(package(&folder, &output).unwrap().files, wanted);
        let left: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert!(
            !left
                .iter()
                .any(|name| name.to_string_lossy().ends_with(".tmp")),
            "{left:?}"
        );
        drop(dir);
    }

    #[test]
    fn what_cannot_be_packed_is_a_usage_error() {
        let (dir, folder) = code();
        let output = dir.path().join("p.zip");
        let empty = dir.path().join("vazia");
        std::fs::create_dir(&empty).unwrap();
        for (folder, output) in [
            (dir.path().join("nenhuma"), output.clone()),
            (folder.join("app.py"), output.clone()),
            (empty, output.clone()),
            (folder.clone(), folder.clone()),
            (folder.clone(), dir.path().join("nenhuma/p.zip")),
        ] {
            assert_eq!(
                package(&folder, &output).unwrap_err().kind,
                ErrorKind::Usage,
                "{}",
                folder.display()
            );
            assert!(!output.is_file());
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_only_inside_the_folder() {
        use std::os::unix::fs::symlink;
        let (dir, folder) = code();
        let output = dir.path().join("p.zip");
        symlink(folder.join("b"), folder.join("c")).unwrap();
        let files = package(&folder, &output).unwrap().files;
        assert!(files.contains(&"c/inner.py".to_owned()), "{files:?}");
        symlink(&folder, folder.join("b/volta")).unwrap();
        assert_eq!(
            package(&folder, &output).unwrap_err().kind,
            ErrorKind::Usage
        );
        std::fs::remove_file(folder.join("b/volta")).unwrap();
        put(dir.path(), "segredo", "x");
        symlink(dir.path().join("segredo"), folder.join("fora")).unwrap();
        assert!(
            package(&folder, &output)
                .unwrap_err()
                .message
                .contains("para fora")
        );
    }
}
