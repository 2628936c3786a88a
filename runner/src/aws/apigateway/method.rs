use std::collections::HashMap;

use aws_sdk_apigateway::types::{MethodSnapshot, Resource};

use super::super::arn;
use super::super::errors::{fault, found};
use super::super::moment::Moment;
use super::super::session::Session;
use super::{api, resources};
use crate::core::{ApiMethodArgs, Observation, ProbeError};

pub(in crate::aws) async fn method(
    session: &Session,
    moment: &Moment,
    args: &ApiMethodArgs,
) -> Result<Observation, ProbeError> {
    let (api, notes) = match api(session, moment, &args.api).await? {
        Ok(found) => found,
        Err(absent) => return Ok(absent),
    };
    let id = api.id().unwrap_or_default();
    let wanted = template(&args.path);
    let (resources, (stage, deployed)) =
        futures_util::future::try_join(resources(session, moment, id), async {
            let stage = session
                .apigateway
                .get_stage()
                .rest_api_id(id)
                .stage_name(&args.stage)
                .send()
                .await;
            let stage = found("GetStage", stage)?;
            let deployment = stage.as_ref().and_then(|stage| stage.deployment_id());
            let methods = deployed(session, id, deployment).await?;
            Ok((stage, methods))
        })
        .await?;
    let mut seen = Observation::present()
        .with("stage", stage.is_some())
        .notes(notes);
    let resource = resource_at(&resources, &wanted);
    seen = seen.with("resource", resource.is_some());
    if resource.is_none() {
        let paths: Vec<&str> = resources.iter().filter_map(|r| r.path()).collect();
        return Ok(seen
            .with("method", false)
            .note(format!("os recursos da API são: {}", paths.join(", "))));
    }
    let found_method = resource.and_then(|r| answering(r.resource_methods()?, &args.method));
    seen = seen.with("method", found_method.is_some());
    let live = deployed.as_ref().map(|paths| {
        paths
            .iter()
            .filter(|(path, _)| same_path(&wanted, path))
            .find_map(|(_, methods)| answering(methods, &args.method))
    });
    // Without a stage nothing is deployed.
    let known = live.is_none_or(|method| method.is_some());
    seen = seen.with("deployed", stage.is_some() && known);
    let asks = found_method.is_some_and(|m| m.api_key_required() == Some(true));
    let asked = live.is_none_or(|method| method.is_some_and(MethodSnapshot::api_key_required));
    seen = seen.with("key_required", asks && asked);
    if asks && !asked {
        seen = seen.note("o método já pede a chave, mas a implantação ainda não");
    }
    if let Some(integration) = found_method.and_then(|m| m.method_integration()) {
        seen = seen
            .with(
                "integration",
                integration
                    .r#type()
                    .map(|t| t.as_str().to_owned())
                    .unwrap_or_default(),
            )
            .with(
                "integration_method",
                integration.http_method().unwrap_or_default(),
            )
            .with(
                "function",
                integration.uri().map(arn::function).unwrap_or_default(),
            )
            .with(
                "qualifier",
                integration
                    .uri()
                    .and_then(arn::qualifier)
                    .unwrap_or_default(),
            );
    }
    Ok(seen)
}

/// Paths and methods.
type Summary = HashMap<String, HashMap<String, MethodSnapshot>>;

/// What a stage's deployment has: a change of the API reaches callers only with
/// a new one. `GetDeployment` with `embed=apisummary`. `None` when the target
/// does not tell.
async fn deployed(
    session: &Session,
    api_id: &str,
    deployment: Option<&str>,
) -> Result<Option<Summary>, ProbeError> {
    let Some(deployment) = deployment else {
        return Ok(None);
    };
    let answer = session
        .apigateway
        .get_deployment()
        .rest_api_id(api_id)
        .deployment_id(deployment)
        .embed("apisummary")
        .send()
        .await
        .map_err(|e| fault("GetDeployment", &e))?;
    Ok(answer.api_summary)
}

/// A path as API Gateway writes it; labs write `<id>` for `{id}`.
pub(super) fn template(path: &str) -> String {
    path.replace('<', "{").replace('>', "}")
}

/// The resource with a path.
pub(super) fn resource_at<'r>(resources: &'r [Resource], wanted: &str) -> Option<&'r Resource> {
    resources
        .iter()
        .find(|r| r.path().is_some_and(|p| same_path(wanted, p)))
}

/// The method that answers a request: its own, or the one for all.
pub(super) fn answering<'m, M>(methods: &'m HashMap<String, M>, name: &str) -> Option<&'m M> {
    methods.get(name).or_else(|| methods.get("ANY"))
}

/// Whether two resource paths are the same but for their parameters' names; a
/// greedy parameter (`{proxy+}`) stands for all the rest.
fn same_path(wanted: &str, actual: &str) -> bool {
    let mut wanted = wanted.split('/');
    for part in actual.split('/') {
        let parameter = part.starts_with('{') && part.ends_with('}');
        match wanted.next() {
            Some(_) if parameter && part.ends_with("+}") => return true,
            Some(other) if part == other || (parameter && other.starts_with('{')) => {}
            _ => return false,
        }
    }
    wanted.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_may_have_any_name() {
        assert!(same_path("/notas/{numero}", "/notas/{id}"));
        assert!(same_path("/notas/{numero}", "/notas/{proxy+}"));
        assert!(same_path("/notas/{numero}", "/{proxy+}"));
        assert!(!same_path("/notas/{numero}", "/notas"));
        assert!(!same_path("/notas/{numero}", "/nota/{numero}"));
        assert!(!same_path("/notas/{numero}", "/notas/{numero}/itens"));
    }
}
