//! Everything that an author can get wrong in a course, said at once and each
//! at its place: what a course cannot be used without, and what learners and
//! graders would stumble over. One file a subject.

mod book;
mod braces;
mod checks;
mod faults;
mod folders;
mod ids;
mod lab;
mod links;
mod markdown;
mod names;
mod near_misses;
mod quiz;
mod solutions;
mod texts;

use serde::de::DeserializeOwned;

pub(super) use ids::is_kebab;
pub use ids::recorded;

use super::load::parse;
use super::tree::Node;
use super::{Finding, Page, Source};
use crate::core::{Lab, Quiz};

/// Where the published ids are.
pub const IDS: &str = "labs/ids.txt";

/// What was found in a course's files.
#[derive(Debug)]
pub struct Lint {
    /// Every mistake, by file and place.
    pub findings: Vec<Finding>,
    /// How many labs were looked at.
    pub labs: usize,
    /// The ids that learners' progress hangs on and that can be published.
    pub ids: Vec<String>,
}

/// Looks at a whole course, or at one lab by its id, folder or number; `None`
/// when there is no such lab.
pub fn lint(source: &Source, lab: Option<&str>) -> Option<Lint> {
    let mut findings = Vec::new();
    let course = folders::course(source, &mut findings);
    let mut labs: Vec<Files<'_>> = course
        .iter()
        .map(|folder| Files::open(source, folder, &mut findings))
        .collect();
    if let Some(wanted) = lab {
        labs.retain(|files| files.is(wanted));
        let chosen = labs.first()?;
        // The course's own file counts too: without it no lab is read.
        let below = [
            source.display(&format!("labs/{}/", chosen.folder)),
            source.display("labs/course.toml"),
        ];
        findings.retain(|f| below.iter().any(|start| f.file.starts_with(start)));
    }
    for files in &labs {
        lab::lint(files, &mut findings);
        checks::lint(files, &mut findings);
        names::lint(files, &mut findings);
        quiz::lint(files, &mut findings);
        book::lint(files, &mut findings);
        texts::lint(files, &mut findings);
        solutions::lint(files, &mut findings);
        near_misses::lint(files, &mut findings);
    }
    names::shared(&labs, &mut findings);
    let ids = ids::lint(source, &labs, lab.is_none(), &mut findings);
    let place = |f: &Finding| (f.file.clone(), f.span.as_ref().map(|s| s.start), f.rule);
    findings.sort_by_key(place);
    findings.dedup();
    Some(Lint {
        findings,
        labs: labs.len(),
        ids,
    })
}

/// A TOML file with its words, its text and the place of everything.
#[derive(Debug)]
struct Toml<T> {
    value: T,
    page: Page,
    root: Node,
}

impl<T: DeserializeOwned> Toml<T> {
    fn open(source: &Source, path: &str, findings: &mut Vec<Finding>) -> Option<Self> {
        let (value, page) = parse(source, path, findings)?;
        let root = Node::parse(&page.text)?;
        Some(Self { value, page, root })
    }
}

impl<T> Toml<T> {
    /// A finding at a value.
    fn at(
        &self,
        rule: &'static str,
        node: &Node,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        self.page.at(rule, node.span.clone(), message, help)
    }
}

/// The files of one lab, as far as they can be read: what is wrong with one
/// hides nothing of the others.
#[derive(Debug)]
struct Files<'s> {
    source: &'s Source,
    folder: String,
    lab: Option<Toml<Lab>>,
    quiz: Option<Toml<Quiz>>,
}

impl<'s> Files<'s> {
    fn open(source: &'s Source, folder: &str, findings: &mut Vec<Finding>) -> Self {
        let mut lab: Option<Toml<Lab>> =
            Toml::open(source, &format!("labs/{folder}/lab.toml"), findings);
        if let Some(lab) = &mut lab {
            folder.clone_into(&mut lab.value.folder);
        }
        let quiz = Toml::open(source, &format!("labs/{folder}/quiz.toml"), findings);
        Self {
            source,
            folder: folder.to_owned(),
            lab,
            quiz,
        }
    }

    /// Whether this is the lab that a name on the command line means.
    fn is(&self, name: &str) -> bool {
        self.folder == name
            || self.folder.split('-').next() == Some(name)
            || self.lab.as_ref().is_some_and(|lab| lab.value.id == name)
            // Found by its name also when its file cannot be read.
            || self.folder.split_once('-').is_some_and(|(_, slug)| slug == name)
    }
}

/// Whether a text has nothing to read.
fn blank(text: &str) -> bool {
    text.trim().is_empty()
}
