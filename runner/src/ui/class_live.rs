//! Progress of grading a class, on standard error.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Out, words};
use crate::class::Outcome;

/// A bar with an estimate and who is being looked at; where nothing moves, a
/// line for each look.
pub struct Looks {
    bar: ProgressBar,
    out: Out,
    began: Instant,
    total: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: usize,
    now: Vec<(String, String)>,
}

impl Looks {
    /// Starts to show so many looks.
    pub fn start(out: Out, total: usize) -> Self {
        let bar = ProgressBar::new(total as u64);
        if out.moves() {
            let style = ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ");
            bar.set_style(style);
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self {
            bar,
            out,
            began: Instant::now(),
            total,
            state: Mutex::default(),
        }
    }

    /// A look begins.
    pub fn started(&self, learner: &str, lab: &str) {
        if let Ok(mut state) = self.state.lock() {
            state.now.push((learner.to_owned(), lab.to_owned()));
            self.say(&state);
        }
    }

    /// A look is over.
    pub fn graded(&self, learner: &str, lab: &str, outcome: &Outcome, took: Duration) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        state.done += 1;
        state.now.retain(|(l, b)| l != learner || b != lab);
        self.bar.inc(1);
        self.say(&state);
        if self.out.moves() {
            return;
        }
        let said = match outcome {
            Outcome::Seen {
                earned, max, blind, ..
            } => {
                let blind = if *blind > 0 {
                    ", com partes não verificadas"
                } else {
                    ""
                };
                format!(
                    "{earned} de {max} pontos{blind}, em {}",
                    words::duration(took)
                )
            }
            Outcome::Unreachable(error) => format!("não verificado: {error}"),
        };
        let left = left(&state, self.began, self.total);
        self.out.note(format!(
            "{}/{} {learner} · {lab}: {said}{}",
            state.done,
            self.total,
            if left.is_empty() {
                left
            } else {
                format!(" ({left})")
            }
        ));
    }

    /// It was interrupted.
    pub fn cleaning_up(&self) {
        let text = "interrompido: desfazendo o que as verificações criaram";
        if self.out.moves() {
            self.bar.set_message(text);
        } else {
            self.out.note(text);
        }
    }

    /// Ends; leaves nothing on the screen.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, state: &State) {
        let left = left(state, self.began, self.total);
        let shown = state.now.iter().take(3).map(|(l, b)| format!("{l} {b}"));
        let shown = shown.collect::<Vec<_>>().join(", ");
        let more = if state.now.len() > 3 { ", …" } else { "" };
        let parts = [left, format!("{shown}{more}")];
        let parts: Vec<_> = parts.iter().filter(|p| !p.is_empty()).collect();
        let parts: Vec<&str> = parts.into_iter().map(String::as_str).collect();
        self.bar.set_message(format!("· {}", parts.join(" · ")));
    }
}

/// How long it will still take, by what has been done so far.
fn left(state: &State, began: Instant, total: usize) -> String {
    let open = total.saturating_sub(state.done);
    if state.done == 0 || open == 0 {
        return String::new();
    }
    let each = began.elapsed() / u32::try_from(state.done).unwrap_or(u32::MAX);
    let time = each * u32::try_from(open).unwrap_or(u32::MAX);
    let minutes = time.as_secs().div_ceil(60);
    if time < Duration::from_secs(60) {
        format!("falta cerca de {} s", time.as_secs().max(1))
    } else {
        format!(
            "faltam cerca de {}",
            words::count(usize::try_from(minutes).unwrap_or(usize::MAX), "min", "min")
        )
    }
}
