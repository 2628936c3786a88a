use serde_json::Value;

use super::errors::{fault, found};
use super::near;
use super::session::Session;
use crate::core::{CloudwatchDashboardArgs, Observation, ProbeError};

pub(super) async fn dashboard(
    session: &Session,
    args: &CloudwatchDashboardArgs,
) -> Result<Observation, ProbeError> {
    let Some(body) = body(session, &args.dashboard).await? else {
        let names = names(session).await?;
        let names = names.iter().map(String::as_str);
        let note = near::sentence("há um painel", &args.dashboard, names);
        return Ok(Observation::absent().notes(note));
    };
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let widgets = body["widgets"].as_array().map_or(&[][..], Vec::as_slice);
    let mut drawn: Vec<String> = Vec::new();
    let mut notes = Vec::new();
    for widget in widgets {
        let properties = &widget["properties"];
        let region = properties["region"].as_str().unwrap_or(session.region());
        if region == session.region() {
            drawn.extend(series(properties));
        } else {
            notes.push(format!(
                "um quadro do painel olha a Região {region}; você trabalha em {}",
                session.region()
            ));
        }
    }
    drawn.sort();
    drawn.dedup();
    let undrawn: Vec<&String> = args.metrics.iter().filter(|m| !drawn.contains(m)).collect();
    for wanted in &undrawn {
        // The default of a dashboard is the average, also for what is counted.
        let (metric, statistic) = wanted.rsplit_once(' ').unwrap_or((wanted, ""));
        let mut other = drawn.iter().filter_map(|d| d.rsplit_once(' '));
        if let Some((_, shown)) = other.rfind(|(m, _)| *m == metric) {
            notes.push(format!(
                "`{metric}` está no painel com a estatística {shown}; o lab espera {statistic}"
            ));
        }
    }
    Ok(Observation::present()
        .with("widgets", widgets.len())
        .with("undrawn", serde_json::json!(undrawn))
        .with("drawn", drawn)
        .notes(notes))
}

/// What a widget draws, as `namespace name dimension=value statistic`. The
/// console writes what a metric has in common with the one above as `.`, and
/// all the rest of the line above as `...` ("Dashboard body structure and
/// syntax" in the API reference).
fn series(properties: &Value) -> Vec<String> {
    let common = properties["stat"].as_str().unwrap_or("Average");
    let rows = properties["metrics"].as_array();
    let mut above: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for row in rows.into_iter().flatten().filter_map(Value::as_array) {
        let written: Vec<&str> = row.iter().filter_map(Value::as_str).collect();
        let options = row.iter().find(|part| part.is_object());
        if written.is_empty() {
            // An expression over other metrics.
            continue;
        }
        let line = whole(&written, &above);
        let option = |name: &str| options.map_or(&Value::Null, |o| &o[name]);
        if let [namespace, name, dimensions @ ..] = line.as_slice()
            && option("visible") != &Value::Bool(false)
        {
            let mut pairs: Vec<String> = dimensions.chunks(2).map(|pair| pair.join("=")).collect();
            pairs.sort();
            let stat = option("stat").as_str().unwrap_or(common).to_owned();
            let mut parts = vec![namespace.clone(), name.clone()];
            parts.append(&mut pairs);
            parts.push(stat);
            all.push(parts.join(" "));
        }
        above = line;
    }
    all
}

fn whole(written: &[&str], above: &[String]) -> Vec<String> {
    let mut line: Vec<String> = Vec::new();
    for (at, part) in written.iter().enumerate() {
        match *part {
            "." => line.push(above.get(at).cloned().unwrap_or_default()),
            "..." => {
                // All of the line above but for what follows.
                let rest = written.len() - at - 1;
                let end = above.len().saturating_sub(rest).max(at);
                line.extend(above.get(at..end).unwrap_or_default().iter().cloned());
            }
            part => line.push(part.to_owned()),
        }
    }
    line
}

/// A dashboard's body; `None` when there is no such dashboard.
pub(super) async fn body(session: &Session, name: &str) -> Result<Option<String>, ProbeError> {
    let call = session.cloudwatch.get_dashboard().dashboard_name(name);
    let answer = found("GetDashboard", call.send().await)?;
    Ok(answer.map(|a| a.dashboard_body.unwrap_or_default()))
}

/// The names of all dashboards.
pub(super) async fn names(session: &Session) -> Result<Vec<String>, ProbeError> {
    let all = session
        .cloudwatch
        .list_dashboards()
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|e| fault("ListDashboards", &e))?;
    Ok(all.into_iter().filter_map(|e| e.dashboard_name).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metrics_are_read_however_they_are_written() {
        let told = series(&json!({ "stat": "Sum", "metrics": [
            ["AWS/Lambda", "Errors", "FunctionName", "f"],
            [".", "Invocations", ".", "."],
            [".", "Duration", ".", ".", { "stat": "p95" }],
            ["...", "g"],
            [".", "Throttles", { "visible": false }],
            [{ "expression": "m1/m2" }],
            ["Loja", "Recusadas"]
        ]}));
        assert_eq!(
            told,
            [
                "AWS/Lambda Errors FunctionName=f Sum",
                "AWS/Lambda Invocations FunctionName=f Sum",
                "AWS/Lambda Duration FunctionName=f p95",
                "AWS/Lambda Duration FunctionName=g Sum",
                "Loja Recusadas Sum",
            ]
        );
        assert_eq!(series(&json!({ "metrics": [["A", "B"]] })), ["A B Average"]);
        assert!(series(&json!({ "markdown": "# olá" })).is_empty());
    }
}
