//! AWS's limits, as one table.

use std::time::Duration;

use crate::core::{Api, Kind};

/// How often calls may be made that AWS limits together.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is limited.
    pub api: Api,
    /// So many calls…
    pub calls: usize,
    /// … in this time…
    pub every: Duration,
    /// … and so many at once after a pause.
    pub burst: usize,
    /// Where the number is from.
    pub source: &'static str,
}

/// Which limits are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// Those of AWS.
    Aws,
    /// None: a local sandbox.
    None,
}

const SECOND: Duration = Duration::from_secs(1);
const UNPUBLISHED: &str = "não publicado; escolhido com folga";

const fn per_second(api: Api, calls: usize, source: &'static str) -> Limit {
    Limit {
        api,
        calls,
        every: SECOND,
        burst: calls,
        source,
    }
}

/// A row for each family of calls, of one account and Region.
pub(super) const AWS: [Limit; 16] = [
    Limit {
        api: Api::DeleteRestApi,
        calls: 1,
        every: Duration::from_secs(30),
        burst: 1,
        source: "docs.aws.amazon.com/apigateway/latest/developerguide/limits.html: 1 a cada 30 s",
    },
    Limit {
        api: Api::DeleteApiKey,
        calls: 1,
        every: Duration::from_millis(1100),
        burst: 1,
        source: "docs.aws.amazon.com/apigateway/latest/developerguide/limits.html: 1/s",
    },
    Limit {
        api: Api::ApiGateway,
        calls: 10,
        every: SECOND,
        burst: 40,
        source: "docs.aws.amazon.com/apigateway/latest/developerguide/limits.html: 10/s, rajada de 40",
    },
    per_second(
        Api::GetFunction,
        100,
        "docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 100/s",
    ),
    per_second(
        Api::Lambda,
        15,
        "docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 15/s ao todo",
    ),
    per_second(Api::S3, 50, UNPUBLISHED),
    per_second(Api::Sqs, 20, UNPUBLISHED),
    per_second(
        Api::Sns,
        30,
        "cota L-F8E2BA85 (DeleteTopic); menos em Regiões pequenas",
    ),
    per_second(
        Api::Dynamodb,
        50,
        "docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-control-plane.html: 2.500/s",
    ),
    per_second(
        Api::DeleteLogGroup,
        10,
        "cota L-07A912D5 do CloudWatch Logs: 10/s",
    ),
    per_second(
        Api::DescribeLogGroups,
        5,
        "cota de DescribeLogGroups do CloudWatch Logs: 5/s",
    ),
    per_second(Api::Logs, 10, UNPUBLISHED),
    per_second(Api::CloudwatchDelete, 3, UNPUBLISHED),
    per_second(Api::Cloudwatch, 9, "cota de DescribeAlarms: 9/s"),
    per_second(Api::Events, 50, "cota L-3C47459F do EventBridge: 50/s"),
    per_second(Api::Iam, 5, UNPUBLISHED),
];

/// How long after its deletion a queue's name is taken.
const QUEUE: Duration = Duration::from_secs(60);

impl Limits {
    /// How long AWS says that a thing may still be there after its deletion was
    /// accepted; before that nobody can say that it is gone.
    pub fn gone_after(self, kind: Kind) -> Duration {
        match (self, kind) {
            (Self::Aws, Kind::SqsQueue) => QUEUE,
            _ => Duration::ZERO,
        }
    }

    /// The least time in which so many things of each kind can be deleted in
    /// one account, and be seen to be gone.
    pub fn least(self, count: impl Fn(Kind) -> usize) -> (Duration, Duration) {
        if self == Self::None {
            return (Duration::ZERO, Duration::ZERO);
        }
        let accepted = AWS.iter().map(|limit| {
            let kinds = Kind::ALL.into_iter();
            let of_this = kinds.filter(|k| k.deletion().contains(&limit.api));
            let n: usize = of_this.map(&count).sum();
            let waits = n.saturating_sub(limit.burst).div_ceil(limit.calls);
            limit.every * u32::try_from(waits).unwrap_or(u32::MAX)
        });
        let accepted = accepted.max().unwrap_or_default();
        let gone = Kind::ALL.into_iter().filter(|k| count(*k) > 0);
        let gone = gone.map(|k| self.gone_after(k)).max().unwrap_or_default();
        (accepted, accepted.max(gone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_one_row_with_its_source() {
        let mut seen: Vec<Api> = AWS.iter().map(|limit| limit.api).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), AWS.len());
        assert!(
            AWS.iter()
                .all(|l| !l.source.is_empty() && l.calls > 0 && l.burst > 0)
        );
        for kind in Kind::ALL {
            assert!(
                kind.deletion().iter().all(|api| seen.contains(api)),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn rest_apis_and_queues_bound_a_reset() {
        let typical = |kind| match kind {
            Kind::RestApi => 2,
            Kind::SqsQueue => 6,
            _ => 0,
        };
        let (accepted, verified) = Limits::Aws.least(typical);
        assert_eq!((accepted.as_secs(), verified.as_secs()), (30, 60));
        assert_eq!(
            Limits::None.least(typical),
            (Duration::ZERO, Duration::ZERO)
        );
    }
}
