use serde::Serialize;

use super::{Exported, Sheet, text};
use crate::class::gradebook::{Grade, Mode};
use crate::class::standing::Mark;
use crate::core::fingerprint;

/// One step of one learner's lab, as it stands.
#[derive(Debug, Serialize)]
struct Row<'a> {
    class: &'a str,
    course: &'a str,
    lab: &'a str,
    learner: &'a str,
    name: &'a str,
    account: &'a str,
    region: &'a str,
    step: &'a str,
    points: Option<u32>,
    max: u32,
    status: &'static str,
    checked_at: Option<String>,
    looks: usize,
    lab_version: Option<&'a str>,
    runner: Option<&'a str>,
    mode: &'static str,
    evidence: Option<String>,
}

fn rows<'a>(sheet: &Sheet<'a>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (learner, standing) in sheet.people() {
        for lab in &standing.labs {
            let looks = sheet.grades.iter().filter(|g| {
                g.mode == Mode::Instructor && g.learner == learner.id && g.record.lab == lab.lab
            });
            let looks = looks.count();
            let last = lab.last.as_ref();
            for step in &lab.steps {
                let decided = step.mark.decided();
                rows.push(Row {
                    class: &sheet.roster.id,
                    course: sheet.course,
                    lab: &lab.lab,
                    learner: &learner.id,
                    name: &learner.name,
                    account: &learner.account,
                    region: &learner.region,
                    step: &step.id,
                    points: decided.then_some(match step.mark {
                        Mark::Passed => step.points,
                        _ => 0,
                    }),
                    max: step.points,
                    status: step.mark.word(),
                    checked_at: last.map(|g| g.record.time.to_string()),
                    looks,
                    lab_version: last.map(|g| g.record.lab_version.as_str()),
                    runner: last.map(|g| g.record.runner.as_str()),
                    mode: Mode::Instructor.word(),
                    evidence: last.and_then(|g| evidence(g, &step.id)),
                });
            }
        }
    }
    rows
}

/// One digest of what the newest look observed in a step.
fn evidence(grade: &Grade, step: &str) -> Option<String> {
    let own = grade.verdicts().iter();
    let own = own.filter(|verdict| verdict.id.split('/').next() == Some(step));
    let all: String = own
        .filter_map(|v| Some(format!("{} {}\n", v.id, v.evidence.as_ref()?)))
        .collect();
    (!all.is_empty()).then(|| fingerprint(all, 8))
}

pub(super) fn csv(sheet: &Sheet<'_>) -> Result<Exported, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows = rows(sheet);
    for row in &rows {
        writer.serialize(row)?;
    }
    Ok(Exported {
        text: text(writer)?,
        rows: rows.len(),
        ..Exported::default()
    })
}

pub(super) fn json(sheet: &Sheet<'_>) -> Result<Exported, csv::Error> {
    let rows = rows(sheet);
    let text = serde_json::to_string_pretty(&rows).map_err(std::io::Error::other)?;
    Ok(Exported {
        text: text + "\n",
        rows: rows.len(),
        ..Exported::default()
    })
}
