//! Colours: the terminal's own sixteen, so that light and dark themes both
//! work, and never the only bearer of a meaning.

use anstyle::{AnsiColor, Style};

const RESET: anstyle::Reset = anstyle::Reset;

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{RESET}")
}

/// Passed, done.
pub fn good(text: &str) -> String {
    paint(AnsiColor::Green.on_default().bold(), text)
}

/// Failed.
pub fn bad(text: &str) -> String {
    paint(AnsiColor::Red.on_default().bold(), text)
}

/// Waits for something.
pub fn wait(text: &str) -> String {
    paint(AnsiColor::Yellow.on_default().bold(), text)
}

/// Less important.
pub fn dim(text: &str) -> String {
    paint(Style::new().dimmed(), text)
}

/// A title.
pub fn strong(text: &str) -> String {
    paint(Style::new().bold(), text)
}

/// A command to type.
pub fn command(text: &str) -> String {
    paint(AnsiColor::Cyan.on_default(), text)
}

/// Text with `` `code` `` parts painted as commands. Without colour the
/// backticks stay: they are then what sets the code apart.
pub fn inline_code(text: &str) -> String {
    if !super::Out::coloured() || !text.matches('`').count().is_multiple_of(2) {
        return text.to_owned();
    }
    let parts = text.split('`').enumerate();
    parts
        .map(|(index, part)| {
            if index % 2 == 1 {
                command(part)
            } else {
                part.to_owned()
            }
        })
        .collect()
}
