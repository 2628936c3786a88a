use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::aws::TargetKind;
use crate::class::{ROSTER_FILE, Roster, RosterError};
use crate::core::{Course, valid_prefix};
use crate::course::lint::lint;
use crate::course::{ContentError, Finding, Source, load};
use crate::journal::{Entry, Journal, JournalError, RECORD_VERSION, Record, looks, progress};
use crate::ui;

/// The lab that the bytes are put into.
const LAB: &str = "labs/01-fuzz";

const COURSE: &str = "format_version = 1\nid = \"fuzz\"\ntitle = \"Fuzz\"\nlabs = [\"01-fuzz\"]\n";

thread_local! {
    static DESK: Desk = Desk::new();
}

/// A course's folder, and a folder for single files.
struct Desk {
    course: TempDir,
    single: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            course: folder(),
            single: folder(),
        };
        desk.put("labs/course.toml", COURSE.as_bytes());
        let labs = Source::Embedded.files("labs").expect("labs are embedded");
        // The step texts of all labs, so that any of their `lab.toml` finds its own.
        for path in labs.iter().filter(|path| path.ends_with(".md")) {
            let (_, name) = path.split_once('/').expect("a file of a lab");
            desk.copy(&format!("labs/{path}"), &format!("{LAB}/{name}"));
        }
        desk.reset();
        desk
    }

    /// The lab as it was before anything was fed.
    fn reset(&self) {
        for name in ["lab.toml", "quiz.toml"] {
            let from = format!("labs/01-notas-fiscais/{name}");
            self.copy(&from, &format!("{LAB}/{name}"));
        }
    }

    fn copy(&self, from: &str, to: &str) {
        let bytes = Source::Embedded.read(from).expect("it is embedded");
        self.put(to, &bytes.expect("it is there"));
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.course.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    /// Loads and lints the course with other bytes in one file of its lab.
    fn course_with(&self, name: &str, bytes: &[u8]) {
        self.put(&format!("{LAB}/{name}"), bytes);
        let source = Source::Folder(self.course.path().to_owned());
        match load(&source) {
            Err(ContentError(findings)) => {
                assert!(!findings.is_empty(), "refused, and nothing is said");
                told(&findings);
            }
            Ok(course) => {
                for lab in &course.labs {
                    let all = progress(lab, &[]);
                    assert!(all.earned() <= all.reachable() && all.reachable() <= all.max());
                }
            }
        }
        if let Some(lint) = lint(&source, None) {
            told(&lint.findings);
        }
        self.reset();
    }

    /// A file alone in an empty folder.
    fn alone(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let folder = self.single.path().join("f");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).expect("a folder");
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }
}

/// In memory where that is possible: a journal syncs what it writes.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a temporary folder")
}

/// Every finding says what is wrong, where, and what to do, and can be shown.
#[track_caller]
fn told(findings: &[Finding]) {
    for finding in findings {
        let said = [&finding.message, &finding.help, &finding.file];
        assert!(
            said.iter().all(|text| !text.trim().is_empty()),
            "{finding:?}"
        );
        if let Some(span) = &finding.span {
            assert!(finding.text.get(span.clone()).is_some(), "{finding:?}");
            assert!(finding.position().is_some(), "{finding:?}");
        }
        assert!(!ui::snippet::render(finding).is_empty());
    }
}

/// A `lab.toml`.
pub fn lab(bytes: &[u8]) {
    DESK.with(|desk| desk.course_with("lab.toml", bytes));
}

/// A `quiz.toml`.
pub fn quiz(bytes: &[u8]) {
    DESK.with(|desk| desk.course_with("quiz.toml", bytes));
}

/// A class's `turma.toml`.
pub fn roster(bytes: &[u8]) {
    DESK.with(|desk| {
        let path = desk.alone(ROSTER_FILE, bytes);
        match Roster::read(path.parent().unwrap_or(&path)) {
            Ok(roster) => {
                for learner in &roster.learners {
                    let digits = learner.account.bytes().all(|b| b.is_ascii_digit());
                    assert!(digits && learner.account.len() == 12, "{learner:?}");
                    assert!(valid_prefix(&learner.prefix), "{learner:?}");
                }
            }
            Err(RosterError::Content(findings)) => {
                assert!(!findings.is_empty(), "refused, and nothing is said");
                told(&findings);
            }
            Err(error) => assert!(error.to_string().contains(ROSTER_FILE), "{error}"),
        }
    });
}

/// A learner's `journal.jsonl`: whatever is in it, what can be read is kept, and
/// what is added is read again.
pub fn journal(bytes: &[u8]) {
    DESK.with(|desk| {
        let path = desk.alone("journal.jsonl", bytes);
        kept(&Journal::at(path.clone()), &path, bytes);
    });
}

fn kept(journal: &Journal, path: &Path, bytes: &[u8]) {
    let new = Record {
        format_version: RECORD_VERSION,
        time: jiff::Timestamp::UNIX_EPOCH,
        course: "c".to_owned(),
        lab: "notas-fiscais".to_owned(),
        lab_version: "v".to_owned(),
        target: TargetKind::Sandbox,
        account: None,
        region: None,
        runner: "0".to_owned(),
        entry: Entry::Prepared { seed: 1 },
    };
    match journal.read() {
        Ok(read) => {
            let lines = bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty());
            assert_eq!(lines.count(), read.records.len() + read.warnings.len());
            assert!(read.warnings.iter().all(|said| said.contains("linha")));
            for lab in &course().labs {
                let all = progress(lab, &read.records);
                assert!(all.earned() <= all.reachable() && all.reachable() <= all.max());
                looks(lab, &read.records, TargetKind::Sandbox, None);
            }
            journal.append(std::slice::from_ref(&new)).expect("a line");
            let mut records = read.records;
            records.push(new);
            assert_eq!(journal.read().expect("it was read before").records, records);
        }
        Err(error) => {
            assert!(matches!(error, JournalError::TooNew { .. }), "{error}");
            assert!(error.to_string().contains("journal.jsonl"), "{error}");
            assert!(
                journal.append(&[new]).is_err(),
                "a newer journal is left alone"
            );
            assert_eq!(std::fs::read(path).expect("it is there"), bytes);
        }
    }
}

/// The course that comes with the program.
fn course() -> &'static Course {
    static COURSE: OnceLock<Course> = OnceLock::new();
    COURSE.get_or_init(|| load(&Source::Embedded).expect("the course loads"))
}
