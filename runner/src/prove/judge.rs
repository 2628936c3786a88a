use std::collections::{BTreeMap, BTreeSet};

use super::state::{Said, Verdicts};
use super::{Kind, Problem, State};
use crate::core::{CheckId, Lab, NearMiss, draw};

/// The prefix under which names are compared, whatever account they come from.
pub(super) const PREFIX: &str = "aluna";
/// The account under which names are compared.
pub(super) const ACCOUNT: &str = "111122223333";
/// The Region in which labs are proved.
pub(super) const REGION: &str = "us-east-1";

/// Compares what was said in every state with what must be said there.
pub(super) fn judge(
    lab: &Lab,
    near_misses: &[NearMiss],
    states: &BTreeMap<State, Verdicts>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (state, verdicts) in states {
        match state {
            State::Blank => blank(lab, verdicts, &mut problems),
            State::Solved(step) => solved(lab, state, step, verdicts, &mut problems),
            State::NearMiss(slug) => {
                let Some(near_miss) = near_misses.iter().find(|n| n.slug == *slug) else {
                    continue;
                };
                let from = near_miss
                    .from
                    .as_ref()
                    .map_or(State::Blank, |step| State::Solved(step.get_ref().clone()));
                let before = match states.get(&from) {
                    // The system was whole.
                    _ if lab.prepared && near_miss.from.is_some() => None,
                    Some(before) => Some(before),
                    None => continue,
                };
                let step = near_miss.from.as_ref().map(|step| step.get_ref().as_str());
                let missing = unbuilt(lab, step);
                near(
                    lab,
                    state,
                    &[near_miss],
                    before,
                    &missing,
                    verdicts,
                    &mut problems,
                );
            }
            State::Prepared(seed) => {
                let faults = draw(lab, near_misses, *seed);
                let missing = unbuilt(lab, None);
                near(lab, state, &faults, None, &missing, verdicts, &mut problems);
                for fault in faults {
                    of_its_own(state, fault, verdicts, &mut problems);
                }
            }
        }
    }
    problems
}

/// On an empty account nothing passes, and everything says what is missing.
fn blank(lab: &Lab, verdicts: &Verdicts, problems: &mut Vec<Problem>) {
    let names = lab.names_for(PREFIX, ACCOUNT, REGION);
    let named = |message: &str| {
        lab.names
            .keys()
            .filter_map(|name| names.get(name))
            .any(|name| message.contains(&format!("`{name}`")))
    };
    for (id, said) in verdicts {
        let state = &State::Blank;
        let problem = match said.word {
            "pass" => Problem::new(Kind::FalsePass, state, "não passa", "passa"),
            "fail" if !named(&said.message) => Problem::new(
                Kind::Message,
                state,
                "diz, pelo nome, qual recurso falta",
                &said.message,
            ),
            "fail" | "skipped" => continue,
            _ => Problem::new(Kind::Verdict, state, "falha ou é pulado", told(said)),
        };
        problems.push(problem.of(id));
    }
}

/// After a step's solution everything up to it passes, and the next step does not.
fn solved(lab: &Lab, state: &State, step: &str, verdicts: &Verdicts, problems: &mut Vec<Problem>) {
    let last = lab.steps.iter().position(|s| s.id.get_ref() == step);
    for (number, each) in lab.steps.iter().enumerate() {
        let due = last.is_some_and(|last| number <= last);
        let mut whole = true;
        for check in &each.checks {
            let id = CheckId::new(each.id.get_ref(), check.id.get_ref());
            let Some(said) = verdicts.get(&id) else {
                continue;
            };
            whole &= said.word == "pass";
            let kind = match said.word {
                "pass" => continue,
                _ if due => Kind::FalseFail,
                "unknown" | "broken" => Kind::Verdict,
                _ => continue,
            };
            let expected = if due { "passa" } else { "é julgado" };
            problems.push(Problem::new(kind, state, expected, told(said)).of(&id));
        }
        // Of a prepared system, what has no fault passes as soon as the rest does.
        let to_do = !lab.prepared || each.built;
        if to_do && whole && last.is_some_and(|last| number == last + 1) {
            problems.push(Problem::new(
                Kind::FalsePass,
                state,
                &format!("o passo seguinte, `{}`, ainda não passa", each.id.get_ref()),
                "todos os checks dele passam sem que ele tenha sido feito",
            ));
        }
    }
}

/// A fault among others is explained by itself: its first cause, if one is
/// told, is its own.
fn of_its_own(state: &State, fault: &NearMiss, verdicts: &Verdicts, problems: &mut Vec<Problem>) {
    let own = |id: &CheckId| fault.fails.keys().any(|f| f.get_ref() == id.as_str());
    for (id, said) in verdicts.iter().filter(|(id, _)| own(id)) {
        if let Some(first) = said.first.as_ref().filter(|first| !own(first)) {
            let expected = format!("uma causa do defeito `{}`", fault.slug);
            let seen = format!("a primeira causa é `{first}`, de outro defeito");
            problems.push(Problem::new(Kind::Message, state, &expected, seen).of(id));
        }
    }
}

/// The steps that a learner builds on a prepared system, and did not yet when
/// the step `from` was the last one done.
fn unbuilt<'l>(lab: &'l Lab, from: Option<&str>) -> BTreeSet<&'l str> {
    let done = lab
        .steps
        .iter()
        .position(|s| Some(s.id.get_ref().as_str()) == from);
    let steps = lab.steps.iter().skip(done.map_or(0, |at| at + 1));
    steps
        .filter(|step| lab.prepared && step.built)
        .map(|step| step.id.get_ref().as_str())
        .collect()
}

/// Near misses fail exactly what they say, and everything else stays as it was
/// before; without a state before, everything passed but the steps in `unbuilt`,
/// which cannot.
fn near(
    lab: &Lab,
    state: &State,
    near_misses: &[&NearMiss],
    before: Option<&Verdicts>,
    unbuilt: &BTreeSet<&str>,
    verdicts: &Verdicts,
    problems: &mut Vec<Problem>,
) {
    let names = lab.names_for(PREFIX, ACCOUNT, REGION);
    for (id, said) in verdicts {
        let part = near_misses
            .iter()
            .flat_map(|near_miss| &near_miss.fails)
            .find(|(check, _)| check.get_ref() == id.as_str())
            .map(|(_, part)| names.fill_known(part));
        let mut skipped = near_misses.iter().flat_map(|near_miss| &near_miss.skips);
        let skips = skipped.any(|c| c.get_ref() == id.as_str());
        let expected = match (&part, skips) {
            (Some(_), _) => "fail",
            (None, true) => "skipped",
            (None, false) if unbuilt.contains(id.step()) => match said.word {
                word @ ("fail" | "skipped") => word,
                _ => "fail",
            },
            (None, false) => before.map_or("pass", |before| {
                before.get(id).map_or("fail", |said| said.word)
            }),
        };
        if said.word != expected {
            let kind = match (expected, said.word) {
                // What only was not done yet, and now is, passes rightly.
                (_, "pass") if part.is_some() || skips || unbuilt.contains(id.step()) => {
                    Kind::FalsePass
                }
                ("pass", "fail") => Kind::FalseFail,
                _ => Kind::Verdict,
            };
            problems.push(Problem::new(kind, state, in_words(expected), told(said)).of(id));
        } else if let Some(part) = part
            && !said.message.contains(&part)
        {
            let expected = format!("diz «{part}»");
            problems.push(Problem::new(Kind::Message, state, &expected, &said.message).of(id));
        }
    }
}

/// A verdict for authors.
pub(super) fn in_words(word: &str) -> &'static str {
    match word {
        "pass" => "passa",
        "fail" => "falha",
        "skipped" => "é pulado",
        "pending" => "fica aguardando",
        "unknown" => "não é verificado",
        _ => "acusa um defeito do lab",
    }
}

/// A verdict with what is said beside it.
pub(super) fn told(said: &Said) -> String {
    if said.message.is_empty() {
        in_words(said.word).to_owned()
    } else {
        format!("{}: {}", in_words(said.word), said.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab() -> Lab {
        let step = |id: &str| {
            format!(
                "[[step]]\nid = \"{id}\"\ntitle = \"\"\npoints = 1\ntext = \"\"\nhints = []\n\
                 [[step.check]]\nid = \"x\"\nsays = \"\"\nhint = \"\"\nexpect = {{}}\n\
                 probe.s3_bucket = {{ bucket = \"b\" }}\n"
            )
        };
        let head = "id = \"l\"\ntitle = \"\"\nsummary = \"\"\nminutes = 1\ncost = \"\"\nprepared = true\nnames = {}\n";
        let steps = ["a", "b", "c"].map(step).concat();
        toml::from_str(&format!("{head}{steps}")).unwrap()
    }

    /// One fault in `a` and one in `b`; `c` waits for both.
    fn faults() -> Vec<NearMiss> {
        let fault = |step: &str| {
            let text = format!(
                "says = \"\"\nfrom = \"c\"\nlike = \"01/x\"\nskips = [\"c/x\"]\ncommand = []\n\
                 [fails]\n\"{step}/x\" = \"defeito {step}\"\n"
            );
            let mut miss: NearMiss = toml::from_str(&text).unwrap();
            miss.slug = step.to_owned();
            miss
        };
        vec![fault("a"), fault("b")]
    }

    fn said(word: &'static str, message: &str, first: Option<&str>) -> Said {
        Said {
            word,
            message: message.to_owned(),
            facts: BTreeSet::new(),
            first: first.map(|id| CheckId::resolve("", id)),
        }
    }

    fn judged(all: [Said; 3]) -> Vec<Kind> {
        let ids = ["a/x", "b/x", "c/x"].map(|id| CheckId::resolve("", id));
        let verdicts: Verdicts = ids.into_iter().zip(all).collect();
        let states = BTreeMap::from([(State::Prepared(1), verdicts)]);
        let problems = judge(&lab(), &faults(), &states);
        problems.into_iter().map(|problem| problem.kind).collect()
    }

    /// What is found when `c` is a step that the learner builds, and a near miss
    /// of `a` or of `c` itself was made.
    fn built(from: &str, all: [Said; 3]) -> Vec<Kind> {
        let mut lab = lab();
        lab.steps[2].built = true;
        let fails = if from == "c" { "c/x" } else { "a/x" };
        let text = format!(
            "says = \"\"\nfrom = \"{from}\"\ncommand = []\n[fails]\n\"{fails}\" = \"defeito\"\n"
        );
        let mut miss: NearMiss = toml::from_str(&text).unwrap();
        miss.slug = "m".to_owned();
        let ids = ["a/x", "b/x", "c/x"].map(|id| CheckId::resolve("", id));
        let verdicts: Verdicts = ids.into_iter().zip(all).collect();
        let states = BTreeMap::from([(State::NearMiss("m".to_owned()), verdicts)]);
        let problems = judge(&lab, &[miss], &states);
        problems.into_iter().map(|problem| problem.kind).collect()
    }

    #[test]
    fn what_the_learner_builds_does_not_pass_before_it_is_built() {
        let pass = || said("pass", "", None);
        let fail = || said("fail", "defeito", None);
        for waits in [fail(), said("skipped", "", None)] {
            assert!(built("b", [fail(), pass(), waits]).is_empty());
        }
        assert_eq!(built("b", [fail(), pass(), pass()]), [Kind::FalsePass]);
        let unknown = said("unknown", "", None);
        assert_eq!(built("b", [fail(), pass(), unknown]), [Kind::Verdict]);
        // Once it is built, it is judged as everything else.
        assert!(built("c", [pass(), pass(), fail()]).is_empty());
        assert_eq!(built("c", [fail(), pass(), fail()]), [Kind::FalseFail]);
    }

    #[test]
    fn faults_together_are_told_apart() {
        let a = || said("fail", "defeito a", None);
        let b = || said("fail", "defeito b", None);
        let c = || said("skipped", "", None);
        assert!(judged([a(), b(), c()]).is_empty());
        // One hides the other, is told by the other's words or put down to it.
        assert_eq!(judged([a(), c(), c()]), [Kind::Verdict]);
        assert_eq!(
            judged([a(), said("fail", "defeito a", None), c()]),
            [Kind::Message]
        );
        let foreign = said("fail", "defeito b", Some("a/x"));
        assert_eq!(judged([a(), foreign, c()]), [Kind::Message]);
        // What only waits for them is noise when it fails too, and wrong when it passes.
        assert_eq!(judged([a(), b(), said("fail", "", None)]), [Kind::Verdict]);
        assert_eq!(
            judged([a(), b(), said("pass", "", None)]),
            [Kind::FalsePass]
        );
    }
}
