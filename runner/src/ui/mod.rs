//! All that people and programs read: text, JSON, progress and prompts. Logic
//! returns data; only this module and the commands write it out.

pub mod class_live;
pub mod class_page;
pub mod class_table;
pub mod details;
pub mod feedback;
pub mod json;
pub mod live;
pub mod map;
pub mod markdown;
mod out;
mod printable;
pub mod prompt;
pub mod proof;
pub mod report;
pub mod shell;
pub mod snippet;
pub mod style;
pub mod words;

pub use out::{ColorChoice, Out};
