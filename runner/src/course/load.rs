use serde::de::DeserializeOwned;

use super::questions::questions;
use super::tree::Node;
use super::validate::validate;
use super::{ContentError, Finding, Page, Source};
use crate::core::{
    Course, CourseFile, FORMAT_VERSION, Lab, Names, NearMiss, Quiz, Solution, Step, fingerprint,
};

/// Reads and validates a whole course.
///
/// # Errors
/// Everything that is wrong with the files, each with its place.
pub fn load(source: &Source) -> Result<Course, ContentError> {
    let mut findings = Vec::new();
    let Some((file, page)) = parse::<CourseFile>(source, "labs/course.toml", &mut findings) else {
        return Err(ContentError(findings));
    };
    if let Some(finding) = other_format(&page, &file) {
        return Err(ContentError(vec![finding]));
    }
    let labs: Vec<Lab> = file
        .labs
        .iter()
        .filter_map(|folder| lab(source, folder, &mut findings))
        .collect();
    let demo = file.demo.as_ref();
    if let Some(demo) = demo.filter(|folder| !file.labs.contains(folder.get_ref())) {
        findings.push(page.at(
            "reference",
            demo.span(),
            format!("`{}` não está em `labs`", demo.get_ref()),
            "escreva em `demo` uma das pastas que estão em `labs`",
        ));
    }
    if findings.is_empty() {
        Ok(Course {
            demo: demo.map(|folder| folder.get_ref().clone()),
            id: file.id,
            title: file.title,
            labs,
        })
    } else {
        Err(ContentError(findings))
    }
}

/// A course that was written for another version of this program.
pub(super) fn other_format(page: &Page, file: &CourseFile) -> Option<Finding> {
    let version = file.format_version;
    let place = || Node::parse(&page.text).map(|root| root.get("format_version").span.clone());
    (version != FORMAT_VERSION).then(|| {
        page.at(
            "format-version",
            place().unwrap_or(0..0),
            format!("`format_version = {version}`, mas este programa lê a versão {FORMAT_VERSION}"),
            "atualize o `lab` ou use a versão do curso que combina com ele",
        )
    })
}

fn lab(source: &Source, folder: &str, findings: &mut Vec<Finding>) -> Option<Lab> {
    let dir = format!("labs/{folder}");
    let path = format!("{dir}/lab.toml");
    let (mut lab, page): (Lab, Page) = parse(source, &path, findings)?;
    folder.clone_into(&mut lab.folder);
    lab.version = digest(&page.text);
    lab.opening = read(source, &format!("{dir}/abertura.md"), findings)?.text;
    lab.closing = read(source, &format!("{dir}/fim.md"), findings)?.text;
    for step in &mut lab.steps {
        let file = format!("{dir}/{}", step.text.get_ref());
        if let Some(body) = source.read(&file).ok().flatten() {
            step.body = String::from_utf8_lossy(&body).into_owned();
        } else {
            findings.push(no_text(&page, step, &dir));
        }
    }
    let quiz_path = format!("{dir}/quiz.toml");
    let (quiz, quiz_page): (Quiz, Page) = parse(source, &quiz_path, findings)?;
    // What is in the program was validated when it was built: a test sees to it.
    if *source != Source::Embedded {
        questions(&quiz, &quiz_page, findings);
        validate(&lab, &page, findings);
    }
    lab.quiz = quiz;
    Some(lab)
}

/// A step whose text is not there.
pub(super) fn no_text(page: &Page, step: &Step, dir: &str) -> Finding {
    let file = step.text.get_ref();
    page.at(
        "file-missing",
        step.text.span(),
        format!("o arquivo `{file}` não existe"),
        format!("crie `{dir}/{file}` com o texto do passo"),
    )
}

/// The folder of a step's reference solution, with the step's number from 0.
pub(super) fn solution_folder(lab: &Lab, number: usize, step: &Step) -> String {
    let number = number + 1;
    format!("solutions/{}/{number}-{}", lab.folder, step.id.get_ref())
}

/// The reference solution of a step, with its files; `None` when there is none.
///
/// # Errors
/// A `solution.toml` that cannot be read, with the place.
pub fn solution(source: &Source, lab: &Lab, step: &Step) -> Result<Option<Solution>, ContentError> {
    let number = lab
        .steps
        .iter()
        .position(|s| s.id == step.id)
        .unwrap_or_default();
    commands_in(source, &solution_folder(lab, number, step))
}

/// Where the commands are that prepare a lab's system.
pub(super) fn preparation_folder(lab: &str) -> String {
    format!("solutions/{lab}/preparo")
}

/// The commands that make the whole, right system of a lab that begins with
/// one; `None` for a lab that does not.
///
/// # Errors
/// A `solution.toml` that is not there or cannot be read, with the place.
pub fn preparation(source: &Source, lab: &Lab) -> Result<Option<Solution>, ContentError> {
    if !lab.prepared {
        return Ok(None);
    }
    let dir = preparation_folder(&lab.folder);
    match commands_in(source, &dir)? {
        Some(preparation) => Ok(Some(preparation)),
        None => Err(ContentError(vec![no_preparation(source, &dir)])),
    }
}

/// A lab that says that it is prepared, and nothing that prepares it.
pub(super) fn no_preparation(source: &Source, dir: &str) -> Finding {
    let path = format!("{dir}/solution.toml");
    Finding::file(
        "preparation-missing",
        source.display(&path),
        "o lab diz `prepared = true`, e nada prepara o sistema",
        format!("crie `{path}` com os comandos que montam o sistema inteiro e certo"),
    )
}

fn commands_in(source: &Source, dir: &str) -> Result<Option<Solution>, ContentError> {
    let path = format!("{dir}/solution.toml");
    if source
        .read(&path)
        .map_err(unreadable(source, dir))?
        .is_none()
    {
        return Ok(None);
    }
    let mut findings = Vec::new();
    let Some((mut solution, _)) = parse::<Solution>(source, &path, &mut findings) else {
        return Err(ContentError(findings));
    };
    solution.files = files_beside(source, dir, "solution.toml")?;
    Ok(Some(solution))
}

/// The near misses of a lab, in alphabetical order of their folders.
///
/// # Errors
/// Every `near-miss.toml` that cannot be read, with the place.
pub fn near_misses(source: &Source, lab: &Lab) -> Result<Vec<NearMiss>, ContentError> {
    let dir = near_miss_folder(&lab.folder);
    let slugs = folders_in(source, &dir).map_err(unreadable(source, &dir))?;
    let mut findings = Vec::new();
    let mut found = Vec::new();
    for slug in slugs {
        let dir = format!("{dir}/{slug}");
        let path = format!("{dir}/near-miss.toml");
        if let Some((mut near_miss, _)) = parse::<NearMiss>(source, &path, &mut findings) {
            near_miss.files = files_beside(source, &dir, "near-miss.toml")?;
            near_miss.slug = slug;
            found.push(near_miss);
        }
    }
    if findings.is_empty() {
        Ok(found)
    } else {
        Err(ContentError(findings))
    }
}

/// Where a lab's near misses are.
pub(super) fn near_miss_folder(lab: &str) -> String {
    format!("solutions/{lab}/near-misses")
}

/// The folders of a folder that have files, in alphabetical order.
pub(super) fn folders_in(source: &Source, dir: &str) -> std::io::Result<Vec<String>> {
    let mut names: Vec<String> = source
        .files(dir)?
        .iter()
        .filter_map(|path| path.split_once('/'))
        .map(|(folder, _)| folder.to_owned())
        .collect();
    names.dedup();
    Ok(names)
}

/// All files of a folder but the one that describes it.
fn files_beside(
    source: &Source,
    dir: &str,
    description: &str,
) -> Result<Vec<(String, Vec<u8>)>, ContentError> {
    let mut files = Vec::new();
    for file in source.files(dir).map_err(unreadable(source, dir))? {
        if file != description
            && let Some(bytes) = source
                .read(&format!("{dir}/{file}"))
                .map_err(unreadable(source, dir))?
        {
            files.push((file, bytes));
        }
    }
    Ok(files)
}

fn unreadable<'a>(
    source: &'a Source,
    dir: &'a str,
) -> impl Fn(std::io::Error) -> ContentError + 'a {
    move |e| ContentError(vec![not_read(source.display(dir), &e)])
}

/// Files as they lie in the learner's folder: `.json` files with the lab's names
/// filled in, all others as they are.
pub fn files_for(files: &[(String, Vec<u8>)], names: &Names) -> Vec<(String, Vec<u8>)> {
    files
        .iter()
        .map(|(path, bytes)| (path.clone(), filled(path, bytes, names)))
        .collect()
}

/// Files that a learner starts from, with the lab's names filled in.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn starter(
    source: &Source,
    lab: &Lab,
    names: &Names,
) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let dir = format!("labs/{}/starter", lab.folder);
    let mut files = Vec::new();
    for file in source.files(&dir)? {
        if let Some(bytes) = source.read(&format!("{dir}/{file}"))? {
            let bytes = filled(&file, &bytes, names);
            files.push((file, bytes));
        }
    }
    Ok(files)
}

fn filled(path: &str, bytes: &[u8], names: &Names) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) if path.ends_with(".json") => names.fill_known(text).into_bytes(),
        _ => bytes.to_vec(),
    }
}

/// Reads one TOML file.
pub(super) fn parse<T: DeserializeOwned>(
    source: &Source,
    path: &str,
    findings: &mut Vec<Finding>,
) -> Option<(T, Page)> {
    let page = read(source, path, findings)?;
    match toml::from_str(&page.text) {
        Ok(value) => Some((value, page)),
        Err(error) => {
            findings.push(page.refused(&error));
            None
        }
    }
}

/// Reads one text file.
pub(super) fn read(source: &Source, path: &str, findings: &mut Vec<Finding>) -> Option<Page> {
    let file = source.display(path);
    let finding = match source.read(path) {
        Ok(Some(bytes)) => match String::from_utf8(bytes) {
            Ok(text) => return Some(Page { file, text }),
            Err(_) => Finding::file(
                "utf-8",
                file,
                "o arquivo não está em UTF-8",
                "grave-o de novo em UTF-8; no VS Code, «Save with Encoding»",
            ),
        },
        Ok(None) => Finding::file(
            "file-missing",
            file,
            "o arquivo não existe",
            format!("crie `{path}`"),
        ),
        Err(error) => not_read(file, &error),
    };
    findings.push(finding);
    None
}

/// What is there and cannot be read.
pub(super) fn not_read(file: String, error: &std::io::Error) -> Finding {
    Finding::file(
        "file-unreadable",
        file,
        format!("não foi possível ler: {error}"),
        "confira as permissões do arquivo ou da pasta",
    )
}

fn digest(text: &str) -> String {
    // Line ends do not decide a verdict.
    match text.contains('\r') {
        true => fingerprint(text.replace("\r\n", "\n"), 6),
        false => fingerprint(text, 6),
    }
}
