//! What `lab check` says about what was really built.

mod blank;
mod blind;
mod journal;
mod malformed;
mod mutations;
mod products;
mod readonly;
mod report;
mod reset;
mod solved;

pub(crate) use malformed::copy;
pub(crate) use report::assert_valid;
