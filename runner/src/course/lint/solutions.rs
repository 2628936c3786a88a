use std::collections::BTreeSet;

use super::lab::says;
use super::{Files, Toml, blank};
use crate::core::{Command, Solution};
use crate::course::load::{folders_in, no_preparation, preparation_folder, solution_folder};
use crate::course::placeholder::{known_names, meant, used};
use crate::course::tree::Node;
use crate::course::{Finding, Source};

/// Programs that a learner has: no shell, so that all systems run the same.
const PROGRAMS: [&str; 2] = ["aws", "lab"];

/// Folder of the near misses, among those of the steps.
const NEAR_MISSES: &str = "near-misses";

/// One solution a step, made of commands that run everywhere.
pub(super) fn lint(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let Some(lab) = &files.lab else {
        return;
    };
    let mut expected = BTreeSet::from([NEAR_MISSES.to_owned()]);
    let mut bench = Bench::of(files);
    if lab.value.prepared {
        let dir = preparation_folder(&files.folder);
        expected.extend(dir.rsplit('/').next().map(str::to_owned));
        prepared(files, &dir, &mut bench, findings);
    }
    for (number, step) in lab.value.steps.iter().enumerate() {
        let dir = solution_folder(&lab.value, number, step);
        expected.extend(dir.rsplit('/').next().map(str::to_owned));
        let path = format!("{dir}/solution.toml");
        if !matches!(files.source.read(&path), Ok(Some(_))) {
            findings.push(lab.page.at(
                "solution-missing",
                step.id.span(),
                format!(
                    "o passo `{}` não tem solução de referência",
                    step.id.get_ref()
                ),
                format!("crie `{path}` com os comandos que resolvem o passo"),
            ));
            continue;
        }
        let Some(solution) = Toml::<Solution>::open(files.source, &path, findings) else {
            bench.complete = false;
            continue;
        };
        bench.add(files.source, &dir);
        commands(&solution, &solution.value.commands, &mut bench, findings);
    }
    let dir = format!("solutions/{}", files.folder);
    for folder in folders_in(files.source, &dir).unwrap_or_default() {
        if !expected.contains(&folder) {
            let names = expected.iter().map(String::as_str);
            findings.push(Finding::file(
                "solution-stray",
                files.source.display(&format!("{dir}/{folder}")),
                "a pasta não é de nenhum passo",
                crate::course::near::suggestion(
                    &folder,
                    names,
                    "a pasta de uma solução se chama `número-passo`, como em `5-gatilho`",
                ),
            ));
        }
    }
}

/// What makes the system that a lab begins with.
fn prepared(files: &Files<'_>, dir: &str, bench: &mut Bench, findings: &mut Vec<Finding>) {
    let path = format!("{dir}/solution.toml");
    if !matches!(files.source.read(&path), Ok(Some(_))) {
        findings.push(no_preparation(files.source, dir));
        bench.complete = false;
        return;
    }
    let Some(preparation) = Toml::<Solution>::open(files.source, &path, findings) else {
        bench.complete = false;
        return;
    };
    // What it knows is not the learner's: a step finds its ids by itself.
    let mut alone = bench.clone();
    alone.add(files.source, dir);
    commands(
        &preparation,
        &preparation.value.commands,
        &mut alone,
        findings,
    );
}

/// What the commands of one step find: names, and files in the folder.
#[derive(Debug, Clone)]
pub(super) struct Bench {
    names: Option<BTreeSet<String>>,
    files: BTreeSet<String>,
    /// Whether all that comes before was read; otherwise nothing is missed.
    pub(super) complete: bool,
}

impl Bench {
    /// At the start of a lab.
    pub(super) fn of(files: &Files<'_>) -> Self {
        let lab = files.lab.as_ref().map(|lab| &lab.value);
        let mut bench = Self {
            names: lab.and_then(|lab| known_names(lab).ok()).map(|mut names| {
                // Samples have a value in checks alone.
                names.retain(|name| {
                    lab.is_some_and(|lab| {
                        !lab.samples
                            .contains_key(name.split('.').next().unwrap_or(name))
                    })
                });
                names
            }),
            files: BTreeSet::new(),
            complete: true,
        };
        bench.add(files.source, &format!("labs/{}/starter", files.folder));
        bench
    }

    /// Adds the files of a folder.
    pub(super) fn add(&mut self, source: &Source, dir: &str) {
        self.files.extend(source.files(dir).unwrap_or_default());
    }

    /// Adds what the commands of a solution leave for the next ones.
    pub(super) fn follow(&mut self, solution: &Solution) {
        for command in &solution.commands {
            if let (Some(names), Some(name)) = (&mut self.names, &command.capture) {
                names.insert(name.clone());
            }
        }
    }
}

/// Commands of a solution or of a near miss.
pub(super) fn commands<T>(
    file: &Toml<T>,
    all: &[Command],
    bench: &mut Bench,
    findings: &mut Vec<Finding>,
) {
    if all.is_empty() {
        findings.push(file.at(
            "command-missing",
            file.root.get("command"),
            "não há nenhum comando",
            "escreva pelo menos um [[command]] com `says` e `run`",
        ));
    }
    for (command, node) in all.iter().zip(file.root.get("command").items()) {
        says(file, &command.says, node.get("says"), findings);
        let run = node.get("run");
        let program = command.run.first().map_or("", String::as_str);
        if !PROGRAMS.contains(&program) {
            findings.push(file.at(
                "command-program",
                run.item(0),
                match blank(program) {
                    true => "o comando está vazio".to_owned(),
                    false => format!("`{program}` não existe no computador de todos os alunos"),
                },
                "comece com `aws` ou `lab`, sem shell: cada palavra é um elemento da lista",
            ));
        }
        placeholders(file, run, bench, findings);
        placeholders(file, node.get("says"), bench, findings);
        for (argument, node) in command.run.iter().zip(run.items()) {
            if let Some(name) = argument.strip_prefix("file://")
                && bench.complete
                && !bench.files.contains(name)
            {
                findings.push(file.at(
                    "command-file",
                    node,
                    format!("o arquivo `{name}` não existe"),
                    "ponha-o nesta pasta, na de um passo anterior ou em `starter`",
                ));
            }
        }
        if let (Some(names), Some(name)) = (&mut bench.names, &command.capture) {
            names.insert(name.clone());
        }
    }
}

/// Known to the lab, or captured before.
pub(super) fn placeholders<T>(
    file: &Toml<T>,
    node: &Node,
    bench: &Bench,
    findings: &mut Vec<Finding>,
) {
    let Some(known) = bench.names.as_ref().filter(|_| bench.complete) else {
        return;
    };
    for (name, span) in node.texts().iter().flat_map(|at| used(&file.page.text, at)) {
        if !known.contains(&name) {
            findings.push(file.page.at(
                "placeholder",
                span,
                format!("`{{{name}}}` não é um nome do lab nem foi guardado antes com `capture`"),
                meant(&name, known),
            ));
        }
    }
}
