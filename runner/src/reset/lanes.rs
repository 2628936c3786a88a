use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leaky_bucket::RateLimiter;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::limits::{AWS, Limits};
use crate::core::{Api, Pace, Place};

/// How many calls of all accounts together may be in flight. Three quarters of
/// them are first for what has a slow clock to start; each part takes what the
/// other leaves free.
#[derive(Debug, Clone)]
pub struct Places {
    early: Arc<Semaphore>,
    rest: Arc<Semaphore>,
}

impl Places {
    /// So many at the same time.
    pub fn new(places: usize) -> Self {
        let part = |n: usize| Arc::new(Semaphore::new(n.max(1)));
        Self {
            early: part(places - places / 4),
            rest: part(places / 4),
        }
    }

    /// A place, as soon as there is one.
    async fn one(&self, early: bool) -> Place {
        let (own, other) = if early {
            (&self.early, &self.rest)
        } else {
            (&self.rest, &self.early)
        };
        for part in [own, other] {
            if let Ok(place) = Arc::clone(part).try_acquire_owned() {
                return Box::new(place);
            }
        }
        // They are never closed, so that there always is a place.
        Box::new(Arc::clone(own).acquire_owned().await.ok())
    }
}

/// The token buckets of one account and Region. Who waits for a turn is a
/// timer, and keeps nobody from working.
pub struct Lanes {
    limits: Limits,
    places: Places,
    buckets: Mutex<BTreeMap<Api, Arc<RateLimiter>>>,
    slow: tokio::sync::Mutex<Option<Instant>>,
    calls: AtomicUsize,
}

/// The same lanes for what has a slow clock to start.
pub(super) struct Early<'l>(pub(super) &'l Lanes);

/// The line of the slowest call, held while one is made.
pub(super) struct Slow<'l>(tokio::sync::MutexGuard<'l, Option<Instant>>);

impl Drop for Slow<'_> {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

impl Lanes {
    /// Full buckets.
    pub fn new(limits: Limits, places: &Places) -> Self {
        Self {
            limits,
            places: places.clone(),
            buckets: Mutex::default(),
            slow: tokio::sync::Mutex::default(),
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

    /// Waits until a REST API may be deleted: one after the other, each so long
    /// after the end of the one before, however long the call itself took.
    pub(super) async fn slow(&self, apis: &[Api]) -> Option<Slow<'_>> {
        if self.limits == Limits::None || !apis.contains(&Api::DeleteRestApi) {
            return None;
        }
        let line = self.slow.lock().await;
        let every = AWS.iter().find(|limit| limit.api == Api::DeleteRestApi);
        if let (Some(last), Some(limit)) = (*line, every) {
            tokio::time::sleep_until(last + limit.every).await;
        }
        Some(Slow(line))
    }

    /// Waits for a turn of each, without taking a place: for a call that is
    /// made a little later.
    pub(super) async fn tokens(&self, apis: &[Api]) {
        if self.limits == Limits::None {
            return;
        }
        for api in apis.iter().filter(|api| **api != Api::DeleteRestApi) {
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
        self.wait(apis, false).boxed()
    }
}

impl Pace for Early<'_> {
    fn turn<'a>(&'a self, apis: &'a [Api]) -> BoxFuture<'a, Place> {
        self.0.wait(apis, true).boxed()
    }
}

impl Lanes {
    async fn wait(&self, apis: &[Api], early: bool) -> Place {
        self.tokens(apis).await;
        let place = self.places.one(early).await;
        self.calls.fetch_add(1, Ordering::Relaxed);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_bucket_lets_through_what_its_row_says() {
        let lanes = Lanes::new(Limits::Aws, &Places::new(8));
        let began = Instant::now();
        for _ in 0..3 {
            let slow = lanes.slow(&[Api::DeleteRestApi]).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            drop(slow);
        }
        assert_eq!(began.elapsed().as_millis(), 60_300);
        let began = Instant::now();
        for _ in 0..45 {
            drop(lanes.turn(&[Api::Lambda]).await);
        }
        assert_eq!(began.elapsed().as_millis(), 33 * 67);
        assert_eq!(lanes.calls(), 45);
    }

    #[tokio::test(start_paused = true)]
    async fn a_sandbox_has_no_limits_but_the_places() {
        let lanes = Lanes::new(Limits::None, &Places::new(4));
        let held = lanes.turn(&[Api::DeleteRestApi]).await;
        let also = (
            lanes.turn(&[]).await,
            lanes.turn(&[]).await,
            lanes.turn(&[]).await,
        );
        let second = tokio::time::timeout(Duration::from_secs(9), lanes.turn(&[])).await;
        assert!(second.is_err());
        drop((held, also));
        drop(lanes.turn(&[Api::DeleteRestApi]).await);
    }
}
