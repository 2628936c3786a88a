use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde_json::Value;

use super::near::suggestion;
use super::placeholder::{known_names, unknown};
use super::tree::Node;
use super::{Finding, Page};
use crate::core::{Check, CheckId, Lab, Matcher, placeholders};

/// Every check with those that it waits for.
type Waits = HashMap<CheckId, Vec<CheckId>>;

/// Finds what the parser cannot see and nobody can grade with: references,
/// facts, matchers and placeholders that do not fit.
pub(super) fn validate(lab: &Lab, page: &Page, findings: &mut Vec<Finding>) {
    let ids = identities(lab, page, findings);
    something_to_do(lab, page, findings);
    let known = |wanted: &CheckId, written: &str, span: Range<usize>| {
        (!ids.contains_key(wanted)).then(|| {
            page.at(
                "reference",
                span,
                format!("o check `{written}` não existe"),
                suggestion(
                    wanted.as_str(),
                    ids.keys().map(CheckId::as_str),
                    "escreva `passo/check`; só `check` quando for do mesmo passo",
                ),
            )
        })
    };
    for (id, step, check) in lab.checks() {
        for reference in check.needs.iter().chain(&check.chain) {
            let wanted = CheckId::resolve(step.id.get_ref(), reference.get_ref());
            findings.extend(known(&wanted, reference.get_ref(), reference.span()));
        }
        if in_circle(&id, &ids) {
            findings.push(page.at(
                "cycle",
                check.id.span(),
                format!("os `needs` e `chain` de `{id}` dão a volta e chegam nele mesmo"),
                "tire a referência que fecha a volta: um check só espera os que vêm antes dele",
            ));
        }
        expectations(check, page, findings);
    }
    let nodes = lab.map.nodes.iter().flat_map(|node| &node.checks);
    let arrows = lab.map.arrows.iter().flat_map(|arrow| &arrow.checks);
    for reference in nodes.chain(arrows) {
        let wanted = CheckId::resolve("", reference.get_ref());
        findings.extend(known(&wanted, reference.get_ref(), reference.span()));
    }
    names(lab, page, findings);
}

/// A lab has a step, and a step a check: what asks for nothing would pass.
fn something_to_do(lab: &Lab, page: &Page, findings: &mut Vec<Finding>) {
    let place = || Node::parse(&page.text).map(|root| root.get("step").span.clone());
    if lab.steps.is_empty() {
        findings.push(page.at(
            "step-missing",
            place().unwrap_or(0..0),
            "o lab não tem nenhum passo",
            "escreva o primeiro com [[step]]; `lab dev new` faz um lab que já funciona",
        ));
    }
    for step in lab.steps.iter().filter(|step| step.checks.is_empty()) {
        let id = step.id.get_ref();
        findings.push(page.at(
            "check-missing",
            step.id.span(),
            format!("o passo `{id}` não tem nenhum check"),
            "escreva o primeiro com [[step.check]]: um passo sem check passaria sem nada feito",
        ));
    }
}

fn identities(lab: &Lab, page: &Page, findings: &mut Vec<Finding>) -> Waits {
    let mut ids = HashMap::new();
    let mut steps = BTreeSet::new();
    for step in &lab.steps {
        if !steps.insert(step.id.get_ref()) {
            findings.push(page.at(
                "id-duplicate",
                step.id.span(),
                format!("o passo `{}` aparece duas vezes", step.id.get_ref()),
                "dê outro id ao passo mais novo",
            ));
        }
        for check in &step.checks {
            let id = CheckId::new(step.id.get_ref(), check.id.get_ref());
            let mut waits_for = check.needs_in(step.id.get_ref());
            waits_for.extend(check.chain_in(step.id.get_ref()));
            if ids.insert(id, waits_for).is_some() {
                findings.push(page.at(
                    "id-duplicate",
                    check.id.span(),
                    format!(
                        "o check `{}` aparece duas vezes no passo",
                        check.id.get_ref()
                    ),
                    "dê outro id ao check mais novo",
                ));
            }
        }
    }
    ids
}

/// Every placeholder of the file is known, whatever the text is for.
fn names(lab: &Lab, page: &Page, findings: &mut Vec<Finding>) {
    let known = match known_names(lab) {
        Ok(known) => known,
        Err(problem) => {
            if let Some(root) = Node::parse(&page.text) {
                findings.push(sample_fault(page, root.get("samples"), &problem));
            }
            return;
        }
    };
    // The second reading of the file, for the places, is only made when it is needed.
    let all_known = placeholders(&page.text)
        .into_iter()
        .all(|name| known.contains(name));
    if !all_known && let Some(root) = Node::parse(&page.text) {
        unknown(page, &root, &known, findings);
    }
}

/// A sample that cannot be made, at the word that the problem is about.
fn sample_fault(page: &Page, samples: &Node, problem: &str) -> Finding {
    let word = problem.split('`').nth(1).unwrap_or_default();
    let texts = samples.texts();
    let place = texts
        .iter()
        .find(|at| !word.is_empty() && page.text[(*at).clone()].contains(word));
    page.at(
        "sample",
        place.unwrap_or(&samples.key).clone(),
        format!("em [samples]: {problem}"),
        "`copy` e `text` só se referem a amostras e campos que existem; `one_of` precisa de opções",
    )
}

fn expectations(check: &Check, page: &Page, findings: &mut Vec<Finding>) {
    let probe = check.probe.get_ref();
    let facts = probe.facts();
    for (fact, matcher) in &check.expect {
        let Some(spec) = facts.iter().find(|f| f.name == fact.get_ref()) else {
            let names: Vec<_> = facts.iter().map(|f| f.name).collect();
            findings.push(page.at(
                "fact",
                fact.span(),
                format!(
                    "a sonda `{}` não tem o fato `{}`",
                    probe.name(),
                    fact.get_ref()
                ),
                format!("ela diz: {}", names.join(", ")),
            ));
            continue;
        };
        if !matcher.fits(spec.kind) {
            let (what, fitting) = kind(spec.kind);
            findings.push(page.at(
                "matcher",
                fact.span(),
                format!(
                    "esta comparação não serve para `{}`, que é {what}",
                    spec.name
                ),
                fitting,
            ));
        }
    }
    let absence = check
        .expect
        .iter()
        .any(|(f, m)| f.get_ref() == "exists" && m == &Matcher::Equals(Value::Bool(false)));
    if absence && check.until.is_none() {
        findings.push(page.at(
            "anchor",
            check.probe.span(),
            format!(
                "o check `{}` espera uma ausência e não tem âncora",
                check.id.get_ref()
            ),
            "diga em `until` o que precisa aparecer antes: sem isso, «ainda não chegou» passaria",
        ));
    }
}

/// What a kind of fact is called, and the comparisons that serve for it.
fn kind(kind: crate::core::FactKind) -> (&'static str, &'static str) {
    use crate::core::FactKind::{Bool, List, Number, Record, Text};
    match kind {
        Bool => (
            "verdadeiro ou falso",
            "use `equals = true` ou `equals = false`",
        ),
        Number => (
            "um número",
            "use `equals`, `one_of`, `at_least` ou `at_most`, com números",
        ),
        Text => (
            "um texto",
            "use `equals`, `one_of`, `contains`, `excludes` ou `empty`, com textos",
        ),
        List => (
            "uma lista",
            "use `equals` com uma lista, `contains`, `excludes` ou `empty`",
        ),
        Record => (
            "um registro",
            "use `contains` ou `equals`, com os campos entre chaves",
        ),
    }
}

/// Whether following `needs` and `chain` from `start` comes back to it.
fn in_circle(start: &CheckId, needs: &Waits) -> bool {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&CheckId> = needs[start].iter().collect();
    while let Some(id) = next.pop() {
        if id == start {
            return true;
        }
        if seen.insert(id) {
            next.extend(needs.get(id).into_iter().flatten());
        }
    }
    false
}
