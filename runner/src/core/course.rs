use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Lab;

/// The newest `format_version` of `course.toml` that this runner reads.
pub const FORMAT_VERSION: u32 = 1;

/// `course.toml`: what the course is called and which labs it has, in order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseFile {
    /// Version of the file format; see [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Stable id of the course, kept in the journal.
    pub id: String,
    /// The course's title, for people.
    pub title: String,
    /// Folders below `labs/`, in the order in which they are learnt.
    pub labs: Vec<String>,
    /// Which of these folders `lab demo` shows; without it, the first.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub demo: Option<Spanned<String>>,
}

/// A course as loaded: every lab read and validated.
#[derive(Debug, Clone)]
pub struct Course {
    /// Stable id of the course.
    pub id: String,
    /// The course's title, for people.
    pub title: String,
    /// The labs in order.
    pub labs: Vec<Lab>,
    /// Folder of the lab that `lab demo` shows; without it, the first.
    pub demo: Option<String>,
}

impl Course {
    /// The lab that `lab demo` shows.
    pub fn demo(&self) -> Option<&Lab> {
        let chosen = self.demo.as_ref();
        chosen.map_or(self.labs.first(), |folder| self.lab(folder))
    }

    /// The lab with this id or folder name (`notas-fiscais`, `01-notas-fiscais`, `01`).
    pub fn lab(&self, name: &str) -> Option<&Lab> {
        self.labs.iter().find(|lab| {
            lab.id == name || lab.folder == name || lab.folder.split('-').next() == Some(name)
        })
    }
}
