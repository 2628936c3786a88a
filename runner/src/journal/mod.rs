//! The journal of attempts: an append-only file that survives a crash at any
//! moment, and the progress that is derived from it.

mod file;
mod progress;
mod record;

pub use file::{Journal, JournalError, Line, Read};
pub use progress::{LabProgress, StepProgress, progress};
pub use record::{CheckVerdict, Entry, RECORD_VERSION, Record};
