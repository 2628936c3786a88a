//! A real terminal of 80 columns: no garbage, every word whole.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Home, Ran};

/// A tmux server of its own, with a learner's shell, which ends with the test.
pub(super) struct Tmux {
    socket: String,
}

impl Tmux {
    /// A shell in a terminal of this size; `None` where tmux is not installed.
    #[expect(
        clippy::print_stderr,
        reason = "whoever runs the tests is told what was left out"
    )]
    pub(super) fn shell(home: &Home, width: u16, height: u16) -> Option<Self> {
        if Command::new("tmux").arg("-V").output().is_err() {
            eprintln!("skipped: tmux is not installed");
            return None;
        }
        let tmux = Self {
            socket: home.path().join("tmux").display().to_string(),
        };
        // What the learner's shell would have set.
        let mut script = String::new();
        for (name, value) in home.command(&[]).get_envs() {
            if let Some(value) = value.and_then(|v| v.to_str()) {
                writeln!(script, "export {}='{value}'", name.display()).unwrap();
            }
        }
        writeln!(
            script,
            "alias lab='{}'; PS1='pronto> '",
            env!("CARGO_BIN_EXE_lab")
        )
        .unwrap();
        let rc = home.path().join("bashrc");
        std::fs::write(&rc, script).unwrap();
        let shell = format!(
            "cd '{}'; exec bash --noprofile --rcfile '{}' -i",
            home.path().display(),
            rc.display()
        );
        let (width, height) = (width.to_string(), height.to_string());
        let size = ["-x", &width, "-y", &height];
        let session = ["-u", "new-session", "-d"];
        tmux.run(&[&session[..], &size, &[&shell]].concat())
            .expect_code(0);
        tmux.run(&["set-option", "-g", "history-limit", "5000"]);
        tmux.until("pronto>");
        Some(tmux)
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ran {
        let mut tmux = Command::new("tmux");
        tmux.args(["-S", &self.socket, "-f", "/dev/null"])
            .args(arguments)
            .env_remove("TMUX")
            .stdin(Stdio::null());
        Ran::run(tmux)
    }

    /// Presses a key, by tmux's name of it.
    pub(super) fn key(&self, name: &str) {
        self.run(&["send-keys", name]).expect_code(0);
    }

    /// Types a line.
    pub(super) fn line(&self, text: &str) {
        self.run(&["send-keys", "-l", text]).expect_code(0);
        self.key("Enter");
    }

    /// Everything in the pane, what has scrolled away included.
    pub(super) fn screen(&self) -> String {
        self.run(&["capture-pane", "-p", "-S", "-2000"])
            .expect_code(0)
            .stdout
    }

    /// What is seen of the pane.
    pub(super) fn visible(&self) -> String {
        self.run(&["capture-pane", "-p"]).expect_code(0).stdout
    }

    #[track_caller]
    pub(super) fn until(&self, text: &str) -> String {
        self.until_on(text, Self::screen)
    }

    /// Waits for a text in what is seen now.
    #[track_caller]
    pub(super) fn until_visible(&self, text: &str) -> String {
        self.until_on(text, Self::visible)
    }

    #[track_caller]
    fn until_on(&self, text: &str, look: impl Fn(&Self) -> String) -> String {
        let began = Instant::now();
        loop {
            let screen = look(self);
            if screen.contains(text) {
                return screen;
            }
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "no «{text}» in:\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

#[test]
fn eighty_columns() {
    let home = Home::new();
    let Some(tmux) = Tmux::shell(&home, 80, 24) else {
        return;
    };

    tmux.line("lab start; echo fim $?");
    let screen = tmux.until("fim 0");
    check(
        &screen,
        &[
            "Um bucket fechado ao público",
            "Quando terminar o passo: lab check",
        ],
    );

    // A long command is one line of the terminal, to be copied as a whole.
    let joined = tmux
        .run(&["capture-pane", "-p", "-J", "-S", "-2000"])
        .stdout;
    let command = format!(
        "  aws s3api put-public-access-block --bucket {}-notas --public-access-block-configuration \
         \"BlockPublicAcls=true,IgnorePublicAcls=true\"",
        home.prefix()
    );
    check_joined(&joined, &command);

    tmux.run(&["send-keys", "-R"]).expect_code(0);
    tmux.run(&["clear-history"]).expect_code(0);
    tmux.line("lab check bucket; echo fim $?");
    let screen = tmux.until("fim 1");
    check(
        &screen,
        &[
            "✘ FALHOU",
            "○ PULADO",
            "observado:",
            "dica:",
            "0 de 2 verificações passaram",
            "Travou?",
        ],
    );
    assert!(
        !screen.contains("verificando"),
        "the progress line is gone:\n{screen}"
    );

    tmux.run(&["send-keys", "-R"]).expect_code(0);
    tmux.run(&["clear-history"]).expect_code(0);
    tmux.line("lab progress; echo fim $?");
    let screen = tmux.until("fim 0");
    check(&screen, &["Pontos: 0 de 100", "○ a fazer"]);
}

#[track_caller]
pub(super) fn check(screen: &str, parts: &[&str]) {
    for part in parts {
        assert!(screen.contains(part), "«{part}» is missing in:\n{screen}");
    }
    for garbage in ["\u{1b}", "[0m", "[1m", "[36m", "[2K", "\u{fffd}"] {
        assert!(!screen.contains(garbage), "{garbage:?} in:\n{screen}");
    }
    for line in screen.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[track_caller]
fn check_joined(screen: &str, line: &str) {
    assert!(
        screen.lines().any(|l| l.trim_end() == line),
        "no line «{line}» in:\n{screen}"
    );
}
