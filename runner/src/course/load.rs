use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::validate::validate;
use super::{ContentError, Finding, Source};
use crate::core::{Course, CourseFile, FORMAT_VERSION, Lab, Names, NearMiss, Quiz, Solution, Step};

/// Reads and validates a whole course.
///
/// # Errors
/// Everything that is wrong with the files, each with its place.
pub fn load(source: &Source) -> Result<Course, ContentError> {
    let mut findings = Vec::new();
    let file: Option<CourseFile> = parse(source, "labs/course.toml", &mut findings).map(|(f, _)| f);
    let Some(file) = file else {
        return Err(ContentError(findings));
    };
    if file.format_version != FORMAT_VERSION {
        return Err(ContentError(vec![
            Finding::file(
                source.display("labs/course.toml"),
                format!(
                    "`format_version = {}`, mas este programa lê a versão {FORMAT_VERSION}",
                    file.format_version
                ),
            )
            .help("atualize o `lab` ou use a versão do curso que combina com ele"),
        ]));
    }
    let labs: Vec<Lab> = file
        .labs
        .iter()
        .filter_map(|folder| lab(source, folder, &mut findings))
        .collect();
    if findings.is_empty() {
        Ok(Course {
            id: file.id,
            title: file.title,
            labs,
        })
    } else {
        Err(ContentError(findings))
    }
}

fn lab(source: &Source, folder: &str, findings: &mut Vec<Finding>) -> Option<Lab> {
    let dir = format!("labs/{folder}");
    let path = format!("{dir}/lab.toml");
    let (mut lab, text): (Lab, String) = parse(source, &path, findings)?;
    folder.clone_into(&mut lab.folder);
    lab.version = digest(&text);
    lab.opening = read(source, &format!("{dir}/abertura.md"), findings)?;
    lab.closing = read(source, &format!("{dir}/fim.md"), findings)?;
    for step in &mut lab.steps {
        let file = format!("{dir}/{}", step.text.get_ref());
        if let Some(body) = source.read(&file).ok().flatten() {
            step.body = String::from_utf8_lossy(&body).into_owned();
        } else {
            findings.push(Finding {
                file: source.display(&path),
                text: text.clone(),
                span: Some(step.text.span()),
                message: format!("o arquivo `{}` não existe", step.text.get_ref()),
                help: Some(format!("crie `{file}` com o texto do passo")),
            });
        }
    }
    let quiz_path = format!("{dir}/quiz.toml");
    let (quiz, quiz_text): (Quiz, String) = parse(source, &quiz_path, findings)?;
    for question in &quiz.questions {
        if let Some(problem) = question.problem() {
            let at = quiz_text.find(&format!("\"{}\"", question.id));
            findings.push(Finding {
                file: source.display(&quiz_path),
                text: quiz_text.clone(),
                span: at.map(|at| at..at + question.id.len() + 2),
                message: format!("pergunta `{}`: {problem}", question.id),
                help: None,
            });
        }
    }
    lab.quiz = quiz;
    validate(&lab, &source.display(&path), &text, findings);
    Some(lab)
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
        .unwrap_or_default()
        + 1;
    let dir = format!("solutions/{}/{number}-{}", lab.folder, step.id.get_ref());
    let path = format!("{dir}/solution.toml");
    if source
        .read(&path)
        .map_err(unreadable(source, &dir))?
        .is_none()
    {
        return Ok(None);
    }
    let mut findings = Vec::new();
    let Some((mut solution, _)) = parse::<Solution>(source, &path, &mut findings) else {
        return Err(ContentError(findings));
    };
    solution.files = files_beside(source, &dir, "solution.toml")?;
    Ok(Some(solution))
}

/// The near misses of a lab, in alphabetical order of their folders.
///
/// # Errors
/// Every `near-miss.toml` that cannot be read, with the place.
pub fn near_misses(source: &Source, lab: &Lab) -> Result<Vec<NearMiss>, ContentError> {
    let dir = format!("solutions/{}/near-misses", lab.folder);
    let mut slugs: Vec<String> = source
        .files(&dir)
        .map_err(unreadable(source, &dir))?
        .iter()
        .filter_map(|path| path.split_once('/'))
        .map(|(slug, _)| slug.to_owned())
        .collect();
    slugs.dedup();
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
    move |e| ContentError(vec![Finding::file(source.display(dir), e.to_string())])
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

fn parse<T: DeserializeOwned>(
    source: &Source,
    path: &str,
    findings: &mut Vec<Finding>,
) -> Option<(T, String)> {
    let text = read(source, path, findings)?;
    match toml::from_str(&text) {
        Ok(value) => Some((value, text)),
        Err(error) => {
            findings.push(Finding::toml(source.display(path), &text, &error));
            None
        }
    }
}

fn read(source: &Source, path: &str, findings: &mut Vec<Finding>) -> Option<String> {
    let problem = match source.read(path) {
        Ok(Some(bytes)) => match String::from_utf8(bytes) {
            Ok(text) => return Some(text),
            Err(_) => "o arquivo não está em UTF-8".to_owned(),
        },
        Ok(None) => "o arquivo não existe".to_owned(),
        Err(error) => format!("não foi possível ler o arquivo: {error}"),
    };
    findings.push(Finding::file(source.display(path), problem));
    None
}

fn digest(text: &str) -> String {
    // Line ends do not decide a verdict.
    let digest = Sha256::digest(text.replace("\r\n", "\n").as_bytes());
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
