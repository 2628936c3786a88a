//! `lab` alone in a real terminal: the view, from its first frame to the shell
//! that comes back as it was.

use std::process::Stdio;
use std::time::Duration;

use super::has;
use super::tmux::{Tmux, check};
use crate::support::{Home, Ran};

/// A learner who has begun lab 01, with a folder to work in.
fn begun() -> Home {
    let home = Home::new();
    home.lab(&["start", "notas-fiscais"]).expect_code(0);
    home
}

fn aws(home: &Home, command: &str) -> Ran {
    let words = command.replace("{bucket}", &format!("{}-notas", home.prefix()));
    let mut arguments = vec!["run", "--", "aws"];
    arguments.extend(words.split(' '));
    home.lab(&arguments).expect_code(0)
}

/// A new bucket has all four locks, on AWS as in the sandbox.
fn make_the_bucket(home: &Home) {
    aws(home, "s3api create-bucket --bucket {bucket}");
}

fn unlock_the_bucket(home: &Home) {
    aws(home, "s3api delete-public-access-block --bucket {bucket}");
}

fn lock_the_bucket(home: &Home) {
    let locks = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
    let command =
        "s3api put-public-access-block --bucket {bucket} --public-access-block-configuration";
    aws(home, &format!("{command} {locks}"));
}

fn attempts(home: &Home) -> usize {
    home.journal()
        .iter()
        .filter(|record| record["entry"]["check"].is_object())
        .count()
}

#[test]
fn the_first_step_from_red_to_green_by_itself() {
    for (width, height) in [(80, 24), (120, 40), (60, 18)] {
        let home = begun();
        let Some(tmux) = Tmux::shell(&home, width, height) else {
            return;
        };
        tmux.line("echo antes; stty -a | md5sum; lab; stty -a | md5sum; echo fim $?");
        let screen = tmux.until_visible("✘ FALHOU");
        has(&screen, &["passo 1 de 7", "○ PULADO", "Passo", "aguardo"]);
        assert!(
            !screen.contains("pronto>"),
            "the shell is hidden:\n{screen}"
        );
        assert_eq!(attempts(&home), 0, "to look is no attempt");

        make_the_bucket(&home);
        let screen = tmux.until_visible("Passo feito: mais 10 pontos");
        has(&screen, &["✔ OK"]);
        assert_eq!(attempts(&home), 1);

        tmux.key("n");
        let screen = tmux.until_visible("passo 2 de 7");
        has(&screen, &["10 de 100 pontos"]);
        tmux.key("q");
        let screen = tmux.until_visible("fim 0");
        check(&screen, &["antes", "pronto>"]);
        assert!(!screen.contains("Verificações"), "nothing stays:\n{screen}");
        let modes: Vec<_> = screen
            .lines()
            .filter(|line| line.ends_with("  -"))
            .collect();
        assert_eq!(modes.len(), 2, "{screen}");
        assert_eq!(modes[0], modes[1], "the terminal is as it was");
    }
}

#[test]
fn interrupted_suspended_resized_and_killed() {
    let home = begun();
    let Some(tmux) = Tmux::shell(&home, 80, 24) else {
        return;
    };
    // Alone on its line: after a stop the shell would go on with the rest of it.
    tmux.line("lab");
    tmux.until_visible("✘ FALHOU");

    tmux.key("C-z");
    let screen = tmux.until_visible("pronto>");
    assert!(!screen.contains("FALHOU"), "{screen}");
    tmux.line("echo no meio");
    tmux.until_visible("no meio");
    tmux.line("fg");
    let screen = tmux.until_visible("✘ FALHOU");
    assert!(!screen.contains("no meio"), "drawn anew:\n{screen}");

    for (width, height) in [("120", "40"), ("60", "18"), ("80", "24")] {
        let columns: usize = width.parse().unwrap();
        tmux.run(&["resize-window", "-x", width, "-y", height])
            .expect_code(0);
        let named = if columns >= 120 {
            "Mapa"
        } else {
            "Verificações"
        };
        let screen = tmux.until_visible(named);
        assert!(
            screen.lines().all(|line| line.chars().count() <= columns),
            "{screen}"
        );
    }

    tmux.key("C-c");
    tmux.until_visible("no meio");
    // The shell takes lines again, and shows what is typed.
    tmux.line("echo fim $?");
    let screen = tmux.until_visible("fim 0");
    has(&screen, &["echo fim $?"]);
    assert!(!screen.contains("Verificações"), "{screen}");

    // Ended from outside, it gives the terminal back all the same.
    tmux.line("clear; lab; echo fim $?");
    tmux.until_visible("✘ FALHOU");
    tmux.run(&["run-shell", "kill $(pgrep -P #{pane_pid} lab)"])
        .expect_code(0);
    let screen = tmux.until_visible("fim 0");
    assert!(!screen.contains("Verificações"), "{screen}");
}

#[test]
fn a_killed_view_has_lost_nothing_that_was_on_the_screen() {
    let home = begun();
    let Some(tmux) = Tmux::shell(&home, 80, 24) else {
        return;
    };
    tmux.line("lab");
    tmux.until_visible("✘ FALHOU");
    make_the_bucket(&home);
    tmux.until_visible("Passo feito");
    tmux.run(&["run-shell", "kill -KILL $(pgrep -P #{pane_pid} lab)"])
        .expect_code(0);
    let progress = super::progress(&home);
    assert_eq!(progress["steps"][0]["passed"], true);
    assert_eq!(progress["steps"][0]["attempts"], 1);
}

#[test]
fn keys_hints_panels_and_a_reset_with_its_plan() {
    let home = begun();
    let Some(tmux) = Tmux::shell(&home, 80, 24) else {
        return;
    };
    make_the_bucket(&home);
    unlock_the_bucket(&home);
    tmux.line("lab; echo fim $?");
    let screen = tmux.until_visible("✔ OK");
    has(&screen, &["✘ FALHOU", "observado:"]);
    tmux.key("h");
    tmux.until_visible("dica 1 de 3");
    tmux.key("n");
    tmux.until_visible("Falta passar neste passo");
    tmux.key("l");
    let screen = tmux.until_visible("Consulta pela API");
    has(&screen, &["▶ ○ a fazer 1. Um bucket fechado ao público"]);
    // What follows an escape at once would be one key with it.
    tmux.key("Escape");
    tmux.until_visible("Verificações");
    tmux.key("m");
    tmux.until_visible("ObjectCreated em entrada/*.json");
    tmux.key("m");
    tmux.key("?");
    tmux.until_visible("dicas não custam pontos");
    tmux.key("Escape");
    tmux.until_visible("Verificações");

    tmux.key("x");
    let screen = tmux.until_visible("Remover 1 recurso?");
    has(
        &screen,
        &["remove  bucket", "fica    tudo o que não tem os nomes"],
    );
    tmux.key("Enter");
    tmux.until_visible("Nada foi removido.");
    tmux.key("x");
    tmux.until_visible("Remover 1 recurso?");
    tmux.key("s");
    tmux.until_visible("✘ FALHOU");
    tmux.until_visible("não existe");
    tmux.key("q");
    tmux.until_visible("fim 0");
}

#[test]
fn a_file_of_the_workspace_is_a_reason_to_check() {
    let home = begun();
    let Some(tmux) = Tmux::shell(&home, 80, 24) else {
        return;
    };
    tmux.line("lab; echo fim $?");
    tmux.until_visible("✘ FALHOU");
    assert_eq!(attempts(&home), 0);
    let settings = std::fs::read_to_string(home.data().join("settings.toml")).unwrap();
    let folder = settings.lines().find_map(|line| {
        let (name, path) = line.split_once(" = ")?;
        (name == "notas-fiscais").then(|| path.trim_matches('"').to_owned())
    });
    let file = std::path::Path::new(&folder.unwrap()).join("nota-nova.json");
    std::fs::write(file, "{}").unwrap();
    tmux.until_visible("nota-nova.json mudou");
    let began = std::time::Instant::now();
    while attempts(&home) == 0 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{}",
            tmux.visible()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    tmux.key("q");
    tmux.until_visible("fim 0");
}

#[test]
fn check_watch_says_lines_and_ends_when_the_step_has_passed() {
    let home = begun();
    let mut command = home.command(&["check", "bucket", "--watch"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    make_the_bucket(&home);
    let ran = Ran::of(child.wait_with_output().unwrap()).expect_code(0);
    has(
        &ran.stdout,
        &[
            "passo 1 de 7, 10 pontos",
            "OK: O bucket",
            "2 de 2 verificações passaram.",
            "Passo feito: mais 10 pontos.",
        ],
    );
    assert!(!ran.stdout.contains('\u{1b}'), "{ran}");
    home.lab(&["check", "--watch", "--json"]).expect_code(2);
}

#[test]
fn as_lines_for_a_screen_reader() {
    let home = begun();
    make_the_bucket(&home);
    unlock_the_bucket(&home);
    let mut terminal = super::terminal::Terminal::lab(&home, &["--plain"]);
    terminal.until("Escreva uma letra e Enter");
    terminal.until("passo 1 de 7, 10 pontos");
    let said = terminal.until("1 de 2 verificações passaram.");
    has(&said, &["FALHOU: ", "observado: "]);
    for sign in ["✘", "✔", "│", "─"] {
        assert!(!said.contains(sign), "{said}");
    }
    terminal.press("h\r");
    terminal.until("dica 1 de 3");
    lock_the_bucket(&home);
    terminal.until("Passo feito: mais 10 pontos.");
    terminal.press("m\r");
    terminal.until("Amazon S3");
    terminal.press("q\r");
    let (code, _) = terminal.end();
    assert_eq!(code, 0);
}
