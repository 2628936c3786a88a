//! mdBook tells what it is not content with to `tracing` alone.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

struct Collector(Arc<Mutex<Vec<String>>>);

/// Runs `work`, and gives what was warned of meanwhile.
pub(super) fn collect<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let done = tracing::subscriber::with_default(Collector(Arc::clone(&said)), work);
    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
    (done, std::mem::take(&mut *said))
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("mdbook")
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Message(String::new());
        event.record(&mut text);
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.push(text.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            // Writing to a text does not fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::collect;

    #[test]
    fn warnings_of_mdbook_are_heard_and_no_others() {
        let ((), said) = collect(|| {
            tracing::warn!(target: "mdbook_driver::x", "falta {}", "isto");
            tracing::info!(target: "mdbook_driver::x", "tudo bem");
            tracing::warn!(target: "hyper", "outra coisa");
        });
        assert_eq!(said, ["falta isto"]);
    }
}
