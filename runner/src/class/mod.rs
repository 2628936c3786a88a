//! A class: who learns, how to get into each account, what was seen there.

mod access;
mod checkup;
mod claims;
mod credentials;
mod enrolment;
mod entries;
mod export;
mod grade;
mod gradebook;
mod hardest;
mod ids;
pub mod reset;
mod roles;
mod roster;
mod run_file;
mod standing;

pub use access::{AccessError, GRADER_ROLE, Gate, Purpose, RESET_ROLE};
pub use checkup::{Checkup, Finding, checkup};
pub use claims::Claims;
pub use credentials::CredentialsError;
pub use enrolment::{CLASS_TAG, Enrolment, LEARNER_TAG, enrolment};
pub use export::{Exported, Format, LeftOut, MoodleKey, Sheet, export};
pub use grade::{Graded, Grading, Limits, Outcome, Step};
pub use gradebook::{FileBook, GRADE_VERSION, Grade, Gradebook, GradebookError, Mode, TableBook};
pub use hardest::{Hard, hardest};
pub use roles::{CALLS, Call, Reach, Who, needed, template};
pub use roster::{Learner, ROSTER_FILE, Roster, RosterError};
pub use run_file::{Asked, Run, RunError, RunFile};
pub use standing::{LabStanding, Mark, Standing, StepStanding};
