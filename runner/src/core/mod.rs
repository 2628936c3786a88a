//! The kit's words as types: what a course, a lab, a check, an observation and
//! a verdict are, and how one is judged by the other.
//!
//! Nothing here reads a file, opens a connection, asks the clock or prints.

mod action;
mod aside;
mod check_id;
mod control;
mod course;
mod fault;
mod fold;
mod hex;
mod lab;
mod load;
mod map;
mod matcher;
mod names;
mod near_miss;
mod observation;
mod probe;
mod probe_texts;
mod quiz;
mod report;
mod resource;
mod roster;
mod sample;
mod solution;
mod standing;
mod thing;
mod verdict;
mod world;

pub use action::{Action, Invocation, S3Target, as_text};
pub use aside::Aside;
pub use check_id::CheckId;
pub use control::{Api, Control, Pace, Place, once_more};
pub use course::{Course, CourseFile, FORMAT_VERSION};
pub use fault::{FAULTS, draw, seed_of};
pub use fold::fold;
pub use hex::{fingerprint, hex};
pub use lab::{Check, Fidelity, Lab, Seconds, Step};
pub use load::{ApiLoadArgs, LoadRequest, flood};
pub use map::{Arrow, Flow, Map, Node, service_name};
pub use matcher::Matcher;
pub use names::{Names, UnknownPlaceholder, placeholders, valid_prefix};
pub use near_miss::NearMiss;
pub use observation::{FactKind, FactSpec, Observation};
pub use probe::*;
pub use quiz::{Answer, Prompt, Question, QuestionKind, Quiz, QuizFault, Response, Score};
pub use report::{CheckReport, Points, Report};
pub use resource::Resource;
pub use roster::{
    Access, Assignments, CanvasId, LearnerEntry, MoodleId, ROSTER_VERSION, RosterFile,
};
pub use sample::{Field, Samples, generate};
pub use solution::{Command, Solution};
pub use standing::{Standing, Standings};
pub use thing::{KEEP_TAG, KIT_ROLES, Kind, Link, Thing, log_group_of};
pub use verdict::{Cause, Mismatch, ProbeError, ProbeErrorKind, Verdict, judge};
pub use world::{Acted, At, FunctionFailure, World};
