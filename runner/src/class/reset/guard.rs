use std::collections::BTreeSet;

use super::plan::{MAX_AGE, Part, Plan};
use crate::aws::Session;
use crate::class::{Enrolment, Gate, Grade, Learner, Mode, Purpose, Roster, enrolment};

/// How much a plan may delete.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// At most so many things.
    pub deletes: Option<usize>,
    /// In no account more than so many times what is usual in the class.
    pub outlier: usize,
}

/// Under this many things no account is unusual.
const FEW: usize = 30;

/// Why a plan is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is another class's.
    #[error("o plano é da turma `{0}`")]
    Class(String),
    /// It is too old.
    #[error("o plano foi feito há mais de {} horas", MAX_AGE.as_secs() / 3600)]
    Old,
    /// The roster has no such learner any more.
    #[error("o aluno `{0}` do plano não está na turma")]
    Learner(String),
    /// The roster says something else of a learner now.
    #[error("a conta, a Região ou o prefixo de `{0}` mudou depois do plano")]
    Moved(String),
    /// An account that is never touched.
    #[error("a conta {0} é de quem ensina ou administra, e nunca é tocada")]
    Protected(String),
    /// More than was allowed.
    #[error("o plano remove {goes} recursos, e `--max-deletes` permite {most}")]
    Many {
        /// How many go.
        goes: usize,
        /// How many may.
        most: usize,
    },
    /// One account is unlike the others.
    #[error(
        "em `{learner}` sairiam {goes} recursos, e o comum na turma são {usual}: olhe o plano antes"
    )]
    Outlier {
        /// Whose account.
        learner: String,
        /// How many go.
        goes: usize,
        /// The median.
        usual: usize,
    },
    /// There is no such learner in the plan, so that nobody would go first.
    #[error("o plano não remove nada da conta de `{0}`, que deveria ser a primeira")]
    Canary(String),
}

/// What speaks against doing a plan, as far as that can be known without a call.
pub fn refuse(plan: &Plan, roster: &Roster, caps: Caps, canary: Option<&str>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if plan.class != roster.id {
        refusals.push(Refusal::Class(plan.class.clone()));
    }
    if plan.age() > MAX_AGE {
        refusals.push(Refusal::Old);
    }
    for part in plan.going() {
        match roster.learner(&part.learner) {
            None => refusals.push(Refusal::Learner(part.learner.clone())),
            Some(learner) if !same(part, learner) => {
                refusals.push(Refusal::Moved(part.learner.clone()));
            }
            Some(_) => {}
        }
        if roster.protected.contains(&part.account) {
            refusals.push(Refusal::Protected(part.account.clone()));
        }
    }
    let goes = plan.goes();
    if let Some(most) = caps.deletes.filter(|most| goes > *most) {
        refusals.push(Refusal::Many { goes, most });
    }
    let mut sizes: Vec<usize> = plan.going().map(|part| part.goes.len()).collect();
    sizes.sort_unstable();
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or_default();
    for part in plan.going() {
        let goes = part.goes.len();
        if goes > FEW && goes > usual.saturating_mul(caps.outlier) {
            refusals.push(Refusal::Outlier {
                learner: part.learner.clone(),
                goes,
                usual,
            });
        }
    }
    if let Some(canary) = canary
        && !plan.going().any(|part| part.learner == canary)
    {
        refusals.push(Refusal::Canary(canary.to_owned()));
    }
    refusals
}

fn same(part: &Part, learner: &Learner) -> bool {
    part.account == learner.account
        && part.region == learner.region
        && part.prefix == learner.prefix
}

/// What has to be typed.
pub fn phrase(plan: &Plan) -> String {
    let (accounts, things) = (plan.going().count(), plan.goes());
    let account = if accounts == 1 { "conta" } else { "contas" };
    let thing = if things == 1 { "recurso" } else { "recursos" };
    format!(
        "limpar {}: {accounts} {account}, {things} {thing}",
        plan.class
    )
}

/// Learners and labs of which something would go that nobody graded.
pub fn ungraded(plan: &Plan, grades: &[Grade]) -> Vec<(String, String)> {
    let seen = |learner: &str, lab: &str| {
        grades.iter().any(|grade| {
            grade.learner == learner
                && grade.record.lab == lab
                && grade.mode == Mode::Instructor
                && grade.trouble.is_none()
        })
    };
    let wanted = plan.going().flat_map(|part| {
        let labs = part.labs.iter();
        labs.map(move |lab| (part.learner.clone(), lab.clone()))
    });
    wanted
        .filter(|(learner, lab)| !seen(learner, lab))
        .collect()
}

/// Enters a learner's account in order to reset it, if it is the right one:
/// the one that the roster says, enrolled as this learner's, nobody's own.
///
/// # Errors
/// Why nothing may be done there, in Portuguese.
pub async fn admit(
    gate: &Gate,
    roster: &Roster,
    learner: &Learner,
    own: &BTreeSet<String>,
) -> Result<Session, String> {
    if own.contains(&learner.account) {
        return Err(format!(
            "a conta {} é a sua, e nunca é limpa",
            learner.account
        ));
    }
    let entered = gate.enter(roster, learner, Purpose::Reset).await;
    let (session, identity) = entered.map_err(|e| e.to_string())?;
    if own.contains(&identity.account) || identity.arn.ends_with(":root") && !sandbox(learner) {
        return Err("estas credenciais são do usuário raiz ou de quem ensina".to_owned());
    }
    match enrolment(&session, roster, learner).await {
        Ok(Enrolment::Marked) => Ok(session),
        Ok(Enrolment::Unmarked) => Err("a conta não tem a marca de que é deste aluno".to_owned()),
        Ok(Enrolment::Other { class, learner }) => Err(format!(
            "a marca da conta diz que ela é de `{learner}`, da turma `{class}`"
        )),
        Err(error) => Err(format!(
            "a marca da conta não pôde ser lida: {}: {}",
            error.kind, error.message
        )),
    }
}

fn sandbox(learner: &Learner) -> bool {
    learner.target() == crate::aws::TargetKind::Sandbox
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Kind, Thing};

    fn roster(ids: &[&str]) -> (tempfile::TempDir, Roster) {
        let dir = tempfile::tempdir().unwrap();
        let mut text =
            "format_version = 1\nid = \"t1\"\ncourse = \"C\"\nmanagement = \"999999999999\"\n"
                .to_owned();
        for (n, id) in ids.iter().enumerate() {
            text.push_str(&format!(
                "[[learner]]\nid = \"{id}\"\nname = \"{id}\"\naccount = \"70000000000{n}\"\naccess.sandbox = {{}}\n"
            ));
        }
        std::fs::write(dir.path().join("turma.toml"), text).unwrap();
        let roster = Roster::read(dir.path()).unwrap();
        (dir, roster)
    }

    fn part(roster: &Roster, id: &str, goes: usize) -> Part {
        let learner = roster.learner(id).unwrap();
        let things = (0..goes).map(|n| Thing::new(Kind::SqsQueue, format!("{id}-{n}")));
        Part {
            learner: id.to_owned(),
            account: learner.account.clone(),
            region: learner.region.clone(),
            prefix: learner.prefix.clone(),
            labs: vec!["l".to_owned()],
            goes: things.collect(),
            stays: Vec::new(),
            aside: Vec::new(),
            unread: Vec::new(),
            refused: None,
            calls: 0,
            seconds: 0,
        }
    }

    const CAPS: Caps = Caps {
        deletes: None,
        outlier: 5,
    };

    #[test]
    fn a_plan_is_refused_for_each_reason_and_for_no_other() {
        let (_dir, roster) = roster(&["ana", "bia", "caio"]);
        let parts = || {
            ["ana", "bia", "caio"]
                .map(|id| part(&roster, id, 10))
                .to_vec()
        };
        let plan = |parts| Plan::new("t1", "c", vec!["l".to_owned()], parts);
        assert_eq!(refuse(&plan(parts()), &roster, CAPS, Some("bia")), []);
        assert_eq!(phrase(&plan(parts())), "limpar t1: 3 contas, 30 recursos");
        let one = plan(vec![part(&roster, "ana", 1)]);
        assert_eq!(phrase(&one), "limpar t1: 1 conta, 1 recurso");

        let other = Plan::new("t2", "c", Vec::new(), parts());
        assert_eq!(
            refuse(&other, &roster, CAPS, None),
            [Refusal::Class("t2".to_owned())]
        );

        let mut old = plan(parts());
        old.made -= jiff::SignedDuration::from_hours(25);
        assert_eq!(refuse(&old, &roster, CAPS, None), [Refusal::Old]);
        old.made = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
        assert_eq!(refuse(&old, &roster, CAPS, None), [Refusal::Old]);

        let mut moved = parts();
        moved[1].account = "999999999999".to_owned();
        assert_eq!(
            refuse(&plan(moved), &roster, CAPS, None),
            [
                Refusal::Moved("bia".to_owned()),
                Refusal::Protected("999999999999".to_owned())
            ]
        );
        let mut gone = parts();
        gone[2].learner = "davi".to_owned();
        assert_eq!(
            refuse(&plan(gone), &roster, CAPS, None),
            [Refusal::Learner("davi".to_owned())]
        );

        let few = Caps {
            deletes: Some(29),
            ..CAPS
        };
        assert_eq!(
            refuse(&plan(parts()), &roster, few, None),
            [Refusal::Many { goes: 30, most: 29 }]
        );

        let mut odd = parts();
        odd[0] = part(&roster, "ana", 51);
        assert_eq!(
            refuse(&plan(odd), &roster, CAPS, None),
            [Refusal::Outlier {
                learner: "ana".to_owned(),
                goes: 51,
                usual: 10
            }]
        );

        let mut without = parts();
        without[1].goes.clear();
        assert_eq!(
            refuse(&plan(without), &roster, CAPS, Some("bia")),
            [Refusal::Canary("bia".to_owned())]
        );
    }

    #[test]
    fn what_nobody_graded_is_told() {
        let (_dir, roster) = roster(&["ana"]);
        let plan = Plan::new("t1", "c", Vec::new(), vec![part(&roster, "ana", 1)]);
        assert_eq!(ungraded(&plan, &[]), [("ana".to_owned(), "l".to_owned())]);
    }
}
