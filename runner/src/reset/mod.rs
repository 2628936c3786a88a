//! Deletes what a plan names, and nothing else: in the order in which the
//! things use each other, at the pace that AWS allows, with a look at each one
//! just before, and at all of them afterwards.

mod engine;
mod graph;
mod journal;
mod lanes;
mod learner;
mod limits;
mod outcome;
mod retry;
mod verify;

pub use engine::{Event, Job, apply, patiently};
pub use journal::{Entry, Item, JournalError, Line, ResetJournal};
pub use lanes::{Lanes, Places};
pub use learner::{ResetDone, reset};
pub use limits::{Limit, Limits};
pub use outcome::{Left, Outcome, Status};
pub use retry::Stop;

#[cfg(test)]
mod simulated;
#[cfg(test)]
mod trials;
