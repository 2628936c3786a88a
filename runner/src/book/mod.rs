//! The book: mdBook as a library, with a preprocessor that makes each lab's
//! page out of the lab's own files.

mod build;
mod chapter;
mod map;
mod marks;
mod preprocessor;
mod quiz;
mod seal;
mod warnings;

pub use build::{BookError, Built, build};
pub use preprocessor::{Labs, preprocess};
