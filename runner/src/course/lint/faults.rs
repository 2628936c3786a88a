use std::collections::BTreeSet;

use super::{Files, Toml};
use crate::core::NearMiss;
use crate::course::Finding;
use crate::course::load::near_miss_folder;

/// A near miss that may be drawn as a fault: what it repeats is there, and it
/// breaks one step of a system that is prepared.
pub(super) fn lint(files: &Files<'_>, file: &Toml<NearMiss>, findings: &mut Vec<Finding>) {
    let near_miss = &file.value;
    let Some(like) = &near_miss.like else {
        return;
    };
    let there = like.get_ref().split_once('/').is_some_and(|(lab, slug)| {
        let path = format!("{}/{slug}/near-miss.toml", near_miss_folder(lab));
        matches!(files.source.read(&path), Ok(Some(_)))
    });
    if !there {
        findings.push(file.page.at(
            "near-miss-like",
            like.span(),
            format!("não há o quase-acerto `{}`", like.get_ref()),
            "escreva a pasta do lab e a do quase-acerto, como em `01-notas-fiscais/s3-sem-permissao`",
        ));
    }
    let Some(lab) = &files.lab else {
        return;
    };
    let last = lab.value.last_prepared().map(|step| step.id.get_ref());
    let built = lab
        .value
        .step(near_miss.step())
        .is_some_and(|step| step.built);
    let from = near_miss.from.as_ref().map(toml::Spanned::get_ref);
    if !lab.value.prepared || built || from != last {
        findings.push(file.page.at(
            "near-miss-like",
            like.span(),
            "só um defeito do sistema inteiro e preparado pode ser sorteado",
            "em `from`, escreva o último passo do lab que não tem `built`, e em `lab.toml`, `prepared = true`; ou tire `like`",
        ));
    }
    for id in near_miss.fails.keys() {
        if id.get_ref().split('/').next() != Some(near_miss.step()) {
            findings.push(file.page.at(
                "fault-scope",
                id.span(),
                format!("`{}` é de outro passo que o resto do defeito", id.get_ref()),
                "um defeito sorteado quebra checks de um passo só; os outros são pulados por causa deles",
            ));
        }
    }
}

/// Faults of different steps may come together: none may hide another.
pub(super) fn together(drawn: &[Toml<NearMiss>], findings: &mut Vec<Finding>) {
    for file in drawn {
        let others = drawn.iter().filter(|o| o.value.step() != file.value.step());
        let seen: BTreeSet<&str> = others
            .flat_map(|other| other.value.fails.keys())
            .map(|id| id.get_ref().as_str())
            .collect();
        for id in &file.value.skips {
            if seen.contains(id.get_ref().as_str()) {
                findings.push(file.page.at(
                    "fault-hides",
                    id.span(),
                    format!(
                        "com este defeito, ninguém vê os que só `{}` mostra",
                        id.get_ref()
                    ),
                    "mude os `needs` do check, para que cada passo seja julgado sem os outros",
                ));
            }
        }
    }
}
