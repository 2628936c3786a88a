//! A class: who learns, how to get into each account, what was seen there.

mod access;
mod credentials;
mod roster;

pub use access::{AccessError, GRADER_ROLE, Gate, Purpose, RESET_ROLE};
pub use credentials::CredentialsError;
pub use roster::{Learner, ROSTER_FILE, Roster, RosterError};
