//! The view as lines, for a screen reader or a log.

use std::io::BufRead;

use tokio::sync::mpsc::UnboundedSender;

use super::screen::Input;
use crate::ui::{Out, style};
use crate::watch::{Key, State};

/// Says what is new; with a keyboard, takes a letter and Enter.
pub(super) struct Lines {
    out: Out,
}

impl Lines {
    /// Only says.
    pub(super) fn only(out: Out) -> Self {
        Self { out }
    }

    /// Says, and takes what is typed.
    pub(super) fn typed(out: Out, to: UnboundedSender<Input>) -> Self {
        out.line(State::keys_in_words());
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines() {
                let Ok(line) = line else { break };
                let key = match line.trim().chars().next() {
                    Some(letter) => Key::Char(letter),
                    None => Key::Enter,
                };
                if to.send(Input::Key(key)).is_err() {
                    return;
                }
            }
            let _ = to.send(Input::Closed);
        });
        Self { out }
    }

    /// Says the lines.
    pub(super) fn show(&self, said: &[String]) {
        for line in said {
            self.out.line(style::inline_code(line));
        }
    }
}
