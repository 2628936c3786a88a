use std::collections::BTreeSet;

use super::{Files, Toml, blank};
use crate::core::{Lab, Step};
use crate::course::Finding;
use crate::course::tree::Node;
use crate::course::validate::validate;

/// Hints of one step, from a nudge to nearly the command.
const HINTS: usize = 3;

/// Points of one lab.
const POINTS: u32 = 100;

/// `lab.toml`: what the course cannot be used without, and what is said to people.
pub(super) fn lint(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let Some(lab) = &files.lab else {
        return;
    };
    validate(&lab.value, &lab.page, findings);
    head(lab, findings);
    for (step, node) in lab.value.steps.iter().zip(lab.root.get("step").items()) {
        points(lab, step, node, findings);
        if step.built && !lab.value.prepared {
            findings.push(lab.at(
                "built-step",
                node.get("built"),
                "sem `prepared`, todo passo é construído pelo aluno",
                "tire `built`, ou escreva `prepared = true` no começo do arquivo",
            ));
        }
        hints(lab, step, node, findings);
        for (check, node) in step.checks.iter().zip(node.get("check").items()) {
            says(lab, &check.says, node.get("says"), findings);
            if blank(&check.hint) {
                findings.push(lab.at(
                    "hint-empty",
                    node.get("hint"),
                    format!("o check `{}` não tem dica", check.id.get_ref()),
                    "diga em `hint` o que olhar quando o check falha",
                ));
            }
        }
    }
    map(lab, findings);
}

fn head(lab: &Toml<Lab>, findings: &mut Vec<Finding>) {
    let Lab {
        title,
        summary,
        minutes,
        cost,
        ..
    } = &lab.value;
    let root = &lab.root;
    for (name, text) in [("title", title), ("summary", summary)] {
        if blank(text) {
            findings.push(lab.at(
                "title-missing",
                root.get(name),
                format!("`{name}` está vazio"),
                "escreva uma frase curta: é o que aparece em `lab list`",
            ));
        }
    }
    if cost.split_whitespace().count() < 3 || !cost.trim_end().ends_with('.') {
        findings.push(lab.at(
            "cost",
            root.get("cost"),
            "o custo não é uma frase",
            "diga em uma frase, com ponto final, quanto o lab custa na AWS e no sandbox",
        ));
    }
    if !(1..=600).contains(minutes) {
        findings.push(lab.at(
            "minutes",
            root.get("minutes"),
            format!("{minutes} minutos não é um tempo para um lab"),
            "escreva quanto um aluno leva no lab inteiro, de 1 a 600 minutos",
        ));
    }
    let sum = lab.value.points();
    if sum != POINTS {
        let last = lab.root.get("step").items().last().unwrap_or(root);
        findings.push(lab.at(
            "points-sum",
            last.get("points"),
            format!("os pontos dos passos somam {sum}"),
            format!("reparta os pontos para que a soma do lab seja {POINTS}"),
        ));
    }
}

fn points(lab: &Toml<Lab>, step: &Step, node: &Node, findings: &mut Vec<Finding>) {
    if blank(&step.title) {
        findings.push(lab.at(
            "title-missing",
            node.get("title"),
            format!("o passo `{}` não tem título", step.id.get_ref()),
            "escreva em `title` o que se faz no passo",
        ));
    }
    if step.points == 0 {
        findings.push(lab.at(
            "points-step",
            node.get("points"),
            format!("o passo `{}` não vale nada", step.id.get_ref()),
            "dê pelo menos um ponto ao passo",
        ));
    } else if step.solution_cost >= step.points {
        findings.push(lab.at(
            "solution-cost",
            node.get("solution_cost"),
            format!(
                "ver a solução custa {}, e o passo vale {}",
                step.solution_cost, step.points
            ),
            "cobre menos que os pontos do passo: quem viu a solução e a fez ainda ganha algo",
        ));
    }
}

fn hints(lab: &Toml<Lab>, step: &Step, node: &Node, findings: &mut Vec<Finding>) {
    let (id, place) = (step.id.get_ref(), node.get("hints"));
    if step.hints.len() != HINTS {
        findings.push(lab.at(
            "hint-count",
            place,
            format!("o passo `{id}` tem {} dica(s)", step.hints.len()),
            format!("escreva {HINTS}: onde olhar, o que mudar, quase o comando"),
        ));
    }
    let mut seen = BTreeSet::new();
    for (index, hint) in step.hints.iter().enumerate() {
        if blank(hint) {
            findings.push(lab.at(
                "hint-empty",
                place.item(index),
                format!("a dica {} do passo `{id}` está vazia", index + 1),
                "escreva a dica",
            ));
        } else if !seen.insert(hint.trim()) {
            findings.push(lab.at(
                "hint-duplicate",
                place.item(index),
                format!("a dica {} do passo `{id}` repete outra", index + 1),
                "diga mais que a dica anterior",
            ));
        }
    }
    if let Some(last) = step.hints.last()
        && !blank(last)
        && last.matches('`').count() < 2
    {
        findings.push(lab.at(
            "hint-command",
            place.item(step.hints.len() - 1),
            format!("a última dica do passo `{id}` não tem um comando"),
            "escreva entre crases o comando ou o código que falta",
        ));
    }
}

/// A sentence of a list: begins with a capital and has no full stop.
pub(super) fn says<T>(file: &Toml<T>, text: &str, node: &Node, findings: &mut Vec<Finding>) {
    let message = if blank(text) {
        "falta a frase"
    } else if text.trim_end().ends_with(['.', '…']) {
        "a frase termina com ponto"
    } else if text.trim_start().starts_with(char::is_lowercase) {
        "a frase começa com minúscula"
    } else if text.trim() != text {
        "a frase tem espaços sobrando"
    } else {
        return;
    };
    findings.push(file.at(
        "says",
        node,
        message,
        "`says` é uma frase curta, com maiúscula no começo e sem ponto no fim",
    ));
}

fn map(lab: &Toml<Lab>, findings: &mut Vec<Finding>) {
    let (map, place) = (&lab.value.map, lab.root.get("map"));
    let mut nodes = BTreeSet::new();
    let checked = |checks: bool, label: &str, node: &Node, findings: &mut Vec<Finding>| {
        if !checks {
            findings.push(lab.at(
                "map-checks",
                node,
                "nenhum check diz como está esta parte do mapa",
                "escreva em `checks` os que a mostram, como em [\"gatilho/notificacao\"]",
            ));
        }
        if blank(label) {
            findings.push(lab.at(
                "title-missing",
                node.get("label"),
                "falta o texto desta parte do mapa",
                "escreva em `label` o que aparece no desenho",
            ));
        }
    };
    for (node, place) in map.nodes.iter().zip(place.get("node").items()) {
        if !nodes.insert(node.id.as_str()) {
            findings.push(lab.at(
                "id-duplicate",
                place.get("id"),
                format!("o mapa tem dois `{}`", node.id),
                "dê outro id a um deles",
            ));
        }
        checked(!node.checks.is_empty(), &node.label, place, findings);
    }
    for (arrow, place) in map.arrows.iter().zip(place.get("arrow").items()) {
        for (name, end) in [("from", &arrow.from), ("to", &arrow.to)] {
            if !nodes.contains(end.as_str()) {
                findings.push(lab.at(
                    "map-arrow",
                    place.get(name),
                    format!("não há `{end}` no mapa"),
                    crate::course::near::suggestion(
                        end,
                        nodes.iter().copied(),
                        "a seta vai de um `id` de [[map.node]] a outro",
                    ),
                ));
            }
        }
        checked(!arrow.checks.is_empty(), &arrow.label, place, findings);
    }
}
