use std::io::{Read, Write};

use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, parse_input};

use super::BookError;
use super::chapter::page;
use super::edition::Edition;
use crate::core::Course;

/// Puts a lab's page where a chapter says `{{#lab ID}}`.
#[derive(Debug)]
pub struct Labs {
    course: Course,
    edition: Edition,
}

impl Labs {
    /// The pages of this course's labs.
    pub fn new(course: Course, edition: Edition) -> Self {
        Self { course, edition }
    }

    fn expand(&self, text: &str) -> Result<String> {
        let mut out = String::new();
        for line in text.split_inclusive('\n') {
            match asked(line) {
                None => out.push_str(line),
                Some(id) => match self.course.lab(id) {
                    Some(lab) => out.push_str(&page(lab, &self.edition)),
                    None => return Err(BookError::NoLab(id.to_owned()).into()),
                },
            }
        }
        Ok(out)
    }
}

/// The lab that a line asks for.
fn asked(line: &str) -> Option<&str> {
    let id = line.trim().strip_prefix("{{#lab ")?.strip_suffix("}}")?;
    Some(id.trim())
}

impl Preprocessor for Labs {
    fn name(&self) -> &'static str {
        "lab"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let mut failed = None;
        book.for_each_chapter_mut(|chapter| match self.expand(&chapter.content) {
            Ok(content) => chapter.content = content,
            Err(error) => failed = Some(error),
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(book),
        }
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }
}

/// Answers `mdbook build`: a book on the input, the same with the labs' pages
/// on the output. The course is looked for once the book's folder is known.
///
/// # Errors
/// Input that is not mdBook's, no course, or a page for a lab that is not there.
pub fn preprocess<E>(
    input: impl Read,
    mut output: impl Write,
    course: impl FnOnce(&std::path::Path) -> std::result::Result<Course, E>,
) -> std::result::Result<(), E>
where
    E: From<BookError>,
{
    let (context, book) = parse_input(input).map_err(|e| BookError::mdbook(&e))?;
    let labs = Labs::new(course(&context.root)?, Edition::Published);
    let book = labs
        .run(&context, book)
        .map_err(|e| BookError::mdbook(&e))?;
    let text = serde_json::to_string(&book).map_err(std::io::Error::other);
    text.and_then(|text| output.write_all(text.as_bytes()))
        .map_err(|e| BookError::Io("a saída".to_owned(), e).into())
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn a_lab_is_asked_for_on_a_line_of_its_own() {
        assert_eq!(asked("{{#lab notas-fiscais}}\n"), Some("notas-fiscais"));
        assert_eq!(asked("  {{#lab  a }}"), Some("a"));
        assert_eq!(asked("escreva `{{#lab a}}`"), None);
        assert_eq!(asked("{{#include a.md}}"), None);
    }
}
