use std::collections::BTreeSet;

use super::faults;
use super::lab::says;
use super::solutions::{Bench, commands, placeholders};
use super::{Files, Toml, blank};
use crate::core::{CheckId, Lab, NearMiss, Solution};
use crate::course::Finding;
use crate::course::load::{
    folders_in, near_miss_folder, parse, preparation_folder, solution_folder,
};
use crate::course::near::suggestion;

/// How many mistakes a lab is tried with, at the least.
const NEAR_MISSES: usize = 5;

/// Near misses that can be made, and that say which checks tell them.
pub(super) fn lint(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let dir = near_miss_folder(&files.folder);
    let slugs = folders_in(files.source, &dir).unwrap_or_default();
    if slugs.len() < NEAR_MISSES {
        findings.push(Finding::file(
            "near-miss-count",
            files.source.display(&dir),
            format!("o lab tem {} erro(s) de propósito", slugs.len()),
            format!(
                "escreva pelo menos {NEAR_MISSES}, cada um numa pasta com `near-miss.toml`: erros que as pessoas cometem de verdade"
            ),
        ));
    }
    let mut drawn = Vec::new();
    for slug in slugs {
        let dir = format!("{dir}/{slug}");
        let path = format!("{dir}/near-miss.toml");
        let Some(file) = Toml::<NearMiss>::open(files.source, &path, findings) else {
            continue;
        };
        let near_miss = &file.value;
        says(&file, &near_miss.says, file.root.get("says"), findings);
        let mut bench = bench(files, near_miss);
        bench.add(files.source, &dir);
        placeholders(&file, file.root.get("fails"), &bench, findings);
        commands(&file, &near_miss.commands, &mut bench, findings);
        verdicts(files.lab.as_ref(), &file, findings);
        if file.value.like.is_some() {
            faults::lint(files, &file, findings);
            drawn.push(file);
        }
    }
    faults::together(&drawn, findings);
}

/// What lies ready where the mistake is made: all up to its step, or the whole
/// system where one is prepared, with what the learner built on it.
fn bench(files: &Files<'_>, near_miss: &NearMiss) -> Bench {
    let mut bench = Bench::of(files);
    let Some(lab) = &files.lab else {
        return bench;
    };
    let steps = &lab.value.steps;
    let Some(from) = &near_miss.from else {
        return bench;
    };
    if lab.value.prepared {
        let dir = preparation_folder(&files.folder);
        bench.add(files.source, &dir);
        let path = format!("{dir}/solution.toml");
        match parse::<Solution>(files.source, &path, &mut Vec::new()) {
            Some((preparation, _)) => bench.follow(&preparation),
            None => bench.complete = false,
        }
    }
    let last = steps
        .iter()
        .position(|step| step.id.get_ref() == from.get_ref());
    bench.complete &= last.is_some();
    for (number, step) in steps.iter().enumerate().take(last.map_or(0, |at| at + 1)) {
        if lab.value.prepared && !step.built {
            continue;
        }
        let dir = solution_folder(&lab.value, number, step);
        bench.add(files.source, &dir);
        let path = format!("{dir}/solution.toml");
        // What is wrong with the solution is said of the solution.
        match parse::<Solution>(files.source, &path, &mut Vec::new()) {
            Some((solution, _)) => bench.follow(&solution),
            None => bench.complete = false,
        }
    }
    bench
}

fn verdicts(lab: Option<&Toml<Lab>>, file: &Toml<NearMiss>, findings: &mut Vec<Finding>) {
    let near_miss = &file.value;
    let fails: BTreeSet<&str> = near_miss
        .fails
        .keys()
        .map(|id| id.get_ref().as_str())
        .collect();
    if fails.is_empty() {
        findings.push(file.at(
            "near-miss-fails",
            file.root.get("fails"),
            "nenhum check vê este erro",
            "escreva em [fails] os checks que falham, cada um com uma parte do que é dito",
        ));
    }
    for (id, said) in &near_miss.fails {
        if blank(said) {
            findings.push(file.page.at(
                "near-miss-message",
                id.span(),
                format!("não se sabe o que `{}` deve dizer", id.get_ref()),
                "escreva uma parte da mensagem que ajuda quem errou assim",
            ));
        }
    }
    for id in &near_miss.skips {
        if fails.contains(id.get_ref().as_str()) {
            findings.push(file.page.at(
                "near-miss-skips",
                id.span(),
                format!("`{}` está em `fails` e em `skips`", id.get_ref()),
                "deixe-o num lugar só: o que falha não é pulado",
            ));
        }
    }
    let Some(lab) = lab else {
        return;
    };
    let checks: Vec<(CheckId, Vec<CheckId>)> = lab
        .value
        .checks()
        .map(|(id, step, check)| (id, check.needs_in(step.id.get_ref())))
        .collect();
    for id in &near_miss.varies {
        if fails.contains(id.get_ref().as_str()) || near_miss.skips.contains(id) {
            findings.push(file.page.at(
                "near-miss-varies",
                id.span(),
                format!(
                    "`{}` está em `varies` e também em `fails` ou `skips`",
                    id.get_ref()
                ),
                "deixe-o num lugar só: em `varies`, só o que depende da sorte",
            ));
        }
    }
    for id in near_miss
        .fails
        .keys()
        .chain(&near_miss.skips)
        .chain(&near_miss.varies)
    {
        if !checks
            .iter()
            .any(|(known, _)| known.as_str() == id.get_ref())
        {
            findings.push(file.page.at(
                "reference",
                id.span(),
                format!("o check `{}` não existe", id.get_ref()),
                suggestion(
                    id.get_ref(),
                    checks.iter().map(|(id, _)| id.as_str()),
                    "escreva `passo/check`, como em `gatilho/notificacao`",
                ),
            ));
        } else if near_miss.skips.contains(id)
            && !fails.contains(id.get_ref().as_str())
            && !waits_for(id.get_ref(), &fails, &checks)
        {
            findings.push(file.page.at(
                "near-miss-skips",
                id.span(),
                format!(
                    "`{}` não espera por nenhum dos checks que falham",
                    id.get_ref()
                ),
                "um check só é pulado quando um dos seus `needs`, ou dos `needs` deles, falha",
            ));
        }
    }
    if let Some(from) = &near_miss.from
        && lab.value.step(from.get_ref()).is_none()
    {
        findings.push(
            file.page.at(
                "reference",
                from.span(),
                format!("o passo `{}` não existe", from.get_ref()),
                suggestion(
                    from.get_ref(),
                    lab.value
                        .steps
                        .iter()
                        .map(|step| step.id.get_ref().as_str()),
                    "escreva o id de um passo deste lab",
                ),
            ),
        );
    }
}

/// Whether a check needs one of the failing ones, directly or through others.
fn waits_for(id: &str, fails: &BTreeSet<&str>, checks: &[(CheckId, Vec<CheckId>)]) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![id];
    while let Some(id) = next.pop() {
        let needs = checks.iter().find(|(known, _)| known.as_str() == id);
        for need in needs.iter().flat_map(|(_, needs)| needs) {
            if fails.contains(need.as_str()) {
                return true;
            }
            if seen.insert(need.as_str()) {
                next.push(need.as_str());
            }
        }
    }
    false
}
