//! Moodle (`grade/import/csv/classes/load_data.php`): no fixed header; one column
//! is mapped to the user, others to grade items and their feedback. All rows are
//! of one width; blank is no grade; more than the item's maximum, or one unknown
//! user, ends the whole import; a blank user would be taken for the one before.
//! So a column that could be mapped to the user is there only if it is full.

use super::{Exported, Sheet, left_out, text};
use crate::class::roster::Learner;
use crate::class::standing::{LabStanding, Mark};

/// What Moodle is to find learners by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoodleKey {
    /// User name.
    Username,
    /// E-mail address.
    Email,
    /// ID number.
    IdNumber,
}

impl MoodleKey {
    const ALL: [Self; 3] = [Self::Username, Self::Email, Self::IdNumber];

    /// The column's name, and the word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::IdNumber => "idnumber",
        }
    }

    fn of(self, learner: &Learner) -> Option<&str> {
        let id = match self {
            Self::Username => &learner.moodle.username,
            Self::Email => &learner.email,
            Self::IdNumber => &learner.moodle.idnumber,
        };
        id.as_deref().filter(|id| !id.trim().is_empty())
    }
}

pub(super) fn write(sheet: &Sheet<'_>, key: Option<MoodleKey>) -> Result<Exported, csv::Error> {
    let count = |key: MoodleKey| sheet.people().filter(|(l, _)| key.of(l).is_some()).count();
    // Of several that as many have, the first.
    let most = MoodleKey::ALL
        .into_iter()
        .rev()
        .max_by_key(|key| count(*key));
    let key = key.or(most).unwrap_or(MoodleKey::Username);
    let mut done = Exported::default();
    let mut people = Vec::new();
    for (learner, standing) in sheet.people() {
        if key.of(learner).is_some() {
            people.push((learner, standing));
        } else {
            done.left_out
                .push(left_out(learner, &format!("falta `{}`", key.word())));
        }
    }
    let full = |other: &MoodleKey| {
        *other == key
            || people
                .iter()
                .all(|(learner, _)| other.of(learner).is_some())
    };
    let keys: Vec<MoodleKey> = MoodleKey::ALL.into_iter().filter(full).collect();

    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = keys.iter().map(|key| key.word().to_owned());
    let items = sheet.titles().into_iter();
    let items = items.flat_map(|title| [title.clone(), format!("{title} feedback")]);
    writer.write_record(head.chain(items))?;
    for (learner, standing) in people {
        let mut row: Vec<String> = keys
            .iter()
            .map(|key| key.of(learner).unwrap_or_default().to_owned())
            .collect();
        for lab in &standing.labs {
            let grade = lab.grade();
            if grade.is_none() {
                done.blank.push((learner.id.clone(), lab.lab.clone()));
            }
            row.push(grade.map(|g| percent(g, lab.max())).unwrap_or_default());
            row.push(feedback(lab));
        }
        writer.write_record(row)?;
        done.rows += 1;
    }
    done.text = text(writer)?;
    Ok(done)
}

/// 0 to 100, as the item's usual maximum is; at most two decimals, and a point,
/// which every language of Moodle reads.
fn percent(earned: u32, max: u32) -> String {
    let percent = f64::from(earned) * 100.0 / f64::from(max.max(1));
    let text = format!("{percent:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn feedback(lab: &LabStanding) -> String {
    let steps = |wanted: fn(Mark) -> bool| -> Vec<&str> {
        let all = lab.steps.iter().filter(|s| wanted(s.mark));
        all.map(|s| s.id.as_str()).collect()
    };
    if lab.last.is_none() {
        return "Sem correção.".to_owned();
    }
    let passed = steps(|m| m == Mark::Passed).len();
    let mut said = format!("{passed} de {} passos.", lab.steps.len());
    for (what, ids) in [
        ("Falta", steps(|m| m == Mark::Failed)),
        ("Não verificado", steps(|m| !m.decided())),
    ] {
        if !ids.is_empty() {
            said.push_str(&format!(" {what}: {}.", ids.join(", ")));
        }
    }
    said
}
