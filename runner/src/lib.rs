//! The parts of `lab`. ARCHITECTURE.md says which may know which.

pub mod aws;
pub mod core;
pub mod course;
pub mod grade;
