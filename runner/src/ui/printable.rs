//! What others wrote, as far as a terminal may see it.

use std::borrow::Cow;

/// A text whose control characters are shown and not obeyed. What AWS answers, a
/// function logs or a roster holds may have any: a learner's item must not move an
/// instructor's cursor. Colours (`ESC [ … m`) are our own and stay.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(commands) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(commands) {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match (colour(rest), rest.chars().next()) {
            (Some(length), _) => {
                shown.push_str(&rest[..length]);
                length
            }
            (None, Some(c)) => {
                // A line's end of Windows is one.
                shown.extend((!rest.starts_with("\r\n")).then(|| picture(c)));
                c.len_utf8()
            }
            (None, None) => break,
        };
        rest = &rest[length..];
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Whether a terminal does something at a character other than to show it.
fn commands(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// The length of the colour that a text begins with.
fn colour(text: &str) -> Option<usize> {
    let codes = text.strip_prefix("\u{1b}[")?;
    let end = codes.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':')?;
    codes[end..].starts_with('m').then_some(2 + end + 1)
}

/// Unicode's picture of a control character.
fn picture(c: char) -> char {
    match u32::from(c) {
        code @ ..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_reach_the_terminal() {
        for (written, shown) in [
            ("Conceição\n\tê", "Conceição\n\tê"),
            ("\u{1b}[1;32mOK\u{1b}[0m", "\u{1b}[1;32mOK\u{1b}[0m"),
            ("a\u{1b}[2Jb", "a␛[2Jb"),
            ("\u{1b}]0;título\u{7}", "␛]0;título␇"),
            ("\u{1b}[31", "␛[31"),
            ("100%\r  0%", "100%␍  0%"),
            ("uma\r\noutra", "uma\noutra"),
            ("\u{9b}2J\u{7f}\u{0}", "\u{fffd}2J␡␀"),
            ("fim\u{1b}", "fim␛"),
        ] {
            assert_eq!(printable(written), shown);
        }
    }
}
