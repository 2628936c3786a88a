//! Markdown in the terminal.

use std::io::IsTerminal;

use termimad::MadSkin;
use termimad::crossterm::style::Attribute;

use super::{Out, style};

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
        out.line(laid_out(text, width).trim_end());
    }
}

/// Prose is wrapped to the width; code is not, so that a long command can be
/// selected and pasted as the one line that it is.
fn laid_out(text: &str, width: usize) -> String {
    let skin = skin();
    let mut out = String::new();
    let mut prose = String::new();
    let mut fenced = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        if fenced && !fence {
            out.push_str(&format!("  {}\n", style::command(line)));
        } else if fence {
            out.push_str(&skin.text(&prose, Some(width)).to_string());
            prose.clear();
        } else {
            prose.push_str(line);
            prose.push('\n');
        }
        fenced ^= fence;
    }
    out.push_str(&skin.text(&prose, Some(width)).to_string());
    out
}

fn skin() -> MadSkin {
    use termimad::crossterm::style::Color::{Blue, Cyan};
    let mut skin = MadSkin::default();
    for header in &mut skin.headers {
        header.align = termimad::Alignment::Left;
        header.compound_style.remove_attr(Attribute::Underlined);
        header.compound_style.add_attr(Attribute::Bold);
    }
    skin.headers[0].set_fg(Blue);
    skin.inline_code = termimad::CompoundStyle::with_fg(Cyan);
    skin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_stays_on_one_line() {
        let command = format!("aws s3 {}fim", "mb ".repeat(60));
        let text = format!(
            "Uma frase {}longa.\n\n```bash\n{command}\n```\n\nFim.\n",
            "bem ".repeat(60)
        );
        let shown = anstream::adapter::strip_str(&laid_out(&text, 60)).to_string();
        assert!(
            shown.contains(&format!("\n\n  {command}\n\nFim.")),
            "{shown}"
        );
        let prose = shown.lines().take_while(|line| !line.is_empty());
        assert!(prose.clone().count() > 2, "{shown}");
        assert!(
            prose.map(|line| line.chars().count()).max() <= Some(60),
            "{shown}"
        );
    }
}
