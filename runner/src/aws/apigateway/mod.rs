//! API Gateway's REST APIs: how they are configured, and how they answer.

mod call;
mod key;
mod load;
mod method;
mod permission;
mod preflight;
pub(super) mod remove;
mod validator;

pub(super) use call::{act, call};
pub(super) use key::key;
pub(super) use load::load;
pub(super) use method::method;
pub(super) use permission::permission;
pub(super) use preflight::preflight;
pub(super) use validator::validator;

use std::sync::Arc;

use aws_sdk_apigateway::types::{Resource, RestApi};

use super::errors::fault;
use super::moment::Moment;
use super::near;
use super::session::Session;
use crate::core::{Observation, ProbeError};

/// A REST API by its name, or what is known when there is none.
async fn api(
    session: &Session,
    moment: &Moment,
    name: &str,
) -> Result<Result<(RestApi, Vec<String>), Observation>, ProbeError> {
    let apis = moment
        .once("GetRestApis".to_owned(), async {
            let list = session
                .apigateway
                .get_rest_apis()
                .limit(500)
                .send()
                .await
                .map_err(|e| fault("GetRestApis", &e))?;
            Ok(list.items.unwrap_or_default())
        })
        .await?;
    let mut named: Vec<&RestApi> = apis.iter().filter(|a| a.name() == Some(name)).collect();
    named.sort_by_key(|a| a.created_date().map(aws_smithy_types::DateTime::secs));
    let notes = (named.len() > 1).then(|| {
        format!(
            "há {} APIs com o nome `{name}`; foi olhada a mais nova. Apague as outras",
            named.len()
        )
    });
    Ok(match named.last() {
        Some(api) => Ok(((*api).clone(), notes.into_iter().collect())),
        None => {
            let names = apis.iter().filter_map(RestApi::name);
            Err(Observation::absent().notes(near::sentence("há uma API", name, names)))
        }
    })
}

async fn resources(
    session: &Session,
    moment: &Moment,
    api_id: &str,
) -> Result<Arc<Vec<Resource>>, ProbeError> {
    moment
        .once(format!("GetResources {api_id}"), async {
            let list = session
                .apigateway
                .get_resources()
                .rest_api_id(api_id)
                .embed("methods")
                .limit(500)
                .send()
                .await;
            Ok(list
                .map_err(|e| fault("GetResources", &e))?
                .items
                .unwrap_or_default())
        })
        .await
}
