//! IAM.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::args;
use crate::core::observation::{FactKind, FactSpec};

args! {
    /// A role and who may assume it. `GetRole`.
    IamRoleArgs {
        /// Role name.
        role: String,
    }
    missing "o papel `{role}` não existe"
    facts {
        arn: Text "ARN",
        trusted_services: List "serviços que podem assumir o papel",
    }

    /// What a role's policies allow. `ListRolePolicies`, `GetRolePolicy`,
    /// `ListAttachedRolePolicies`, `GetPolicyVersion`; judged by a policy
    /// evaluator (IAM User Guide, "Policy evaluation logic").
    IamPolicyArgs {
        /// Role name.
        role: String,
        /// Actions to judge.
        actions: Vec<String>,
        /// ARNs of the resources to judge them on; every pair is judged.
        resources: Vec<String>,
    }
    missing "o papel `{role}` não existe"
    facts {
        allowed: List "das ações conferidas aqui, as que o papel permite",
        denied: List "das ações conferidas aqui, as que o papel não permite",
        wildcard_actions: List "ações com curinga",
        wildcard_resources: List "permissões sobre qualquer recurso (`*`)",
        policies: List "políticas do papel",
    }
}
