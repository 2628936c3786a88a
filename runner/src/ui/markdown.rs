//! Markdown in the terminal.

use std::io::IsTerminal;

use termimad::MadSkin;
use termimad::crossterm::style::Attribute;

use super::Out;

/// Shows a Markdown text: laid out on a terminal, as it is elsewhere (it reads
/// well so, and a screen reader is not bothered with boxes).
pub fn show(out: Out, text: &str) {
    if out.json {
        return;
    }
    if out.plain
        || !std::io::stdout().is_terminal()
        || anstream::stdout().current_choice() == anstream::ColorChoice::Never
    {
        out.line(text.trim_end());
    } else {
        let width = termimad::terminal_size().0.clamp(40, 100) as usize;
        out.line(skin().text(text, Some(width)).to_string().trim_end());
    }
}

fn skin() -> MadSkin {
    use termimad::crossterm::style::Color::{Blue, Cyan};
    let mut skin = MadSkin::default();
    for header in &mut skin.headers {
        header.align = termimad::Alignment::Left;
        header.compound_style.remove_attr(Attribute::Underlined);
    }
    skin.headers[0].set_fg(Blue);
    skin.inline_code = termimad::CompoundStyle::with_fg(Cyan);
    skin.code_block = termimad::LineStyle {
        left_margin: 2,
        ..termimad::LineStyle::default()
    };
    skin.code_block.compound_style = termimad::CompoundStyle::with_fg(Cyan);
    skin
}
