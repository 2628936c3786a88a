//! A class: its roster, grading in several accounts, the gradebook, exports,
//! and the roles by which accounts are entered.

mod export;
mod faults;
mod grading;
mod guards;
mod interruption;
mod roles;
mod roster;
mod school;
mod secrets;
mod sharing;
mod whole;
mod wiping;
