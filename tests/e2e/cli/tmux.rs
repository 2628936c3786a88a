//! A real terminal of 80 columns: no garbage, every word whole.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Home, Ran};

/// A tmux server of its own, which ends with the test.
struct Tmux {
    socket: String,
}

impl Tmux {
    fn run(&self, arguments: &[&str]) -> Ran {
        let mut tmux = Command::new("tmux");
        tmux.args(["-S", &self.socket, "-f", "/dev/null"])
            .args(arguments)
            .env_remove("TMUX")
            .stdin(Stdio::null());
        Ran::run(tmux)
    }

    /// Types a line.
    fn line(&self, text: &str) {
        self.run(&["send-keys", "-l", text]).expect_code(0);
        self.run(&["send-keys", "Enter"]).expect_code(0);
    }

    /// Everything in the pane, what has scrolled away included.
    fn screen(&self) -> String {
        self.run(&["capture-pane", "-p", "-S", "-2000"])
            .expect_code(0)
            .stdout
    }

    fn until(&self, text: &str) -> String {
        let began = Instant::now();
        loop {
            let screen = self.screen();
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
    if Command::new("tmux").arg("-V").output().is_err() {
        eprintln!("skipped: tmux is not installed");
        return;
    }
    let home = Home::new();
    let tmux = Tmux {
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
    tmux.run(&["-u", "new-session", "-d", "-x", "80", "-y", "24", &shell])
        .expect_code(0);
    tmux.run(&["set-option", "-g", "history-limit", "5000"]);
    tmux.until("pronto>");

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
fn check(screen: &str, parts: &[&str]) {
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
