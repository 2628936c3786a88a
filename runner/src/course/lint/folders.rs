use super::{Toml, blank};
use crate::core::CourseFile;
use crate::course::load::{folders_in, other_format};
use crate::course::near::suggestion;
use crate::course::{Finding, Source};

/// The folders of all labs, also of those that `course.toml` forgets.
pub(super) fn course(source: &Source, findings: &mut Vec<Finding>) -> Vec<String> {
    let path = "labs/course.toml";
    let there = folders_in(source, "labs").unwrap_or_default();
    let Some(course) = Toml::<CourseFile>::open(source, path, findings) else {
        return there;
    };
    findings.extend(other_format(&course.page, &course.value));
    let titles = course.root.get("title");
    if blank(&course.value.title) {
        findings.push(course.at(
            "title-missing",
            titles,
            "o curso não tem título",
            "escreva em `title` o nome do curso",
        ));
    }
    let listed = &course.value.labs;
    let place = course.root.get("labs");
    for (index, folder) in listed.iter().enumerate() {
        if listed[..index].contains(folder) {
            findings.push(course.at(
                "course-labs",
                place.item(index),
                format!("`{folder}` aparece duas vezes"),
                "deixe cada lab uma vez só",
            ));
        } else if !there.contains(folder) {
            findings.push(course.at(
                "course-labs",
                place.item(index),
                format!("a pasta `labs/{folder}` não existe"),
                "corrija o nome ou crie a pasta do lab",
            ));
        }
    }
    for folder in there.iter().filter(|folder| !listed.contains(folder)) {
        findings.push(course.at(
            "course-labs",
            place,
            format!("a pasta `labs/{folder}` não está na lista"),
            format!("acrescente \"{folder}\" a `labs`, na ordem do curso, ou tire a pasta daqui"),
        ));
    }
    // A listed folder that is not there has been said; there is nothing to read in it.
    let mut all: Vec<String> = listed
        .iter()
        .filter(|f| there.contains(f))
        .cloned()
        .collect();
    all.extend(there.into_iter().filter(|f| !listed.contains(f)));
    all.dedup();
    for folder in folders_in(source, "solutions").unwrap_or_default() {
        if !all.contains(&folder) {
            findings.push(Finding::file(
                "solution-stray",
                source.display(&format!("solutions/{folder}")),
                "a pasta não é de nenhum lab",
                suggestion(
                    &folder,
                    all.iter().map(String::as_str),
                    "a pasta das soluções tem o mesmo nome da pasta do lab",
                ),
            ));
        }
    }
    all
}
