use futures_util::{StreamExt, TryStreamExt, stream};

use super::super::moment::Moment;
use super::super::session::Session;
use super::call::ask;
use crate::core::{
    Acted, ApiCallArgs, ApiLoadArgs, FunctionFailure, LoadRequest, ProbeError, ProbeErrorKind,
};

/// How many things are worked on at the same time.
const AT_ONCE: usize = 6;

/// Sends all requests: those of one thing one after the other. What a repeated
/// one gets is the learner's choice, unless it is an error of the server.
pub(in crate::aws) async fn load(
    session: &Session,
    args: &ApiLoadArgs,
) -> Result<Acted, ProbeError> {
    let Some(all) = args.requests() else {
        return Err(ProbeError {
            kind: ProbeErrorKind::Refused,
            operation: "POST".to_owned(),
            message: format!("`first` não é um número inteiro: {}", args.first),
        });
    };
    // The API is looked for once.
    let moment = Moment::default();
    let failures: Vec<Option<FunctionFailure>> = stream::iter(all)
        .map(|requests| one(session, &moment, args, requests))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let failure = failures.into_iter().flatten().next();
    Ok(Acted { failure })
}

async fn one(
    session: &Session,
    moment: &Moment,
    args: &ApiLoadArgs,
    requests: Vec<LoadRequest>,
) -> Result<Option<FunctionFailure>, ProbeError> {
    for LoadRequest {
        method,
        path,
        body,
        again,
    } in requests
    {
        let call = ApiCallArgs {
            api: args.api.clone(),
            stage: args.stage.clone(),
            method: method.to_owned(),
            path,
            body,
            headers: std::collections::BTreeMap::new(),
            key: None,
        };
        let answer = ask(session, moment, &call).await?;
        let answer = answer.map_err(|_| ProbeError {
            kind: ProbeErrorKind::Missing,
            operation: method.to_owned(),
            message: format!("não há API REST com o nome `{}`", args.api),
        })?;
        let limit = if again { 500 } else { 300 };
        if answer.status >= limit {
            return Ok(Some(FunctionFailure {
                kind: format!("{method} {} respondeu {}", call.path, answer.status),
                message: answer.body,
                place: None,
            }));
        }
    }
    Ok(None)
}
