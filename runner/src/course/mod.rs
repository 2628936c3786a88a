//! From files to [`core`](crate::core): reads a course, embedded in the binary
//! or from a folder, and says where each mistake in it is.

mod finding;
pub mod lint;
mod load;
mod near;
mod placeholder;
mod questions;
mod scaffold;
mod schema;
mod source;
mod tree;
mod validate;

pub use finding::{ContentError, Finding, Page};
pub use load::{files_for, load, near_misses, preparation, solution, starter};
pub use scaffold::{Scaffold, ScaffoldError, scaffold};
pub use schema::FileKind;
pub use source::Source;
