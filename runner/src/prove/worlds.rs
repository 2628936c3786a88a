use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::State;
use crate::core::{Acted, Action, CheckId, Lab, Observation, Probe, ProbeError, fingerprint};
use crate::course::Source;

const VERSION: u32 = 1;

/// What a lab's checks asked in every state and what they were told, so that
/// they can be judged again without a sandbox. One file a lab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worlds {
    version: u32,
    /// The lab's id.
    lab: String,
    /// Questions by their digests.
    asked: BTreeMap<String, Question>,
    /// Answers by their digests.
    told: BTreeMap<String, Answer>,
    /// By state, which answer each question got last.
    states: BTreeMap<String, BTreeMap<String, String>>,
}

/// What a check asks of the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Question {
    /// To look.
    Look {
        /// For which check: two may ask the same at different times.
        check: CheckId,
        probe: Probe,
    },
    /// To act.
    Act(Action),
}

/// What the world answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    Saw(Observation),
    Did(Acted),
    CouldNot(ProbeError),
}

/// What was asked and answered in one state.
pub(super) type Recording = Vec<(Question, Answer)>;

impl Worlds {
    pub(super) fn new(lab: &Lab) -> Self {
        Self {
            version: VERSION,
            lab: lab.id.clone(),
            asked: BTreeMap::new(),
            told: BTreeMap::new(),
            states: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, state: &State, recording: Recording) {
        let mut answers = BTreeMap::new();
        for (question, answer) in recording {
            let (asked, told) = (digest(&question), digest(&answer));
            answers.insert(asked.clone(), told.clone());
            self.asked.insert(asked, question);
            self.told.insert(told, answer);
        }
        self.states.insert(state.key(), answers);
    }

    /// The states that were recorded.
    pub(super) fn states(&self) -> impl Iterator<Item = State> {
        self.states.keys().filter_map(|key| State::from_key(key))
    }

    /// Gives the questions the digests that they have today: an optional argument
    /// that a probe got later makes no other question of it.
    fn brought_up_to_date(mut self) -> Self {
        let today: BTreeMap<String, String> = self
            .asked
            .iter()
            .map(|(then, question)| (then.clone(), digest(question)))
            .collect();
        let now = |then: String| today.get(&then).cloned().unwrap_or(then);
        let asked = std::mem::take(&mut self.asked).into_iter();
        self.asked = asked
            .map(|(then, question)| (now(then), question))
            .collect();
        for answers in self.states.values_mut() {
            let told = std::mem::take(answers).into_iter();
            *answers = told.map(|(then, told)| (now(then), told)).collect();
        }
        self
    }

    /// The answers of one state by the digests of the questions.
    pub(super) fn answers(&self, state: &State) -> BTreeMap<String, Answer> {
        let pairs = self.states.get(&state.key()).into_iter().flatten();
        pairs
            .filter_map(|(asked, told)| Some((asked.clone(), self.told.get(told)?.clone())))
            .collect()
    }
}

/// A short digest of a value's JSON.
pub(super) fn digest<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_vec(value).unwrap_or_default();
    fingerprint(json, 6)
}

/// Where a lab's worlds are, from the course's folder.
pub(super) fn path(lab: &Lab) -> String {
    format!("tests/worlds/{}.json", lab.folder)
}

/// The recorded worlds of a lab; `None` when there are none.
///
/// # Errors
/// A file that cannot be read, or that another version has written.
pub(super) fn read(source: &Source, lab: &Lab) -> std::io::Result<Option<Worlds>> {
    let Some(bytes) = source.read(&path(lab))? else {
        return Ok(None);
    };
    let worlds: Worlds = serde_json::from_slice(&bytes)?;
    if worlds.version == VERSION {
        Ok(Some(worlds.brought_up_to_date()))
    } else {
        Err(std::io::Error::other(format!(
            "versão {} de observações gravadas; este programa lê a versão {VERSION}",
            worlds.version
        )))
    }
}

/// Writes the worlds of a lab to the course's folder, and says where.
///
/// # Errors
/// The course is not in a folder, or the file cannot be written.
pub fn write(source: &Source, lab: &Lab, worlds: &Worlds) -> std::io::Result<std::path::PathBuf> {
    let Source::Folder(root) = source else {
        return Err(std::io::Error::other(
            "o curso que vem no programa não se grava",
        ));
    };
    let path = root.join(path(lab));
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut text = serde_json::to_string_pretty(worlds)?;
    text.push('\n');
    std::fs::write(&path, text)?;
    Ok(path)
}
