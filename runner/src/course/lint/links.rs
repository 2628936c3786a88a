use super::Files;
use super::markdown::{ids, links};
use crate::course::{Finding, Page, Source};

/// Relative links lead to a file of the course, and to a heading in it.
pub(super) fn lint(files: &Files<'_>, path: &str, page: &Page, findings: &mut Vec<Finding>) {
    for (target, span) in links(&page.text) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
        let whole = match file {
            "" => path.to_owned(),
            _ => beside(path, file),
        };
        let message = match text(files.source, &whole) {
            None if files.source.files(&whole).is_ok_and(|f| !f.is_empty()) => continue,
            None => format!("`{whole}` não existe"),
            Some(text) if !anchor.is_empty() && !ids(&text).contains(anchor) => {
                format!("`{whole}` não tem o título `#{anchor}`")
            }
            Some(_) => continue,
        };
        findings.push(page.at(
            "link",
            span,
            message,
            "corrija o endereço: ele parte da pasta deste arquivo",
        ));
    }
}

/// A file's text, as far as it is text.
pub(super) fn text(source: &Source, path: &str) -> Option<String> {
    let bytes = source.read(path).ok().flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The path of a file that is named in another one, from the course's folder.
pub(super) fn beside(path: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_file_that_names_them() {
        assert_eq!(beside("labs/01/a.md", "b.md"), "labs/01/b.md");
        assert_eq!(beside("labs/01/a.md", "../02/./b.md"), "labs/02/b.md");
        assert_eq!(beside("labs/a.md", "../../b.md"), "../b.md");
    }
}
