//! `lab completions`.

use super::has;
use crate::support::Home;

#[test]
fn every_shell_has_a_script() {
    let home = Home::untouched();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = home.lab(&["completions", shell]).expect_code(0);
        assert_eq!(ran.stderr, "");
        has(&ran.stdout, &["check", "sandbox", "progress", "plain"]);
        for english in [
            "On a terminal",
            "Always",
            "Never",
            "every shell",
            "on every system",
        ] {
            assert!(!ran.stdout.contains(english), "«{english}» in {shell}");
        }
        assert!(ran.stdout.lines().count() > 50, "{shell}");
        let json = home
            .lab(&["completions", shell, "--json"])
            .expect_code(0)
            .json();
        assert_eq!(json["shell"], shell);
        assert_eq!(json["script"], ran.stdout.as_str());
    }
    assert!(!home.data().exists(), "a script leaves no trace");
}

#[cfg(unix)]
#[test]
fn bash_reads_the_script_and_completes() {
    use std::process::Command;

    use crate::support::Ran;

    let home = Home::untouched();
    let script = home.path().join("lab.bash");
    std::fs::write(&script, home.lab(&["completions", "bash"]).stdout).unwrap();
    let mut check = Command::new("bash");
    check.arg("-n").arg(&script);
    Ran::run(check).expect_code(0);

    let mut complete = Command::new("bash");
    complete.args(["--norc", "-c"]).arg(
        "source \"$0\"; COMP_WORDS=(lab che); COMP_CWORD=1; _lab lab che lab; echo \"${COMPREPLY[@]}\"",
    );
    complete.arg(&script);
    assert_eq!(Ran::run(complete).expect_code(0).stdout.trim(), "check");
}
