//! Resetting the accounts of a class: what would go and stay is written into a
//! plan first, and only what a plan says is ever deleted.

mod guard;
mod ownership;
mod plan;
mod run;
mod survey;

pub use guard::{Caps, Refusal, admit, phrase, refuse, ungraded};
pub use ownership::{Expected, Owned};
pub use plan::{Beside, MAX_AGE, Part, Plan, PlanError, Stay, Unread};
pub use run::{Account, Applying, Step, apply_plan};
pub use survey::{Surveying, survey};
