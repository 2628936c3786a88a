//! A step's text, which is Markdown, as paragraphs.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::text::{Para, Piece, Tone, piece};

/// A Markdown text as paragraphs.
pub(super) fn markdown(text: &str) -> Vec<Para> {
    let mut page = Page::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        page.event(event);
    }
    while page.paras.last() == Some(&Para::blank()) {
        page.paras.pop();
    }
    page.paras
}

/// What a Markdown text has become so far.
#[derive(Default)]
struct Page {
    paras: Vec<Para>,
    body: Vec<Piece>,
    tones: Vec<Tone>,
    /// Numbers of the lists that are open; none for bullets.
    lists: Vec<Option<u64>>,
    lead: String,
    code: bool,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code => {
                for line in text.lines() {
                    self.paras.push(Para {
                        lead: piece(Tone::Plain, "  "),
                        body: vec![piece(Tone::Code, line)],
                        code: true,
                    });
                }
            }
            Event::Text(text) => self.say(&text),
            Event::Code(text) => self.body.push(piece(Tone::Code, text.as_ref())),
            Event::SoftBreak => self.say(" "),
            Event::HardBreak => self.say("\n"),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        let tone = self.tones.last().copied().unwrap_or_default();
        self.body.push(piece(tone, text));
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.tones.push(match level {
                HeadingLevel::H1 => Tone::Title,
                _ => Tone::Strong,
            }),
            Tag::Strong | Tag::TableHead => self.tones.push(Tone::Strong),
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = true;
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(*first);
            }
            Tag::Item => {
                let indent = "  ".repeat(self.lists.len().saturating_sub(1));
                self.lead = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{indent}{}. ", *number - 1)
                    }
                    _ => format!("{indent}- "),
                };
            }
            Tag::BlockQuote(_) => "  ".clone_into(&mut self.lead),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.tones.pop();
                self.flush();
                self.space();
            }
            TagEnd::Strong => {
                self.tones.pop();
            }
            TagEnd::Paragraph => {
                self.flush();
                if self.lists.is_empty() {
                    self.space();
                }
            }
            TagEnd::CodeBlock => {
                self.code = false;
                self.space();
            }
            TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.space();
                }
            }
            TagEnd::TableCell => self.say("  "),
            TagEnd::TableHead => {
                self.tones.pop();
                self.flush();
            }
            TagEnd::TableRow => self.flush(),
            TagEnd::Table => self.space(),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let lead = std::mem::take(&mut self.lead);
        let body = std::mem::take(&mut self.body);
        if !body.is_empty() {
            self.paras.push(Para {
                lead: piece(Tone::Plain, lead),
                body,
                code: false,
            });
        }
    }

    fn space(&mut self) {
        if self.paras.last().is_some_and(|p| *p != Para::blank()) {
            self.paras.push(Para::blank());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::shown;
    use super::*;

    #[test]
    fn a_text_keeps_its_shape_and_every_word() {
        let text = "# Título\n\nUma frase com `codigo` e **força**.\n\n- um item longo demais\n- outro\n\n```bash\naws s3 mb s3://um-nome-comprido\n```\n";
        assert_eq!(
            shown(&markdown(text), 20),
            [
                "Título",
                "",
                "Uma frase com codigo",
                "e força.",
                "",
                "- um item longo",
                "  demais",
                "- outro",
                "",
                "  aws s3 mb s3://um-",
                "  nome-comprido",
            ]
        );
    }
}
