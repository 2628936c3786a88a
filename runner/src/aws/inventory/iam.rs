use std::collections::BTreeMap;

use aws_sdk_iam::types::{EntityType, ManagedPolicyDetail, RoleDetail};
use serde_json::{Value, json};

use super::answer::{document, thing, told};
use crate::aws::Session;
use crate::aws::iam::decoded;
use crate::core::ProbeError;

/// Path of the roles that services make for themselves.
const SERVICE_LINKED: &str = "/aws-service-role/";

/// Roles, with all their policies, and the account's own managed policies.
pub(super) async fn lines(session: &Session) -> Result<Vec<String>, ProbeError> {
    let extras = extras(session).await?;
    let mut lines = Vec::new();
    let mut marker = None;
    loop {
        let call = session
            .iam
            .get_account_authorization_details()
            .filter(EntityType::Role)
            .filter(EntityType::LocalManagedPolicy)
            .set_marker(marker);
        let (page, _) = told!("GetAccountAuthorizationDetails", call)?;
        for detail in page.role_detail_list() {
            if detail.path().is_some_and(|p| p.starts_with(SERVICE_LINKED)) {
                continue;
            }
            lines.extend(role(detail));
            let name = detail.role_name().unwrap_or_default();
            if let Some(extra) = extras.get(name) {
                lines.push(format!("iam_role {name} settings {extra}"));
            }
        }
        lines.extend(page.policies().iter().flat_map(policy));
        marker = page.marker;
        if marker.is_none() {
            return Ok(lines);
        }
    }
}

/// What only the list of roles tells of each.
async fn extras(session: &Session) -> Result<BTreeMap<String, Value>, ProbeError> {
    let mut extras = BTreeMap::new();
    let mut marker = None;
    loop {
        let (page, _) = told!("ListRoles", session.iam.list_roles().set_marker(marker))?;
        for role in page.roles() {
            let told = json!({
                "description": role.description(),
                "max_session_duration": role.max_session_duration(),
            });
            extras.insert(role.role_name().to_owned(), told);
        }
        marker = page.marker;
        if marker.is_none() {
            return Ok(extras);
        }
    }
}

fn role(role: &RoleDetail) -> Vec<String> {
    let what = format!("iam_role {}", role.role_name().unwrap_or_default());
    let told = |text: Option<&str>| document(&decoded(text.unwrap_or_default()));
    let boundary = role.permissions_boundary();
    let mut lines = thing(
        &what,
        &json!({
            "arn": role.arn(),
            "boundary": boundary.and_then(|b| b.permissions_boundary_arn()),
            "created": role.create_date().map(ToString::to_string),
            "id": role.role_id(),
            "tags": role.tags().iter().map(|t| (t.key(), t.value())).collect::<BTreeMap<_, _>>(),
            "trust": told(role.assume_role_policy_document()),
        }),
    );
    for policy in role.role_policy_list() {
        let name = policy.policy_name().unwrap_or_default();
        lines.push(format!(
            "{what} inline {name} {}",
            told(policy.policy_document())
        ));
    }
    for policy in role.attached_managed_policies() {
        lines.push(format!(
            "{what} attached {}",
            policy.policy_arn().unwrap_or_default()
        ));
    }
    lines
}

fn policy(policy: &ManagedPolicyDetail) -> Vec<String> {
    let what = format!("iam_policy {}", policy.policy_name().unwrap_or_default());
    let mut lines = thing(
        &what,
        &json!({
            "arn": policy.arn(),
            "created": policy.create_date().map(ToString::to_string),
            "default_version": policy.default_version_id(),
            "description": policy.description(),
            "id": policy.policy_id(),
        }),
    );
    for version in policy.policy_version_list() {
        let document = document(&decoded(version.document().unwrap_or_default()));
        let id = version.version_id().unwrap_or_default();
        lines.push(format!("{what} version {id} {document}"));
    }
    lines
}
