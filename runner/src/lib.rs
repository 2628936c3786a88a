//! The parts of `lab`. ARCHITECTURE.md says which may know which.

pub mod apply;
pub mod aws;
pub mod book;
pub mod class;
pub mod commands;
pub mod core;
pub mod course;
/// What every command may answer when it cannot do its work.
pub mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod grade;
pub mod journal;
pub mod prove;
pub mod reset;
pub mod sandbox;
pub mod settings;
pub mod ui;
pub mod watch;
