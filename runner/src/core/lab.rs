use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::{Action, CheckId, Map, Matcher, Names, Probe, Quiz, Resource, Samples};

/// One lab: `lab.toml` with the texts and the quiz that lie beside it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// Stable id, used on the command line and in the journal.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// One sentence: what will stand at the end.
    pub summary: String,
    /// Expected time for the whole lab, in minutes.
    pub minutes: u32,
    /// What the lab costs on a real account, in a sentence.
    pub cost: String,
    /// Whether the lab begins with a whole system that is prepared for the
    /// learner, with faults in it: see [`super::draw`].
    #[serde(default)]
    pub prepared: bool,
    /// Names of the learner's resources; values may hold `{prefix}`, `{account}`, `{region}`.
    pub names: BTreeMap<String, String>,
    /// Data generated afresh at each run.
    #[serde(default)]
    pub samples: Samples,
    /// The architecture as nodes and arrows.
    #[serde(default)]
    pub map: Map,
    /// The steps in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,

    /// Folder below `labs/`, such as `01-notas-fiscais`.
    #[serde(skip)]
    pub folder: String,
    /// Text of `abertura.md`.
    #[serde(skip)]
    pub opening: String,
    /// Text of `fim.md`.
    #[serde(skip)]
    pub closing: String,
    /// The lab's quiz.
    #[serde(skip)]
    pub quiz: Quiz,
    /// Digest of everything that decides a verdict in this lab; kept in the journal.
    #[serde(skip)]
    pub version: String,
}

/// One step of a lab: five to fifteen minutes of work.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Stable id, unique in the lab.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Title for people.
    pub title: String,
    /// Points earned when every check of the step passes.
    #[serde(deserialize_with = "few")]
    #[schemars(with = "u16")]
    pub points: u32,
    /// What the solution costs, in points of this step.
    #[serde(default, deserialize_with = "few")]
    #[schemars(with = "u16")]
    pub solution_cost: u32,
    /// File with the step's text, beside `lab.toml`.
    #[schemars(with = "String")]
    pub text: Spanned<String>,
    /// Hint ladder, from a nudge to nearly the command.
    pub hints: Vec<String>,
    /// Whether the learner builds it in a lab that begins with a prepared
    /// system: the preparation makes nothing of it, and it has no faults.
    #[serde(default)]
    pub built: bool,
    /// What the learner makes in this step; removed by `lab reset`.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// The step's checks.
    #[serde(rename = "check")]
    pub checks: Vec<Check>,

    /// The text itself.
    #[serde(skip)]
    pub body: String,
}

/// One thing that is graded: drive (`do`), look (`probe`), compare (`expect`).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Stable id, unique in the step.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What is asked, as a sentence that is true when the check passes.
    pub says: String,
    /// Checks that must pass first; otherwise this one is skipped.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub needs: Vec<Spanned<String>>,
    /// What is done to the learner's system before looking.
    #[serde(default, rename = "do")]
    pub actions: Vec<Action>,
    /// Where to look.
    #[schemars(with = "Probe")]
    pub probe: Spanned<Probe>,
    /// Poll until the expectation holds or this time is up.
    #[serde(default)]
    pub within: Option<Seconds>,
    /// The same where AWS needs more time than the sandbox: metrics and alarms
    /// take minutes there and seconds here.
    #[serde(default)]
    pub within_aws: Option<Seconds>,
    /// What must be there before the probe is judged: the anchor of a check
    /// that expects an absence, without which "not there yet" would pass.
    #[serde(default)]
    #[schemars(with = "Option<Probe>")]
    pub until: Option<Spanned<Probe>>,
    /// What the facts must be.
    #[schemars(with = "BTreeMap<String, Matcher>")]
    pub expect: BTreeMap<Spanned<String>, Matcher>,
    /// Clean-up of what the learner's system makes out of the actions.
    #[serde(default)]
    pub clean: Vec<Action>,
    /// Checks of the links that this one depends on, in the order of the flow;
    /// on failure the first broken one is named as the first cause.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub chain: Vec<Spanned<String>>,
    /// Function whose log explains a failure.
    #[serde(default)]
    pub trace: Option<String>,
    /// Said when the check fails.
    pub hint: String,
    /// Section of the book, `chapter.html#anchor`.
    #[serde(default)]
    pub book: Option<String>,
    /// Whether the sandbox can show this by behaviour.
    #[serde(default)]
    pub fidelity: Fidelity,
}

/// How a check verifies what it says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fidelity {
    /// Seen in what the resources do, or in configuration that every target enforces.
    #[default]
    Behaviour,
    /// Read from configuration, since the sandbox does not enforce it.
    Config,
}

/// What [`Seconds`] accepts, for editors: more than nothing, up to 300 s.
const SECONDS: &str =
    "^0*([1-9][0-9]?|[12][0-9]{2}|300)s$|^0*([1-9][0-9]{0,4}|[12][0-9]{5}|300000)ms$";

/// A duration written as `"20s"` or `"1500ms"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("pattern" = SECONDS))]
pub struct Seconds(pub Duration);

impl TryFrom<String> for Seconds {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parsed = if let Some(ms) = text.strip_suffix("ms") {
            ms.parse().ok().map(Duration::from_millis)
        } else if let Some(s) = text.strip_suffix('s') {
            s.parse().ok().map(Duration::from_secs)
        } else {
            None
        };
        parsed
            .filter(|d| *d > Duration::ZERO && *d <= Duration::from_secs(300))
            .map(Self)
            .ok_or_else(|| {
                format!("duração inválida `{text}`: escreva \"20s\" ou \"1500ms\", até \"300s\"")
            })
    }
}

impl Lab {
    /// Every check with its id, in order.
    pub fn checks(&self) -> impl Iterator<Item = (CheckId, &Step, &Check)> {
        self.steps.iter().flat_map(|step| {
            step.checks.iter().map(move |check| {
                (
                    CheckId::new(step.id.get_ref(), check.id.get_ref()),
                    step,
                    check,
                )
            })
        })
    }

    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id.get_ref() == id)
    }

    /// The last step of which a preparation makes the system.
    pub fn last_prepared(&self) -> Option<&Step> {
        self.steps.iter().rev().find(|step| !step.built)
    }

    /// What the lab's names stand for with this prefix, account and Region.
    pub fn names_for(&self, prefix: &str, account: &str, region: &str) -> Names {
        let mut names = Names::default();
        names.set("prefix", prefix);
        names.set("account", account);
        names.set("region", region);
        for (name, value) in &self.names {
            let value = names.fill_known(value);
            names.set(name.clone(), value);
        }
        names
    }

    /// Sum of the steps' points.
    pub fn points(&self) -> u32 {
        self.steps.iter().map(|step| step.points).sum()
    }
}

/// Points of one step: few enough for any sum of them to be a number.
fn few<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    u16::deserialize(from).map(u32::from)
}

impl Check {
    /// The checks this one waits for.
    pub fn needs_in(&self, step: &str) -> Vec<CheckId> {
        self.needs
            .iter()
            .map(|n| CheckId::resolve(step, n.get_ref()))
            .collect()
    }

    /// The checks of the links it depends on, in the order of the flow.
    pub fn chain_in(&self, step: &str) -> Vec<CheckId> {
        self.chain
            .iter()
            .map(|n| CheckId::resolve(step, n.get_ref()))
            .collect()
    }

    /// Whether it drives the learner's system and not only looks.
    pub fn drives(&self) -> bool {
        !self.actions.is_empty()
    }

    /// Whether it only reads: nothing of the learner's is set in motion.
    pub fn only_reads(&self) -> bool {
        let until = self.until.as_ref().is_some_and(|p| p.get_ref().stirs());
        !self.drives() && !self.probe.get_ref().stirs() && !until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_that_no_sum_can_hold_are_refused_where_they_are() {
        let text = |points: u64| {
            format!(
                "id = \"p\"\ntitle = \"P\"\npoints = {points}\ntext = \"p.md\"\nhints = []\ncheck = []\n"
            )
        };
        let step: Step = toml::from_str(&text(65_535)).unwrap();
        assert_eq!(step.points, 65_535);
        let text = text(4_294_967_295);
        let error = toml::from_str::<Step>(&text).unwrap_err();
        assert_eq!(&text[error.span().unwrap()], "4294967295");
    }
}
