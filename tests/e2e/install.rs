//! The installer of the releases, from the archive to the program in its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::{Answer, Ran, Server, repository};

const VERSION: &str = "v9.8.7";

/// A release on a server, and a user who has nothing yet.
struct Release {
    dir: TempDir,
    server: Server,
}

impl Release {
    /// What a server publishes: files by name.
    fn of(files: BTreeMap<String, Vec<u8>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("home")).unwrap();
        let server = Server::answering(move |request| {
            let path = request.head.split(' ').nth(1).unwrap_or_default();
            match files.get(path.trim_start_matches('/')) {
                Some(bytes) => Answer::Bytes(200, "application/octet-stream", bytes.clone()),
                None => Answer::Text(404, "text/plain", "não há".to_owned()),
            }
        });
        Self { dir, server }
    }

    /// A release of a program that says its version, as the release workflow packs it.
    fn small() -> BTreeMap<String, Vec<u8>> {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("lab");
        std::fs::write(
            &program,
            "#!/bin/sh\ncase $1 in --version) echo 'lab 9.8.7' ;; \
             man) mkdir -p \"$3\" && echo .TH >\"$3/lab.1\" ;; *) echo completa ;; esac\n",
        )
        .unwrap();
        executable(&program);
        packed(&program)
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    fn bin(&self) -> PathBuf {
        self.home().join(".local/bin")
    }

    /// The installer as a user runs it.
    fn command(&self) -> Command {
        let mut command = Command::new("sh");
        command
            .arg(repository().join("install.sh"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.home())
            .env("SHELL", "/bin/bash")
            .env("LAB_VERSION", VERSION)
            .env("LAB_BASE_URL", self.server.endpoint())
            .current_dir(self.dir.path());
        command
    }

    /// What is in the folder of programs; nothing when it is not there.
    fn installed(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.bin()).into_iter().flatten();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The release's name of this system, as the installer has to find it.
fn target() -> String {
    let system = match std::env::consts::OS {
        "macos" => "apple-darwin",
        _ => "unknown-linux-gnu",
    };
    format!("{}-{system}", std::env::consts::ARCH)
}

fn archive() -> String {
    format!("lab-{VERSION}-{}.tar.gz", target())
}

/// The archive of a program, made by the script that makes the releases', and
/// the sums beside it.
fn packed(program: &Path) -> BTreeMap<String, Vec<u8>> {
    let dir = tempfile::tempdir().unwrap();
    let mut pack = Command::new("bash");
    pack.arg(repository().join(".ci/archive"))
        .arg(program)
        .arg(format!("lab-{VERSION}-{}", target()))
        .arg(dir.path().join("out"))
        .env("LAB_GZIP", "1");
    Ran::run(pack).expect_code(0);
    let bytes = std::fs::read(dir.path().join("out").join(archive())).unwrap();
    BTreeMap::from([("SHA256SUMS".to_owned(), sums(&bytes)), (archive(), bytes)])
}

fn sums(bytes: &[u8]) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut line = String::new();
    for byte in Sha256::digest(bytes) {
        write!(line, "{byte:02x}").unwrap();
    }
    format!("{line}  {}\n", archive()).into_bytes()
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "«{part}» is missing in:\n{text}");
    }
}

/// Asserts that the installer refuses, says why, and leaves nothing.
#[track_caller]
fn refused(release: &Release, command: Command, why: &[&str]) {
    let ran = Ran::run(command).expect_code(1);
    has(&ran.stderr, why);
    assert_eq!(release.installed(), [""; 0], "{ran}");
}

#[test]
fn the_program_of_the_archive_is_installed_and_runs() {
    let release = Release::of(packed(Path::new(env!("CARGO_BIN_EXE_lab"))));
    let ran = Ran::run(release.command()).expect_code(0);
    let lab = release.bin().join("lab");
    has(
        &ran.stdout,
        &[
            concat!("✔ lab ", env!("CARGO_PKG_VERSION")),
            "ainda não está no PATH",
            "~/.profile",
            "lab start",
        ],
    );
    assert_eq!(ran.stderr, "");
    assert_eq!(release.installed(), ["lab"]);
    let mut list = Command::new(lab);
    list.args(["list", "--plain"])
        .env("LAB_HOME", release.dir.path().join("dados"));
    has(&Ran::run(list).expect_code(0).stdout, &["notas-fiscais"]);
    let share = release.home().join(".local/share");
    for (file, part) in [
        ("man/man1/lab.1", ".SH NOME"),
        ("man/man1/lab-check.1", "lab check"),
        ("bash-completion/completions/lab", "_lab"),
        ("fish/vendor_completions.d/lab.fish", "complete -c lab"),
        ("zsh/site-functions/_lab", "#compdef lab"),
    ] {
        has(&std::fs::read_to_string(share.join(file)).unwrap(), &[part]);
    }
}

#[test]
fn installing_again_replaces_the_program_and_says_nothing_of_a_path_that_is_set() {
    let release = Release::of(Release::small());
    let bin = release.dir.path().join("minhas ferramentas");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("lab"), "velho").unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut command = release.command();
    command.env("LAB_BIN", &bin).env("PATH", path);
    let ran = Ran::run(command).expect_code(0);
    has(&ran.stdout, &["✔ lab 9.8.7"]);
    assert!(!ran.stdout.contains("PATH"), "{ran}");
    assert_eq!(std::fs::read_dir(&bin).unwrap().count(), 1);
    assert!(
        std::fs::read_to_string(bin.join("lab"))
            .unwrap()
            .contains("9.8.7")
    );
}

#[test]
fn another_archive_than_the_published_one_is_refused() {
    let mut files = Release::small();
    files.insert("SHA256SUMS".to_owned(), sums(b"outro"));
    let release = Release::of(files);
    refused(
        &release,
        release.command(),
        &[
            "não é o que foi publicado",
            "SHA-256 esperado",
            "nada foi instalado",
        ],
    );
}

#[test]
fn a_release_without_this_system_or_without_sums_is_refused() {
    let mut files = Release::small();
    files.insert("SHA256SUMS".to_owned(), b"00  outro.tar.gz\n".to_vec());
    let release = Release::of(files);
    refused(
        &release,
        release.command(),
        &["SHA256SUMS não fala de", &archive()],
    );
    let release = Release::of(BTreeMap::new());
    refused(
        &release,
        release.command(),
        &["não foi possível baixar", "SHA256SUMS"],
    );
}

#[test]
fn a_program_that_does_not_run_here_is_not_installed() {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("lab");
    std::fs::write(
        &program,
        "#!/bin/sh\ncase $1 in --version) exit 127 ;; man) mkdir -p \"$3\" ;; esac\n",
    )
    .unwrap();
    executable(&program);
    let release = Release::of(packed(&program));
    refused(
        &release,
        release.command(),
        &["não roda neste sistema", "cargo install"],
    );
}

#[test]
fn a_folder_that_cannot_be_written_and_a_disk_that_is_full_are_said() {
    let release = Release::of(Release::small());
    std::fs::write(release.dir.path().join("arquivo"), "").unwrap();
    let mut command = release.command();
    command.env("LAB_BIN", release.dir.path().join("arquivo/bin"));
    refused(
        &release,
        command,
        &["não foi possível criar a pasta", "LAB_BIN="],
    );

    // No file may grow: what a full disk does to a download.
    let mut full = Command::new("sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 0; exec sh \"$0\""])
        .arg(repository().join("install.sh"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", release.home())
        .env("LAB_VERSION", VERSION)
        .env("LAB_BASE_URL", release.server.endpoint());
    refused(
        &release,
        full,
        &["não foi possível baixar ou gravar", "espaço em disco"],
    );
}

#[test]
fn a_system_without_a_program_is_named() {
    let release = Release::of(Release::small());
    let tools = release.dir.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    std::fs::write(
        tools.join("uname"),
        "#!/bin/sh\ncase $1 in -s) echo Haiku ;; *) echo riscv64 ;; esac\n",
    )
    .unwrap();
    executable(&tools.join("uname"));
    let mut command = release.command();
    command.env(
        "PATH",
        format!("{}:{}", tools.display(), std::env::var("PATH").unwrap()),
    );
    refused(
        &release,
        command,
        &["Haiku riscv64", "cargo install --path runner --locked"],
    );
}

/// In the repository nobody knows which release: only a published one says.
#[test]
fn the_script_of_the_repository_asks_where_and_what() {
    let release = Release::of(Release::small());
    let mut command = release.command();
    command.env_remove("LAB_VERSION");
    refused(&release, command, &["não diz qual versão", "LAB_VERSION"]);
    let mut command = release.command();
    command.env_remove("LAB_BASE_URL");
    refused(
        &release,
        command,
        &["não diz de onde baixar", "LAB_BASE_URL"],
    );
}
