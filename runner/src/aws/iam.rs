use futures_util::future::{try_join, try_join_all};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::errors::{fault, found};
use super::moment::Moment;
use super::near;
use super::policy::{Caller, Policies};
use super::session::Session;
use crate::core::{IamPolicyArgs, IamRoleArgs, Observation, ProbeError};

pub(super) async fn role(
    session: &Session,
    moment: &Moment,
    args: &IamRoleArgs,
) -> Result<Observation, ProbeError> {
    let Some((arn, trust)) = get_role(session, moment, &args.role)
        .await?
        .as_ref()
        .clone()
    else {
        return Ok(Observation::absent().notes(near_role(session, moment, &args.role).await));
    };
    let mut policies = Policies::default();
    policies.add("confiança", &trust);
    Ok(Observation::present()
        .with("arn", arn)
        .with("trusted_services", policies.principals("sts:AssumeRole")))
}

/// Something that a role should be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The action.
    pub action: String,
    /// On what, by its ARN.
    pub resource: String,
    /// What a condition may ask for.
    pub keys: Vec<(String, String)>,
}

impl Session {
    /// The rights that a role's policies do not give it. What an organization's
    /// policies or a boundary take away is not seen.
    ///
    /// # Errors
    /// The policies could not be read.
    pub async fn lacking(
        &self,
        role_arn: &str,
        rights: &[Right],
    ) -> Result<Vec<Right>, ProbeError> {
        let role = role_arn.rsplit('/').next().unwrap_or_default();
        let mut policies = Policies::default();
        for (name, document) in documents(self, &Moment::default(), role).await?.iter() {
            policies.add(name, document);
        }
        let lacks = |right: &&Right| {
            let keys: Vec<(&str, &str)> = right
                .keys
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect();
            let caller = Caller::Role(role_arn, &keys);
            !policies.allow(&caller, &right.action, &right.resource)
        };
        Ok(rights.iter().filter(lacks).cloned().collect())
    }

    /// The tags of a role; `None` when there is no such role.
    ///
    /// # Errors
    /// The role could not be looked at.
    pub async fn role_tags(
        &self,
        role: &str,
    ) -> Result<Option<BTreeMap<String, String>>, ProbeError> {
        let answer = found("GetRole", self.iam.get_role().role_name(role).send().await)?;
        let tags = answer
            .and_then(|a| a.role)
            .map(|r| r.tags.unwrap_or_default());
        Ok(tags.map(|tags| tags.into_iter().map(|t| (t.key, t.value)).collect()))
    }
}

type RoleAndTrust = Option<(String, String)>;

async fn get_role(
    session: &Session,
    moment: &Moment,
    role: &str,
) -> Result<Arc<RoleAndTrust>, ProbeError> {
    moment
        .once(format!("GetRole {role}"), async {
            let answer = found(
                "GetRole",
                session.iam.get_role().role_name(role).send().await,
            )?;
            Ok(answer.and_then(|a| a.role).map(|role| {
                (
                    role.arn.clone(),
                    decoded(
                        role.assume_role_policy_document
                            .as_deref()
                            .unwrap_or_default(),
                    ),
                )
            }))
        })
        .await
}

async fn near_role(session: &Session, moment: &Moment, wanted: &str) -> Option<String> {
    let names = moment
        .once("ListRoles".to_owned(), async {
            let list = session
                .iam
                .list_roles()
                .max_items(1000)
                .send()
                .await
                .map_err(|e| fault("ListRoles", &e))?;
            Ok(list
                .roles()
                .iter()
                .map(|r| r.role_name().to_owned())
                .collect::<Vec<_>>())
        })
        .await
        .ok()?;
    near::sentence("há um papel", wanted, names.iter().map(String::as_str))
}

pub(super) async fn policy(
    session: &Session,
    moment: &Moment,
    args: &IamPolicyArgs,
) -> Result<Observation, ProbeError> {
    let Some((arn, _)) = get_role(session, moment, &args.role)
        .await?
        .as_ref()
        .clone()
    else {
        return Ok(Observation::absent().notes(near_role(session, moment, &args.role).await));
    };
    let documents = documents(session, moment, &args.role).await?;
    let mut policies = Policies::default();
    for (name, document) in documents.iter() {
        policies.add(name, document);
    }
    let caller = Caller::Role(&arn, &[]);
    let mut allowed = Vec::new();
    let mut denied = Vec::new();
    for action in &args.actions {
        let verdicts: Vec<bool> = args
            .resources
            .iter()
            .map(|r| policies.allow(&caller, action, r))
            .collect();
        if verdicts.contains(&true) {
            allowed.push(action.clone());
        }
        if verdicts.contains(&false) {
            denied.push(action.clone());
        }
    }
    let unreadable = policies
        .unreadable
        .iter()
        .map(|name| format!("a política `{name}` não está em um formato que a AWS entenda"));
    Ok(Observation::present()
        .with("allowed", allowed)
        .with("denied", denied)
        .with("wildcard_actions", policies.wildcard_actions())
        .with("wildcard_resources", policies.wildcard_resources())
        .with(
            "policies",
            documents
                .iter()
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>(),
        )
        .notes(unreadable))
}

/// The names and documents of a role's policies.
async fn documents(
    session: &Session,
    moment: &Moment,
    role: &str,
) -> Result<Arc<Vec<(String, String)>>, ProbeError> {
    moment
        .once(format!("RolePolicies {role}"), async {
            let (inline, attached) =
                try_join(inline(session, role), attached(session, role)).await?;
            Ok([inline, attached].concat())
        })
        .await
}

/// The actions that a role's policies do not allow on a resource.
pub(super) async fn denied(
    session: &Session,
    moment: &Moment,
    role_arn: &str,
    actions: &[&str],
    resource: &str,
) -> Result<Vec<String>, ProbeError> {
    let role = role_arn.rsplit('/').next().unwrap_or_default();
    if get_role(session, moment, role).await?.is_none() {
        return Ok(actions.iter().map(ToString::to_string).collect());
    }
    let mut policies = Policies::default();
    for (name, document) in documents(session, moment, role).await?.iter() {
        policies.add(name, document);
    }
    let caller = Caller::Role(role_arn, &[]);
    let refused = actions
        .iter()
        .filter(|action| !policies.allow(&caller, action, resource));
    Ok(refused.map(ToString::to_string).collect())
}

async fn inline(session: &Session, role: &str) -> Result<Vec<(String, String)>, ProbeError> {
    let list = session
        .iam
        .list_role_policies()
        .role_name(role)
        .send()
        .await
        .map_err(|e| fault("ListRolePolicies", &e))?;
    try_join_all(list.policy_names().iter().map(|name| async move {
        let policy = session
            .iam
            .get_role_policy()
            .role_name(role)
            .policy_name(name)
            .send()
            .await;
        let policy = policy.map_err(|e| fault("GetRolePolicy", &e))?;
        Ok((name.clone(), decoded(policy.policy_document())))
    }))
    .await
}

async fn attached(session: &Session, role: &str) -> Result<Vec<(String, String)>, ProbeError> {
    let list = session
        .iam
        .list_attached_role_policies()
        .role_name(role)
        .send()
        .await;
    let list = list.map_err(|e| fault("ListAttachedRolePolicies", &e))?;
    try_join_all(list.attached_policies().iter().map(|attached| async move {
        let arn = attached.policy_arn().unwrap_or_default();
        let name = attached.policy_name().unwrap_or(arn).to_owned();
        let policy = session
            .iam
            .get_policy()
            .policy_arn(arn)
            .send()
            .await
            .map_err(|e| fault("GetPolicy", &e))?;
        let version = policy
            .policy()
            .and_then(|p| p.default_version_id())
            .unwrap_or("v1")
            .to_owned();
        let version = session
            .iam
            .get_policy_version()
            .policy_arn(arn)
            .version_id(version)
            .send()
            .await;
        let version = version.map_err(|e| fault("GetPolicyVersion", &e))?;
        let document = version
            .policy_version()
            .and_then(|v| v.document())
            .unwrap_or_default()
            .to_owned();
        Ok((name, decoded(&document)))
    }))
    .await
}

/// IAM answers documents percent-encoded (RFC 3986).
pub(super) fn decoded(document: &str) -> String {
    if document.trim_start().starts_with('{') {
        return document.to_owned();
    }
    percent_decode_str(document)
        .decode_utf8_lossy()
        .into_owned()
}
