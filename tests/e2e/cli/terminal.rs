//! `lab` in a pseudo-terminal: what a person types, and what the screen shows.

use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect as _, Session};

use crate::support::Home;

pub(super) const ESC: &str = "\u{1b}";
pub(super) const DOWN: &str = "\u{1b}[B";
pub(crate) const ENTER: &str = "\r";
pub(super) const CTRL_C: &str = "\u{3}";

/// A command that runs in a terminal of its own.
pub(crate) struct Terminal {
    session: OsSession,
    seen: String,
}

impl Terminal {
    /// Runs `lab` in a terminal that is wide enough for a question to be one line.
    pub(crate) fn lab(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command(arguments);
        command
            .env("TERM", "xterm-256color")
            .env("NO_COLOR", "1")
            .stdin(Stdio::inherit());
        let mut session = Session::spawn(command).unwrap();
        session.get_process_mut().set_window_size(220, 50).unwrap();
        session.set_expect_timeout(Some(Duration::from_secs(30)));
        Self {
            session,
            seen: String::new(),
        }
    }

    /// Waits for a text; gives what was shown up to its end, without escapes.
    #[track_caller]
    pub(crate) fn until(&mut self, text: &str) -> String {
        match self.session.expect(text) {
            Ok(found) => self.keep(found.as_bytes()),
            Err(error) => {
                let mut rest = [0; 4096];
                let read = self.session.try_read(&mut rest).unwrap_or(0);
                let rest = self.keep(&rest[..read]);
                panic!("«{text}» did not come: {error}\n{}\n{rest}", self.seen)
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        let text = anstream::adapter::strip_str(&text).to_string();
        self.seen.push_str(&text);
        text
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.session.send(keys).unwrap();
    }

    /// Waits for an end by whatever means, a signal among them.
    #[track_caller]
    pub(crate) fn ended(mut self) {
        if let Err(error) = self.session.expect(Eof) {
            panic!("it did not end: {error}\n{}", self.seen);
        }
        self.session.get_process().wait().unwrap();
    }

    /// The exit code, and everything that was shown.
    #[track_caller]
    pub(crate) fn end(mut self) -> (i32, String) {
        match self.session.expect(Eof) {
            Ok(found) => {
                self.keep(found.as_bytes());
            }
            Err(error) => panic!("it did not end: {error}\n{}", self.seen),
        }
        let mut rest = Vec::new();
        let _ = self.session.read_to_end(&mut rest);
        self.keep(&rest);
        let code = match self.session.get_process().wait().unwrap() {
            WaitStatus::Exited(_, code) => code,
            other => panic!("{other:?}\n{}", self.seen),
        };
        (code, self.seen)
    }
}
