use std::collections::BTreeMap;

use super::judge::told;
use super::state::Verdicts;
use super::{Kind, Problem, State};

/// Where recorded worlds lead to other verdicts, for other facts or another
/// first cause, than the sandbox does now.
pub(super) fn stale(
    live: &BTreeMap<State, Verdicts>,
    replayed: &BTreeMap<State, Verdicts>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (state, now) in live {
        let Some(then) = replayed.get(state) else {
            problems.push(Problem::unrecorded(Some(state)));
            continue;
        };
        for (id, said) in now {
            let Some(recorded) = then.get(id) else {
                continue;
            };
            if !recorded.agrees(said) {
                let expected = format!("como está gravado, {}", told(recorded));
                problems.push(Problem::new(Kind::Stale, state, &expected, told(said)).of(id));
            }
        }
    }
    for state in replayed.keys().filter(|s| !live.contains_key(s)) {
        problems.push(Problem::new(
            Kind::Stale,
            state,
            "um estado que existe",
            "está gravado e não existe mais: rode `lab dev prove --record`",
        ));
    }
    problems
}
