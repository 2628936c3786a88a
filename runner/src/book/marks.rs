//! A lab's text on a page: headings fit below the page's, and the names of an
//! example learner are in it, marked so that a script can put in the reader's.

use crate::core::{Names, placeholders};

/// Text of a lab with `shift` more `#` before its headings and its names filled in.
pub(super) fn marked(text: &str, shift: usize, names: &Names) -> String {
    let names = &html_names(names);
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let inner = line.trim_start();
        let fence = &inner[..inner.len() - inner.trim_start_matches('`').len()];
        if fence.len() >= 3 {
            let code: Vec<&str> = lines
                .by_ref()
                .take_while(|line| line.trim() != fence)
                .collect();
            let indent = &line[..line.len() - inner.len()];
            out.push_str(&block(indent, inner, fence, &code, names));
        } else if line.starts_with('#') {
            out.push_str(&"#".repeat(shift));
            out.push_str(&prose(line, names));
        } else {
            out.push_str(&prose(line, names));
        }
        out.push('\n');
    }
    out
}

/// A sentence of a lab with its names filled in, as Markdown.
pub(super) fn sentence(text: &str, names: &Names) -> String {
    prose(text, &html_names(names))
}

/// A label of the map with its names filled in, inside an element `tag`.
pub(super) fn label(text: &str, names: &Names, tag: &str) -> String {
    filled(text, &tagged(names, tag))
}

/// What each name stands for, as HTML.
fn html_names(names: &Names) -> Names {
    tagged(names, "span")
}

fn tagged(names: &Names, tag: &str) -> Names {
    let mut html = Names::default();
    for (name, value) in names.iter().filter_map(|(n, v)| Some((n, v.as_str()?))) {
        let value = escape(value);
        html.set(
            name,
            format!("<{tag} class=\"lab-nome\" data-nome=\"{name}\">{value}</{tag}>"),
        );
    }
    html
}

/// A block of code; one without names stays Markdown.
fn block(indent: &str, opening: &str, fence: &str, code: &[&str], names: &Names) -> String {
    let text = code.join("\n");
    if !has_names(&text, names) {
        return format!("{indent}{opening}\n{text}\n{indent}{fence}");
    }
    let language = opening.trim_start_matches('`').trim();
    let class = match language {
        "" => String::new(),
        language => format!(" class=\"language-{}\"", escape(language)),
    };
    let text = filled(text.strip_prefix(indent).unwrap_or(&text), names);
    format!("{indent}<pre><code{class}>{text}\n{indent}</code></pre>")
}

/// A line of prose: code between backticks becomes HTML where a name is in it.
fn prose(line: &str, names: &Names) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(open) = rest.find('`') {
        let ticks = rest[open..].len() - rest[open..].trim_start_matches('`').len();
        let inside = &rest[open + ticks..];
        let Some(close) = inside.find(&rest[open..open + ticks]) else {
            break;
        };
        out.push_str(&names.fill_known(&rest[..open]));
        let code = &inside[..close];
        if has_names(code, names) {
            out.push_str(&format!("<code>{}</code>", filled(code.trim(), names)));
        } else {
            out.push_str(&rest[open..open + ticks + close + ticks]);
        }
        rest = &inside[close + ticks..];
    }
    out.push_str(&names.fill_known(rest));
    out
}

/// Code as HTML, with its names filled in; what is no name stays as it is.
fn filled(code: &str, names: &Names) -> String {
    let mut out = String::new();
    let mut rest = code;
    for name in placeholders(code) {
        let whole = format!("{{{name}}}");
        let Some((before, after)) = rest.split_once(&whole) else {
            continue;
        };
        out.push_str(&escape(before));
        match names.get(name) {
            Some(value) => out.push_str(value),
            None => out.push_str(&escape(&whole)),
        }
        rest = after;
    }
    out.push_str(&escape(rest));
    out
}

fn has_names(text: &str, names: &Names) -> bool {
    placeholders(text).iter().any(|n| names.get(n).is_some())
}

/// Text as HTML shows it; `*` and `_` too, since it may stand in Markdown.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '*' => out.push_str("&#42;"),
            '_' => out.push_str("&#95;"),
            '[' => out.push_str("&#91;"),
            '`' => out.push_str("&#96;"),
            '|' => out.push_str("&#124;"),
            '\'' => out.push_str("&#39;"),
            '\\' => out.push_str("&#92;"),
            c => out.push(c),
        }
    }
    // Typographic dashes and dots are for prose.
    out.replace("--", "&#45;&#45;")
        .replace("...", "&#46;&#46;&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.set("bucket", "ana-notas");
        names.set("papel_api", "ana-papel");
        names
    }

    const BUCKET: &str = "<span class=\"lab-nome\" data-nome=\"bucket\">ana-notas</span>";

    #[test]
    fn headings_move_down_and_code_does_not() {
        let text = "## Faça\n\n```bash\n# um comentário\n```\n";
        assert_eq!(
            marked(text, 1, &names()),
            "### Faça\n\n```bash\n# um comentário\n```\n"
        );
    }

    #[test]
    fn names_are_marked_in_prose_and_code() {
        assert_eq!(
            marked("O bucket `s3://{bucket}` e `{id}`", 0, &names()),
            format!("O bucket <code>s3://{BUCKET}</code> e `{{id}}`\n")
        );
        assert_eq!(
            marked(
                "- a:\n\n  ```bash\n  a <{bucket}>\n\n  b\n  ```\n",
                0,
                &names()
            ),
            format!(
                "- a:\n\n  <pre><code class=\"language-bash\">a &lt;{BUCKET}&gt;\n\n  b\n  \
                 </code></pre>\n"
            )
        );
    }

    #[test]
    fn a_name_with_an_underscore_is_filled_in_too() {
        assert_eq!(
            marked("`{papel_api} a_b {c_d}`", 0, &names()),
            "<code><span class=\"lab-nome\" data-nome=\"papel_api\">ana-papel</span> \
             a&#95;b {c&#95;d}</code>\n"
        );
    }

    #[test]
    fn what_html_or_markdown_would_take_for_its_own_is_text() {
        assert_eq!(escape("<a_b*>"), "&lt;a&#95;b&#42;&gt;");
        assert_eq!(escape("a --b 'c'"), "a &#45;&#45;b &#39;c&#39;");
    }
}
