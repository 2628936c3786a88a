use std::sync::{Mutex, PoisonError};

use crate::core::hex;

/// The keys of one run: who has one may read the book and let the runner grade.
#[derive(Debug)]
pub struct Keys {
    run: String,
    once: Mutex<Option<String>>,
}

/// The system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("o sistema não dá números aleatórios")]
pub struct KeysError;

impl Keys {
    /// New keys.
    ///
    /// # Errors
    /// No random bytes.
    pub fn new() -> Result<Self, KeysError> {
        Ok(Self {
            run: random()?,
            once: Mutex::new(Some(random()?)),
        })
    }

    /// The key that the terminal shows, good for the whole run.
    pub fn shown(&self) -> &str {
        &self.run
    }

    /// A key that opens the book once: a browser is started with it, and
    /// programs' arguments can be read by everybody on the machine.
    pub fn once(&self) -> Option<String> {
        self.lock().clone()
    }

    /// Whether this is the run's key.
    pub(super) fn is_run(&self, key: &str) -> bool {
        same(key, &self.run)
    }

    /// Whether this key opens the book; uses it up if it opens only once.
    pub(super) fn opens(&self, key: &str) -> bool {
        if self.is_run(key) {
            return true;
        }
        let mut once = self.lock();
        let opens = once.as_deref().is_some_and(|known| same(key, known));
        if opens {
            *once = None;
        }
        opens
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.once.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 128 bits from the system, by the provider that TLS uses.
fn random() -> Result<String, KeysError> {
    let mut bytes = [0; 16];
    let provider = rustls::crypto::ring::default_provider();
    let filled = provider.secure_random.fill(&mut bytes);
    filled.map_err(|_| KeysError)?;
    Ok(hex(&bytes))
}

/// Compared whole, so that the time tells nothing of where they differ.
fn same(a: &str, b: &str) -> bool {
    let differs = a
        .bytes()
        .zip(b.bytes())
        .fold(0, |all, (a, b)| all | (a ^ b));
    a.len() == b.len() && differs == 0
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn the_run_has_one_key_and_one_that_opens_once() {
        let keys = Keys::new().unwrap();
        let once = keys.once().unwrap();
        assert_ne!(keys.shown(), once);
        assert_ne!(keys.shown(), Keys::new().unwrap().shown());
        assert!(keys.opens(keys.shown()) && keys.opens(keys.shown()));
        assert!(keys.opens(&once));
        assert!(!keys.opens(&once) && !keys.is_run(&once));
        let shown = keys.shown();
        for wrong in ["", "0", &shown[1..], &format!("{shown}0")] {
            assert!(!keys.opens(wrong), "{wrong}");
        }
    }
}
