use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{LastUpdateStatus, State};
use serde_json::{Value, json};
use std::sync::Arc;

use super::errors::{fault, found};
use super::invoke::act;
use super::moment::Moment;
use super::near;
use super::policy::{Caller, Policies};
use super::session::Session;
use crate::core::{
    Acted, Invocation, LambdaFunctionArgs, LambdaPermissionArgs, Observation, ProbeError, S3Target,
};

pub(super) async fn function(
    session: &Session,
    moment: &Moment,
    args: &LambdaFunctionArgs,
) -> Result<Observation, ProbeError> {
    let function = configuration(session, moment, &args.function).await?;
    let Some(function) = function.as_ref() else {
        return Ok(
            Observation::absent().notes(near_function(session, moment, &args.function).await)
        );
    };
    let variables: Value = function
        .environment()
        .and_then(|e| e.variables())
        .map(|all| {
            all.iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect()
        })
        .unwrap_or_default();
    let state = function.state().map_or("Active", State::as_str);
    Ok(Observation::present()
        .with("arn", function.function_arn().unwrap_or_default())
        .with(
            "runtime",
            function
                .runtime()
                .map(|r| r.as_str().to_owned())
                .unwrap_or_default(),
        )
        .with("handler", function.handler().unwrap_or_default())
        // The console makes roles under a path: the name is what the lab asks for.
        .with(
            "role",
            function
                .role()
                .and_then(|arn| arn.rsplit('/').next())
                .unwrap_or_default(),
        )
        .with("timeout", function.timeout().unwrap_or_default())
        .with("memory", function.memory_size().unwrap_or_default())
        .with("variables", variables)
        .with("state", state)
        .with("code", function.code_sha256().unwrap_or_default())
        .settling(settling(function)))
}

/// Why a function cannot be judged yet: until it is ready AWS refuses its calls,
/// or runs the code from before.
pub(super) fn settling(function: &GetFunctionConfigurationOutput) -> Option<String> {
    let at_work = function.state() == Some(&State::Pending)
        || function.last_update_status() == Some(&LastUpdateStatus::InProgress);
    at_work.then(|| "a AWS ainda está preparando a função".to_owned())
}

pub(super) async fn configuration(
    session: &Session,
    moment: &Moment,
    function: &str,
) -> Result<Arc<Option<GetFunctionConfigurationOutput>>, ProbeError> {
    moment
        .once(format!("GetFunctionConfiguration {function}"), async {
            let answer = session
                .lambda
                .get_function_configuration()
                .function_name(function)
                .send()
                .await;
            found("GetFunctionConfiguration", answer)
        })
        .await
}

/// A function's timeout in seconds; `None` when there is no such function.
pub(super) async fn timeout(
    session: &Session,
    moment: &Moment,
    function: &str,
) -> Result<Option<i32>, ProbeError> {
    let configuration = configuration(session, moment, function).await?;
    // Three seconds are the default.
    Ok(configuration
        .as_ref()
        .as_ref()
        .map(|f| f.timeout().unwrap_or(3)))
}

pub(super) async fn near_function(session: &Session, moment: &Moment, wanted: &str) -> Vec<String> {
    let here = moment
        .once("ListFunctions".to_owned(), async {
            let list = session
                .lambda
                .list_functions()
                .send()
                .await
                .map_err(|e| fault("ListFunctions", &e))?;
            Ok(list
                .functions()
                .iter()
                .filter_map(|f| f.function_name().map(str::to_owned))
                .collect::<Vec<_>>())
        })
        .await;
    near::beside(session, "função", wanted, here, |region| async move {
        let config = aws_sdk_lambda::config::Builder::new().region(region);
        let call = session
            .lambda
            .get_function_configuration()
            .function_name(wanted)
            .customize();
        call.config_override(config).send().await.is_ok()
    })
    .await
}

/// A function's own policy and ARN, or those of one version or alias of it;
/// `None` when there is no such function.
pub(super) async fn resource_policy(
    session: &Session,
    moment: &Moment,
    function: &str,
    qualifier: Option<&str>,
) -> Result<Option<(String, Policies)>, ProbeError> {
    let configuration = configuration(session, moment, function).await?;
    let Some(arn) = configuration
        .as_ref()
        .as_ref()
        .and_then(|f| f.function_arn())
        .map(str::to_owned)
    else {
        return Ok(None);
    };
    let (arn, key) = match qualifier {
        Some(name) => (format!("{arn}:{name}"), format!("{function}:{name}")),
        None => (arn, function.to_owned()),
    };
    let document = moment
        .once(format!("GetPolicy {key}"), async {
            // A function without a policy is "not found" on AWS, and an empty policy elsewhere.
            found(
                "GetPolicy",
                session
                    .lambda
                    .get_policy()
                    .function_name(function)
                    .set_qualifier(qualifier.map(str::to_owned))
                    .send()
                    .await,
            )
            .map(|answer| answer.and_then(|a| a.policy).unwrap_or_default())
        })
        .await?;
    let mut policies = Policies::default();
    if !document.is_empty() {
        policies.add(function, &document);
    }
    Ok(Some((arn, policies)))
}

pub(super) async fn permission(
    session: &Session,
    moment: &Moment,
    args: &LambdaPermissionArgs,
) -> Result<Observation, ProbeError> {
    let qualifier = args.qualifier.as_deref();
    let policy = resource_policy(session, moment, &args.function, qualifier).await?;
    let Some((arn, policies)) = policy else {
        return Ok(
            Observation::absent().notes(near_function(session, moment, &args.function).await)
        );
    };
    let allowed_by = |policies: &Policies, arn: &str, source: &str, account: Option<&str>| {
        let mut keys = vec![("aws:SourceArn", source)];
        keys.extend(account.map(|account| ("aws:SourceAccount", account)));
        let caller = Caller::Service(&args.principal, &keys);
        policies.allow(&caller, "lambda:InvokeFunction", arn)
    };
    let allows = |source: &str, account: Option<&str>| allowed_by(&policies, &arn, source, account);
    let account = args.source_account.as_deref();
    let mut open_to = Vec::new();
    if account.is_some() && allows(&args.source_arn, Some("999999999999")) {
        open_to.push(
            "um recurso com o mesmo nome em outra conta (falta `--source-account`)".to_owned(),
        );
    }
    if allows(&format!("{}-outro", args.source_arn), account) {
        open_to.push("qualquer outro recurso do mesmo serviço (falta `--source-arn`)".to_owned());
    }
    let allowed = allows(&args.source_arn, account);
    let mut notes = Vec::new();
    if let (Some(name), false) = (qualifier, allowed)
        && let Some((whole, policies)) =
            resource_policy(session, moment, &args.function, None).await?
        && allowed_by(&policies, &whole, &args.source_arn, account)
    {
        notes.push(format!(
            "a permissão está na função sem alias, e não vale para `{name}`: repita-a com `--qualifier {name}`"
        ));
    }
    Ok(Observation::present()
        .notes(notes)
        .with("allowed", allowed)
        .with("open_to", open_to)
        .with("statements", policies.describe()))
}

pub(super) async fn s3_event(
    session: &Session,
    function: &str,
    invocation: Invocation,
    object: &S3Target,
) -> Result<Acted, ProbeError> {
    let event = event_for(object, session.region());
    act(session, function, None, invocation, &event).await
}

/// The event that S3 sends ("Event message structure" in the S3 User Guide):
/// the key is form-encoded, but for its slashes.
fn event_for(object: &S3Target, region: &str) -> Value {
    let key = object
        .key
        .split('/')
        .map(|part| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>())
        .collect::<Vec<_>>()
        .join("/");
    json!({ "Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        "eventName": "ObjectCreated:Put",
        "userIdentity": { "principalId": "lab" },
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": { "x-amz-request-id": "LAB", "x-amz-id-2": "LAB" },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "lab",
            "bucket": {
                "name": object.bucket,
                "ownerIdentity": { "principalId": "lab" },
                "arn": format!("arn:aws:s3:::{}", object.bucket),
            },
            "object": { "key": key, "size": 1, "eTag": "lab", "sequencer": "00" },
        },
    }]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_events_are_form_encoded() {
        let object = S3Target {
            bucket: "b".into(),
            key: "entrada/nota de José nº 1.json".into(),
        };
        let event = event_for(&object, "us-east-1");
        assert_eq!(
            event["Records"][0]["s3"]["object"]["key"],
            "entrada/nota+de+Jos%C3%A9+n%C2%BA+1.json"
        );
    }
}
