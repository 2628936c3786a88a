//! What is fed to everything that reads what others wrote: any bytes end in an
//! answer, and what is refused is refused with a message and a place. The
//! program `cargo fuzz` (in `fuzz/`) and the tests call the same functions.

mod files;
#[cfg(test)]
mod tests;

pub use crate::aws::fuzz::{answer, policy};
pub use files::{journal, lab, quiz, roster};

/// A reader, by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 6] = [
    ("lab", lab),
    ("quiz", quiz),
    ("roster", roster),
    ("journal", journal),
    ("policy", policy),
    ("answer", answer),
];
