use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{CheckId, Matcher, Observation, Probe};

/// What is said of one check. Only [`Verdict::Fail`] blames the learner; only
/// [`Verdict::Pass`] advances.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It works.
    Pass,
    /// It was seen to be wrong.
    Fail(Cause),
    /// A check that this one needs did not pass.
    Skipped {
        /// The check that did not pass.
        because: CheckId,
    },
    /// Time ran out while AWS was still at work: not wrong, not right.
    Pending(Cause),
    /// It could not be looked at.
    Unknown(ProbeError),
    /// The lab itself is at fault.
    Broken(String),
}

impl Verdict {
    /// The word used in `--json` and in the journal.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail(_) => "fail",
            Self::Skipped { .. } => "skipped",
            Self::Pending(_) => "pending",
            Self::Unknown(_) => "unknown",
            Self::Broken(_) => "broken",
        }
    }

    /// `true` passed, `false` failed, `None` not judged.
    pub fn passed(&self) -> Option<bool> {
        match self {
            Self::Pass => Some(true),
            Self::Fail(_) => Some(false),
            _ => None,
        }
    }
}

/// Why a check failed or is pending.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cause {
    /// Facts that are not as expected.
    pub mismatches: Vec<Mismatch>,
    /// The first broken link of the chain that the check depends on.
    pub first: Option<CheckId>,
    /// Evidence and near misses, as sentences.
    pub notes: Vec<String>,
}

/// One fact that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// The fact's name; `exists` when the thing is not there.
    pub fact: String,
    /// What the fact is, for people.
    pub label: String,
    /// What it should be.
    pub expected: String,
    /// What it is, whole.
    pub actual: String,
    /// Whether it could not be told because of another one: people are told that one.
    #[serde(skip)]
    pub follows: bool,
}

impl Cause {
    /// The facts that people are told.
    pub fn shown(&self) -> impl Iterator<Item = &Mismatch> {
        self.mismatches.iter().filter(|m| !m.follows)
    }
}

/// A probe or action that could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ProbeError {
    /// What kind of trouble.
    pub kind: ProbeErrorKind,
    /// AWS operation that was called, such as `GetRole`.
    pub operation: String,
    /// What happened, in Portuguese, with AWS's own words.
    pub message: String,
}

/// Kinds of trouble that keep a probe from looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeErrorKind {
    /// The caller may not do this.
    Denied,
    /// No credentials, or AWS does not know them.
    Credentials,
    /// The computer's clock and AWS's differ by too much for a signature to hold.
    Clock,
    /// The credentials were good and have expired.
    Expired,
    /// AWS asks to go slower.
    Throttled,
    /// Nobody answers at the endpoint.
    Offline,
    /// No answer in time.
    Timeout,
    /// AWS answered with an internal error, or not in its own format.
    Service,
    /// The thing that an action needs is not there.
    Missing,
    /// AWS refused the request for another reason.
    Refused,
}

impl ProbeError {
    /// The kind, the call and the message: for who did not see it happen.
    pub fn in_full(&self) -> String {
        format!(
            "{} ao chamar {}: {}",
            self.kind, self.operation, self.message
        )
    }
}

impl fmt::Display for ProbeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Denied => "acesso negado",
            Self::Credentials => "credenciais recusadas",
            Self::Clock => "relógio errado",
            Self::Expired => "credenciais vencidas",
            Self::Throttled => "limite de chamadas atingido",
            Self::Offline => "sem conexão",
            Self::Timeout => "sem resposta a tempo",
            Self::Service => "erro no serviço",
            Self::Missing => "recurso inexistente",
            Self::Refused => "pedido recusado",
        })
    }
}

/// Compares what was seen with what is expected.
///
/// A check expects the thing to exist unless it says otherwise, and when the
/// thing is not there, that is the only mismatch: facts of nothing are not
/// judged, so that an expected emptiness is never met by an absence.
pub fn judge(
    probe: &Probe,
    expect: &BTreeMap<Spanned<String>, Matcher>,
    seen: &Observation,
) -> Cause {
    let wants_absence = expect.iter().any(|(fact, matcher)| {
        fact.get_ref() == "exists" && matcher == &Matcher::Equals(false.into())
    });
    let mut cause = Cause {
        notes: seen.notes.clone(),
        ..Cause::default()
    };
    if !wants_absence && !seen.exists() {
        cause.mismatches.push(Mismatch {
            fact: "exists".to_owned(),
            label: probe.label("exists"),
            expected: "existe".to_owned(),
            actual: probe.missing(),
            follows: false,
        });
        return cause;
    }
    if wants_absence && seen.exists() {
        cause.mismatches.push(Mismatch {
            fact: "exists".to_owned(),
            label: probe.label("exists"),
            expected: "não existe".to_owned(),
            actual: format!("{}, e não deveria", probe.there()),
            follows: false,
        });
        return cause;
    }
    // The author's order goes from what comes first to what follows from it.
    let mut expect: Vec<_> = expect.iter().collect();
    expect.sort_by_key(|(fact, _)| fact.span().start);
    let told = |fact: &str| !seen.fact(fact).is_null();
    let wrong = expect.iter().any(|(fact, matcher)| {
        let actual = seen.fact(fact.get_ref());
        !actual.is_null() && !matcher.holds(actual)
    });
    for (fact, matcher) in expect {
        let fact = fact.get_ref();
        let actual = seen.fact(fact);
        if !matcher.holds(actual) {
            cause.mismatches.push(Mismatch {
                fact: fact.clone(),
                label: probe.label(fact),
                expected: matcher.describe(),
                actual: matcher.describe_actual(actual),
                follows: wrong && !told(fact),
            });
            cause.notes.extend(matcher.near_miss(actual));
            if fact == "list" && told("json") {
                let note =
                    "o corpo é um objeto, entre `{` e `}`; o lab espera uma lista, entre `[` e `]`";
                cause.notes.push(note.to_owned());
            }
        }
    }
    cause
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::DynamodbItemArgs;

    fn judged(expect: &str, seen: &Observation) -> Cause {
        let probe = Probe::DynamodbItem(DynamodbItemArgs {
            table: "notas".into(),
            key: BTreeMap::from([("numero".into(), "NF-1".into())]),
        });
        let expect: BTreeMap<Spanned<String>, Matcher> = toml::from_str(expect).unwrap();
        judge(&probe, &expect, seen)
    }

    #[test]
    fn nothing_meets_no_expectation_but_absence() {
        let nothing = Observation::absent();
        for expect in [
            "",
            "item.contains = {}",
            "item.empty = true",
            "exists.equals = true",
        ] {
            let cause = judged(expect, &nothing);
            assert_eq!(cause.mismatches.len(), 1, "{expect}");
            assert_eq!(cause.mismatches[0].fact, "exists");
        }
        assert_eq!(judged("exists.equals = false", &nothing), Cause::default());
    }

    #[test]
    fn what_should_not_be_there_is_said_in_words() {
        let cause = judged("exists.equals = false", &Observation::present());
        assert_eq!(cause.mismatches[0].expected, "não existe");
        assert_eq!(
            cause.mismatches[0].actual,
            "há item com a chave {\"numero\":\"NF-1\"} na tabela `notas`, e não deveria"
        );
    }

    #[test]
    fn what_follows_from_a_wrong_fact_is_not_told_beside_it() {
        let seen = Observation::present().with("a", 1);
        let expect = "b.equals = 1\na.equals = 2\nc.equals = 3";
        let facts = |cause: Cause| {
            let all = cause.shown();
            all.map(|m| m.fact.clone()).collect::<Vec<_>>()
        };
        assert_eq!(facts(judged(expect, &seen)), ["a"]);
        // In the author's order; untold alone is wrong too.
        let seen = seen.with("b", 2).with("c", 4);
        assert_eq!(facts(judged(expect, &seen)), ["b", "a", "c"]);
        let untold = Observation::present();
        assert_eq!(facts(judged(expect, &untold)), ["b", "a", "c"]);
    }

    #[test]
    fn a_fact_that_was_not_told_is_a_mismatch() {
        let cause = judged("item.contains = { valor = 1 }", &Observation::present());
        assert_eq!(cause.mismatches[0].actual, "nada");
    }
}
