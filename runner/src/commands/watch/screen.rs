//! The terminal: taken over while the view is shown, and given back as it was
//! whatever ends it.

use std::io::{self, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute};
use tokio::sync::mpsc::UnboundedSender;

use crate::ui::Out;
use crate::watch::{Key, State, draw};

/// A thread of the program has ended in a bug, and the terminal was given back.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// What comes from the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// A key of the view.
    Key(Key),
    /// Ctrl-Z.
    Suspend,
    /// The terminal has another size.
    Resized,
    /// Nobody is there any more.
    Closed,
}

/// The terminal in our hands.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<io::Stdout>>,
    coloured: bool,
    ended: Arc<AtomicBool>,
}

impl Screen {
    /// Takes the terminal over; keys go to `to`.
    pub(super) fn enter(to: UnboundedSender<Input>) -> io::Result<Self> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICKED.store(true, Ordering::SeqCst);
            give_back();
            before(panic);
        }));
        let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        let ended = Arc::new(AtomicBool::new(false));
        let screen = Self {
            terminal,
            coloured: Out::coloured(),
            ended: Arc::clone(&ended),
        };
        take_over()?;
        std::thread::spawn(move || read_keys(&to, &ended));
        Ok(screen)
    }

    /// Shows the state.
    pub(super) fn show(&mut self, state: &mut State) -> io::Result<()> {
        let coloured = self.coloured;
        let mut extents = None;
        self.terminal
            .draw(|frame| extents = Some(draw(frame, state, coloured)))?;
        if let Some(extents) = extents {
            state.fit(extents);
        }
        Ok(())
    }

    /// Whether a bug has ended a part of the program.
    pub(super) fn panicked() -> bool {
        PANICKED.load(Ordering::SeqCst)
    }

    /// Lets the shell have the terminal until the program is continued.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        stop_ourselves();
        self.resume()
    }

    /// Takes the terminal over again, and draws everything anew.
    pub(super) fn resume(&mut self) -> io::Result<()> {
        // The shell may have set other modes: what crossterm remembers is not what is.
        disable_raw_mode()?;
        take_over()?;
        self.terminal.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        give_back();
    }
}

fn take_over() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, cursor::Hide)
}

/// What cannot be given back is gone already.
fn give_back() {
    let _ = disable_raw_mode();
    let _ = execute!(stdout(), LeaveAlternateScreen, cursor::Show);
}

/// What the terminal does on Ctrl-Z: it stops the whole job.
#[cfg(unix)]
fn stop_ourselves() {
    let _ = std::process::Command::new("sh")
        .args(["-c", "kill -TSTP 0"])
        .status();
}

#[cfg(not(unix))]
fn stop_ourselves() {}

fn read_keys(to: &UnboundedSender<Input>, ended: &AtomicBool) {
    while !ended.load(Ordering::SeqCst) {
        let input = match event::poll(Duration::from_millis(100)) {
            Ok(false) => continue,
            Ok(true) => event::read().map(|event| input(&event)),
            Err(error) => Err(error),
        };
        let closed = input.is_err();
        let sent = match input.unwrap_or(Some(Input::Closed)) {
            Some(input) => to.send(input).is_ok(),
            None => true,
        };
        if closed || !sent {
            return;
        }
    }
}

fn input(event: &event::Event) -> Option<Input> {
    let key = match event {
        event::Event::Resize(..) => return Some(Input::Resized),
        event::Event::Key(key) if key.kind != KeyEventKind::Release => key,
        _ => return None,
    };
    let held = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(Input::Key(match key.code {
        KeyCode::Char('c' | 'd') if held => Key::Stop,
        KeyCode::Char('z') if held && cfg!(unix) => return Some(Input::Suspend),
        KeyCode::Char(_) if held || key.modifiers.contains(KeyModifiers::ALT) => return None,
        KeyCode::Char(letter) => Key::Char(letter),
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab | KeyCode::BackTab => Key::Tab,
        _ => return None,
    }))
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use expectrl::session::OsSession;
    use expectrl::{Eof, Expect as _, Session};

    use super::*;

    const BUG: &str = "um defeito de propósito";

    #[test]
    #[ignore = "runs in the terminal that the next test opens"]
    fn a_part_of_the_program_has_a_bug() {
        let (to, _keys) = tokio::sync::mpsc::unbounded_channel();
        let _screen = Screen::enter(to).unwrap();
        assert!(!Screen::panicked());
        let ended = std::thread::spawn(|| panic!("{BUG}")).join();
        assert!(ended.is_err() && Screen::panicked());
    }

    /// In a terminal of its own, the program of these tests shows the view and
    /// has a bug: the words about it come after the terminal was given back.
    #[test]
    fn a_bug_is_told_on_a_terminal_that_was_given_back() {
        let mut shell = Command::new("sh");
        shell
            .args([
                "-c",
                "stty -a; echo antes; \"$0\" --exact --ignored --nocapture \"$1\"; echo \"fim $?\"; stty -a",
            ])
            .arg(std::env::current_exe().unwrap())
            .arg("commands::watch::screen::tests::a_part_of_the_program_has_a_bug")
            .env("TERM", "xterm-256color");
        let mut session: OsSession = Session::spawn(shell).unwrap();
        session.set_expect_timeout(Some(Duration::from_secs(120)));
        let shown = session.expect(Eof).unwrap();
        let shown = String::from_utf8_lossy(shown.as_bytes()).into_owned();
        let at = |text: &str| {
            let found = shown.find(text);
            found.unwrap_or_else(|| panic!("no {text:?} in:\n{shown:?}"))
        };
        let (taken, given) = (at("\u{1b}[?1049h"), at("\u{1b}[?1049l"));
        assert!(taken < given && given < at(BUG), "{shown:?}");
        assert!(at("\u{1b}[?25h") < at(BUG), "the cursor is back: {shown:?}");
        let (before, rest) = shown.split_once("antes").unwrap();
        let (_, after) = rest.split_once("fim 0").unwrap();
        assert_eq!(before.trim(), after.trim(), "the terminal is as it was");
        assert!(before.contains("icanon"), "{before}");
    }
}
