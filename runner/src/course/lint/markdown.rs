use std::collections::BTreeSet;
use std::ops::Range;

/// One line of a Markdown file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Where it starts.
    pub(super) start: usize,
    /// The line without its end.
    pub(super) text: &'t str,
    /// The language of the code block that it is in, empty when none is named.
    pub(super) code: Option<&'t str>,
}

/// The lines of a text; and where a code block starts that is never closed.
pub(super) fn lines(text: &str) -> (Vec<Line<'_>>, Option<Range<usize>>) {
    let mut found = Vec::new();
    let mut open: Option<(&str, &str, Range<usize>)> = None;
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let inner = line.trim_start();
        let marks = |c: char| inner.len() - inner.trim_start_matches(c).len();
        let fence = &inner[..marks('`').max(marks('~'))];
        let mut code = open.as_ref().map(|(_, language, _)| *language);
        match &open {
            None if fence.len() >= 3 => {
                let language = inner[fence.len()..].trim();
                code = Some(language);
                open = Some((fence, language, start..start + line.len()));
            }
            Some((opening, _, _)) if fence.starts_with(opening) && fence.len() == inner.len() => {
                open = None;
            }
            _ => {}
        }
        found.push(Line {
            start,
            text: line,
            code,
        });
        start += whole.len();
    }
    (found, open.map(|(_, _, span)| span))
}

/// The prose of a line: what is between backticks is blanked, byte for byte.
fn prose(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (index, part) in line.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        match index % 2 {
            0 => out.push_str(part),
            _ => out.push_str(&" ".repeat(part.len())),
        }
    }
    out
}

/// The targets of all links, each with its place.
pub(super) fn links(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for line in lines(text).0.iter().filter(|line| line.code.is_none()) {
        let prose = prose(line.text);
        for (at, _) in prose.match_indices("](") {
            let start = at + 2;
            let rest = &prose[start..];
            let target = &rest[..rest.find([')', ' ']).unwrap_or(rest.len())];
            let place = line.start + start..line.start + start + target.len();
            found.push((target.trim_matches(['<', '>']).to_owned(), place));
        }
    }
    found
}

/// The ids of a page: of its headings as mdBook makes them, and of its anchors.
pub(super) fn ids(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in lines(text).0.iter().filter(|line| line.code.is_none()) {
        for attribute in ["id=\"", "name=\""] {
            found.extend(
                line.text
                    .split(attribute)
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                    .map(str::to_owned),
            );
        }
        let title = line.text.trim_start_matches('#');
        let level = line.text.len() - title.len();
        if !(1..=6).contains(&level) || !title.starts_with(' ') {
            continue;
        }
        let (title, own) = match title.trim_end().strip_suffix('}') {
            Some(rest) => rest.rsplit_once("{#").unwrap_or((title, "")),
            None => (title, ""),
        };
        let id = match own.split_whitespace().next() {
            Some(own) => own.to_owned(),
            None => heading_id(title),
        };
        // A second heading of the same name gets a number.
        let numbered = |n: usize| match n {
            0 => id.clone(),
            n => format!("{id}-{n}"),
        };
        found.extend((0..).map(numbered).find(|id| !found.contains(id)));
    }
    found
}

/// mdBook's id of a heading: its text in small letters, spaces as hyphens, and
/// no other sign than `_` and `-`.
fn heading_id(title: &str) -> String {
    let mut text = title.trim().to_owned();
    // Of a link only the text counts.
    while let Some(open) = text.find("](")
        && let Some(close) = text[open..].find(')')
    {
        text.replace_range(open..=open + close, "");
    }
    text.to_lowercase()
        .chars()
        .filter_map(|c| match c {
            c if c.is_whitespace() => Some('-'),
            c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_mdbook() {
        let text = "# A função e o `app.py`\n## Por quê?\n## Por quê?\n### Próprio {#meu-id}\n\
            ```bash\n# não é título\n```\n<a id=\"solto\"></a>\n## [Guia](x.md) _novo_\n";
        let all: Vec<String> = ids(text).into_iter().collect();
        let mut expected = [
            "a-função-e-o-apppy",
            "por-quê",
            "por-quê-1",
            "meu-id",
            "solto",
            "guia-_novo_",
        ];
        expected.sort_unstable();
        assert_eq!(all, expected);
    }

    #[test]
    fn links_are_found_outside_code() {
        let text = "veja [a](x.md#y), `[b](nada)` e\n```\n[c](nada)\n```\n[d](https://z \"t\")\n";
        let found = links(text);
        let targets: Vec<&str> = found.iter().map(|(target, _)| target.as_str()).collect();
        assert_eq!(targets, ["x.md#y", "https://z"]);
        assert_eq!(&text[found[0].1.clone()], "x.md#y");
    }

    #[test]
    fn a_block_that_stays_open_is_told() {
        assert_eq!(lines("a\n~~~\nb\n~~~\n").1, None);
        assert_eq!(lines("a\n````py\n```\n").1, Some(2..8));
    }
}
