use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_lambda::types::{AliasConfiguration, FunctionConfiguration, Runtime};
use futures_util::future::try_join_all;
use serde_json::Value;

use super::errors::{fault, found};
use super::invoke::{failure, invoke, payload, tail};
use super::lambda::{configuration, near_function, settling};
use super::moment::Moment;
use super::near;
use super::session::Session;
use crate::core::{
    Invocation, LambdaAliasArgs, LambdaVersionsArgs, Observation, ProbeError, as_text,
};

const LATEST: &str = "$LATEST";

pub(super) async fn versions(
    session: &Session,
    moment: &Moment,
    args: &LambdaVersionsArgs,
) -> Result<Observation, ProbeError> {
    let function = configuration(session, moment, &args.function).await?;
    let Some(function) = function.as_ref() else {
        return Ok(
            Observation::absent().notes(near_function(session, moment, &args.function).await)
        );
    };
    let published = published(session, moment, &args.function).await?;
    let aliases = aliases(session, moment, &args.function).await?;
    let used: BTreeSet<&str> = aliases.iter().flat_map(targets).collect();
    let numbers: Vec<&str> = published.iter().filter_map(|v| v.version()).collect();
    let unused: Vec<&str> = numbers
        .iter()
        .copied()
        .filter(|number| !used.contains(number))
        .collect();
    let mut runtimes: Vec<&str> = Vec::new();
    for runtime in published.iter().filter_map(|v| v.runtime()) {
        if !runtimes.contains(&runtime.as_str()) {
            runtimes.push(runtime.as_str());
        }
    }
    let codes = codes(&published);
    let mut seen = Observation::present()
        .notes(same_code(&codes))
        .with("count", numbers.len())
        .with("numbers", numbers.clone())
        .with("codes", codes.len())
        .with("runtimes", runtimes)
        .with("unused", unused)
        .settling(settling(function));
    if let Some(event) = &args.event {
        let calls = numbers
            .iter()
            .map(|version| ask(session, &args.function, version, event));
        let mut told: Vec<String> = Vec::new();
        for (version, answer) in numbers.iter().zip(try_join_all(calls).await?) {
            let (text, note) = answer.told(version, args.field.as_deref());
            seen = seen.notes(note);
            told.push(text);
        }
        seen = seen.with("answers", told);
    }
    Ok(seen)
}

pub(super) async fn alias(
    session: &Session,
    moment: &Moment,
    args: &LambdaAliasArgs,
) -> Result<Observation, ProbeError> {
    let function = configuration(session, moment, &args.function).await?;
    let Some(function) = function.as_ref() else {
        return Ok(Observation::absent()
            .note(format!("a função `{}` não existe", args.function))
            .notes(near_function(session, moment, &args.function).await));
    };
    let aliases = aliases(session, moment, &args.function).await?;
    let named = |alias: &&AliasConfiguration| alias.name() == Some(args.alias.as_str());
    let Some(alias) = aliases.iter().find(named) else {
        let names = aliases.iter().filter_map(AliasConfiguration::name);
        return Ok(Observation::absent().notes(near::sentence("há um alias", &args.alias, names)));
    };
    let published = published(session, moment, &args.function).await?;
    let version = alias.function_version().unwrap_or(LATEST);
    let target = published.iter().find(|v| v.version() == Some(version));
    let code = target.and_then(|v| v.code_sha256());
    let current = version == LATEST || (code.is_some() && code == function.code_sha256());
    let runtime = match version {
        LATEST => function.runtime(),
        _ => target.and_then(|v| v.runtime()),
    };
    let second = weights(alias).into_iter().next();
    let second_version = second.map(|(number, _)| number).unwrap_or_default();
    let second_aliases: Vec<&str> = aliases
        .iter()
        .filter(|a| a.function_version() == Some(second_version))
        .filter_map(AliasConfiguration::name)
        .collect();
    let mut seen = Observation::present()
        .notes(not_published(version, target.is_some()))
        .with("version", version)
        .with("published", target.is_some())
        .with("description", alias.description().unwrap_or_default())
        .with("runtime", runtime.map(Runtime::as_str).unwrap_or_default())
        .with("weight", second.map_or(0.0, |(_, weight)| weight))
        .with("second_version", second_version)
        .with("second_aliases", second_aliases)
        .with("current", current)
        .settling(settling(function));
    if let Some(event) = &args.event {
        // By its number: an alias with two versions answers now with one, now with the other.
        let answer = ask(session, &args.function, version, event).await?;
        let (text, note) = answer.told(version, args.field.as_deref());
        seen = seen.with("answer", text).notes(note);
    }
    Ok(seen)
}

/// The versions with a number, oldest first.
async fn published(
    session: &Session,
    moment: &Moment,
    function: &str,
) -> Result<Arc<Vec<FunctionConfiguration>>, ProbeError> {
    moment
        .once(format!("ListVersionsByFunction {function}"), async {
            let mut all = Vec::new();
            let mut marker = None;
            loop {
                let page = session
                    .lambda
                    .list_versions_by_function()
                    .function_name(function)
                    .set_marker(marker)
                    .send()
                    .await
                    .map_err(|e| fault("ListVersionsByFunction", &e))?;
                all.extend(page.versions.unwrap_or_default());
                marker = page.next_marker.filter(|m| !m.is_empty());
                if marker.is_none() {
                    break;
                }
            }
            all.retain(|v| v.version().is_some_and(|number| number != LATEST));
            all.sort_by_key(|v| v.version().and_then(|number| number.parse::<u64>().ok()));
            Ok(all)
        })
        .await
}

async fn aliases(
    session: &Session,
    moment: &Moment,
    function: &str,
) -> Result<Arc<Vec<AliasConfiguration>>, ProbeError> {
    moment
        .once(format!("ListAliases {function}"), async {
            let mut all = Vec::new();
            let mut marker = None;
            loop {
                let page = session
                    .lambda
                    .list_aliases()
                    .function_name(function)
                    .set_marker(marker)
                    .send()
                    .await
                    .map_err(|e| fault("ListAliases", &e))?;
                all.extend(page.aliases.unwrap_or_default());
                marker = page.next_marker.filter(|m| !m.is_empty());
                if marker.is_none() {
                    break;
                }
            }
            all.sort_by(|a, b| a.name().cmp(&b.name()));
            Ok(all)
        })
        .await
}

/// The versions that an alias points at, the second one included.
fn targets(alias: &AliasConfiguration) -> Vec<&str> {
    let second = weights(alias).into_keys();
    alias.function_version().into_iter().chain(second).collect()
}

/// The versions that get a part of an alias's calls, with that part.
fn weights(alias: &AliasConfiguration) -> BTreeMap<&str, f64> {
    alias
        .routing_config()
        .and_then(|routing| routing.additional_version_weights())
        .into_iter()
        .flatten()
        .map(|(version, weight)| (version.as_str(), *weight))
        .collect()
}

/// Version numbers by the digest of their code.
fn codes(published: &[FunctionConfiguration]) -> BTreeMap<&str, Vec<&str>> {
    let mut codes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for version in published {
        codes
            .entry(version.code_sha256().unwrap_or_default())
            .or_default()
            .extend(version.version());
    }
    codes
}

fn same_code(codes: &BTreeMap<&str, Vec<&str>>) -> Vec<String> {
    let mut same: Vec<&Vec<&str>> = codes.values().filter(|v| v.len() > 1).collect();
    same.sort_unstable();
    same.into_iter()
        .map(|versions| format!("as versões {} têm o mesmo código", versions.join(" e ")))
        .collect()
}

fn not_published(version: &str, found: bool) -> Option<String> {
    match version {
        _ if found => None,
        LATEST => {
            Some("`$LATEST` não é uma versão publicada: ele muda a cada envio de código".to_owned())
        }
        _ => Some(format!(
            "a versão `{version}` não existe; na AWS, um alias não pode apontar para ela"
        )),
    }
}

/// How a call of one version ended.
#[derive(Debug)]
enum Answer {
    Said(Value),
    Failed(String),
    NotThere,
}

impl Answer {
    /// What is told of an answer: its text, and what helps to understand.
    fn told(&self, version: &str, field: Option<&str>) -> (String, Option<String>) {
        let said = match self {
            Self::NotThere => return (String::new(), None),
            Self::Failed(why) => {
                let note = format!("a versão `{version}` terminou com erro: {why}");
                return (String::new(), Some(note));
            }
            Self::Said(said) => said,
        };
        match field.map_or(Some(said), |name| said.get(name)) {
            Some(value) => (as_text(value), None),
            None => {
                let name = field.unwrap_or_default();
                let note = format!("a resposta da versão `{version}` não tem o campo `{name}`");
                (String::new(), Some(note))
            }
        }
    }
}

async fn ask(
    session: &Session,
    function: &str,
    version: &str,
    event: &Value,
) -> Result<Answer, ProbeError> {
    let sent = invoke(session, function, Some(version), Invocation::Sync, event)
        .send()
        .await;
    let Some(answer) = found("Invoke", sent)? else {
        return Ok(Answer::NotThere);
    };
    let said = payload(&answer);
    Ok(match answer.function_error() {
        Some(_) => Answer::Failed(failure(&said, &tail(&answer)).to_string()),
        None => Answer::Said(said),
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::AliasRoutingConfiguration;
    use serde_json::json;

    use super::*;

    fn version(number: &str, code: &str) -> FunctionConfiguration {
        FunctionConfiguration::builder()
            .version(number)
            .code_sha256(code)
            .build()
    }

    #[test]
    fn versions_of_the_same_code_are_one_code() {
        let all = [version("1", "a"), version("2", "b"), version("4", "a")];
        let codes = codes(&all);
        assert_eq!(codes.len(), 2);
        assert_eq!(same_code(&codes), ["as versões 1 e 4 têm o mesmo código"]);
        assert!(same_code(&super::codes(&all[..2])).is_empty());
    }

    #[test]
    fn a_version_with_a_part_of_the_calls_is_in_use_too() {
        let alias = AliasConfiguration::builder()
            .function_version("1")
            .routing_config(
                AliasRoutingConfiguration::builder()
                    .additional_version_weights("3", 0.1)
                    .build(),
            )
            .build();
        assert_eq!(targets(&alias), ["1", "3"]);
        assert!(targets(&AliasConfiguration::builder().build()).is_empty());
    }

    #[test]
    fn latest_and_a_version_that_is_gone_are_named() {
        assert_eq!(not_published("2", true), None);
        assert!(not_published("$LATEST", false).is_some_and(|t| t.contains("muda")));
        assert!(not_published("9", false).is_some_and(|t| t.contains("`9`")));
    }

    #[test]
    fn an_answer_tells_its_field_or_why_it_has_none() {
        let said = Answer::Said(json!({ "mensagem": "Olá", "n": 2 }));
        assert_eq!(said.told("1", Some("mensagem")), ("Olá".to_owned(), None));
        assert_eq!(said.told("1", Some("n")).0, "2");
        let (text, note) = said.told("1", Some("outro"));
        assert!(text.is_empty() && note.is_some_and(|n| n.contains("`outro`")));
        let (text, note) = Answer::Failed("KeyError: 'x'".to_owned()).told("2", None);
        assert!(text.is_empty() && note.is_some_and(|n| n.contains("KeyError")));
        assert_eq!(Answer::NotThere.told("3", None), (String::new(), None));
    }
}
