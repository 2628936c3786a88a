use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{CALLS, Reach, Who};
use crate::class::access::{GRADER_ROLE, RESET_ROLE};
use crate::class::enrolment::{CLASS_TAG, LEARNER_TAG};

/// The CloudFormation template of the two roles, to be deployed in each
/// learner's account; `instructor` is the principal that may assume them.
pub fn template(class: &str, instructor: Option<&str>) -> Value {
    let mut principal = json!({
        "Type": "String",
        "Description": "ARN de quem corrige, por exemplo o do papel da pessoa que ensina.",
        "AllowedPattern": "^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$",
    });
    if let Some(arn) = instructor {
        principal["Default"] = arn.into();
    }
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Como quem ensina entra na conta de cada aluno do lab: para corrigir e para limpar.",
        "Parameters": {
            "Class": {
                "Type": "String",
                "Description": "O id da turma, como em turma.toml.",
                "Default": class,
                "AllowedPattern": "^[a-z0-9][a-z0-9._-]*$",
            },
            "Learner": {
                "Type": "String",
                "Description": "O id da pessoa, como em turma.toml.",
                "AllowedPattern": "^[a-z0-9][a-z0-9._-]*$",
            },
            "Prefix": {
                "Type": "String",
                "Description": "O prefixo dos recursos da pessoa, o mesmo de lab start --prefix.",
                "AllowedPattern": "^[a-z][a-z0-9-]{1,28}[a-z0-9]$",
            },
            "Instructor": principal,
            "ExternalId": {
                "Type": "String",
                "Description": "O texto secreto desta pessoa, o mesmo de external_id em turma.toml.",
                "MinLength": 16,
                "MaxLength": 1224,
                "NoEcho": true,
            },
        },
        "Resources": {
            GRADER_ROLE: role(
                GRADER_ROLE,
                "Corrige os labs: olha e aciona o que o aluno fez, e desfaz somente o que testou.",
                grants(Who::Grader),
            ),
            RESET_ROLE: role(
                RESET_ROLE,
                "Limpa: apaga o que os labs pediram, pelos nomes, e nada mais.",
                [vec![kit_is_safe()], grants(Who::Resetter)].concat(),
            ),
        },
        "Outputs": {
            "GraderArn": { "Description": "Para access.role.arn.", "Value": { "Fn::GetAtt": [GRADER_ROLE, "Arn"] } },
            "ResetArn": { "Description": "Para access.role.reset_arn.", "Value": { "Fn::GetAtt": [RESET_ROLE, "Arn"] } },
        },
    })
}

fn role(name: &str, description: &str, statements: Vec<Value>) -> Value {
    json!({
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "Description": description,
            "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "AWS": { "Ref": "Instructor" } },
                    "Action": "sts:AssumeRole",
                    "Condition": { "StringEquals": { "sts:ExternalId": { "Ref": "ExternalId" } } },
                }],
            },
            "Policies": [{
                "PolicyName": name,
                "PolicyDocument": { "Version": "2012-10-17", "Statement": statements },
            }],
            "Tags": [
                { "Key": CLASS_TAG, "Value": { "Ref": "Class" } },
                { "Key": LEARNER_TAG, "Value": { "Ref": "Learner" } },
            ],
        },
    })
}

/// A statement for each reach that a role's calls have.
fn grants(who: Who) -> Vec<Value> {
    let mut by_reach: BTreeMap<Reach, BTreeSet<&str>> = BTreeMap::new();
    for call in CALLS.iter().filter(|c| c.who == who || c.who == Who::Both) {
        by_reach.entry(call.reach).or_default().extend(call.actions);
    }
    let statement = |(reach, actions): (Reach, BTreeSet<&str>)| {
        let resources = reach.arns().iter().map(|arn| resource(arn));
        let mut statement = json!({
            "Sid": format!("{reach:?}"),
            "Effect": "Allow",
            "Action": actions,
            "Resource": resources.collect::<Vec<_>>(),
        });
        if reach == Reach::Mapping {
            // Its ARN has an id; the function's has the name.
            let [function] = Reach::Function.arns() else {
                return statement;
            };
            statement["Condition"] =
                json!({ "ArnLike": { "lambda:FunctionArn": resource(function) } });
        }
        statement
    };
    by_reach.into_iter().map(statement).collect()
}

fn resource(arn: &str) -> Value {
    if arn == "*" {
        arn.into()
    } else {
        json!({ "Fn::Sub": arn })
    }
}

/// The resetting role can do nothing to the roles of the kit but look at them,
/// whatever a learner's prefix is.
fn kit_is_safe() -> Value {
    let arn = |name: &str| {
        resource(&format!(
            "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}"
        ))
    };
    json!({
        "Sid": "Kit",
        "Effect": "Deny",
        "NotAction": ["iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
        "Resource": [arn(GRADER_ROLE), arn(RESET_ROLE), arn("OrganizationAccountAccessRole"), arn("aws-reserved/*"), arn("aws-service-role/*")],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(role: &str) -> Vec<Value> {
        let template = template("t1", None);
        let path = format!("/Resources/{role}/Properties/Policies/0/PolicyDocument/Statement");
        template.pointer(&path).unwrap().as_array().unwrap().clone()
    }

    fn actions(role: &str, effect: &str) -> BTreeSet<String> {
        let all = statements(role);
        let wanted = all.iter().filter(|s| s["Effect"] == effect);
        let actions = wanted.flat_map(|s| s["Action"].as_array().unwrap().clone());
        actions.map(|a| a.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_role_may_do_what_its_calls_ask_for_and_no_more() {
        for (role, who) in [(GRADER_ROLE, Who::Grader), (RESET_ROLE, Who::Resetter)] {
            let own = CALLS.iter().filter(|c| c.who == who || c.who == Who::Both);
            let asked: BTreeSet<String> = own
                .flat_map(|c| c.actions)
                .map(|a| (*a).to_owned())
                .collect();
            assert_eq!(actions(role, "Allow"), asked, "{role}");
            assert!(asked.iter().all(|a| !a.contains('*')), "{role}");
        }
    }

    /// Whether an action, or what follows its service, begins so.
    fn begins(action: &str, word: &str) -> bool {
        let verb = action.split_once(':').map_or("", |(_, verb)| verb);
        action.starts_with(word) || verb.starts_with(word)
    }

    #[test]
    fn who_looks_deletes_no_resource_and_who_deletes_runs_no_code() {
        let undoes = [
            "s3:DeleteObject",
            "dynamodb:DeleteItem",
            "sqs:DeleteMessage",
        ];
        for action in actions(GRADER_ROLE, "Allow") {
            let deletes = action.contains("Delete") || action.contains("DELETE");
            assert!(!deletes || undoes.contains(&action.as_str()), "{action}");
            for word in [
                "Create",
                "Attach",
                "PassRole",
                "AssumeRole",
                "iam:Put",
                "Update",
            ] {
                assert!(!begins(&action, word), "{action}");
            }
        }
        for action in actions(RESET_ROLE, "Allow") {
            for word in [
                "Invoke",
                "PutItem",
                "PutObject",
                "GetObject",
                "Create",
                "PassRole",
            ] {
                assert!(!begins(&action, word), "{action}");
            }
        }
    }

    #[test]
    fn everything_that_changes_something_is_bound_to_the_prefix() {
        let free = ["apigateway:", "events:PutEvents"];
        for role in [GRADER_ROLE, RESET_ROLE] {
            for statement in statements(role).iter().filter(|s| s["Effect"] == "Allow") {
                let bound = statement.to_string().contains("${Prefix}-");
                for action in statement["Action"].as_array().unwrap() {
                    let action = action.as_str().unwrap();
                    let (_, verb) = action.split_once(':').unwrap();
                    let reads = ["Get", "List", "Describe", "Test"];
                    let reads = reads.iter().any(|r| verb.starts_with(r))
                        && !action.ends_with("GetObject")
                        && !action.ends_with("GetItem");
                    let exempt = free.iter().any(|f| action.starts_with(f));
                    assert!(bound || reads || exempt, "{role}: {action}");
                }
            }
        }
    }

    #[test]
    fn the_kit_guards_itself() {
        let deny = &statements(RESET_ROLE)[0];
        assert_eq!(deny["Effect"], "Deny");
        for name in [GRADER_ROLE, RESET_ROLE, "OrganizationAccountAccessRole"] {
            assert!(
                deny["Resource"]
                    .to_string()
                    .contains(&format!("role/{name}\""))
            );
        }
        let whole = template("t1", Some("arn:aws:iam::111122223333:role/Professora"));
        for role in [GRADER_ROLE, RESET_ROLE] {
            let properties = &whole["Resources"][role]["Properties"];
            let trust = &properties["AssumeRolePolicyDocument"]["Statement"][0];
            assert_eq!(
                trust["Condition"]["StringEquals"]["sts:ExternalId"]["Ref"],
                "ExternalId"
            );
            assert_eq!(trust["Principal"]["AWS"]["Ref"], "Instructor");
            assert_eq!(properties["Tags"][0]["Key"], CLASS_TAG);
            assert_eq!(properties["Tags"][1]["Key"], LEARNER_TAG);
            // The most that a role's inline policies may have together.
            let size = properties["Policies"][0]["PolicyDocument"]
                .to_string()
                .len();
            assert!(size < 10_240, "{role}: {size}");
        }
        // CloudFormation shows other letters as question marks: the texts do without.
        assert!(whole.to_string().is_ascii());
    }
}
