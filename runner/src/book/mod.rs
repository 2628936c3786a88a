//! The book: mdBook as a library, with a preprocessor that makes each lab's
//! page out of the lab's own files.

mod build;
mod chapter;
mod edition;
mod layout;
mod map;
mod marks;
mod preprocessor;
mod quiz;
mod seal;
pub mod serve;
mod warnings;

pub use build::{BookError, Built, build};
pub use edition::{Edition, Reader};
pub use preprocessor::{Labs, preprocess};
pub use quiz::{inline, shown};
