//! End-to-end tests: the real `lab` program against a real sandbox.
//!
//! * `support`: a learner's home, the shared sandbox, Python with boto3;
//! * `grading`: what `lab check` says about what was really built;
//! * `book`: the pages, and what their scripts do in a browser;
//! * `served`: the book beside its runner, in a browser and under attack;
//! * `class`: a class, its accounts and its gradebook;
//! * `cli`: the commands as a person meets them;
//! * `install`: the installer of the releases, from an archive on a server;
//! * `inventory`: what is in an account, neighbours, resets, through the library;
//! * `view`: what the watch view decides, and the frames it draws, through the library;
//! * `watching`: alarms and filter patterns of the sandbox, which are as on AWS;
//! * `prove`: what proving a lab finds;
//! * `architecture`, `licences`, `texts`, `facts`, `schema`: what the repository promises about itself.
//!
//! The first test that needs the sandbox starts it, in a folder of its own below
//! `target/tmp`, and it stays for the next run. Tests share it in parallel:
//! every home has a prefix of its own. `fixtures/` has the learners, as programs.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and the panic says where"
)]

mod architecture;
mod book;
mod class;
mod cli;
mod facts;
mod faults;
mod features;
mod grading;
#[cfg(unix)]
mod install;
mod inventory;
mod licences;
mod prove;
mod schema;
mod served;
mod support;
mod texts;
mod view;
mod watching;
