use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leaky_bucket::RateLimiter;
use tokio::sync::Semaphore;

use super::limits::{AWS, Limits};
use crate::core::{Api, Pace, Place};

/// How many calls of all accounts together may be in flight.
#[derive(Debug, Clone)]
pub struct Places(Arc<Semaphore>);

impl Places {
    /// So many at the same time.
    pub fn new(places: usize) -> Self {
        Self(Arc::new(Semaphore::new(places.max(1))))
    }
}

/// The token buckets of one account and Region. Who waits for a turn is a
/// timer, and keeps nobody from working.
pub struct Lanes {
    limits: Limits,
    places: Places,
    buckets: Mutex<BTreeMap<Api, Arc<RateLimiter>>>,
    calls: AtomicUsize,
}

impl Lanes {
    /// Full buckets.
    pub fn new(limits: Limits, places: &Places) -> Self {
        Self {
            limits,
            places: places.clone(),
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
            let second = Duration::from_secs(1);
            let (calls, every, burst) =
                limit.map_or((1, second, 1), |l| (l.calls, l.every, l.burst));
            // A fifth less at once than AWS allows: calls do not arrive as evenly
            // as they leave. One token at a time, in whole milliseconds, rounded
            // so that it is never more than the limit.
            let burst = burst - burst.div_ceil(5).min(burst - 1);
            let every = every.as_millis().div_ceil(calls.max(1) as u128);
            let every = Duration::from_millis(u64::try_from(every).unwrap_or(u64::MAX));
            Arc::new(
                RateLimiter::builder()
                    .initial(burst)
                    .max(burst)
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
            let place = Arc::clone(&self.places.0).acquire_owned().await;
            self.calls.fetch_add(1, Ordering::Relaxed);
            // The places is never closed, so that there always is a place.
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
        let lanes = Lanes::new(Limits::Aws, &Places::new(8));
        let began = Instant::now();
        for _ in 0..3 {
            drop(lanes.turn(&[Api::DeleteRestApi]).await);
        }
        assert_eq!(began.elapsed().as_secs(), 62);
        let began = Instant::now();
        for _ in 0..45 {
            drop(lanes.turn(&[Api::Lambda]).await);
        }
        assert_eq!(began.elapsed().as_millis(), 33 * 67);
        assert_eq!(lanes.calls(), 48);
    }

    #[tokio::test(start_paused = true)]
    async fn a_sandbox_has_no_limits_but_the_places() {
        let lanes = Lanes::new(Limits::None, &Places::new(1));
        let held = lanes.turn(&[Api::DeleteRestApi]).await;
        let second = tokio::time::timeout(Duration::from_secs(9), lanes.turn(&[])).await;
        assert!(second.is_err());
        drop(held);
        drop(lanes.turn(&[Api::DeleteRestApi]).await);
    }
}
