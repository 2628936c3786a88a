//! Mistakes in a course's files, shown with their lines and a caret.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::course::Finding;

/// One finding for people.
pub fn render(finding: &Finding) -> String {
    let title = Level::ERROR
        .with_name("erro")
        .primary_title(&*finding.message)
        .id(finding.rule);
    let mut group = match &finding.span {
        // The renderer needs a place; a finding about a whole file has none.
        Some(span) => Group::with_title(title).element(
            Snippet::source(&*finding.text)
                .path(&*finding.file)
                .annotation(AnnotationKind::Primary.span(widened(span, &finding.text))),
        ),
        None => Group::with_title(title)
            .element(Level::NOTE.with_name("arquivo").message(&*finding.file)),
    };
    group = group.element(Level::HELP.with_name("ajuda").message(&*finding.help));
    Renderer::styled().render(&[group])
}

/// A span that is empty or beyond the end still points at something.
fn widened(span: &std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    let start = span.start.min(text.len());
    start..span.end.clamp(start, text.len())
}
