use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Resource;

/// What can be deleted by itself.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A usage plan of API Gateway.
    UsagePlan,
    /// An API key.
    ApiKey,
    /// A REST API.
    RestApi,
    /// What calls a function for what is in a queue or a stream.
    EventSourceMapping,
    /// A function, with its versions and aliases.
    LambdaFunction,
    /// A log group.
    LogGroup,
    /// An alarm.
    CloudwatchAlarm,
    /// A dashboard.
    CloudwatchDashboard,
    /// A topic, with its subscriptions.
    SnsTopic,
    /// A rule of the default event bus, with its targets.
    EventRule,
    /// A queue.
    SqsQueue,
    /// A table.
    DynamodbTable,
    /// A backup of a table.
    DynamodbBackup,
    /// A bucket, with its objects.
    S3Bucket,
    /// A role, with its inline policies.
    IamRole,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::UsagePlan,
        Self::ApiKey,
        Self::RestApi,
        Self::EventSourceMapping,
        Self::LambdaFunction,
        Self::LogGroup,
        Self::CloudwatchAlarm,
        Self::CloudwatchDashboard,
        Self::SnsTopic,
        Self::EventRule,
        Self::SqsQueue,
        Self::DynamodbTable,
        Self::DynamodbBackup,
        Self::S3Bucket,
        Self::IamRole,
    ];

    /// What it is, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::UsagePlan => "plano de uso",
            Self::ApiKey => "chave de API",
            Self::RestApi => "API REST",
            Self::EventSourceMapping => "mapeamento",
            Self::LambdaFunction => "função",
            Self::LogGroup => "grupo de log",
            Self::CloudwatchAlarm => "alarme",
            Self::CloudwatchDashboard => "painel",
            Self::SnsTopic => "tópico",
            Self::EventRule => "regra",
            Self::SqsQueue => "fila",
            Self::DynamodbTable => "tabela",
            Self::DynamodbBackup => "backup",
            Self::S3Bucket => "bucket",
            Self::IamRole => "papel",
        }
    }

    /// Order of deletion: what produces events goes before what receives them,
    /// what is used after what uses it. A link counts only from a lower rank to
    /// a higher one, so that there is no circle.
    pub fn rank(self) -> u8 {
        match self {
            // A plan holds on to the stages and keys that it links.
            Self::UsagePlan | Self::CloudwatchAlarm | Self::CloudwatchDashboard => 0,
            Self::RestApi
            | Self::ApiKey
            | Self::EventSourceMapping
            | Self::S3Bucket
            | Self::SnsTopic
            | Self::EventRule => 1,
            Self::LambdaFunction => 2,
            Self::SqsQueue | Self::DynamodbTable | Self::DynamodbBackup | Self::LogGroup => 3,
            Self::IamRole => 4,
        }
    }
}

/// What one thing refers to: another by its kind, and its name or id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What it is.
    pub kind: Kind,
    /// Its name or its id.
    pub to: String,
}

/// One thing of an account, as a reset sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// Its name. Of a mapping, the function that it calls.
    pub name: String,
    /// What calls address it by: an id, an ARN, a URL, or the name again. Of a
    /// bucket, its Region.
    pub id: String,
    /// What tells it from another of the same name made later: when it was
    /// made, or last changed by somebody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub made: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// What it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// How long what it set in motion may go on after it is gone, in seconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lingers: u64,
    /// Why it must stay whoever asks: a service made it, or it is protected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A tag with this key keeps what bears it out of every reset.
pub const KEEP_TAG: &str = "lab:manter";

/// The tag that CloudFormation gives to what a stack made. One by one its things
/// are not to be deleted: the stack could not be deleted any more.
const STACK_TAG: &str = "aws:cloudformation:stack-name";

/// The roles by which the kit gets into a learner's account.
pub const KIT_ROLES: [&str; 2] = ["LabGraderRead", "LabReset"];

impl Thing {
    /// Something with a name that is its id too.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            kind,
            id: name.clone(),
            name,
            made: String::new(),
            tags: BTreeMap::new(),
            links: Vec::new(),
            lingers: 0,
            held: None,
        }
    }

    /// Adds what it refers to.
    pub fn link(&mut self, kind: Kind, to: impl Into<String>) {
        let link = Link {
            kind,
            to: to.into(),
        };
        if !link.to.is_empty() && !self.links.contains(&link) {
            self.links.push(link);
        }
    }

    /// Whether it refers to another.
    pub fn uses(&self, other: &Self) -> bool {
        self.links
            .iter()
            .any(|l| l.kind == other.kind && (l.to == other.name || l.to == other.id))
    }

    /// Whether both are the same thing, however it looks now.
    pub fn is(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name && self.id == other.id
    }

    /// What is different now from what was planned; `None` when it is the same.
    pub fn changed(&self, now: &Self) -> Option<&'static str> {
        if !self.is(now) || self.made != now.made {
            return Some("foi criado de novo ou modificado depois do plano");
        }
        (self.tags != now.tags).then_some("as tags mudaram depois do plano")
    }

    /// Why it may never be deleted, whatever a plan says.
    pub fn untouchable(&self) -> Option<String> {
        if let Some(why) = &self.held {
            return Some(why.clone());
        }
        if self.tags.contains_key(KEEP_TAG) {
            return Some(format!("tem a tag `{KEEP_TAG}`"));
        }
        if let Some(stack) = self.tags.get(STACK_TAG) {
            return Some(format!(
                "é da pilha `{stack}` do CloudFormation: `aws cloudformation delete-stack --stack-name {stack}`"
            ));
        }
        if self.kind != Kind::IamRole {
            return None;
        }
        let name = self.name.as_str();
        if KIT_ROLES.contains(&name) || name == "OrganizationAccountAccessRole" {
            return Some("é um papel de quem administra a turma".to_owned());
        }
        (name.starts_with("AWSServiceRoleFor") || name.starts_with("AWSReservedSSO_"))
            .then(|| "é um papel da própria AWS".to_owned())
    }

    /// The commands that delete it by hand.
    pub fn commands(&self, region: &str) -> Vec<String> {
        let (name, id) = (&self.name, &self.id);
        let one = |text: String| vec![format!("aws {text} --region {region}")];
        match self.kind {
            Kind::UsagePlan => one(format!("apigateway delete-usage-plan --usage-plan-id {id}")),
            Kind::ApiKey => one(format!("apigateway delete-api-key --api-key {id}")),
            Kind::RestApi => one(format!("apigateway delete-rest-api --rest-api-id {id}")),
            Kind::EventSourceMapping => {
                one(format!("lambda delete-event-source-mapping --uuid {id}"))
            }
            Kind::LambdaFunction => one(format!("lambda delete-function --function-name {name}")),
            Kind::LogGroup => one(format!("logs delete-log-group --log-group-name {name}")),
            Kind::CloudwatchAlarm => one(format!("cloudwatch delete-alarms --alarm-names {name}")),
            Kind::CloudwatchDashboard => one(format!(
                "cloudwatch delete-dashboards --dashboard-names {name}"
            )),
            Kind::SnsTopic => one(format!("sns delete-topic --topic-arn {id}")),
            Kind::EventRule => [
                one(format!("events list-targets-by-rule --rule {name}")),
                one(format!("events remove-targets --rule {name} --ids IDS")),
                one(format!("events delete-rule --name {name}")),
            ]
            .concat(),
            Kind::SqsQueue => one(format!("sqs delete-queue --queue-url {id}")),
            Kind::DynamodbTable => one(format!("dynamodb delete-table --table-name {name}")),
            Kind::DynamodbBackup => one(format!("dynamodb delete-backup --backup-arn {id}")),
            Kind::S3Bucket => vec![
                format!("aws s3api list-object-versions --bucket {name} --region {id}"),
                format!("aws s3 rb s3://{name} --force --region {id}"),
            ],
            Kind::IamRole => vec![
                format!("aws iam list-role-policies --role-name {name}"),
                format!("aws iam list-attached-role-policies --role-name {name}"),
                format!("aws iam delete-role --role-name {name}"),
            ],
        }
    }
}

/// The log group that AWS makes for a function.
pub fn log_group_of(function: &str) -> String {
    format!("/aws/lambda/{function}")
}

impl Resource {
    /// What of it is a thing of its own.
    pub fn thing(&self) -> Kind {
        match self {
            Self::RestApi(_) => Kind::RestApi,
            Self::ApiKey(_) => Kind::ApiKey,
            Self::UsagePlan(_) => Kind::UsagePlan,
            Self::LambdaFunction(_) => Kind::LambdaFunction,
            Self::CloudwatchAlarm(_) => Kind::CloudwatchAlarm,
            Self::CloudwatchDashboard(_) => Kind::CloudwatchDashboard,
            Self::SnsTopic(_) => Kind::SnsTopic,
            Self::EventRule(_) => Kind::EventRule,
            Self::SqsQueue(_) => Kind::SqsQueue,
            Self::DynamodbTable(_) => Kind::DynamodbTable,
            Self::DynamodbBackup(_) => Kind::DynamodbBackup,
            Self::S3Bucket(_) => Kind::S3Bucket,
            Self::IamRole(_) => Kind::IamRole,
        }
    }

    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        self.thing().word()
    }

    /// Order of deletion.
    pub fn rank(&self) -> u8 {
        self.thing().rank()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_the_kit_and_of_aws_are_never_touched() {
        for name in [
            "LabReset",
            "LabGraderRead",
            "OrganizationAccountAccessRole",
            "AWSServiceRoleForAPIGateway",
            "AWSReservedSSO_Admin_0123",
        ] {
            assert!(Thing::new(Kind::IamRole, name).untouchable().is_some());
        }
        assert_eq!(
            Thing::new(Kind::IamRole, "ana-processa-nota").untouchable(),
            None
        );
        let mut kept = Thing::new(Kind::SqsQueue, "ana-fila");
        kept.tags.insert(KEEP_TAG.to_owned(), String::new());
        assert!(kept.untouchable().is_some());
        let mut member = Thing::new(Kind::SqsQueue, "ana-fila");
        member.tags.insert(STACK_TAG.to_owned(), "pilha".to_owned());
        let why = member.untouchable().unwrap();
        assert!(why.ends_with("delete-stack --stack-name pilha`"), "{why}");
    }

    #[test]
    fn a_thing_that_was_made_anew_or_tagged_is_another() {
        let planned = Thing {
            made: "1".to_owned(),
            ..Thing::new(Kind::DynamodbTable, "t")
        };
        assert_eq!(planned.changed(&planned), None);
        let anew = Thing {
            made: "2".to_owned(),
            ..planned.clone()
        };
        assert!(planned.changed(&anew).is_some());
        let mut tagged = planned.clone();
        tagged.tags.insert("a".to_owned(), "b".to_owned());
        assert!(planned.changed(&tagged).is_some());
    }
}
