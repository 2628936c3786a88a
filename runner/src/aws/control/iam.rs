use aws_sdk_iam::operation::list_attached_role_policies::ListAttachedRolePoliciesOutput;
use aws_sdk_iam::operation::list_policies::ListPoliciesOutput;
use aws_sdk_iam::operation::list_role_policies::ListRolePoliciesOutput;
use aws_sdk_iam::operation::list_roles::ListRolesOutput;
use aws_sdk_iam::types::{PolicyScopeType, Role};

use super::{Done, Seen, Things, call, pages, there};
use crate::aws::errors::{fault, gone};
use crate::aws::session::Session;
use crate::core::{Api, Kind, Pace, ProbeError, ProbeErrorKind, Thing};

const API: &[Api] = &[Api::Iam];

pub(super) async fn roles(session: &Session, pace: &dyn Pace) -> Things {
    let mut all = Vec::new();
    let call = || session.iam.list_roles();
    pages!(
        pace,
        API,
        "ListRoles",
        call(),
        set_marker(marker),
        |page: ListRolesOutput| {
            all.extend(page.roles.iter().map(of_role));
        }
    );
    Ok(all)
}

/// The names of the account's own managed policies.
pub(super) async fn policies(
    session: &Session,
    pace: &dyn Pace,
) -> Result<Vec<String>, ProbeError> {
    let mut names = Vec::new();
    let call = || {
        let own = PolicyScopeType::Local;
        session.iam.list_policies().scope(own)
    };
    pages!(
        pace,
        API,
        "ListPolicies",
        call(),
        set_marker(marker),
        |page: ListPoliciesOutput| {
            let policies = page.policies.unwrap_or_default().into_iter();
            names.extend(policies.filter_map(|policy| policy.policy_name));
        }
    );
    Ok(names)
}

fn of_role(role: &Role) -> Thing {
    let mut thing = Thing::new(Kind::IamRole, role.role_name());
    role.role_id().clone_into(&mut thing.made);
    let own = ["/aws-service-role/", "/aws-reserved/"];
    if own.iter().any(|path| role.path().starts_with(path)) {
        thing.held = Some("é um papel da própria AWS".to_owned());
    }
    let tags = role.tags().iter();
    thing.tags = tags
        .map(|t| (t.key().to_owned(), t.value().to_owned()))
        .collect();
    thing
}

pub(super) async fn role(session: &Session, thing: &Thing, pace: &dyn Pace) -> Seen {
    let answer = call!(pace, API, session.iam.get_role().role_name(&thing.name));
    let role = there("GetRole", answer)?.and_then(|answer| answer.role);
    Ok(role.as_ref().map(of_role))
}

/// A role goes after its inline policies, and after managed ones are detached.
pub(super) async fn delete(session: &Session, thing: &Thing, pace: &dyn Pace) -> Done {
    match strip(session, &thing.name, pace).await {
        Err(error) if error.kind == ProbeErrorKind::Missing => return Ok(()),
        stripped => stripped?,
    }
    let answer = call!(pace, &[], session.iam.delete_role().role_name(&thing.name));
    gone(answer.map_err(|e| fault("DeleteRole", &e)))
}

async fn strip(session: &Session, role: &str, pace: &dyn Pace) -> Done {
    let mut inline = Vec::new();
    let call = || session.iam.list_role_policies().role_name(role);
    pages!(
        pace,
        API,
        "ListRolePolicies",
        call(),
        set_marker(marker),
        |page: ListRolePoliciesOutput| {
            inline.extend(page.policy_names);
        }
    );
    for policy in inline {
        let call = session.iam.delete_role_policy().role_name(role);
        let answer = call!(pace, API, call.policy_name(policy));
        gone(answer.map_err(|e| fault("DeleteRolePolicy", &e)))?;
    }
    let mut attached = Vec::new();
    let call = || session.iam.list_attached_role_policies().role_name(role);
    pages!(
        pace,
        API,
        "ListAttachedRolePolicies",
        call(),
        set_marker(marker),
        |page: ListAttachedRolePoliciesOutput| {
            attached.extend(page.attached_policies.unwrap_or_default());
        }
    );
    for policy in attached {
        let call = session.iam.detach_role_policy().role_name(role);
        let answer = call!(pace, API, call.set_policy_arn(policy.policy_arn));
        gone(answer.map_err(|e| fault("DetachRolePolicy", &e)))?;
    }
    Ok(())
}
