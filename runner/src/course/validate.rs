use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde::Serialize;
use serde_json::Value;

use super::Finding;
use crate::core::{Check, CheckId, Lab, Matcher, Names, Resource, Step, generate, placeholders};

/// Finds what the parser cannot see: references, facts, matchers and
/// placeholders that do not fit.
pub(super) fn validate(lab: &Lab, file: &str, text: &str, findings: &mut Vec<Finding>) {
    let mut say = |span: Option<Range<usize>>, message: String, help: Option<String>| {
        findings.push(Finding {
            file: file.to_owned(),
            text: text.to_owned(),
            span,
            message,
            help,
        });
    };

    let known = match known_names(lab) {
        Ok(known) => known,
        Err(problem) => return say(None, format!("em [samples]: {problem}"), None),
    };
    let mut ids: HashMap<CheckId, Vec<CheckId>> = HashMap::new();
    let mut steps = BTreeSet::new();
    for step in &lab.steps {
        if !steps.insert(step.id.get_ref()) {
            say(
                Some(step.id.span()),
                format!("o passo `{}` aparece duas vezes", step.id.get_ref()),
                None,
            );
        }
        for check in &step.checks {
            let id = CheckId::new(step.id.get_ref(), check.id.get_ref());
            let mut waits_for = check.needs_in(step.id.get_ref());
            waits_for.extend(check.chain_in(step.id.get_ref()));
            if ids.insert(id, waits_for).is_some() {
                say(
                    Some(check.id.span()),
                    format!(
                        "o check `{}` aparece duas vezes no passo",
                        check.id.get_ref()
                    ),
                    None,
                );
            }
        }
    }

    for (id, step, check) in lab.checks() {
        for reference in check.needs.iter().chain(&check.chain) {
            if !ids.contains_key(&CheckId::resolve(step.id.get_ref(), reference.get_ref())) {
                say(
                    Some(reference.span()),
                    format!("o check `{}` não existe", reference.get_ref()),
                    Some(
                        "escreva `passo/check`, ou só `check` quando for do mesmo passo".to_owned(),
                    ),
                );
            }
        }
        if in_circle(&id, &ids) {
            say(
                Some(check.id.span()),
                format!("os `needs` e `chain` de `{id}` dão a volta e chegam nele mesmo"),
                None,
            );
        }
        expectations(check, &mut say);
        for (span, unknown) in unknown_placeholders(step, check, &known) {
            say(
                Some(span),
                format!("`{{{unknown}}}` não é um nome deste lab"),
                Some(suggestion(&unknown, &known).map_or_else(
                    || {
                        "nomes vêm de [names] e [samples], além de {account}, {region} e {prefix}"
                            .to_owned()
                    },
                    |name| format!("você quis dizer `{{{name}}}`?"),
                )),
            );
        }
    }

    let map = &lab.map;
    for reference in map
        .nodes
        .iter()
        .flat_map(|n| &n.checks)
        .chain(map.arrows.iter().flat_map(|a| &a.checks))
    {
        if !ids.contains_key(&CheckId::resolve("", reference.get_ref())) {
            say(
                Some(reference.span()),
                format!("o check `{}` não existe", reference.get_ref()),
                None,
            );
        }
    }
}

fn expectations(check: &Check, say: &mut impl FnMut(Option<Range<usize>>, String, Option<String>)) {
    let probe = check.probe.get_ref();
    let facts = probe.facts();
    for (fact, matcher) in &check.expect {
        let Some(spec) = facts.iter().find(|f| f.name == fact.get_ref()) else {
            let names: Vec<_> = facts.iter().map(|f| f.name).collect();
            say(
                Some(fact.span()),
                format!(
                    "a sonda `{}` não tem o fato `{}`",
                    probe.name(),
                    fact.get_ref()
                ),
                Some(format!("ela diz: {}", names.join(", "))),
            );
            continue;
        };
        if !matcher.fits(spec.kind) {
            say(
                Some(fact.span()),
                format!(
                    "esta comparação não serve para `{}`, que é {}",
                    spec.name,
                    kind(spec.kind)
                ),
                None,
            );
        }
    }
    let absence = check
        .expect
        .iter()
        .any(|(f, m)| f.get_ref() == "exists" && m == &Matcher::Equals(Value::Bool(false)));
    if absence && check.until.is_none() {
        say(
            Some(check.probe.span()),
            format!("o check `{}` espera uma ausência e não tem âncora", check.id.get_ref()),
            Some("diga em `until` o que precisa aparecer antes: sem isso, «ainda não chegou» passaria".to_owned()),
        );
    }
}

fn kind(kind: crate::core::FactKind) -> &'static str {
    use crate::core::FactKind::{Bool, List, Number, Record, Text};
    match kind {
        Bool => "verdadeiro ou falso",
        Number => "um número",
        Text => "um texto",
        List => "uma lista",
        Record => "um registro",
    }
}

/// Whether following `needs` and `chain` from `start` comes back to it.
fn in_circle(start: &CheckId, needs: &HashMap<CheckId, Vec<CheckId>>) -> bool {
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

/// All names a lab may use, with any sample.
fn known_names(lab: &Lab) -> Result<BTreeSet<String>, String> {
    let mut names = Names::default();
    for name in ["prefix", "account", "region"]
        .into_iter()
        .chain(lab.names.keys().map(String::as_str))
    {
        names.set(name, "x");
    }
    generate(&lab.samples, 0, &mut names)?;
    Ok(names.iter().map(|(name, _)| name.to_owned()).collect())
}

fn unknown_placeholders(
    step: &Step,
    check: &Check,
    known: &BTreeSet<String>,
) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut look = |span: Range<usize>, text: &str| {
        for name in placeholders(text) {
            if !known.contains(name) {
                found.push((span.clone(), name.to_owned()));
            }
        }
    };
    look(check.probe.span(), &to_json(check.probe.get_ref()));
    if let Some(until) = &check.until {
        look(until.span(), &to_json(until.get_ref()));
    }
    for (fact, matcher) in &check.expect {
        look(fact.span(), &to_json(matcher));
    }
    for action in check.actions.iter().chain(&check.clean) {
        look(check.id.span(), &to_json(action));
    }
    for text in [&check.says, &check.hint].into_iter().chain(&check.trace) {
        look(check.id.span(), text);
    }
    for text in step
        .hints
        .iter()
        .map(String::as_str)
        .chain(step.resources.iter().map(Resource::name))
    {
        look(step.id.span(), text);
    }
    found
}

fn to_json<T: Serialize>(data: &T) -> String {
    serde_json::to_string(data).unwrap_or_default()
}

fn suggestion<'a>(unknown: &str, known: &'a BTreeSet<String>) -> Option<&'a String> {
    known
        .iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(unknown, name), name))
        .filter(|(score, _)| *score > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
