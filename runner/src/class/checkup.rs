use std::time::Duration;

use super::access::{AccessError, Gate, Purpose, reset_role};
use super::enrolment::{Enrolment, enrolment};
use super::roles::{Who, needed};
use super::roster::{Learner, Roster};
use crate::aws::{CLOCK_MARGIN, Session};
use crate::core::{Access, ProbeError, ProbeErrorKind};

/// What was found out about one learner's entry.
#[derive(Debug, Clone)]
pub struct Checkup {
    /// The learner's id.
    pub learner: String,
    /// One by one, the account first; what comes after a failed entry is missing.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What was looked at: `conta`, `relógio`, a service.
    pub what: &'static str,
    /// Whether it is as it has to be.
    pub good: bool,
    /// What was seen.
    pub text: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Checkup {
    /// Whether everything is as it has to be.
    pub fn good(&self) -> bool {
        self.findings.iter().all(|f| f.good)
    }
}

/// Looks at one learner's entry: whose account it is, the clock, the mark, the
/// rights.
pub async fn checkup(gate: &Gate, roster: &Roster, learner: &Learner) -> Checkup {
    let mut findings = Vec::new();
    match gate.enter(roster, learner, Purpose::Grade).await {
        Ok((session, identity)) => {
            findings.push(good(
                "conta",
                format!("{} · {}", identity.account, identity.arn),
            ));
            findings.push(good("região", session.region().to_owned()));
            look(&session, roster, learner, &mut findings).await;
            if let Access::Role { arn, reset_arn, .. } = &learner.access {
                let role = reset_role(arn, reset_arn.as_deref());
                findings.extend(resetting(gate, roster, learner, &session, &role).await);
            }
        }
        Err(error) => findings.push(Finding {
            what: "conta",
            good: false,
            text: error.to_string(),
            help: help(learner, &error),
        }),
    }
    Checkup {
        learner: learner.id.clone(),
        findings,
    }
}

async fn look(session: &Session, roster: &Roster, learner: &Learner, found: &mut Vec<Finding>) {
    let marked = async {
        match learner.access {
            Access::Role { .. } => Some(enrolment(session, roster, learner).await),
            // Only the kit's role bears a mark.
            _ => None,
        }
    };
    let (skew, marked, rights) = tokio::join!(session.clock_skew(), marked, session.rights());
    found.push(clock(skew));
    found.extend(marked.map(mark));
    found.extend(rights.into_iter().map(|(service, answer)| match answer {
        Ok(()) => good(service, "posso ler".to_owned()),
        Err(error) => Finding {
            what: service,
            good: false,
            text: format!("{}: {}", error.kind, error.message),
            help: (error.kind == ProbeErrorKind::Denied).then(|| {
                "atualize os papéis da conta com o modelo que `lab class init` escreve".to_owned()
            }),
        },
    }));
}

/// Looks at the role that resets: whether it can be entered, reads what it has
/// to, and has the rights to delete, as far as its policies tell.
async fn resetting(
    gate: &Gate,
    roster: &Roster,
    learner: &Learner,
    grader: &Session,
    role: &str,
) -> Vec<Finding> {
    let bad = |text: String, help: &str| Finding {
        what: "limpeza",
        good: false,
        text,
        help: Some(help.to_owned()),
    };
    let session = match gate.enter(roster, learner, Purpose::Reset).await {
        Ok((session, _)) => session,
        Err(error) => {
            let help = format!(
                "confira se o papel {role} existe, se confia em você e se o ExternalId é o mesmo; sem ele, a conta é corrigida e não é limpa"
            );
            return vec![bad(format!("o papel que limpa: {error}"), &help)];
        }
    };
    let region = session.region();
    let rights = needed(
        Who::Resetter,
        role,
        &learner.account,
        region,
        &learner.prefix,
    );
    let (marked, readable, lacking) = tokio::join!(
        enrolment(&session, roster, learner),
        session.rights(),
        grader.lacking(role, &rights)
    );
    let update = "atualize os papéis da conta com o modelo que `lab class init` escreve";
    let mut findings = Vec::new();
    if let Err(error) = marked {
        let text = format!("não lê a marca da conta: {}: {}", error.kind, error.message);
        findings.push(bad(text, update));
    }
    for (service, answer) in readable {
        if let Err(error) = answer {
            let text = format!("não lê {service}: {}: {}", error.kind, error.message);
            findings.push(bad(text, update));
        }
    }
    match lacking {
        Ok(lacking) if lacking.is_empty() => {}
        Ok(lacking) => {
            let mut actions: Vec<&str> = lacking.iter().map(|r| r.action.as_str()).collect();
            actions.sort_unstable();
            actions.dedup();
            let text = format!("faltam direitos ao papel {role}: {}", actions.join(", "));
            findings.push(bad(text, update));
        }
        Err(error) => findings.push(bad(
            format!(
                "as políticas do papel {role} não puderam ser lidas: {}: {}",
                error.kind, error.message
            ),
            update,
        )),
    }
    if findings.is_empty() {
        findings.push(good("limpeza", format!("entro por {role}, e posso limpar")));
    }
    findings
}

fn clock(skew: Result<Duration, ProbeError>) -> Finding {
    match skew {
        Ok(skew) if skew < CLOCK_MARGIN => {
            good("relógio", format!("diferença de {} s", skew.as_secs()))
        }
        Ok(skew) => Finding {
            what: "relógio",
            good: false,
            text: format!(
                "o relógio deste computador difere {} min do da AWS",
                skew.as_secs() / 60
            ),
            help: Some("ligue o ajuste automático de data e hora do sistema".to_owned()),
        },
        Err(error) => Finding {
            what: "relógio",
            good: false,
            text: error.message,
            help: None,
        },
    }
}

fn mark(seen: Result<Enrolment, ProbeError>) -> Finding {
    let bad = |text: String, help: &str| Finding {
        what: "matrícula",
        good: false,
        text,
        help: Some(help.to_owned()),
    };
    match seen {
        Ok(Enrolment::Marked) => good("matrícula", "o papel tem a marca desta turma".to_owned()),
        Ok(Enrolment::Unmarked) => bad(
            "o papel não tem a marca da turma".to_owned(),
            "crie os papéis com o modelo que `lab class init` escreve: ele põe a marca",
        ),
        Ok(Enrolment::Other { class, learner }) => bad(
            format!("o papel tem a marca de `{learner}`, da turma `{class}`"),
            "a conta é de outra pessoa? corrija o ARN em turma.toml, ou atualize os papéis da conta",
        ),
        Err(error) => bad(
            format!("{}: {}", error.kind, error.message),
            "o papel precisa poder ler a si mesmo (iam:GetRole)",
        ),
    }
}

fn good(what: &'static str, text: String) -> Finding {
    Finding {
        what,
        good: true,
        text,
        help: None,
    }
}

/// What to do about an account that cannot be entered.
fn help(learner: &Learner, error: &AccessError) -> Option<String> {
    Some(match error {
        AccessError::NoSandbox => "ligue-o com `lab sandbox start`".to_owned(),
        AccessError::Credentials(_) => {
            "copie de novo as credenciais da pessoa para esse lugar".to_owned()
        }
        AccessError::WrongAccount { .. } => {
            "corrija `account` ou `access` desta pessoa em turma.toml".to_owned()
        }
        AccessError::Protected(_) => "tire esta conta da lista de alunos".to_owned(),
        AccessError::Probe(error) => match (&learner.access, error.kind) {
            (Access::Sandbox { .. }, _) => {
                "o sandbox está ligado neste endereço? veja com `lab sandbox status`".to_owned()
            }
            (Access::Role { arn, .. }, ProbeErrorKind::Denied | ProbeErrorKind::Credentials) => {
                format!(
                    "confira se o papel {arn} existe, se confia em você e se o ExternalId é o mesmo"
                )
            }
            (_, ProbeErrorKind::Expired) => {
                "as credenciais temporárias venceram: copie as novas".to_owned()
            }
            (Access::Profile(name), ProbeErrorKind::Credentials) => {
                format!("confira o perfil com `aws sts get-caller-identity --profile {name}`")
            }
            _ => return None,
        },
    })
}
