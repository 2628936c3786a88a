use std::path::Path;

use include_dir::{Dir, include_dir};
use toml_edit::{DocumentMut, RawString, Value};

use super::lint::{IDS, is_kebab};
use super::load::{parse, read};
use super::{ContentError, Source};
use crate::core::{CourseFile, Names};

static TEMPLATE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/course/template");

/// A slug is a part of a bucket's name, beside a prefix of up to 30 letters,
/// and AWS takes no more than 63.
const LONGEST: usize = 30;

/// A new lab, not yet written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaffold {
    /// The lab's folder, below `labs` and below `solutions`.
    pub folder: String,
    /// What goes below that folder of `labs`.
    pub lab: Vec<(String, String)>,
    /// What goes below that folder of `solutions`.
    pub solutions: Vec<(String, String)>,
    /// `labs/course.toml` with the new lab at its end.
    pub list: String,
}

/// Why there cannot be such a lab.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// It is no id.
    #[error("`{0}` não serve de nome para um lab")]
    Slug(String),
    /// It is no title.
    #[error("o título precisa de uma linha de texto")]
    Title,
    /// There is one already, here.
    #[error("já existe um lab `{slug}`: {place}")]
    Exists {
        /// The name that was asked for.
        slug: String,
        /// Where it is.
        place: String,
    },
    /// Learners have progress under this id.
    #[error("o id `{0}` já foi publicado: está em {IDS}")]
    Published(String),
    /// The course's own file.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// A folder that cannot be listed.
    #[error("não foi possível ler {place}: {source}")]
    Read {
        /// The folder.
        place: String,
        /// Why not.
        source: std::io::Error,
    },
}

/// A lab that works, with marks where its author has to write.
///
/// # Errors
/// A name or a title that does not serve, a lab that is there already, or a
/// course that cannot be read.
pub fn scaffold(root: &Path, slug: &str, title: Option<&str>) -> Result<Scaffold, ScaffoldError> {
    if !is_kebab(slug) || slug.len() > LONGEST {
        return Err(ScaffoldError::Slug(slug.to_owned()));
    }
    let title = title.map_or("PREENCHA: o nome do lab", str::trim);
    if title.is_empty() || title.contains(char::is_control) {
        return Err(ScaffoldError::Title);
    }
    let source = Source::Folder(root.to_path_buf());
    let mut findings = Vec::new();
    let listed = parse::<CourseFile>(&source, "labs/course.toml", &mut findings);
    let Some((course, page)) = listed else {
        return Err(ContentError(findings).into());
    };
    let mut taken = Vec::new();
    for parent in ["labs", "solutions"] {
        let names = entries(&root.join(parent)).map_err(|source| ScaffoldError::Read {
            place: parent.to_owned(),
            source,
        })?;
        taken.extend(names.into_iter().map(|name| {
            let place = format!("{parent}/{name}");
            (name, place)
        }));
    }
    let listed = course.labs.into_iter();
    taken.extend(listed.map(|folder| (folder, "labs/course.toml".to_owned())));
    let mut last = 0;
    for (folder, place) in taken {
        let (number, name) = folder.split_once('-').unwrap_or(("", &folder));
        let number: Option<u32> = number.parse().ok();
        last = last.max(number.unwrap_or(0));
        let id = || lab_id(&source, &folder);
        if folder == slug || number.is_some() && name == slug || id().as_deref() == Some(slug) {
            let slug = slug.to_owned();
            return Err(ScaffoldError::Exists { slug, place });
        }
    }
    let published = source.read(IDS).ok().flatten().unwrap_or_default();
    if String::from_utf8_lossy(&published)
        .lines()
        .any(|id| id.trim() == slug)
    {
        return Err(ScaffoldError::Published(slug.to_owned()));
    }
    let folder = format!("{:02}-{slug}", last + 1);
    Ok(Scaffold {
        lab: filled("labs", slug, title),
        solutions: filled("solutions", slug, title),
        list: with_lab(&page.text, &folder).unwrap_or(page.text),
        folder,
    })
}

/// The names of what is in a folder, whatever it is; without a folder, none.
fn entries(folder: &Path) -> std::io::Result<Vec<String>> {
    match std::fs::read_dir(folder) {
        Ok(found) => found
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

/// The id of the lab in a folder, if its file says one.
fn lab_id(source: &Source, folder: &str) -> Option<String> {
    let page = read(source, &format!("labs/{folder}/lab.toml"), &mut Vec::new())?;
    let lab: toml::Table = toml::from_str(&page.text).ok()?;
    lab.get("id")?.as_str().map(str::to_owned)
}

/// The files of one part of the template, by their paths below it.
fn filled(part: &str, slug: &str, title: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut dirs = Vec::from_iter(TEMPLATE.get_dir(part));
    while let Some(dir) = dirs.pop() {
        dirs.extend(dir.dirs());
        for file in dir.files() {
            let path = file.path().strip_prefix(part).unwrap_or(file.path());
            let parts = path.components().map(|c| c.as_os_str().to_string_lossy());
            let path = parts.collect::<Vec<_>>().join("/");
            let mut names = Names::default();
            names.set("slug", slug);
            names.set(
                "titulo",
                match path.ends_with(".toml") {
                    true => Value::from(title).to_string(),
                    false => title.to_owned(),
                },
            );
            let text = names.fill_known(file.contents_utf8().unwrap_or_default());
            // A checkout on Windows may have given the template other line ends.
            files.push((path, text.replace("\r\n", "\n")));
        }
    }
    files.sort();
    files
}

/// The list of labs with one more, laid out as its author does.
fn with_lab(text: &str, folder: &str) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let labs = document.get_mut("labs")?.as_array_mut()?;
    let owned = |raw: Option<&RawString>| raw.and_then(RawString::as_str).map(str::to_owned);
    let comma = labs.trailing_comma();
    let mut new = Value::from(folder);
    match labs
        .len()
        .checked_sub(1)
        .and_then(|last| labs.get_mut(last))
    {
        None => labs.push(new),
        Some(last) => {
            let prefix = owned(last.decor().prefix()).filter(|p| !p.is_empty());
            let prefix = prefix.as_deref().unwrap_or(" ");
            let indent = prefix.rfind('\n').map_or(prefix, |at| &prefix[at..]);
            let suffix = owned(last.decor().suffix()).unwrap_or_default();
            if !comma {
                last.decor_mut().set_suffix("");
            }
            let tail = match comma {
                true => labs.trailing().as_str().unwrap_or_default().to_owned(),
                false => suffix,
            };
            // What stands behind the last lab stays there.
            let (before, after) = tail.split_at(tail.rfind('\n').unwrap_or(0));
            new.decor_mut()
                .set_prefix(format!("{}{indent}", before.trim_end()));
            if comma {
                labs.set_trailing(after);
            } else {
                new.decor_mut().set_suffix(after);
            }
            labs.push_formatted(new);
            labs.set_trailing_comma(comma);
        }
    }
    Some(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_keeps_its_layout() {
        for (before, after) in [
            ("labs = []\n", "labs = [\"b\"]\n"),
            (
                "# x\nlabs   = [\"a\"] # y\n",
                "# x\nlabs   = [\"a\", \"b\"] # y\n",
            ),
            ("labs = [ \"a\" ]\n", "labs = [ \"a\", \"b\" ]\n"),
            (
                "labs = [\n  \"a\",\n]\n",
                "labs = [\n  \"a\",\n  \"b\",\n]\n",
            ),
            ("labs = [\n  \"a\"\n]\n", "labs = [\n  \"a\",\n  \"b\"\n]\n"),
            (
                "labs = [\n  \"z\", # zero\n  \"a\", # um\n]\nx = 1\n",
                "labs = [\n  \"z\", # zero\n  \"a\", # um\n  \"b\",\n]\nx = 1\n",
            ),
        ] {
            assert_eq!(with_lab(before, "b").as_deref(), Some(after), "{before}");
        }
    }

    #[test]
    fn a_title_may_hold_any_sign() {
        let title = r#"O "cofre" \ {x}"#;
        let files = filled("labs", "cofre", title);
        let of = |name: &str| &files.iter().find(|(path, _)| path == name).unwrap().1;
        let lab: toml::Table = toml::from_str(of("lab.toml")).unwrap();
        assert_eq!(lab["title"].as_str(), Some(title));
        assert_eq!(lab["id"].as_str(), Some("cofre"));
        assert!(of("abertura.md").starts_with(&format!("# {title}\n")));
    }
}
