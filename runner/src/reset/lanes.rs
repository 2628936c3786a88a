use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leaky_bucket::RateLimiter;
use tokio::sync::Semaphore;

use super::limits::{AWS, Limits};
use crate::core::{Api, Pace, Place};

/// How many calls of all accounts together may be in flight.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// So many at the same time.
    pub fn new(places: usize) -> Self {
        Self(Arc::new(Semaphore::new(places.max(1))))
    }
}

/// The token buckets of one account and Region. Who waits for a turn is a
/// timer, and keeps nobody from working.
pub struct Lanes {
    limits: Limits,
    gate: Gate,
    buckets: Mutex<BTreeMap<Api, Arc<RateLimiter>>>,
    calls: AtomicUsize,
}

impl Lanes {
    /// Full buckets.
    pub fn new(limits: Limits, gate: &Gate) -> Self {
        Self {
            limits,
            gate: gate.clone(),
            buckets: Mutex::default(),
            calls: AtomicUsize::new(0),
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// How many calls were let through.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Waits for a turn of each, without taking a place: for a call that is
    /// made a little later.
    pub(super) async fn tokens(&self, apis: &[Api]) {
        if self.limits == Limits::None {
            return;
        }
        for api in apis {
            let bucket = self.bucket(*api);
            bucket.acquire_one().await;
        }
    }

    /// Made at its first use: the time to the next token counts from there.
    fn bucket(&self, api: Api) -> Arc<RateLimiter> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(api).or_insert_with(|| {
            let limit = AWS.iter().find(|limit| limit.api == api);
            let (calls, every, burst) = limit
                .map_or((1, std::time::Duration::from_secs(1), 1), |l| {
                    (l.calls, l.every, l.burst)
                });
            Arc::new(
                RateLimiter::builder()
                    .initial(burst)
                    .max(burst)
                    .refill(calls)
                    .interval(every)
                    .build(),
            )
        });
        Arc::clone(bucket)
    }
}

impl Pace for Lanes {
    fn turn<'a>(&'a self, apis: &'a [Api]) -> BoxFuture<'a, Place> {
        async move {
            self.tokens(apis).await;
            let place = Arc::clone(&self.gate.0).acquire_owned().await;
            self.calls.fetch_add(1, Ordering::Relaxed);
            // The gate is never closed, so that there always is a place.
            Box::new(place.ok()) as Place
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn a_bucket_lets_through_what_its_row_says() {
        let lanes = Lanes::new(Limits::Aws, &Gate::new(8));
        let began = Instant::now();
        for _ in 0..3 {
            drop(lanes.turn(&[Api::DeleteRestApi]).await);
        }
        assert_eq!(began.elapsed().as_secs(), 62);
        let began = Instant::now();
        for _ in 0..45 {
            drop(lanes.turn(&[Api::Lambda]).await);
        }
        assert_eq!(began.elapsed().as_secs(), 2);
        assert_eq!(lanes.calls(), 48);
    }

    #[tokio::test(start_paused = true)]
    async fn a_sandbox_has_no_limits_but_the_places() {
        let lanes = Lanes::new(Limits::None, &Gate::new(1));
        let held = lanes.turn(&[Api::DeleteRestApi]).await;
        let second = tokio::time::timeout(std::time::Duration::from_secs(9), lanes.turn(&[])).await;
        assert!(second.is_err());
        drop(held);
        drop(lanes.turn(&[Api::DeleteRestApi]).await);
    }
}
