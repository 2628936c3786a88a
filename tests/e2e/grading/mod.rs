//! What `lab check` says about what was really built.
mod blank;
