use std::time::Duration;

use super::errors::alike;
use super::job::Run;
use super::ready::Ready;
use super::watch::{Seen, look};
use super::{DOUBT_WAIT, EVIDENCE_WAIT};
use crate::core::{
    Action, Cause, CheckId, Fidelity, LambdaLogsArgs, Mismatch, Probe, Verdict, World,
};

/// How the links stand that a check depends on.
#[derive(Default)]
pub(super) struct Links {
    /// The first broken one in the order of the flow.
    pub(super) broken: Option<CheckId>,
    /// The first broken one that this target does not enforce.
    unenforced: Option<CheckId>,
    /// A broken one leaves no way for the flow to work.
    hopeless: bool,
}

impl Links {
    /// How long a flow with these links is worth watching. One that cannot work
    /// is watched only for its evidence; one with a link that is merely not as
    /// asked, such as another prefix, may well work and is given more.
    pub(super) fn patience(&self, within: Duration) -> Duration {
        match (&self.broken, self.hopeless) {
            (None, _) => within,
            (Some(_), true) => within.min(EVIDENCE_WAIT),
            (Some(_), false) => within.min(DOUBT_WAIT),
        }
    }

    /// Whether the first cause is a link that this target does not enforce.
    fn only_unenforced<W: World>(&self, world: &W) -> bool {
        self.unenforced.is_some() && self.broken == self.unenforced && !world.enforces_everything()
    }
}

/// Facts that, when they are not as expected, keep a link from working at all:
/// nothing is there, somebody may not, the function fails.
const DECISIVE: [&str; 4] = ["exists", "denied", "allowed", FAILURE];

/// The fact that a function ended with an error when an action called it.
const FAILURE: &str = "failure";

/// Waits for the verdicts of the links.
pub(super) async fn links<W: World>(run: &Run<W>, chain: &[CheckId]) -> Links {
    let mut links = Links::default();
    for id in chain {
        let Some(Verdict::Fail(cause)) = run.verdict(id).await else {
            continue;
        };
        let by_config = run
            .job
            .lab
            .checks()
            .any(|(other, _, check)| other == *id && check.fidelity == Fidelity::Config);
        let decisive = cause
            .mismatches
            .iter()
            .any(|m| DECISIVE.contains(&m.fact.as_str()));
        match (by_config, decisive) {
            (true, true) => {
                links.unenforced.get_or_insert_with(|| id.clone());
            }
            // A permission that is too wide breaks no flow.
            (true, false) => continue,
            (false, decisive) => links.hopeless |= decisive,
        }
        links.broken.get_or_insert_with(|| id.clone());
    }
    links
}

/// Turns what was seen into a verdict, and finds the first cause.
pub(super) async fn explain<W: World>(
    run: &Run<W>,
    ready: &Ready,
    seen: Seen,
    links: Links,
    since: i64,
) -> Verdict {
    match seen {
        Seen::Blind(error) => Verdict::Unknown(error),
        Seen::Good => match links.unenforced {
            Some(link) if !run.job.world.enforces_everything() => unenforced(link),
            _ => Verdict::Pass,
        },
        // Whether it worked meanwhile depends on nothing but the time.
        Seen::Bad { failure: None, .. } if links.only_unenforced(&*run.job.world) => {
            links.unenforced.map_or(Verdict::Pass, unenforced)
        }
        Seen::Bad {
            mut cause,
            settling,
            failure,
        } => {
            cause.first = links.broken;
            if let Some(failure) = failure {
                cause.mismatches.insert(
                    0,
                    Mismatch {
                        fact: FAILURE.to_owned(),
                        label: "execução da função".to_owned(),
                        expected: "termina sem erro".to_owned(),
                        actual: failure.to_string(),
                        follows: false,
                    },
                );
                if failure.place.is_none() {
                    trace(run, ready, since, &mut cause).await;
                }
                return Verdict::Fail(cause);
            }
            let traced = trace(run, ready, since, &mut cause).await;
            if cause.first.is_some() {
                return Verdict::Fail(cause);
            }
            match traced {
                // The function ran, or nothing has to run: what was seen is what there is.
                Traced::Ran if settling.is_none() => Verdict::Fail(cause),
                Traced::NotAsked if settling.is_none() => Verdict::Fail(cause),
                _ if settling.is_none() && answered(run, ready, &cause) => Verdict::Fail(cause),
                Traced::NeverRan => {
                    cause.notes.push(
                        "as ligações conferidas estão certas, e a função ainda não foi chamada: verifique de novo daqui a pouco"
                            .to_owned(),
                    );
                    Verdict::Pending(cause)
                }
                Traced::AtWork => {
                    cause.notes.push(AT_WORK.to_owned());
                    Verdict::Pending(cause)
                }
                Traced::NotSeen => {
                    cause.notes.push(
                        "a invocação sem espera ainda não apareceu no log: verifique de novo daqui a pouco"
                            .to_owned(),
                    );
                    Verdict::Pending(cause)
                }
                Traced::Unclear => {
                    cause.notes.push(
                        "as ligações conferidas estão certas; na AWS, uma notificação nova pode levar cerca de um minuto para valer: verifique de novo"
                            .to_owned(),
                    );
                    Verdict::Pending(cause)
                }
                Traced::TooSlow => {
                    cause.notes.push(
                        "a função passou do tempo limite com muitas mensagens ao mesmo tempo, e no sandbox isso pode ser só o computador ocupado: verifique de novo"
                            .to_owned(),
                    );
                    Verdict::Pending(cause)
                }
                Traced::DeniedYet => {
                    cause.notes.push(
                        "as permissões conferidas estão certas; na AWS, uma permissão nova leva alguns segundos para valer; se continuar assim, veja no erro qual recurso foi negado"
                            .to_owned(),
                    );
                    Verdict::Pending(cause)
                }
                _ => {
                    cause.notes.extend(settling);
                    Verdict::Pending(cause)
                }
            }
        }
    }
}

/// A flow that works here, if at all, only because a rule is not enforced.
fn unenforced(link: CheckId) -> Verdict {
    Verdict::Fail(Cause {
        notes: vec!["na AWS não funcionaria; o sandbox não cobra esta permissão".to_owned()],
        first: Some(link),
        ..Cause::default()
    })
}

/// Whether an API's answer decides, although it never called the function. On
/// AWS a 403 may come from what has not yet reached its stage.
fn answered<W: World>(run: &Run<W>, ready: &Ready, cause: &Cause) -> bool {
    let forbidden = |m: &Mismatch| m.fact == "status" && m.actual == "403";
    matches!(ready.probe, Probe::ApiCall(_))
        && !(run.job.world.enforces_everything() && cause.mismatches.iter().any(forbidden))
}

/// Said of a function that has not ended.
pub(super) const AT_WORK: &str = "a função ainda está em execução: verifique de novo daqui a pouco";

/// What the function's log says about the time since the actions.
enum Traced {
    /// The check names no function.
    NotAsked,
    /// The function ran.
    Ran,
    /// The function was denied something that its role allows.
    DeniedYet,
    /// It ran out of time under a load, on the learner's own machine.
    TooSlow,
    /// The function did not run.
    NeverRan,
    /// It ran, and perhaps not for this check.
    Unclear,
    /// It ran, and nothing tells whether the call was the one that nobody waits for.
    NotSeen,
    /// A call has begun and not ended.
    AtWork,
    /// The log could not be read.
    Unreadable,
}

async fn trace<W: World>(run: &Run<W>, ready: &Ready, since: i64, cause: &mut Cause) -> Traced {
    let Some(function) = &ready.trace else {
        return Traced::NotAsked;
    };
    let probe = Probe::LambdaLogs(LambdaLogsArgs {
        function: function.clone(),
        containing: vec![],
    });
    let moment = W::Moment::default();
    let Ok(log) = look(run, ready, &probe, &moment, since).await else {
        return Traced::Unreadable;
    };
    let errors: Vec<String> = log
        .fact("errors")
        .as_array()
        .map(|all| {
            all.iter()
                .filter_map(|e| e.as_str().map(str::to_owned))
                .collect()
        })
        .unwrap_or_default();
    let denied = errors
        .iter()
        .any(|e| e.contains("AccessDenied") || e.contains("not authorized"));
    if !beside_the_point(ready, cause) {
        let told = alike(&errors);
        let several = told.len() > 1;
        let told = told.into_iter();
        cause
            .notes
            .extend(told.map(|error| format!("no log da função `{function}`: {error}")));
        if several {
            cause.notes.push(
                "o log junta as chamadas de todas as verificações: nem todo erro dele é desta"
                    .to_owned(),
            );
        }
    }
    if denied
        && cause.first.is_none()
        && !ready.chain.is_empty()
        && run.job.world.enforces_everything()
    {
        Traced::DeniedYet
    } else if errors.is_empty() && ready.actions.iter().any(Action::leaves_behind) {
        Traced::NotSeen
    } else if slow_under_load(run, ready, &errors) {
        Traced::TooSlow
    } else if errors.is_empty() && others_called(run, ready, function) {
        Traced::Unclear
    } else if errors.is_empty() && log.fact("unfinished").as_u64().unwrap_or(0) > 0 {
        Traced::AtWork
    } else if log.fact("invocations").as_u64().unwrap_or(0) > 0 || !errors.is_empty() {
        if errors.is_empty() && !failed(cause) {
            cause.notes.push(format!(
                "a função `{function}` foi chamada e terminou sem erro no log"
            ));
        }
        Traced::Ran
    } else {
        Traced::NeverRan
    }
}

/// Whether errors in the log explain nothing: an API answered this check's own
/// call, and not with an error of the function, or what is wrong is that
/// something is there.
fn beside_the_point(ready: &Ready, cause: &Cause) -> bool {
    let there = |m: &Mismatch| m.fact == "exists" && m.expected == "não existe";
    let error = |m: &Mismatch| m.fact == "status" && m.actual.starts_with('5');
    let answered = matches!(ready.probe, Probe::ApiCall(_))
        && !failed(cause)
        && !cause.mismatches.iter().any(error);
    answered || cause.mismatches.iter().any(there)
}

/// Whether an action told that the function failed.
fn failed(cause: &Cause) -> bool {
    cause.mismatches.iter().any(|m| m.fact == FAILURE)
}

/// Whether a function ran out of time while a flood went through it, where the
/// machine is as slow as whatever else it is doing: what is late is not wrong.
fn slow_under_load<W: World>(run: &Run<W>, ready: &Ready, errors: &[String]) -> bool {
    let load = |action: &Action| matches!(action, Action::SqsFlood { .. });
    !run.job.world.enforces_everything()
        && ready.actions.iter().any(load)
        && errors.iter().any(|e| e.contains("Task timed out"))
}

/// Whether another check called the function itself, so that its log does not
/// tell which call ran. Only where a new notification takes time to work: there
/// "it ran and did nothing" would be said of a call that never came.
fn others_called<W: World>(run: &Run<W>, ready: &Ready, function: &str) -> bool {
    let own = ready
        .actions
        .iter()
        .any(|action| action.calls() == Some(function));
    let called = run
        .called
        .lock()
        .is_ok_and(|called| called.iter().any(|name| name == function));
    run.job.world.enforces_everything() && called && !own
}
