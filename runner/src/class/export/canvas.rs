//! Canvas (`lib/gradebook_importer.rb`): `Student` and `ID` come first, `SIS User
//! ID` never without `SIS Login ID`, `Section` last of the learner's columns; then
//! the assignments, found by a number in brackets at the end of the title. The
//! row `Points Possible` follows. Blank is no score.

use super::{Exported, Sheet, left_out, text};
use crate::core::Assignments;

const HEAD: [&str; 5] = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"];

pub(super) fn write(sheet: &Sheet<'_>, assignments: &Assignments) -> Result<Exported, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let titles = sheet.titles().into_iter().zip(sheet.labs);
    let titles = titles.map(|(title, lab)| match assignments.get(&lab.id) {
        Some(id) => format!("{title} ({id})"),
        None => title,
    });
    writer.write_record(HEAD.map(str::to_owned).into_iter().chain(titles))?;
    let points = sheet.labs.iter().map(|lab| lab.points().to_string());
    // Canvas itself writes four spaces before it.
    let possible = ["    Points Possible", "", "", "", ""].map(str::to_owned);
    writer.write_record(possible.into_iter().chain(points))?;
    let mut done = Exported::default();
    for (learner, standing) in sheet.people() {
        let ids = &learner.canvas;
        let text = |id: &Option<String>| id.clone().unwrap_or_default().trim().to_owned();
        let mut row = vec![
            learner.name.clone(),
            ids.id.map(|id| id.to_string()).unwrap_or_default(),
            text(&ids.sis_user_id),
            text(&ids.sis_login_id),
            text(&ids.section),
        ];
        if row[1..4].iter().all(String::is_empty) {
            let why = "falta `canvas.id`, `canvas.sis_user_id` ou `canvas.sis_login_id`";
            done.left_out.push(left_out(learner, why));
            continue;
        }
        for lab in &standing.labs {
            let grade = lab.grade();
            if grade.is_none() {
                done.blank.push((learner.id.clone(), lab.lab.clone()));
            }
            row.push(grade.map(|g| g.to_string()).unwrap_or_default());
        }
        writer.write_record(row)?;
        done.rows += 1;
    }
    done.text = text(writer)?;
    Ok(done)
}
