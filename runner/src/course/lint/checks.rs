use std::collections::BTreeMap;

use serde_json::Value;

use super::{Files, Toml};
use crate::core::{Action, Check, CheckId, Invocation, Lab, Probe, Step, placeholders};
use crate::course::Finding;
use crate::course::tree::Node;

/// How checks wait for each other, and what they drive.
pub(super) fn lint(files: &Files<'_>, findings: &mut Vec<Finding>) {
    let Some(lab) = &files.lab else {
        return;
    };
    let order: BTreeMap<&str, usize> = lab
        .value
        .steps
        .iter()
        .enumerate()
        .map(|(number, step)| (step.id.get_ref().as_str(), number))
        .collect();
    for (step, node) in lab.value.steps.iter().zip(lab.root.get("step").items()) {
        for (check, node) in step.checks.iter().zip(node.get("check").items()) {
            later(lab, step, check, &order, findings);
            waits(lab, check, node, findings);
            cleans(lab, check, node, findings);
        }
    }
}

/// A check that needs what is only built later would be skipped for ever.
fn later(
    lab: &Toml<Lab>,
    step: &Step,
    check: &Check,
    order: &BTreeMap<&str, usize>,
    findings: &mut Vec<Finding>,
) {
    let here = order.get(step.id.get_ref().as_str());
    for reference in check.needs.iter().chain(&check.chain) {
        let wanted = CheckId::resolve(step.id.get_ref(), reference.get_ref());
        if order.get(wanted.step()) > here {
            findings.push(lab.page.at(
                "needs-later",
                reference.span(),
                format!("`{wanted}` é de um passo que vem depois"),
                "um check só depende de checks do mesmo passo ou dos anteriores",
            ));
        }
    }
}

/// What a synchronous call does is there when it returns; all else takes time.
fn waits(lab: &Toml<Lab>, check: &Check, node: &Node, findings: &mut Vec<Finding>) {
    let late = match check.actions.last() {
        None => check.until.is_some(),
        Some(Action::LambdaS3Event { invocation, .. }) => *invocation == Invocation::Async,
        Some(Action::LambdaInvoke { .. }) => false,
        Some(_) => true,
    };
    if late && check.within.is_none() {
        let (place, what) = match check.actions.is_empty() {
            true => (node.get("until"), "espera algo"),
            false => (node.get("do"), "provoca algo"),
        };
        findings.push(lab.page.at(
            "within",
            place.key.clone(),
            format!("o check `{}` {what} e olha uma vez só", check.id.get_ref()),
            "diga em `within` quanto esperar pelo resultado, como em `within = \"20s\"`",
        ));
    }
}

/// What the learner's function makes out of an action stays in the account,
/// unless the check says how to remove it. Only what is looked for under a
/// fresh name is asked for: that can come from nowhere else.
fn cleans(lab: &Toml<Lab>, check: &Check, node: &Node, findings: &mut Vec<Finding>) {
    let runs_code = check.actions.iter().any(|action| {
        matches!(
            action,
            Action::S3Put { .. }
                | Action::LambdaS3Event { .. }
                | Action::LambdaInvoke { .. }
                | Action::SnsPublish { .. }
                | Action::EventsPut { .. }
                | Action::SqsSend { .. }
                | Action::SqsFifo { .. }
                | Action::SqsFlood { .. }
        )
    });
    if !runs_code {
        return;
    }
    let undone: Vec<Action> = check.actions.iter().filter_map(Action::undo).collect();
    let until = check.until.iter().map(|probe| ("until", probe));
    for (name, probe) in until.chain([("probe", &check.probe)]) {
        let Some(remains) = removal(probe.get_ref()) else {
            continue;
        };
        if !undone.contains(&remains) && !check.clean.contains(&remains) {
            findings.push(lab.page.at(
                "clean",
                node.get(name).key.clone(),
                format!(
                    "o que o check `{}` faz aparecer fica na conta",
                    check.id.get_ref()
                ),
                match remains {
                    Action::S3Delete { .. } => {
                        "acrescente a `clean` um `s3_delete` com este bucket e esta chave"
                    }
                    Action::DynamodbDeleteAll { .. } => {
                        "acrescente a `clean` um `dynamodb_delete_all` com esta tabela e esta chave"
                    }
                    _ => "acrescente a `clean` um `dynamodb_delete` com esta tabela e esta chave",
                },
            ));
        }
    }
}

/// What removes the thing that a probe looks for under a fresh name.
fn removal(probe: &Probe) -> Option<Action> {
    let fresh = |text: &str| placeholders(text).iter().any(|name| name.contains('.'));
    let fresh_key =
        |key: &BTreeMap<String, Value>| key.values().any(|value| value.as_str().is_some_and(fresh));
    match probe {
        Probe::S3Object(args) if fresh(&args.key) => Some(Action::S3Delete {
            bucket: args.bucket.clone(),
            key: args.key.clone(),
        }),
        Probe::DynamodbItem(args) if fresh_key(&args.key) => Some(Action::DynamodbDelete {
            table: args.table.clone(),
            key: args.key.clone(),
        }),
        Probe::DynamodbQuery(args) if fresh_key(&args.key) => Some(Action::DynamodbDeleteAll {
            table: args.table.clone(),
            key: args.key.clone(),
        }),
        Probe::EventFlow(args) if fresh_key(&args.key) => Some(Action::DynamodbDeleteAll {
            table: args.table.clone(),
            key: args.key.clone(),
        }),
        _ => None,
    }
}
