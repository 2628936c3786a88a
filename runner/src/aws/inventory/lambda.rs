use futures_util::future::{try_join, try_join_all};
use serde_json::Value;

use super::answer::{document, json, list, text, thing, without};
use crate::aws::Session;
use crate::core::ProbeError;

/// What a function tells of itself that changes without anybody changing it: it
/// becomes ready by itself.
const VOLATILE: [&str; 7] = [
    "LastUpdateStatus",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
    "RevisionId",
    "State",
    "StateReason",
    "StateReasonCode",
];

/// Functions with their versions, aliases, policies and URLs, event source
/// mappings, and layers.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let (functions, mappings_and_layers) =
        try_join(functions(session), mappings_and_layers(session)).await?;
    Ok([functions, mappings_and_layers].concat())
}

async fn functions(session: &Session) -> Result<Vec<String>, ProbeError> {
    let functions = list!(
        "ListFunctions",
        session.lambda.list_functions(),
        set_marker(next_marker),
        "Functions"
    );
    let looks = functions
        .iter()
        .map(|f| function(session, text(f, "FunctionName")));
    Ok(try_join_all(looks).await?.concat())
}

async fn function(session: &Session, name: &str) -> Result<Vec<String>, ProbeError> {
    let what = format!("lambda_function {name}");
    let call = session.lambda.get_function().function_name(name);
    let mut whole = json!("GetFunction", call)?;
    let mut lines = thing(&what, &without(whole["Configuration"].take(), &VOLATILE));
    // The place of the code is signed anew for each answer; its digest is above.
    for (field, value) in without(whole, &["Code", "Configuration"])
        .as_object()
        .into_iter()
        .flatten()
    {
        lines.push(format!("{what} {field} {value}"));
    }

    let versions = list!(
        "ListVersionsByFunction",
        session
            .lambda
            .list_versions_by_function()
            .function_name(name),
        set_marker(next_marker),
        "Versions"
    );
    let aliases = list!(
        "ListAliases",
        session.lambda.list_aliases().function_name(name),
        set_marker(next_marker),
        "Aliases"
    );
    let mut qualifiers = vec![None];
    for version in versions
        .into_iter()
        .filter(|v| text(v, "Version") != "$LATEST")
    {
        let number = text(&version, "Version").to_owned();
        lines.push(format!(
            "{what} version {number} {}",
            without(version, &VOLATILE)
        ));
        qualifiers.push(Some(number));
    }
    for alias in aliases {
        let alias_name = text(&alias, "Name").to_owned();
        lines.push(format!(
            "{what} alias {alias_name} {}",
            without(alias, &VOLATILE)
        ));
        qualifiers.push(Some(alias_name));
    }
    let policies = qualifiers.into_iter().map(|q| policy(session, name, q));
    lines.extend(try_join_all(policies).await?.into_iter().flatten());

    let urls = list!(
        "ListFunctionUrlConfigs",
        session
            .lambda
            .list_function_url_configs()
            .function_name(name),
        set_marker(next_marker),
        "FunctionUrlConfigs"
    );
    lines.extend(urls.iter().map(|url| format!("{what} url {url}")));
    let asynchronous = list!(
        "ListFunctionEventInvokeConfigs",
        session
            .lambda
            .list_function_event_invoke_configs()
            .function_name(name),
        set_marker(next_marker),
        "FunctionEventInvokeConfigs"
    );
    lines.extend(
        asynchronous
            .iter()
            .map(|c| format!("{what} event_invoke {c}")),
    );
    Ok(lines)
}

/// The policy of a function, or of one version or alias of it.
async fn policy(
    session: &Session,
    name: &str,
    qualifier: Option<String>,
) -> Result<Option<String>, ProbeError> {
    let of = qualifier
        .clone()
        .map(|q| format!(":{q}"))
        .unwrap_or_default();
    let call = session
        .lambda
        .get_policy()
        .function_name(name)
        .set_qualifier(qualifier);
    let answer = json!("GetPolicy", call, unless "ResourceNotFoundException")?;
    Ok(answer.map(|answer| {
        let document = document(text(&answer, "Policy"));
        format!("lambda_function {name} policy{of} {document}")
    }))
}

async fn mappings_and_layers(session: &Session) -> Result<Vec<String>, ProbeError> {
    let mut lines = Vec::new();
    let mappings = list!(
        "ListEventSourceMappings",
        session.lambda.list_event_source_mappings(),
        set_marker(next_marker),
        "EventSourceMappings"
    );
    for mapping in mappings {
        let function = text(&mapping, "FunctionArn").rsplit(":function:").next();
        let what = format!(
            "lambda_event_source_mapping {} {}",
            function.unwrap_or_default(),
            text(&mapping, "UUID")
        );
        // The state stays: it says whether the mapping is on.
        let volatile = [
            "LastModified",
            "LastProcessingResult",
            "StateTransitionReason",
        ];
        lines.extend(thing(&what, &without(mapping, &volatile)));
    }
    let layers = list!(
        "ListLayers",
        session.lambda.list_layers(),
        set_marker(next_marker),
        "Layers"
    );
    let layers = layers.iter().map(|l| layer(session, text(l, "LayerName")));
    lines.extend(try_join_all(layers).await?.concat());
    Ok(lines)
}

async fn layer(session: &Session, name: &str) -> Result<Vec<String>, ProbeError> {
    let versions = list!(
        "ListLayerVersions",
        session.lambda.list_layer_versions().layer_name(name),
        set_marker(next_marker),
        "LayerVersions"
    );
    let version = |v: &Value| format!("lambda_layer {name} version {} {v}", v["Version"]);
    Ok(versions.iter().map(version).collect())
}
