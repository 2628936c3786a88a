//! The parts of `lab`. ARCHITECTURE.md says which may know which.

pub mod core;
