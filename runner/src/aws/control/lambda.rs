use aws_sdk_lambda::operation::list_event_source_mappings::ListEventSourceMappingsOutput;
use aws_sdk_lambda::operation::list_functions::ListFunctionsOutput;
use aws_sdk_lambda::operation::list_layers::ListLayersOutput;
use aws_sdk_lambda::types::{EventSourceMappingConfiguration, FunctionConfiguration};

use super::{Done, Seen, Things, call, link, pages, there};
use crate::aws::arn;
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, ProbeError, ProbeErrorKind, Thing, log_group_of};

const API: &[Api] = &[Api::Lambda];

pub(super) async fn functions(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.lambda.list_functions();
    pages!(
        pace,
        API,
        "ListFunctions",
        call(),
        set_marker(next_marker),
        |page: ListFunctionsOutput| {
            all.extend(page.functions.unwrap_or_default().iter().map(of_function));
        }
    );
    Ok(all)
}

/// The names of the account's layers.
pub(super) async fn layers(session: &Session, pace: &dyn Pace) -> Result<Vec<String>, ProbeError> {
    let mut names = Vec::new();
    let call = || session.lambda.list_layers();
    pages!(
        pace,
        API,
        "ListLayers",
        call(),
        set_marker(next_marker),
        |page: ListLayersOutput| {
            let layers = page.layers.unwrap_or_default().into_iter();
            names.extend(layers.filter_map(|layer| layer.layer_name));
        }
    );
    Ok(names)
}

fn of_function(function: &FunctionConfiguration) -> Thing {
    let name = function.function_name().unwrap_or_default();
    let mut thing = Thing::new(Kind::LambdaFunction, name);
    thing.made = format!(
        "{} {}",
        function.last_modified().unwrap_or_default(),
        function.code_sha256().unwrap_or_default()
    );
    thing.lingers = u64::try_from(function.timeout().unwrap_or(3)).unwrap_or(3);
    link(&mut thing, function.role().unwrap_or_default());
    let group = function
        .logging_config()
        .and_then(|logging| logging.log_group());
    thing.link(Kind::LogGroup, log_group_of(name));
    thing.link(Kind::LogGroup, group.unwrap_or_default());
    let dead = function
        .dead_letter_config()
        .and_then(|dead| dead.target_arn());
    link(&mut thing, dead.unwrap_or_default());
    thing
}

pub(super) async fn function(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let call = session.lambda.get_function().function_name(&thing.name);
    let answer = call!(pace, &[Api::GetFunction], call);
    let Some(answer) = there("GetFunction", answer)? else {
        return Ok(None);
    };
    let Some(function) = answer.configuration() else {
        return Ok(None);
    };
    let mut now = of_function(function);
    now.tags = answer
        .tags
        .clone()
        .unwrap_or_default()
        .into_iter()
        .collect();
    Ok(Some(now))
}

/// Without a qualifier: all versions and aliases go with it.
pub(super) async fn delete_function(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let call = session.lambda.delete_function().function_name(&thing.name);
    let answer = call!(pace, &[], call);
    gone(answer.map_err(|e| fault("DeleteFunction", &e)))
}

/// All mappings, or those of one function; also of one that is gone already.
pub(super) async fn mappings(session: &Session, pace: &dyn Pace, function: Option<&str>) -> Things {
    let mut all = Vec::new();
    let call = || {
        let call = session.lambda.list_event_source_mappings();
        call.set_function_name(function.map(str::to_owned))
    };
    let listed: Done = async {
        pages!(
            pace,
            API,
            "ListEventSourceMappings",
            call(),
            set_marker(next_marker),
            |page: ListEventSourceMappingsOutput| {
                all.extend(
                    page.event_source_mappings
                        .unwrap_or_default()
                        .iter()
                        .map(of_mapping),
                );
            }
        );
        Ok(())
    }
    .await;
    match listed {
        Err(error) if function.is_none() || error.kind != ProbeErrorKind::Missing => Err(error),
        _ => Ok(all),
    }
}

fn of_mapping(mapping: &EventSourceMappingConfiguration) -> Thing {
    let function = mapping.function_arn().unwrap_or_default();
    let mut thing = Thing::new(Kind::EventSourceMapping, arn::function(function));
    mapping.uuid().unwrap_or_default().clone_into(&mut thing.id);
    link(&mut thing, function);
    link(&mut thing, mapping.event_source_arn().unwrap_or_default());
    thing
}

pub(super) async fn mapping(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let call = session.lambda.get_event_source_mapping().uuid(&thing.id);
    let answer = call!(pace, API, call);
    Ok(there("GetEventSourceMapping", answer)?.map(|m| {
        of_mapping(
            &EventSourceMappingConfiguration::builder()
                .set_uuid(m.uuid)
                .set_function_arn(m.function_arn)
                .set_event_source_arn(m.event_source_arn)
                .build(),
        )
    }))
}

pub(super) async fn delete_mapping(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    let call = session.lambda.delete_event_source_mapping().uuid(&thing.id);
    let answer = call!(pace, &[], call);
    gone(answer.map_err(|e| fault("DeleteEventSourceMapping", &e)))
}
