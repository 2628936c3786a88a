//! An account that keeps AWS's published limits and takes as long as AWS does,
//! by the clock of the test. It has things of the course and foreign ones.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::limits::AWS;
use crate::core::{
    Api, Aside, Control, Kind, Pace, ProbeError, ProbeErrorKind, Thing, log_group_of, once_more,
};

/// What goes wrong.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    /// Share of the calls that are told to go slower.
    pub(super) throttled: f64,
    /// Share of the calls that end with a server error.
    pub(super) broken: f64,
    /// Nothing of this kind may be deleted.
    pub(super) denied: Option<Kind>,
    /// Lists of this kind fail.
    pub(super) blind: Option<Kind>,
    /// Looks at this kind fail, as when tags cannot be read.
    pub(super) tagless: Option<Kind>,
    /// A function whose last call makes its log group anew so long after.
    pub(super) runs_on: Option<(String, Duration)>,
}

pub(super) struct Simulated {
    inner: Mutex<Inner>,
    pub(super) faults: Faults,
}

struct Inner {
    things: Vec<(Thing, Option<Instant>)>,
    /// Log groups that will be there.
    to_come: Vec<(Thing, Instant)>,
    tokens: BTreeMap<Api, (f64, Instant)>,
    rng: fastrand::Rng,
    throttles: usize,
    deletions: Vec<Thing>,
}

impl Simulated {
    pub(super) fn new(seed: u64, things: Vec<Thing>) -> Self {
        Self {
            inner: Mutex::new(Inner {
                things: things.into_iter().map(|t| (t, None)).collect(),
                to_come: Vec::new(),
                tokens: BTreeMap::new(),
                rng: fastrand::Rng::with_seed(seed),
                throttles: 0,
                deletions: Vec::new(),
            }),
            faults: Faults::default(),
        }
    }

    /// What is there now.
    pub(super) fn there(&self) -> Vec<Thing> {
        let mut inner = self.inner.lock().unwrap();
        inner.settle();
        inner
            .things
            .iter()
            .map(|(thing, _)| thing.clone())
            .collect()
    }

    /// What was deleted, in order.
    pub(super) fn deletions(&self) -> Vec<Thing> {
        self.inner.lock().unwrap().deletions.clone()
    }

    /// How many calls broke a limit.
    pub(super) fn throttles(&self) -> usize {
        self.inner.lock().unwrap().throttles
    }

    /// Somebody changes a thing.
    pub(super) fn change(&self, kind: Kind, name: &str) {
        for (thing, _) in &mut self.inner.lock().unwrap().things {
            if thing.kind == kind && thing.name == name {
                thing.made.push('!');
            }
        }
    }

    /// One call: its turn, its time, its limit, its misfortune.
    async fn call(&self, pace: &dyn Pace, apis: &[Api], counted: &[Api]) -> Result<(), ProbeError> {
        let _place = pace.turn(apis).await;
        let time = self.inner.lock().unwrap().rng.u64(60..250);
        // Half of the way there, half back: the limit counts in between.
        sleep(Duration::from_millis(time / 2)).await;
        let answer = self.inner.lock().unwrap().judge(&self.faults, counted);
        sleep(Duration::from_millis(time - time / 2)).await;
        answer
    }

    async fn calls(&self, pace: &dyn Pace, api: Api, n: usize) -> Result<(), ProbeError> {
        for _ in 0..n {
            let mut tries = 0;
            while let Err(error) = self.call(pace, &[api], &[api]).await {
                tries += 1;
                let pause = once_more(&error, tries).ok_or(error)?;
                sleep(pause).await;
            }
        }
        Ok(())
    }
}

fn error(kind: ProbeErrorKind, message: &str) -> ProbeError {
    ProbeError {
        kind,
        operation: "simulated".to_owned(),
        message: message.to_owned(),
    }
}

impl Inner {
    /// What time has taken away or brought.
    fn settle(&mut self) {
        let now = Instant::now();
        self.things
            .retain(|(_, gone)| gone.is_none_or(|at| at > now));
        let come = |(_, at): &(Thing, Instant)| *at <= now;
        let came: Vec<Thing> = self
            .to_come
            .extract_if(.., |c| come(c))
            .map(|(t, _)| t)
            .collect();
        for thing in came {
            if !self.things.iter().any(|(t, _)| t.is(&thing)) {
                self.things.push((thing, None));
            }
        }
    }

    fn judge(&mut self, faults: &Faults, apis: &[Api]) -> Result<(), ProbeError> {
        let now = Instant::now();
        for api in apis {
            let limit = AWS.iter().find(|limit| limit.api == *api).unwrap();
            // The published number, and not the one with our margin.
            let every = match api {
                Api::DeleteRestApi => 30.0,
                Api::DeleteApiKey => 1.0,
                _ => limit.every.as_secs_f64(),
            };
            let most = limit.burst as f64;
            let (tokens, at) = self.tokens.entry(*api).or_insert((most, now));
            let came = (now - *at).as_secs_f64() * limit.calls as f64 / every;
            *tokens = most.min(*tokens + came);
            *at = now;
            if *tokens < 1.0 {
                self.throttles += 1;
                return Err(error(ProbeErrorKind::Throttled, "TooManyRequestsException"));
            }
            *tokens -= 1.0;
        }
        let luck = self.rng.f64();
        if luck < faults.throttled {
            return Err(error(ProbeErrorKind::Throttled, "ThrottlingException"));
        }
        if luck < faults.throttled + faults.broken {
            return Err(error(ProbeErrorKind::Service, "InternalFailure"));
        }
        Ok(())
    }
}

/// Which family the looks of a kind count for, how many calls they are, and how
/// many come before the one that deletes.
fn price(kind: Kind) -> (Api, usize, usize) {
    match kind {
        Kind::UsagePlan => (Api::ApiGateway, 2, 1),
        Kind::ApiKey | Kind::RestApi => (Api::ApiGateway, 1, 0),
        Kind::EventSourceMapping => (Api::Lambda, 1, 0),
        Kind::LambdaFunction => (Api::GetFunction, 1, 0),
        Kind::LogGroup => (Api::DescribeLogGroups, 1, 0),
        Kind::CloudwatchAlarm => (Api::Cloudwatch, 2, 0),
        Kind::CloudwatchDashboard => (Api::Cloudwatch, 1, 0),
        Kind::SnsTopic => (Api::Sns, 3, 0),
        Kind::EventRule => (Api::Events, 3, 2),
        Kind::SqsQueue => (Api::Sqs, 2, 0),
        Kind::DynamodbTable => (Api::Dynamodb, 2, 0),
        Kind::DynamodbBackup => (Api::Dynamodb, 1, 0),
        // Two pages of versions.
        Kind::S3Bucket => (Api::S3, 3, 8),
        Kind::IamRole => (Api::Iam, 1, 4),
    }
}

/// How long a thing is still there after its deletion was accepted.
fn lasts(kind: Kind) -> Duration {
    Duration::from_secs(match kind {
        Kind::SqsQueue => 60,
        Kind::DynamodbTable => 8,
        Kind::EventSourceMapping => 3,
        _ => 0,
    })
}

impl Control for Simulated {
    async fn list(&self, kind: Kind, pace: &dyn Pace) -> Result<Vec<Thing>, ProbeError> {
        self.calls(pace, price(kind).0, 1).await?;
        if self.faults.blind == Some(kind) {
            return Err(error(ProbeErrorKind::Denied, "AccessDenied"));
        }
        let mut all = self.there();
        all.retain(|thing| thing.kind == kind);
        Ok(all)
    }

    async fn names(&self, _: Aside, _: &dyn Pace) -> Result<Vec<String>, ProbeError> {
        Ok(Vec::new())
    }

    async fn look(&self, thing: &Thing, pace: &dyn Pace) -> Result<Option<Thing>, ProbeError> {
        let (api, looks, _) = price(thing.kind);
        self.calls(pace, api, looks).await?;
        if self.faults.tagless == Some(thing.kind) {
            return Err(error(ProbeErrorKind::Denied, "AccessDenied: ListTags"));
        }
        Ok(self.there().into_iter().find(|t| t.is(thing)))
    }

    async fn delete(&self, thing: &Thing, pace: &dyn Pace) -> Result<(), ProbeError> {
        let (api, _, before) = price(thing.kind);
        self.calls(pace, api, before).await?;
        self.call(pace, &[], thing.kind.deletion()).await?;
        if self.faults.denied == Some(thing.kind) {
            return Err(error(ProbeErrorKind::Denied, "AccessDenied: explicit deny"));
        }
        let mut inner = self.inner.lock().unwrap();
        inner.deletions.push(thing.clone());
        let now = Instant::now();
        for (there, gone) in &mut inner.things {
            if there.is(thing) {
                gone.get_or_insert(now + lasts(thing.kind));
            }
        }
        if let Some((function, after)) = &self.faults.runs_on
            && *function == thing.name
            && thing.kind == Kind::LambdaFunction
        {
            let group = Thing::new(Kind::LogGroup, log_group_of(function));
            inner.to_come.push((group, now + *after));
        }
        Ok(())
    }
}

/// What a learner has after the whole course.
pub(super) fn typical(prefix: &str) -> Vec<Thing> {
    let mut things = Vec::new();
    let name = |what: &str, n: usize| format!("{prefix}-{what}-{n}");
    for n in 0..2 {
        let mut api = Thing::new(Kind::RestApi, name("api", n));
        api.id = format!("{prefix}{n}");
        things.push(api);
        things.push(Thing::new(Kind::SnsTopic, name("topico", n)));
    }
    for n in 0..3 {
        let mut bucket = Thing::new(Kind::S3Bucket, name("bucket", n));
        bucket.link(Kind::LambdaFunction, name("funcao", n));
        things.push(bucket);
        let mut rule = Thing::new(Kind::EventRule, name("regra", n));
        rule.link(Kind::SqsQueue, name("fila", n + 3));
        things.push(rule);
    }
    for n in 0..4 {
        things.push(Thing::new(Kind::DynamodbTable, name("tabela", n)));
        things.push(Thing::new(Kind::IamRole, name("papel", n)));
        let mut mapping = Thing::new(Kind::EventSourceMapping, name("funcao", n));
        mapping.id = name("mapeamento", n);
        mapping.link(Kind::LambdaFunction, name("funcao", n));
        mapping.link(Kind::SqsQueue, name("fila", n));
        things.push(mapping);
        things.push(Thing::new(Kind::LogGroup, format!("/{prefix}/grupo-{n}")));
    }
    for n in 0..6 {
        things.push(Thing::new(Kind::SqsQueue, name("fila", n)));
        let mut function = Thing::new(Kind::LambdaFunction, name("funcao", n));
        function.lingers = 10;
        function.link(Kind::IamRole, name("papel", n % 4));
        function.link(Kind::LogGroup, log_group_of(&name("funcao", n)));
        things.push(function);
        things.push(Thing::new(Kind::LogGroup, log_group_of(&name("funcao", n))));
    }
    things
}
