//! A class of the test: a folder with a roster, and accounts in the shared
//! sandbox in which labs are solved as far as a test wants.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use runner::apply::{AwsWorker, Bench, Environment};
use runner::aws::{Connection, TargetKind};
use runner::core::{self, Course, Lab, Names};
use runner::course::{Source, files_for, load, preparation, solution};

use crate::grading::assert_valid;
use crate::support::{Home, Ran, shared};

pub(super) const REGION: &str = "us-east-1";

/// A class and the one who teaches it.
pub(super) struct School {
    pub(super) home: Home,
    pub(super) pupils: Vec<Pupil>,
}

/// A learner of the class.
#[derive(Debug, Clone)]
pub(super) struct Pupil {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) prefix: String,
}

/// What the roster says of a learner.
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    /// Further lines of TOML; with an `access` of its own there is no sandbox.
    pub(super) more: &'a str,
}

impl School {
    pub(super) fn new(entries: &[Entry<'_>]) -> Self {
        let home = Home::new();
        let pupils = entries.iter().map(|entry| Pupil {
            id: entry.id.to_owned(),
            account: format!("7{:011}", fastrand::u64(..100_000_000_000)),
            prefix: format!("t{:07x}", fastrand::u32(..0x1000_0000)),
        });
        let pupils: Vec<Pupil> = pupils.collect();
        let school = Self { home, pupils };
        fs::create_dir_all(school.folder("turma")).unwrap();
        school.write_roster(entries);
        school
    }

    /// Writes the roster anew; the accounts and prefixes stay.
    pub(super) fn write_roster(&self, entries: &[Entry<'_>]) {
        let mut text = String::from(
            "format_version = 1\nid = \"t-2026\"\ncourse = \"Programação: serverless\"\n",
        );
        for (entry, pupil) in entries.iter().zip(&self.pupils) {
            let access = if entry.more.contains("access.") {
                ""
            } else {
                "access.sandbox = {}\n"
            };
            write!(
                text,
                "\n[[learner]]\nid = \"{}\"\nname = {}\naccount = \"{}\"\nprefix = \"{}\"\n{}\n{access}",
                entry.id,
                toml::Value::String(entry.name.to_owned()),
                pupil.account,
                pupil.prefix,
                entry.more,
            )
            .unwrap();
        }
        fs::write(self.folder("turma").join("turma.toml"), text).unwrap();
    }

    pub(super) fn folder(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    /// A `lab class` command in the class's folder, not yet run.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(&[&["class"], arguments].concat());
        command.current_dir(self.folder("turma"));
        command
    }

    /// A `lab class` command; what it answers a program is what is published.
    pub(super) fn class(&self, arguments: &[&str]) -> Ran {
        answered(Ran::run(self.command(arguments)))
    }

    pub(super) fn pupil(&self, id: &str) -> &Pupil {
        self.pupils.iter().find(|p| p.id == id).unwrap()
    }

    /// The lines of a learner's part of the gradebook.
    pub(super) fn grades(&self, id: &str) -> Vec<serde_json::Value> {
        let path = self.folder("turma").join(format!("notas/{id}.jsonl"));
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub(super) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder("turma").join(file)).unwrap()
    }
}

/// Asserts that an answer in JSON is what `docs/json-v1.schema.json` says.
pub(super) fn answered(ran: Ran) -> Ran {
    if ran.stdout.starts_with('{') {
        assert_valid(&ran.json());
    }
    ran
}

/// Does the labs' own solutions in accounts.
pub(super) struct Hand {
    course: Course,
    worker: Option<AwsWorker>,
}

impl Hand {
    pub(super) fn new() -> Self {
        let python = if cfg!(windows) {
            "python.exe"
        } else {
            "python"
        };
        Self {
            course: load(&Source::Embedded).unwrap(),
            worker: Some(AwsWorker::start(&shared().bin.join(python)).unwrap()),
        }
    }

    pub(super) fn lab(&self, id: &str) -> &Lab {
        self.course.lab(id).unwrap()
    }

    /// The ids of all labs.
    pub(super) fn labs(&self) -> Vec<String> {
        self.course.labs.iter().map(|lab| lab.id.clone()).collect()
    }

    /// Solves the first steps of a lab in a learner's account.
    pub(super) async fn solve(&mut self, pupil: &Pupil, lab: &str, steps: usize) {
        self.go_on(pupil, lab, 0, steps).await;
    }

    /// Solves further steps, from one (counted from 0) to before another.
    pub(super) async fn go_on(&mut self, pupil: &Pupil, lab: &str, from: usize, to: usize) {
        let lab = self.course.lab(lab).unwrap().clone();
        let mut names = lab.names_for(&pupil.prefix, &pupil.account, REGION);
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection {
            kind: TargetKind::Sandbox,
            endpoint: Some(shared().endpoint().to_owned()),
            region: Some(REGION.to_owned()),
            keys: Some((pupil.account.clone(), "sandbox".to_owned())),
        };
        let mut bench = Bench {
            folder: folder.path().to_owned(),
            environment: Environment::sandbox(&connection, shared().bin.clone()),
            worker: self.worker.take(),
        };
        let source = Source::Embedded;
        let prepared = preparation(&source, &lab).unwrap().into_iter();
        let solved = lab.steps.iter().take(to);
        let solved = solved.map(|step| solution(&source, &lab, step).unwrap().unwrap());
        let parts = prepared.map(|part| (0, part)).chain(solved.enumerate());
        for (index, part) in parts {
            let files = files_for(&part.files, &names);
            bench.apply(&files, &[], &mut names, |_| ()).await.unwrap();
            for command in part.commands.iter().filter(|_| index >= from) {
                run(&mut bench, command, &mut names).await;
            }
        }
        self.worker = bench.worker.take();
    }
}

/// Runs one command; `lab` is the program of this build, and not the test.
async fn run(bench: &mut Bench, command: &core::Command, names: &mut Names) {
    if command.run[0] == "lab" {
        let arguments = command.run[1..].iter().map(|a| names.fill(a).unwrap());
        zip(&bench.folder, &arguments.collect::<Vec<_>>());
        return;
    }
    let done = bench
        .apply(&[], std::slice::from_ref(command), names, |_| ())
        .await;
    done.unwrap();
}

fn zip(folder: &Path, arguments: &[String]) {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.args(arguments).current_dir(folder);
    Ran::run(lab).expect_code(0);
}
