use std::collections::BTreeSet;
use std::ops::Range;

use super::Files;
use super::markdown::Line;
use crate::course::placeholder::{EVERYWHERE, fixed_names, known_names};
use crate::course::{Finding, Page};

/// Languages of code in which braces are no placeholders.
const BRACES: [&str; 6] = ["python", "py", "js", "javascript", "rust", "yaml"];

/// The names that a text may hold, and those that only checks have.
pub(super) struct Known {
    fixed: BTreeSet<String>,
    samples: BTreeSet<String>,
}

impl Known {
    /// The names of a lab, as far as it can be read.
    pub(super) fn of(files: &Files<'_>) -> Self {
        let lab = files.lab.as_ref().map(|lab| &lab.value);
        let fixed = lab.map_or_else(
            || EVERYWHERE.map(str::to_owned).into_iter().collect(),
            fixed_names,
        );
        let mut samples = lab
            .and_then(|lab| known_names(lab).ok())
            .unwrap_or_default();
        // A field's name has a point; without it the braces may mean anything.
        samples.retain(|name| name.contains('.'));
        Self { fixed, samples }
    }

    /// Braces in prose and in code mean many things: only what is nearly a
    /// known name was meant to be one.
    pub(super) fn near(&self, page: &Page, line: Line<'_>, findings: &mut Vec<Finding>) {
        if line.code.is_some_and(|language| BRACES.contains(&language)) {
            return;
        }
        for (at, _) in line.text.match_indices('{') {
            let rest = &line.text[at + 1..];
            let Some(end) = rest
                .find(['{', '}'])
                .filter(|end| rest[*end..].starts_with('}'))
            else {
                continue;
            };
            let written = &rest[..end];
            let span: Range<usize> = line.start + at..line.start + at + end + 2;
            if self.samples.contains(written) {
                findings.push(page.at(
                    "placeholder",
                    span,
                    format!("`{{{written}}}` muda a cada verificação e não tem valor num texto"),
                    "nos textos só valem os nomes de [names], {account}, {region} e {prefix}",
                ));
            } else if let Some(name) = self.meant(written) {
                findings.push(page.at(
                    "placeholder",
                    span,
                    format!("`{{{written}}}` não é um nome deste lab"),
                    format!("você quis dizer `{{{name}}}`?"),
                ));
            }
        }
    }

    fn meant(&self, written: &str) -> Option<&String> {
        if self.fixed.contains(written) {
            return None;
        }
        let folded = fold(written);
        self.fixed.iter().find(|name| {
            let allowed = match name.len() {
                0..=3 => 0,
                4..=5 => 1,
                _ => 2,
            };
            strsim::damerau_levenshtein(&folded, name) <= allowed
        })
    }
}

/// A name as it would be written right: small letters, no accents, `_`.
fn fold(written: &str) -> String {
    written
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' => 'a',
            'é' | 'ê' => 'e',
            'í' => 'i',
            'ó' | 'ô' | 'õ' => 'o',
            'ú' => 'u',
            'ç' => 'c',
            '-' | ' ' => '_',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let set = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Known {
            fixed: set(&["account", "api", "bucket", "funcao", "papel", "region"]),
            samples: set(&["nota.numero"]),
        }
    }

    #[test]
    fn only_what_is_nearly_a_name_was_meant_as_one() {
        let known = known();
        for wrong in ["bukcet", "Bucket", " bucket ", "função", "regiao", "papels"] {
            assert!(known.meant(wrong).is_some(), "{wrong}");
        }
        for fine in [
            "bucket",
            "numero",
            "campo",
            "chave",
            "a",
            "apis",
            "\"pathPart\": 1",
            "id",
        ] {
            assert_eq!(known.meant(fine), None, "{fine}");
        }
    }
}
