use super::super::lambda::resource_policy;
use super::super::moment::Moment;
use super::super::policy::Caller;
use super::super::session::Session;
use super::api;
use crate::core::{ApiPermissionArgs, Observation, ProbeError};

/// An id that no API has: ids have letters in lower case and digits.
const OTHER_API: &str = "OUTRA-API";

pub(in crate::aws) async fn permission(
    session: &Session,
    moment: &Moment,
    args: &ApiPermissionArgs,
) -> Result<Observation, ProbeError> {
    let (api, notes) = match api(session, moment, &args.api).await? {
        Ok(found) => found,
        Err(absent) => return Ok(absent),
    };
    let qualifier = args.qualifier.as_deref();
    let policy = resource_policy(session, moment, &args.function, qualifier).await?;
    let Some((arn, policies)) = policy else {
        return Ok(Observation::present()
            .with("allowed", false)
            .note(format!("a função `{}` não existe", args.function)));
    };
    // The function lies in the API's account.
    let account = arn.split(':').nth(4).unwrap_or_default();
    let first = format!("{} {}", args.method, args.path);
    let allows = |account: &str, api: &str, request: &str| {
        let source = format!(
            "arn:aws:execute-api:{}:{account}:{api}/{}/{}",
            session.region(),
            args.stage,
            request.replacen(" /", "/", 1)
        );
        let keys = [
            ("aws:SourceArn", source.as_str()),
            ("aws:SourceAccount", account),
        ];
        let caller = Caller::Service("apigateway.amazonaws.com", &keys);
        policies.allow(&caller, "lambda:InvokeFunction", &arn)
    };
    let mut open_to = Vec::new();
    if allows("999999999999", OTHER_API, &first) {
        open_to.push("qualquer API de qualquer conta (falta `--source-arn`)".to_owned());
    } else if allows(account, OTHER_API, &first) {
        open_to.push("qualquer API da sua conta (falta o id da API em `--source-arn`)".to_owned());
    }
    let id = api.id().unwrap_or_default();
    let refused: Vec<String> = std::iter::once(&first)
        .chain(&args.also)
        .filter(|request| !allows(account, id, request))
        .cloned()
        .collect();
    Ok(Observation::present()
        .with("allowed", refused.is_empty())
        .with("refused", refused)
        .with("open_to", open_to)
        .with("statements", policies.describe())
        .notes(notes))
}
