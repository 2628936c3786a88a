use std::collections::BTreeSet;
use std::ops::Range;

use super::near::nearest;
use super::tree::Node;
use super::{Finding, Page};
use crate::core::{Lab, Names, generate, placeholders};

/// Names that every lab has.
pub(super) const EVERYWHERE: [&str; 3] = ["prefix", "account", "region"];

/// The names that do not change from one run to the next.
pub(super) fn fixed_names(lab: &Lab) -> BTreeSet<String> {
    EVERYWHERE
        .into_iter()
        .chain(lab.names.keys().map(String::as_str))
        .map(str::to_owned)
        .collect()
}

/// All names a lab may use, with any sample.
///
/// # Errors
/// A sample that cannot be made, as text.
pub(super) fn known_names(lab: &Lab) -> Result<BTreeSet<String>, String> {
    let mut names = Names::default();
    for name in fixed_names(lab) {
        names.set(name, "x");
    }
    generate(&lab.samples, 0, &mut names)?;
    Ok(names.iter().map(|(name, _)| name.to_owned()).collect())
}

/// The placeholders in a part of a text, each with its place, braces included.
pub(super) fn used(text: &str, within: &Range<usize>) -> Vec<(String, Range<usize>)> {
    let part = text.get(within.clone()).unwrap_or_default();
    let names: BTreeSet<&str> = placeholders(part).into_iter().collect();
    let mut found: Vec<_> = names
        .into_iter()
        .flat_map(|name| {
            let token = format!("{{{name}}}");
            part.match_indices(&token)
                .map(|(at, _)| within.start + at..within.start + at + token.len())
                .map(|span| (name.to_owned(), span))
                .collect::<Vec<_>>()
        })
        .collect();
    found.sort_by_key(|(_, span)| span.start);
    found
}

/// The placeholders of a whole part of a document that are not known.
pub(super) fn unknown(
    page: &Page,
    node: &Node,
    known: &BTreeSet<String>,
    findings: &mut Vec<Finding>,
) {
    for (name, span) in node.texts().iter().flat_map(|at| used(&page.text, at)) {
        if !known.contains(&name) {
            findings.push(page.at(
                "placeholder",
                span,
                format!("`{{{name}}}` não é um nome deste lab"),
                meant(&name, known),
            ));
        }
    }
}

/// What to do about an unknown name.
pub(super) fn meant(name: &str, known: &BTreeSet<String>) -> String {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(name) => format!("você quis dizer `{{{name}}}`?"),
        None => {
            "nomes vêm de [names] e [samples], além de {account}, {region} e {prefix}".to_owned()
        }
    }
}
