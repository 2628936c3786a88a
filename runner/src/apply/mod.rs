//! Does what a learner would have done: runs the AWS CLI's own commands,
//! without a shell, in a work folder.

mod bench;
mod environment;
mod error;
mod program;
mod worker;

pub use bench::Bench;
pub use environment::Environment;
pub use error::ApplyError;
pub use program::find;
pub use worker::AwsWorker;
