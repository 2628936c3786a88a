//! Progress of long work, on standard error.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Out;
use crate::core::CheckId;
use crate::grade::Event;

/// One line that says what is being done. On a terminal it moves; elsewhere
/// each new message is a line, so that nothing is lost.
#[derive(Clone)]
pub struct Live {
    bar: ProgressBar,
    out: Out,
}

impl Live {
    /// Starts to show.
    pub fn start(out: Out, message: &str) -> Self {
        let bar = ProgressBar::new_spinner();
        if out.moves() {
            bar.set_style(style("{spinner} {msg}"));
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let live = Self { bar, out };
        live.say(message);
        live
    }

    /// Says what is being done now.
    pub fn say(&self, message: &str) {
        if self.bar.is_hidden() {
            if !message.is_empty() {
                self.out.note(message);
            }
        } else {
            self.bar.set_message(message.to_owned());
        }
    }

    /// Ends; leaves nothing on the screen.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}

/// What a grading run is at, with a countdown while it waits.
#[derive(Clone)]
pub struct Grading {
    bar: ProgressBar,
    waiting: Arc<Mutex<Vec<(CheckId, Instant)>>>,
}

impl Grading {
    /// Starts to show a run of `total` checks.
    pub fn start(out: Out, total: usize) -> Self {
        let waiting: Arc<Mutex<Vec<(CheckId, Instant)>>> = Arc::default();
        let bar = ProgressBar::new(total as u64);
        if out.moves() {
            let seen = Arc::clone(&waiting);
            bar.set_style(style("{spinner} verificando {pos}/{len} {wait}").with_key(
                "wait",
                move |_: &indicatif::ProgressState, to: &mut dyn std::fmt::Write| {
                    if let Ok(waiting) = seen.lock()
                        && let Some((id, deadline)) = waiting.last()
                    {
                        let left = deadline.saturating_duration_since(Instant::now()).as_secs();
                        let _ = write!(to, "· aguardando {id} (até {left} s)");
                    }
                },
            ));
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { bar, waiting }
    }

    /// Shows an event.
    pub fn event(&self, event: &Event) {
        let Ok(mut waiting) = self.waiting.lock() else {
            return;
        };
        match event {
            Event::Waiting { id, deadline, .. } => {
                waiting.retain(|(other, _)| other != id);
                waiting.push((id.clone(), *deadline));
            }
            Event::Finished(report) => {
                waiting.retain(|(other, _)| *other != report.id);
                self.bar.inc(1);
            }
            Event::CleaningUp => self
                .bar
                .set_message("desfazendo o que as verificações criaram"),
            Event::Started { .. } | Event::Acting { .. } => {}
        }
    }

    /// Ends; leaves nothing on the screen.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
