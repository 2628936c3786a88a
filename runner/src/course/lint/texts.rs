use super::braces::Known;
use super::markdown::lines;
use super::{Files, blank, links};
use crate::course::load::{no_text, read};
use crate::course::{Finding, Page};

/// Files that are read as text, by their ending.
const TEXTS: [&str; 6] = [".md", ".toml", ".json", ".py", ".txt", ".js"];

/// The texts of a lab: there, readable, finished, and leading somewhere.
pub(super) fn lint(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let dir = format!("labs/{}", files.folder);
    let mut own = vec!["abertura.md".to_owned(), "fim.md".to_owned()];
    for name in &own {
        read(files.source, &format!("{dir}/{name}"), findings);
    }
    let there = files.source.files(&dir).unwrap_or_default();
    if let Some(lab) = &files.lab {
        for step in &lab.value.steps {
            if !there.contains(step.text.get_ref()) {
                findings.push(no_text(&lab.page, step, &dir));
            }
            own.push(step.text.get_ref().clone());
        }
        for name in there
            .iter()
            .filter(|name| !name.contains('/') && name.ends_with(".md"))
        {
            if !own.contains(name) {
                findings.push(Finding::file(
                    "text-unused",
                    files.source.display(&format!("{dir}/{name}")),
                    "nenhum passo mostra este texto",
                    "diga em `text`, no passo, o nome do arquivo, ou apague-o",
                ));
            }
        }
    }
    let names = Known::of(files);
    for path in files.text_files() {
        let Some(page) = read(files.source, &path, findings) else {
            continue;
        };
        characters(&path, &page, findings);
        unfinished(&path, &page, findings);
        if path.ends_with(".json") {
            for line in lines(&page.text).0 {
                names.near(&page, line, findings);
            }
        }
        if path.ends_with(".md") {
            markdown(&page, &names, findings);
            links::lint(files, &path, &page, findings);
        }
    }
}

impl Files<'_> {
    /// The paths of all text files of the lab and of its solutions.
    pub(super) fn text_files(&self) -> Vec<String> {
        let mut found = Vec::new();
        for dir in ["labs", "solutions"] {
            let dir = format!("{dir}/{}", self.folder);
            let files = self.source.files(&dir).unwrap_or_default();
            let texts = files
                .iter()
                .filter(|f| TEXTS.iter().any(|end| f.ends_with(end)));
            found.extend(texts.map(|file| format!("{dir}/{file}")));
        }
        found
    }

    /// The texts that name what a learner makes, but `lab.toml`.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut paths = self.text_files();
        paths.retain(|path| !path.ends_with("/lab.toml"));
        paths
            .iter()
            .filter_map(|path| links::text(self.source, path))
            .collect()
    }
}

fn markdown(page: &Page, names: &Known, findings: &mut Vec<Finding>) {
    if blank(&page.text) {
        findings.push(page.at(
            "text-empty",
            0..page.text.len().min(1),
            "o texto está vazio",
            "escreva o texto; ele começa com `# ` e um título",
        ));
        return;
    }
    let (lines, open) = lines(&page.text);
    if let Some(first) = lines.first()
        && !first.text.starts_with("# ")
    {
        findings.push(page.at(
            "text-heading",
            0..first.text.len(),
            "o texto não começa com um título",
            "comece a primeira linha com `# ` e o título",
        ));
    }
    if let Some(span) = open {
        findings.push(page.at(
            "text-fence",
            span,
            "este bloco de código nunca termina",
            "feche-o com uma linha só de três crases",
        ));
    }
    for line in lines {
        if let Some(at) = line.text.find('\t') {
            findings.push(page.at(
                "text-tab",
                line.start + at..line.start + at + 1,
                "há um tab no texto",
                "troque-o por espaços: cada tela mostra um tab de outro tamanho",
            ));
        }
        names.near(page, line, findings);
    }
}

/// What no keyboard writes on purpose, and what was decoded twice.
fn characters(path: &str, page: &Page, findings: &mut Vec<Finding>) {
    let mut pairs = page.text.char_indices().peekable();
    while let Some((at, c)) = pairs.next() {
        let next = pairs.peek().map(|(_, next)| *next);
        let (rule, message, help) = match c {
            '\n' | '\t' => continue,
            '\r' if next == Some('\n') => continue,
            // The parser of TOML refuses control characters by itself.
            c if c.is_control() && !path.ends_with(".toml") => (
                "text-control",
                format!("há um caractere de controle (U+{:04X})", u32::from(c)),
                "apague-o: quase sempre veio de uma cópia de outro programa",
            ),
            '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' => (
                "text-control",
                format!("há um caractere invisível (U+{:04X})", u32::from(c)),
                "apague-o: quase sempre veio de uma cópia de outro programa",
            ),
            c if garbled(c, next) => (
                "text-mojibake",
                "estas letras foram estragadas na troca de codificação".to_owned(),
                "escreva a palavra de novo, com os acentos, e grave o arquivo em UTF-8",
            ),
            _ => continue,
        };
        let end = at + c.len_utf8();
        findings.push(page.at(rule, at..end, message, help));
    }
}

/// U+FFFD, and UTF-8 that was read as Windows-1252: `Ã£` for `ã`. The quotes
/// that close a word, as in «IRMÃ», are left alone.
fn garbled(c: char, next: Option<char>) -> bool {
    let second = |n: char| {
        ('\u{80}'..='\u{bf}').contains(&n) && n != '»' || "‰‡“€šƒ•‚„…†ˆŠŒŽ‘–—˜™›œž".contains(n)
    };
    match (c, next) {
        ('\u{fffd}', _) | ('â', Some('€')) => true,
        ('Ã', Some('“' | '–' | '—' | '…' | '›' | '‘')) => false,
        ('Ã' | 'Â', Some(next)) => second(next),
        _ => false,
    }
}

/// Marks of what is still to be written.
fn unfinished(path: &str, page: &Page, findings: &mut Vec<Finding>) {
    let starter = path.contains("/starter/");
    for line in lines(&page.text).0 {
        let place = word(line.text, "PREENCHA").or_else(|| {
            // A learner's own work may be marked; and "TODO" is also a word.
            let at = word(line.text, "TODO").filter(|_| !starter)?;
            let rest = line.text[at + "TODO".len()..].trim_end_matches(['"', ',', ']']);
            (rest.is_empty() || rest.starts_with(':')).then_some(at)
        });
        if let Some(at) = place {
            let rest = &line.text[at..];
            let end = rest
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(rest.len());
            findings.push(page.at(
                "unfilled",
                line.start + at..line.start + at + end,
                "falta escrever esta parte",
                "escreva o que o texto pede e apague a marca",
            ));
        }
    }
}

/// Where a word is, not as a part of another one.
fn word(line: &str, word: &str) -> Option<usize> {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    line.match_indices(word).map(|(at, _)| at).find(|at| {
        edge(line[..*at].chars().next_back()) && edge(line[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_were_decoded_twice() {
        let garbled = |text: &str| {
            let mut chars = text.chars().peekable();
            let mut found = false;
            while let Some(c) = chars.next() {
                found |= super::garbled(c, chars.peek().copied());
            }
            found
        };
        for wrong in [
            "funÃ§Ã£o",
            "nÃ£o",
            "Ã©",
            "jÃ¡",
            "Âº",
            "â€œ",
            "n\u{fffd}o",
            "Ã‰",
        ] {
            assert!(garbled(wrong), "{wrong}");
        }
        for fine in [
            "NÃO",
            "IRMÃ",
            "«AMANHÃ»",
            "“AMANHÃ”",
            "Âmbar",
            "nº 3",
            "maçã",
            "AMANHÃ — sim",
        ] {
            assert!(!garbled(fine), "{fine}");
        }
    }

    #[test]
    fn marks_are_words() {
        assert_eq!(word("a PREENCHA: b", "PREENCHA"), Some(2));
        assert_eq!(word("PREENCHAM", "PREENCHA"), None);
    }
}
