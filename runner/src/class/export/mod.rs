//! Grades as files for other programs, each with exactly the columns that its
//! reader accepts.

mod canvas;
mod moodle;
mod records;

pub use moodle::MoodleKey;

use super::gradebook::Grade;
use super::roster::{Learner, Roster};
use super::standing::Standing;
use crate::core::{Assignments, Lab};

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A spreadsheet: a line for each learner, lab and step.
    Csv,
    /// Moodle's import of grades.
    Moodle,
    /// Canvas's import of a gradebook.
    Canvas,
    /// A program: the same as for a spreadsheet.
    Json,
}

/// What is written out.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The class.
    pub roster: &'a Roster,
    /// Which labs.
    pub labs: &'a [&'a Lab],
    /// How the learners stand, in the roster's order.
    pub standings: &'a [Standing],
    /// All looks.
    pub grades: &'a [Grade],
    /// What the course is called in the records.
    pub course: &'a str,
}

/// A file, and what is not in it.
#[derive(Debug, Clone, Default)]
pub struct Exported {
    /// The file's text.
    pub text: String,
    /// How many learners, or records, are in it.
    pub rows: usize,
    /// Learners who are not in it.
    pub left_out: Vec<LeftOut>,
    /// Learner and lab of grades that are left blank: not everything was seen.
    pub blank: Vec<(String, String)>,
}

/// A learner who is not in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The learner's id.
    pub learner: String,
    /// The learner's name.
    pub name: String,
    /// What is missing.
    pub why: String,
}

/// Writes grades in a format. `key` is what Moodle is to find learners by;
/// without one, what most of them have. `assignments` are Canvas's numbers.
///
/// # Errors
/// Never on its own account; the writer of CSV may say so.
pub fn export(
    sheet: &Sheet<'_>,
    format: Format,
    key: Option<MoodleKey>,
    assignments: &Assignments,
) -> Result<Exported, csv::Error> {
    match format {
        Format::Csv => records::csv(sheet),
        Format::Json => records::json(sheet),
        Format::Moodle => moodle::write(sheet, key),
        Format::Canvas => canvas::write(sheet, assignments),
    }
}

impl<'a> Sheet<'a> {
    fn people(&self) -> impl Iterator<Item = (&'a Learner, &'a Standing)> {
        self.roster.learners.iter().zip(self.standings)
    }

    /// The labs' titles, each of them once.
    fn titles(&self) -> Vec<String> {
        let all: Vec<&str> = self.labs.iter().map(|l| l.title.as_str()).collect();
        let repeated = |title: &str| all.iter().filter(|t| **t == title).count() > 1;
        let titles = self.labs.iter().map(|lab| {
            if repeated(&lab.title) {
                format!("{} [{}]", lab.title, lab.id)
            } else {
                lab.title.clone()
            }
        });
        titles.collect()
    }
}

fn left_out(learner: &Learner, why: &str) -> LeftOut {
    LeftOut {
        learner: learner.id.clone(),
        name: learner.name.clone(),
        why: why.to_owned(),
    }
}

/// The text that a writer of CSV has collected.
fn text(writer: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
