//! `lab sandbox`: a process that is started, found, lost and stopped.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{has, lab_with, without_sandbox};
use crate::support::{Home, Ran, Shared, shared};

/// A learner with a sandbox of their own, whose packages are the shared ones.
struct Own {
    home: Home,
    _dir: TempDir,
}

impl Own {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let environment = shared().bin.parent().unwrap();
        let link = dir.path().join(environment.file_name().unwrap());
        #[cfg(unix)]
        std::os::unix::fs::symlink(environment, link).unwrap();
        #[cfg(windows)]
        std::os::windows::fs::symlink_dir(environment, link).unwrap();
        let home = Home::on(&Shared {
            dir: dir.path().to_path_buf(),
            variables: BTreeMap::new(),
            bin: PathBuf::new(),
        });
        Self { home, _dir: dir }
    }

    fn sandbox(&self, arguments: &[&str]) -> Ran {
        self.home.lab(&[&["sandbox"], arguments].concat())
    }

    fn pid(&self) -> String {
        let answer = self.sandbox(&["status", "--json"]).expect_code(0).json();
        answer["pid"].to_string()
    }

    fn aws(&self, arguments: &[&str]) -> Ran {
        self.home.lab(&[&["run", "--", "aws"], arguments].concat())
    }

    /// Ends the sandbox as a power cut does.
    #[cfg(unix)]
    fn kill(&self) {
        use std::time::{Duration, Instant};

        let pid = self.pid();
        let mut kill = std::process::Command::new("kill");
        kill.args(["-9", &pid]);
        Ran::run(kill).expect_code(0);
        let began = Instant::now();
        while self.sandbox(&["status"]).code == 0 {
            assert!(began.elapsed() < Duration::from_secs(10), "{pid} lives on");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.sandbox(&["stop"]);
    }
}

#[test]
fn its_life() {
    let own = Own::new();
    let before = own.sandbox(&["status"]).expect_code(3);
    assert_eq!(before.stdout, "desligado\n");
    let before = own.sandbox(&["status", "--json"]).expect_code(3).json();
    assert_eq!(before["status"], "stopped");
    assert_eq!(before["installed"], true);
    has(
        &own.sandbox(&["logs"]).expect_code(3).stderr,
        &["ainda não foi ligado"],
    );

    let first = own.sandbox(&["start"]).expect_code(0);
    has(&first.stdout, &["Sandbox ligado em http://127.0.0.1:"]);
    let pid = own.pid();
    let second = own.sandbox(&["start"]).expect_code(0);
    has(
        &second.stdout,
        &["Sandbox já estava ligado em http://127.0.0.1:"],
    );
    assert_eq!(own.pid(), pid, "the same process");
    let status = own.sandbox(&["status"]).expect_code(0).stdout;
    has(
        &status,
        &[
            "ligado em http://127.0.0.1:",
            "MiniStack 1.",
            &format!("processo {pid}"),
        ],
    );
    let answer = own.sandbox(&["start", "--json"]).expect_code(0).json();
    assert_eq!(answer["status"], "running");
    let endpoint = answer["endpoint"].as_str().unwrap().to_owned();

    let logs = own.sandbox(&["logs", "-n", "2"]).expect_code(0).stdout;
    assert_eq!(logs.lines().count(), 2, "{logs}");
    has(&own.sandbox(&["logs"]).stdout, &["MiniStack on port"]);
    let logs = own.sandbox(&["logs", "-n", "1", "--json"]).json();
    assert_eq!(logs["lines"].as_array().unwrap().len(), 1);

    own.aws(&["s3", "mb", "s3://fica-no-disco-7k3f"])
        .expect_code(0);
    own.aws(&[
        "s3api",
        "put-object",
        "--bucket",
        "fica-no-disco-7k3f",
        "--key",
        "nota é.json",
    ])
    .expect_code(0);
    let stopped = own.sandbox(&["stop"]).expect_code(0).stdout;
    assert_eq!(
        stopped,
        "Sandbox desligado; o que havia nele foi guardado.\n"
    );
    let stopped = own.sandbox(&["stop"]).expect_code(0).stdout;
    assert_eq!(stopped, "O sandbox já estava desligado.\n");
    assert_eq!(own.sandbox(&["stop", "--json"]).json()["stopped"], false);

    let again = own.sandbox(&["start", "--json"]).expect_code(0).json();
    assert_eq!(
        again["endpoint"],
        endpoint.as_str(),
        "the port is remembered"
    );
    let listed = own
        .aws(&["s3", "ls", "s3://fica-no-disco-7k3f"])
        .expect_code(0);
    has(&listed.stdout, &["nota é.json"]);
}

#[cfg(unix)]
#[test]
fn after_a_crash() {
    let own = Own::new();
    own.sandbox(&["start"]).expect_code(0);
    let pid = own.pid();
    own.kill();
    let ran = own.sandbox(&["status"]).expect_code(3);
    has(
        &ran.stdout,
        &[
            &format!("caiu (era o processo {pid}); as últimas linhas do log:"),
            "MiniStack on port",
            "→ ligue de novo com `lab sandbox start`",
        ],
    );
    let answer = own.sandbox(&["status", "--json"]).expect_code(3).json();
    assert_eq!(answer["status"], "crashed");

    // Nobody is blamed for what could not be looked at.
    let check = own
        .home
        .lab(&["check", "bucket", "--json"])
        .expect_code(3)
        .json();
    let doctor = own.home.lab(&["doctor"]).expect_code(3);
    has(
        &doctor.stdout,
        &["✘ PROBLEMA sandbox      caiu", "lab sandbox start"],
    );
    if let Some(results) = check["results"].as_array() {
        assert!(results.iter().all(|r| r["verdict"] != "fail"), "{check}");
    }

    let started = own.sandbox(&["start"]).expect_code(0);
    has(&started.stdout, &["Sandbox ligado em"]);
    own.home.lab(&["check", "bucket"]).expect_code(1);
    own.home.lab(&["doctor"]).expect_code(0);
}

#[test]
fn a_port_that_is_taken() {
    let own = Own::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let ran = own.sandbox(&["start", "--port", &port]).expect_code(3);
    has(
        &ran.stderr,
        &[
            &format!("A porta {port} já está em uso por outro programa."),
            "Inicie sem indicar a porta: o lab escolhe uma livre.",
        ],
    );
    assert_eq!(own.sandbox(&["status"]).stdout, "desligado\n");
}

#[test]
fn reset_wipes_only_when_it_is_told_to() {
    let own = Own::new();
    own.sandbox(&["start"]).expect_code(0);
    own.aws(&["s3", "mb", "s3://vai-embora-7k3f"])
        .expect_code(0);
    let asked = own.sandbox(&["reset"]).expect_code(2);
    has(&asked.stderr, &["sem um terminal, confirme com `--yes`"]);
    let dry = own.sandbox(&["reset", "--dry-run"]).expect_code(0);
    has(
        &dry.stdout,
        &[
            "Isto apaga tudo",
            "Ficam: o ambiente Python, o seu progresso",
        ],
    );
    has(&own.aws(&["s3", "ls"]).stdout, &["vai-embora-7k3f"]);
    let wiped = own.sandbox(&["reset", "--yes"]).expect_code(0);
    has(
        &wiped.stdout,
        &["Pronto. Ligue de novo com `lab sandbox start`."],
    );
    assert_eq!(
        own.sandbox(&["status"]).expect_code(3).stdout,
        "desligado\n"
    );
    own.sandbox(&["start"]).expect_code(0);
    assert_eq!(own.aws(&["s3", "ls"]).expect_code(0).stdout, "");
}

#[cfg(unix)]
#[test]
fn reset_asks_and_enter_means_no() {
    use super::terminal::{ENTER, Terminal};

    let own = Own::new();
    own.sandbox(&["start"]).expect_code(0);
    let pid = own.pid();
    let mut terminal = Terminal::lab(&own.home, &["sandbox", "reset"]);
    terminal.until("Apagar?");
    terminal.press(ENTER);
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    has(&shown, &["Nada foi apagado."]);
    assert_eq!(own.pid(), pid, "it was not even stopped");
}

#[cfg(unix)]
#[test]
fn the_log_can_be_followed() {
    use super::terminal::{CTRL_C, Terminal};

    let own = Own::new();
    own.sandbox(&["start"]).expect_code(0);
    let mut terminal = Terminal::lab(&own.home, &["sandbox", "logs", "--follow"]);
    terminal.until("services available");
    own.aws(&[
        "s3api",
        "put-object",
        "--bucket",
        "nenhum-7k3f",
        "--key",
        "x",
    ]);
    own.sandbox(&["stop"]).expect_code(0);
    terminal.press(CTRL_C);
    terminal.ended();
}

#[test]
fn in_a_folder_that_cannot_be_one() {
    let home = without_sandbox();
    let file = home.path().join("arquivo");
    std::fs::write(&file, "").unwrap();
    let below = file.join("sandbox").display().to_string();
    let ran = lab_with(
        &home,
        &[("LAB_SANDBOX_HOME", &below)],
        &["sandbox", "start"],
    );
    has(&ran.expect_code(3).stderr, &["erro: ", &below]);
}

#[cfg(unix)]
mod python {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn script(home: &Home, text: &str) -> String {
        let path = home.path().join("python de mentira");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    #[test]
    fn one_that_is_none() {
        let home = without_sandbox();
        let fake = script(&home, "echo ola");
        for ran in [
            home.lab(&["sandbox", "start", "--python", &fake]),
            lab_with(&home, &[("LAB_PYTHON", &fake)], &["sandbox", "start"]),
            home.lab(&["sandbox", "start", "--python", "/nao/existe/python3"]),
        ] {
            let ran = ran.expect_code(3);
            has(
                &ran.stderr,
                &["O Python indicado não funciona: /", "LAB_PYTHON"],
            );
        }
    }

    #[test]
    fn one_that_is_too_old() {
        let home = without_sandbox();
        let fake = script(&home, "echo lab 3.8.2 /usr/bin/python3");
        let ran = home
            .lab(&["sandbox", "start", "--python", &fake])
            .expect_code(3);
        has(
            &ran.stderr,
            &[
                "O sandbox precisa do Python 3.10 ou mais novo; o encontrado é o 3.8.2",
                "instale",
            ],
        );
    }

    #[test]
    fn none_at_all() {
        let home = without_sandbox();
        for arguments in [&["sandbox", "start"][..], &["start"], &["demo"]] {
            let ran = lab_with(&home, &[("PATH", "/nao/existe")], arguments).expect_code(3);
            has(
                &ran.stderr,
                &["O sandbox precisa do Python 3.10 ou mais novo, e nenhum foi encontrado."],
            );
        }
        let ran = lab_with(
            &home,
            &[("PATH", "/nao/existe")],
            &["sandbox", "start", "--json"],
        );
        crate::cli::failure(&ran.expect_code(3), "environment");
    }

    #[test]
    fn one_without_venv() {
        let home = without_sandbox();
        let fake = script(
            &home,
            "case \"$*\" in *venv*) echo 'No module named venv' >&2; exit 1;; esac\n\
             echo \"lab 3.12.3 $0\"",
        );
        let ran = lab_with(
            &home,
            &[("PATH", "/nao/existe:/bin:/usr/bin")],
            &["sandbox", "start", "--python", &fake],
        );
        let ran = ran.expect_code(3);
        has(&ran.stderr, &["sem o módulo venv", "python3.12-venv"]);
    }
}

#[test]
fn a_retried_event_does_not_bring_old_code_back() {
    let mut python = shared().python();
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/e2e/fixtures/codigo_novo.py"));
    let answers = Ran::run(python).expect_code(0).stdout;
    assert_eq!(answers.trim(), r#"['"new"']"#);
}

#[test]
fn what_event_sources_bring_is_tried_again_and_given_up() {
    let mut python = shared().python();
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/e2e/fixtures/fontes.py"));
    let told = Ran::run(python).expect_code(0).stdout;
    assert_eq!(told.trim(), "as on AWS");
}
