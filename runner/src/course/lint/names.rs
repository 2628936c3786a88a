use std::collections::{BTreeMap, BTreeSet};

use super::{Files, Toml};
use crate::core::{Field, Lab};
use crate::course::Finding;
use crate::course::placeholder::{EVERYWHERE, fixed_names, known_names, used};
use crate::course::tree::Node;

/// Names and samples: written so that a placeholder can mean them, and used;
/// samples only where they have a value.
pub(super) fn lint(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let Some(lab) = &files.lab else {
        return;
    };
    let placeholders = all_used(lab);
    let texts = files.texts().join("\n");
    for (name, node) in lab.root.below("names") {
        well_formed(lab, name, node, findings);
        values(lab, node, findings);
        if !placeholders.contains(name) && !texts.contains(&format!("{{{name}}}")) {
            findings.push(lab.page.at(
                "name-unused",
                node.key.clone(),
                format!("nada usa o nome `{name}`"),
                format!("use `{{{name}}}` nos checks e nos textos, ou apague a linha"),
            ));
        }
    }
    let copied: BTreeSet<&str> = lab.value.samples.values().flatten().map(|(_, f)| f).fold(
        BTreeSet::new(),
        |mut found, field| {
            copies(field, &mut found);
            found
        },
    );
    for (name, node) in lab.root.below("samples") {
        well_formed(lab, name, node, findings);
        for (field, node) in node.entries() {
            well_formed(lab, field, node, findings);
        }
        let of_sample = |used: &String| used.split('.').next() == Some(name);
        if !placeholders.iter().any(of_sample) && !copied.contains(name.as_str()) {
            findings.push(lab.page.at(
                "sample-unused",
                node.key.clone(),
                format!("nada usa a amostra `{name}`"),
                format!("use `{{{name}.campo}}` em um check, ou apague a amostra"),
            ));
        }
    }
    only_fixed(lab, findings);
}

/// Learners do the labs one after the other in one account, and a reset removes
/// what one of them names: a resource belongs to one lab.
pub(super) fn shared(labs: &[Files<'_>], findings: &mut Vec<Finding>) {
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    for lab in labs.iter().filter_map(|files| files.lab.as_ref()) {
        let id = lab.value.id.as_str();
        for (_, node) in lab.root.below("names") {
            let name = &lab.page.text[node.span.clone()];
            let first = *taken.entry(name).or_insert(id);
            if first != id {
                findings.push(lab.at(
                    "name-shared",
                    node,
                    format!("o lab `{first}` já pede um recurso com este nome"),
                    "escolha outro: as pessoas fazem os labs na mesma conta, e a limpeza de um levaria o do outro",
                ));
            }
        }
    }
}

/// The placeholders of everything but the definitions of the names.
fn all_used(lab: &Toml<Lab>) -> BTreeSet<String> {
    lab.root
        .entries()
        .iter()
        .filter(|(key, _)| key != "names")
        .flat_map(|(_, node)| node.texts())
        .flat_map(|at| used(&lab.page.text, &at))
        .map(|(name, _)| name)
        .collect()
}

fn copies<'f>(field: &'f Field, found: &mut BTreeSet<&'f str>) {
    match field {
        Field::Copy { of, .. } => {
            found.insert(of);
        }
        Field::List { of, .. } => of.values().for_each(|field| copies(field, found)),
        _ => {}
    }
}

/// Placeholders are read by these characters alone.
fn well_formed(lab: &Toml<Lab>, name: &str, node: &Node, findings: &mut Vec<Finding>) {
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !fits || EVERYWHERE.contains(&name) {
        findings.push(lab.page.at(
            "name-format",
            node.key.clone(),
            match fits {
                true => format!("`{{{name}}}` já quer dizer outra coisa em todos os labs"),
                false => format!("`{{{name}}}` não seria lido como um nome"),
            },
            "use outro nome, com letras minúsculas sem acento, algarismos e `_`",
        ));
    }
}

/// A resource's name is made of what every lab has.
fn values(lab: &Toml<Lab>, node: &Node, findings: &mut Vec<Finding>) {
    for (name, span) in used(&lab.page.text, &node.span) {
        // A name that nobody knows has been said.
        let known = fixed_names(&lab.value).contains(&name);
        if known && !EVERYWHERE.contains(&name.as_str()) {
            findings.push(lab.page.at(
                "placeholder",
                span,
                format!("`{{{name}}}` ainda não tem valor aqui"),
                "em [names] só valem {prefix}, {account} e {region}",
            ));
        }
    }
}

/// Texts that are shown without a run have no samples.
fn only_fixed(lab: &Toml<Lab>, findings: &mut Vec<Finding>) {
    let fixed = fixed_names(&lab.value);
    let Ok(known) = known_names(&lab.value) else {
        return;
    };
    let mut shown = vec!["title", "summary", "cost", "map"]
        .into_iter()
        .filter(|key| lab.root.entries().iter().any(|(name, _)| name == key))
        .map(|key| lab.root.get(key))
        .collect::<Vec<_>>();
    for step in lab.root.get("step").items() {
        for (key, node) in step.entries() {
            match key.as_str() {
                "title" | "hints" | "resources" => shown.push(node),
                "check" => shown.extend(node.items().iter().map(|check| check.get("says"))),
                _ => {}
            }
        }
    }
    for (name, span) in shown
        .iter()
        .flat_map(|node| node.texts())
        .flat_map(|at| used(&lab.page.text, &at))
    {
        if known.contains(&name) && !fixed.contains(&name) {
            findings.push(lab.page.at(
                "placeholder",
                span,
                format!("`{{{name}}}` muda a cada verificação e não tem valor neste texto"),
                "aqui só valem os nomes de [names], {account}, {region} e {prefix}",
            ));
        }
    }
}
