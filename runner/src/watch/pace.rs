use std::time::{Duration, Instant};

/// How often the account is looked at by itself, and at which cost: rarer and
/// rarer while nothing changes, and never more calls a minute than are given.
#[derive(Debug, Clone)]
pub struct Pace {
    first: Duration,
    most: Duration,
    per_call: Duration,
    pause: Duration,
    next: Instant,
    gap: Duration,
    free: Instant,
    /// When something last changed.
    pub changed: Instant,
    /// Calls of the newest look.
    pub cost: u64,
    /// Calls since the view was opened.
    pub calls: u64,
}

/// After an automatic check that told nothing new, how long until the next.
const GAP: Duration = Duration::from_secs(5);

/// The longest such time.
const MOST_GAP: Duration = Duration::from_secs(300);

impl Pace {
    /// For a sandbox, where a call costs nothing.
    pub fn sandbox(now: Instant) -> Self {
        Self::new(now, 2, 20, 100)
    }

    /// For a real account: at most sixty calls a minute on the average.
    pub fn aws(now: Instant) -> Self {
        Self::new(now, 5, 60, 1000)
    }

    fn new(now: Instant, first: u64, most: u64, per_call: u64) -> Self {
        let first = Duration::from_secs(first);
        Self {
            first,
            most: Duration::from_secs(most),
            per_call: Duration::from_millis(per_call),
            pause: first,
            next: now,
            gap: Duration::ZERO,
            free: now,
            changed: now,
            cost: 0,
            calls: 0,
        }
    }

    /// Whether it is time to look.
    pub fn due(&self, now: Instant) -> bool {
        now >= self.next
    }

    /// How long until the next look.
    pub fn left(&self, now: Instant) -> Duration {
        self.next.saturating_duration_since(now)
    }

    /// Whether an automatic check may set the learner's system in motion.
    pub fn may_drive(&self, now: Instant) -> bool {
        now >= self.free
    }

    /// A look was taken.
    pub fn looked(&mut self, now: Instant, calls: u64, changed: bool) {
        self.cost = calls;
        self.calls += calls;
        if changed {
            self.touched(now);
        }
        self.wait(now, calls);
    }

    /// A check was made by itself; `news` when it told something new.
    pub fn checked(&mut self, now: Instant, calls: u64, news: bool) {
        self.calls += calls;
        self.gap = if news {
            Duration::ZERO
        } else {
            (self.gap * 2).clamp(GAP, MOST_GAP)
        };
        self.free = now + self.gap;
        self.pause = self.first;
        self.wait(now, calls);
    }

    /// The learner did something: everything begins anew.
    pub fn touched(&mut self, now: Instant) {
        self.changed = now;
        self.pause = self.first;
    }

    /// The learner asked for it: nothing is held back.
    pub fn asked(&mut self, now: Instant) {
        self.touched(now);
        self.gap = Duration::ZERO;
        self.free = now;
        self.next = now;
    }

    fn wait(&mut self, now: Instant, calls: u64) {
        let budget = self.per_call * u32::try_from(calls).unwrap_or(u32::MAX);
        self.next = now + self.pause.max(budget);
        self.pause = (self.pause * 3 / 2).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks for an hour while nothing changes; how many calls that took.
    fn an_hour(mut pace: Pace, start: Instant, calls: u64) -> u64 {
        let end = start + Duration::from_secs(3600);
        let mut now = start;
        while now < end {
            pace.looked(now, calls, false);
            now += pace.left(now);
        }
        pace.calls
    }

    #[test]
    fn nothing_changing_costs_less_and_less() {
        let now = Instant::now();
        assert!(an_hour(Pace::aws(now), now, 6) <= 6 * 70);
        assert!(an_hour(Pace::sandbox(now), now, 6) <= 6 * 190);
    }

    #[test]
    fn calls_are_bounded_however_dear_a_look_is() {
        let now = Instant::now();
        let calls = an_hour(Pace::aws(now), now, 500);
        assert!(calls <= 3600 + 500, "{calls}");
    }

    #[test]
    fn checks_that_tell_nothing_new_become_rare() {
        let start = Instant::now();
        let mut pace = Pace::sandbox(start);
        let mut now = start;
        let mut gaps = Vec::new();
        for _ in 0..9 {
            pace.checked(now, 1, false);
            gaps.push(pace.free.duration_since(now).as_secs());
            assert!(!pace.may_drive(now));
            now = pace.free;
        }
        assert_eq!(gaps, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        pace.checked(now, 1, true);
        assert!(pace.may_drive(now));
    }
}
