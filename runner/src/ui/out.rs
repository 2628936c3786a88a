use std::io::{IsTerminal, Write};

use super::printable::printable;

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    #[value(help = "Num terminal, a não ser que NO_COLOR exista")]
    Auto,
    /// Always.
    #[value(help = "Sempre")]
    Always,
    /// Never.
    #[value(help = "Nunca")]
    Never,
}

/// Where answers go, and in which form.
#[derive(Debug, Clone, Copy, Default)]
pub struct Out {
    /// Machine-readable answers on standard output.
    pub json: bool,
    /// Words in place of symbols, boxes and moving parts.
    pub plain: bool,
}

impl Out {
    /// Sets the colours of everything that is written from here on.
    pub fn set_color(choice: ColorChoice) {
        let (anstream, console) = match choice {
            ColorChoice::Auto => (anstream::ColorChoice::Auto, None),
            ColorChoice::Always => (anstream::ColorChoice::Always, Some(true)),
            ColorChoice::Never => (anstream::ColorChoice::Never, Some(false)),
        };
        anstream.write_global();
        super::prompt::set_colors(Self::coloured());
        if let Some(on) = console {
            console::set_colors_enabled(on);
            console::set_colors_enabled_stderr(on);
        }
    }

    /// One line of the answer, unless the answer is JSON.
    pub fn line(&self, text: impl std::fmt::Display) {
        if !self.json {
            write_line(&mut anstream::stdout(), &text);
        }
    }

    /// A text after `first`; on a terminal its further lines begin where it began.
    pub fn wrapped(&self, first: &str, text: &str) {
        let indent = " ".repeat(textwrap::core::display_width(first));
        let width = terminal_size::terminal_size_of(std::io::stdout())
            .map(|(width, _)| usize::from(width.0));
        let Some(width) = width.filter(|width| *width > indent.len() + 20) else {
            return self.line(format!(
                "{first}{}",
                text.replace('\n', &format!("\n{indent}"))
            ));
        };
        let options = textwrap::Options::new(width.min(110))
            .initial_indent(first)
            .subsequent_indent(&indent)
            .break_words(false);
        for line in textwrap::wrap(text, options) {
            self.line(line);
        }
    }

    /// The answer as JSON.
    pub fn json(&self, value: &impl serde::Serialize) {
        if self.json
            && let Ok(text) = serde_json::to_string_pretty(value)
        {
            write_line(&mut anstream::stdout(), &text);
        }
    }

    /// Text for another program, such as a completion script, as it is.
    pub fn raw(&self, text: &str) {
        let _ = anstream::stdout().write_all(text.as_bytes());
    }

    /// A remark beside the answer, on standard error.
    pub fn note(&self, text: impl std::fmt::Display) {
        write_line(&mut anstream::stderr(), &text);
    }

    /// Whether moving parts make sense: a terminal, and neither `--plain` nor `--json`.
    pub fn moves(&self) -> bool {
        !self.plain
            && std::io::stderr().is_terminal()
            && std::env::var("TERM").as_deref() != Ok("dumb")
    }

    /// Whether colours are wanted on standard output.
    pub fn coloured() -> bool {
        anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
    }

    /// Whether somebody sits at a terminal that can show a whole screen.
    pub fn views(&self) -> bool {
        self.asks() && std::env::var("TERM").as_deref() != Ok("dumb")
    }

    /// Whether a person can be asked.
    pub fn asks(&self) -> bool {
        !self.json && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
    }
}

/// A reader that went away (`lab list | head -1`) is no error; nothing written by
/// others is obeyed by the terminal.
fn write_line(to: &mut impl Write, text: &impl std::fmt::Display) {
    let _ = writeln!(to, "{}", printable(&text.to_string()));
}
