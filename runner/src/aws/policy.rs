use iam_rs::{
    Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, Principal, PrincipalId,
    evaluate_policies,
};
use serde_json::{Map, Value};

/// Policy documents that are evaluated together.
///
/// The evaluator is `iam-rs`; here is only what brings documents as people
/// write them into the form that it reads. The rules are those of the IAM User
/// Guide, "Policy evaluation logic": an explicit deny wins, without an allow
/// nothing is allowed.
#[derive(Debug, Clone, Default)]
pub(super) struct Policies {
    parsed: Vec<IAMPolicy>,
    statements: Vec<Map<String, Value>>,
    /// Names of documents that are no policies.
    pub(super) unreadable: Vec<String>,
}

/// Who asks.
pub(super) enum Caller<'a> {
    /// A role with its own policies, with the condition keys of what it asks for.
    Role(&'a str, &'a [(&'a str, &'a str)]),
    /// An AWS service, with the condition keys that it sends.
    Service(&'a str, &'a [(&'a str, &'a str)]),
}

impl Policies {
    /// Adds a document.
    pub(super) fn add(&mut self, name: &str, document: &str) {
        let Ok(Value::Object(mut policy)) = serde_json::from_str(document) else {
            self.unreadable.push(name.to_owned());
            return;
        };
        let statements: Vec<Map<String, Value>> = match policy.remove("Statement") {
            Some(Value::Array(all)) => all.into_iter().filter_map(object).collect(),
            Some(Value::Object(one)) => vec![one],
            _ => vec![],
        };
        let statements: Vec<_> = statements
            .into_iter()
            .flat_map(split_principals)
            .map(lower_condition_keys)
            .collect();
        if statements.is_empty() {
            return;
        }
        policy.insert(
            "Statement".to_owned(),
            statements.iter().cloned().map(Value::Object).collect(),
        );
        // Ids say nothing about rights, and AWS allows characters that the parser does not.
        policy.remove("Id");
        match serde_json::from_value(Value::Object(policy)) {
            Ok(parsed) => {
                self.parsed.push(parsed);
                self.statements.extend(statements);
            }
            Err(_) => self.unreadable.push(name.to_owned()),
        }
    }

    /// Whether `caller` may do `action` on `resource`.
    pub(super) fn allow(&self, caller: &Caller<'_>, action: &str, resource: &str) -> bool {
        let Ok(arn) = Arn::parse(resource) else {
            return false;
        };
        let mut context = Context::new();
        let (principal, keys) = match caller {
            Caller::Role(role, keys) => (
                Principal::Aws(PrincipalId::String((*role).to_owned())),
                keys,
            ),
            Caller::Service(service, keys) => (
                Principal::Service(PrincipalId::String((*service).to_owned())),
                keys,
            ),
        };
        for (key, value) in *keys {
            context.insert(
                key.to_lowercase(),
                ContextValue::String((*value).to_owned()),
            );
        }
        let request = IAMRequest::new_with_context(principal, action, arn, context);
        matches!(
            evaluate_policies(&self.parsed, &request),
            Ok(Decision::Allow)
        )
    }

    /// Actions that are allowed wholesale: `*`, `s3:*`, or everything but some.
    pub(super) fn wildcard_actions(&self) -> Vec<String> {
        let mut found = Vec::new();
        for statement in self.allows() {
            found.extend(
                texts(statement.get("Action"))
                    .into_iter()
                    .filter(|a| a == "*" || a.ends_with(":*")),
            );
            if statement.contains_key("NotAction") {
                found.push(format!(
                    "tudo menos {} (NotAction)",
                    texts(statement.get("NotAction")).join(", ")
                ));
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Actions that are allowed on every resource. Writing logs is left out:
    /// AWS's own `AWSLambdaBasicExecutionRole` allows it so.
    pub(super) fn wildcard_resources(&self) -> Vec<String> {
        let mut found = Vec::new();
        for statement in self.allows() {
            let everywhere = texts(statement.get("Resource"))
                .iter()
                .any(|r| r == "*" || r.ends_with(":*:*") || r == "arn:aws:s3:::*")
                || statement.contains_key("NotResource");
            if everywhere {
                found.extend(
                    texts(statement.get("Action"))
                        .into_iter()
                        .filter(|a| !a.starts_with("logs:")),
                );
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Principals whom the statements allow an action, as `lambda.amazonaws.com` or `AWS: arn`.
    pub(super) fn principals(&self, action: &str) -> Vec<String> {
        let mut found = Vec::new();
        for statement in self.allows() {
            let matches = texts(statement.get("Action"))
                .iter()
                .any(|a| a == "*" || a.eq_ignore_ascii_case(action) || a == "sts:*");
            match statement.get("Principal") {
                Some(Value::Object(map)) if matches => {
                    for (kind, who) in map {
                        found.extend(texts(Some(who)).into_iter().map(|w| {
                            if kind == "Service" {
                                w
                            } else {
                                format!("{kind}: {w}")
                            }
                        }));
                    }
                }
                Some(Value::String(who)) if matches => found.push(who.clone()),
                _ => {}
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// The statements in one line each, for people.
    pub(super) fn describe(&self) -> Vec<String> {
        self.statements
            .iter()
            .map(|s| Value::Object(s.clone()).to_string())
            .collect()
    }

    fn allows(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.statements
            .iter()
            .filter(|s| s.get("Effect").and_then(Value::as_str) == Some("Allow"))
    }
}

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// `{"Service": …, "AWS": …}` means either: one statement for each.
fn split_principals(statement: Map<String, Value>) -> Vec<Map<String, Value>> {
    match statement.get("Principal") {
        Some(Value::Object(kinds)) if kinds.len() > 1 => kinds
            .iter()
            .map(|(kind, who)| {
                let mut one = statement.clone();
                one.insert(
                    "Principal".to_owned(),
                    Value::Object(Map::from_iter([(kind.clone(), who.clone())])),
                );
                one
            })
            .collect(),
        _ => vec![statement],
    }
}

/// Condition keys are case-insensitive on AWS ("IAM JSON policy elements: Condition").
fn lower_condition_keys(mut statement: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Object(operators)) = statement.get_mut("Condition") {
        for keys in operators.values_mut() {
            if let Value::Object(map) = keys {
                *map = std::mem::take(map)
                    .into_iter()
                    .map(|(key, value)| (key.to_lowercase(), value))
                    .collect();
            }
        }
    }
    statement
}

/// A text or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all
            .iter()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect(),
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/notas";

    fn role(document: &str) -> Policies {
        let mut policies = Policies::default();
        policies.add("p", document);
        assert!(policies.unreadable.is_empty(), "{document}");
        policies
    }

    fn allowed(document: &str, action: &str, resource: &str) -> bool {
        role(document).allow(
            &Caller::Role("arn:aws:iam::123456789012:role/r", &[]),
            action,
            resource,
        )
    }

    // The cases of the IAM User Guide, "Determining whether a request is allowed or denied within an account".
    #[test]
    fn nothing_is_allowed_without_an_allow() {
        let doc = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}}"#;
        assert!(allowed(doc, "dynamodb:GetItem", TABLE));
        assert!(!allowed(doc, "dynamodb:PutItem", TABLE));
        assert!(!Policies::default().allow(
            &Caller::Role("arn:aws:iam::123456789012:role/r", &[]),
            "s3:GetObject",
            "arn:aws:s3:::b/k"
        ));
    }

    #[test]
    fn an_explicit_deny_wins_over_any_allow() {
        let doc = r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"*","Resource":"*"},
            {"Effect":"Deny","Action":"dynamodb:Put*","Resource":"arn:aws:dynamodb:*:*:table/notas"}]}"#;
        assert!(!allowed(doc, "dynamodb:PutItem", TABLE));
        assert!(allowed(doc, "dynamodb:GetItem", TABLE));
    }

    #[test]
    fn actions_ignore_case_and_resources_do_not() {
        let doc = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["DynamoDB:putitem"],"Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/notas"]}]}"#;
        assert!(allowed(doc, "dynamodb:PutItem", TABLE));
        assert!(!allowed(
            doc,
            "dynamodb:PutItem",
            "arn:aws:dynamodb:us-east-1:123456789012:table/Notas"
        ));
    }

    #[test]
    fn a_bucket_arn_is_not_its_objects() {
        let bucket = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::notas"}]}"#;
        let objects = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::notas/entrada/*"}]}"#;
        assert!(!allowed(
            bucket,
            "s3:GetObject",
            "arn:aws:s3:::notas/entrada/a.json"
        ));
        assert!(allowed(
            objects,
            "s3:GetObject",
            "arn:aws:s3:::notas/entrada/sub/a b ç.json"
        ));
        assert!(!allowed(
            objects,
            "s3:GetObject",
            "arn:aws:s3:::notas/saida/a.json"
        ));
    }

    #[test]
    fn not_action_and_not_resource_allow_the_rest() {
        let doc = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}"#;
        assert!(allowed(doc, "dynamodb:PutItem", TABLE));
        assert!(!allowed(
            doc,
            "iam:PassRole",
            "arn:aws:iam::123456789012:role/x"
        ));
        assert_eq!(
            role(doc).wildcard_actions(),
            ["tudo menos iam:* (NotAction)"]
        );
    }

    fn s3_may_call(document: &str, bucket: &str, account: &str) -> bool {
        let arn = format!("arn:aws:s3:::{bucket}");
        role(document).allow(
            &Caller::Service(
                "s3.amazonaws.com",
                &[("aws:SourceArn", &arn), ("aws:SourceAccount", account)],
            ),
            "lambda:InvokeFunction",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
        )
    }

    #[test]
    fn a_function_policy_judges_source_arn_and_account() {
        let doc = r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s3-notas","Effect":"Allow",
            "Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",
            "Resource":"arn:aws:lambda:us-east-1:123456789012:function:f",
            "Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::notas"}}}]}"#;
        assert!(s3_may_call(doc, "notas", "123456789012"));
        assert!(!s3_may_call(doc, "outro", "123456789012"));
        assert!(!s3_may_call(doc, "notas", "999999999999"));
        assert!(!role(doc).allow(
            &Caller::Service("sns.amazonaws.com", &[]),
            "lambda:InvokeFunction",
            "arn:aws:lambda:us-east-1:123456789012:function:f"
        ));
    }

    #[test]
    fn mixed_principals_are_either() {
        let doc = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["s3.amazonaws.com","lambda.amazonaws.com"],"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}"#;
        assert_eq!(
            role(doc).principals("sts:AssumeRole"),
            [
                "AWS: arn:aws:iam::123456789012:root",
                "lambda.amazonaws.com",
                "s3.amazonaws.com"
            ]
        );
    }

    #[test]
    fn wildcards_are_found_and_basic_logging_is_none() {
        let doc = r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["s3:*","s3:GetObject"],"Resource":"*"},
            {"Effect":"Allow","Action":["logs:CreateLogGroup","logs:PutLogEvents"],"Resource":"*"}]}"#;
        assert_eq!(role(doc).wildcard_actions(), ["s3:*"]);
        assert_eq!(role(doc).wildcard_resources(), ["s3:*", "s3:GetObject"]);
    }

    #[test]
    fn what_is_no_policy_is_said() {
        let mut policies = Policies::default();
        policies.add("torta", "{\"Statement\": [");
        assert_eq!(policies.unreadable, ["torta"]);
    }
}
