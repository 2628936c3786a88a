//! Texts as paragraphs of pieces, which a screen paints and a voice reads.

use ratatui::text::Span;

/// What a piece of text is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Common text.
    #[default]
    Plain,
    /// Important.
    Strong,
    /// Less important.
    Dim,
    /// A title.
    Title,
    /// A command or a name.
    Code,
    /// Passed.
    Good,
    /// Failed.
    Bad,
    /// Waits.
    Wait,
}

/// Text of one tone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub tone: Tone,
    /// The text.
    pub text: String,
}

/// One paragraph; what is before it stands on its first line alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Para {
    /// What is before the text; further lines begin below the text.
    pub lead: Piece,
    /// The text.
    pub body: Vec<Piece>,
    /// Whether it is code, which is broken anywhere and keeps its spaces.
    pub code: bool,
}

/// A piece.
pub(super) fn piece(tone: Tone, text: impl Into<String>) -> Piece {
    Piece {
        tone,
        text: text.into(),
    }
}

impl Para {
    /// An empty line.
    pub fn blank() -> Self {
        Self::default()
    }

    /// A text after a lead, with `` `code` `` in it told apart.
    pub fn new(lead: Piece, text: &str) -> Self {
        Self {
            lead,
            body: inline(Tone::Plain, text),
            code: false,
        }
    }

    /// A text of one tone.
    pub fn toned(tone: Tone, text: &str) -> Self {
        Self {
            body: inline(tone, text),
            ..Self::default()
        }
    }

    /// The paragraph as it is read out.
    pub fn read(&self) -> String {
        let body: String = self.body.iter().map(|p| p.text.as_str()).collect();
        format!("{}{body}", self.lead.text)
    }

    /// The lines that it takes in a width.
    pub fn lines(&self, width: usize) -> Vec<Vec<Piece>> {
        let indent = columns(&self.lead.text);
        let room = width.saturating_sub(indent).max(8);
        let bodies = if self.code {
            broken(&self.body, room)
        } else {
            wrapped(&self.body, room)
        };
        let rest = piece(Tone::Plain, " ".repeat(indent));
        let mut leads = std::iter::once(self.lead.clone()).chain(std::iter::repeat(rest));
        bodies
            .into_iter()
            .map(|body| {
                let mut line = vec![leads.next().unwrap_or_default()];
                line.extend(body);
                line.retain(|piece| !piece.text.is_empty());
                line
            })
            .collect()
    }
}

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    Span::raw(text).width()
}

/// Splits off what is between backticks.
fn inline(tone: Tone, text: &str) -> Vec<Piece> {
    if !text.matches('`').count().is_multiple_of(2) {
        return vec![piece(tone, text)];
    }
    let parts = text.split('`').enumerate();
    parts
        .filter(|(_, part)| !part.is_empty())
        .map(|(index, part)| piece(if index % 2 == 1 { Tone::Code } else { tone }, part))
        .collect()
}

/// Breaks between words; a word that is longer than a line, anywhere.
fn wrapped(body: &[Piece], room: usize) -> Vec<Vec<Piece>> {
    let mut lines: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut used = 0;
    // A word may be made of pieces: what has no space between is not parted.
    for word in words(body) {
        let width: usize = word.iter().map(|p| columns(&p.text)).sum();
        let blank = word.iter().all(|p| p.text.trim().is_empty());
        let newline = word.iter().any(|p| p.text == "\n");
        if newline || (used + width > room && !blank && used > 0) {
            trim(lines.last_mut());
            lines.push(Vec::new());
            used = 0;
        }
        if newline || (blank && used == 0) {
            continue;
        }
        if width > room {
            for (number, part) in broken(&word, room).into_iter().enumerate() {
                if number > 0 {
                    lines.push(Vec::new());
                }
                used = part.iter().map(|p| columns(&p.text)).sum();
                push(lines.last_mut(), part);
            }
            continue;
        }
        used += width;
        push(lines.last_mut(), word);
    }
    trim(lines.last_mut());
    lines
}

/// The words, and the spaces between them.
fn words(body: &[Piece]) -> Vec<Vec<Piece>> {
    let mut words: Vec<Vec<Piece>> = Vec::new();
    let mut inside = false;
    for part in body {
        let mut text = part.text.as_str();
        while let Some(first) = text.chars().next() {
            let space = first.is_whitespace();
            let end = match first {
                '\n' => 1,
                _ => text
                    .find(|c: char| c.is_whitespace() != space || c == '\n')
                    .unwrap_or(text.len()),
            };
            let part = piece(part.tone, &text[..end]);
            match words.last_mut().filter(|_| inside && !space) {
                Some(word) => word.push(part),
                None => words.push(vec![part]),
            }
            inside = !space;
            text = &text[end..];
        }
    }
    words
}

/// Breaks anywhere.
fn broken(body: &[Piece], room: usize) -> Vec<Vec<Piece>> {
    let mut lines: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut used = 0;
    for part in body {
        for letter in part.text.chars() {
            let letter = letter.to_string();
            let width = columns(&letter);
            if used + width > room {
                lines.push(Vec::new());
                used = 0;
            }
            used += width;
            push(lines.last_mut(), vec![piece(part.tone, letter)]);
        }
    }
    lines
}

fn push(line: Option<&mut Vec<Piece>>, pieces: Vec<Piece>) {
    let Some(line) = line else { return };
    for new in pieces {
        match line.last_mut() {
            Some(last) if last.tone == new.tone => last.text.push_str(&new.text),
            _ => line.push(new),
        }
    }
}

fn trim(line: Option<&mut Vec<Piece>>) {
    if let Some(last) = line.and_then(|line| line.last_mut()) {
        last.text.truncate(last.text.trim_end().len());
    }
}

/// Paragraphs as they are seen, a line each.
#[cfg(test)]
pub(super) fn shown(paras: &[Para], width: usize) -> Vec<String> {
    let lines = paras.iter().flat_map(|para| para.lines(width));
    lines
        .map(|line| line.into_iter().map(|p| p.text).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_wider_than_its_place() {
        let word = "arn:aws:lambda:us-east-1:000000000000:function:ana-7k3f-processa-nota";
        let para = Para::new(piece(Tone::Dim, "observado: "), &format!("a `{word}` ação"));
        for width in [20, 33, 60] {
            let lines = shown(std::slice::from_ref(&para), width);
            assert!(lines.iter().all(|line| columns(line) <= width), "{lines:?}");
            let joined: String = lines.iter().map(|l| l.trim_start()).collect();
            assert!(joined.contains(word), "{lines:?}");
        }
    }

    #[test]
    fn what_has_no_space_between_is_not_parted() {
        let para = Para::toned(Tone::Plain, "veja o `nome`, e mais");
        assert_eq!(shown(&[para], 11), ["veja o", "nome, e", "mais"]);
    }
}
