use super::access::GRADER_ROLE;
use super::roster::{Learner, Roster};
use crate::aws::Session;
use crate::core::{Access, ProbeError};

/// Tag of the grader's role that holds the class's id.
pub const CLASS_TAG: &str = "lab:class";

/// Tag of the grader's role that holds the learner's id.
pub const LEARNER_TAG: &str = "lab:learner";

/// Whether an account was enrolled in a class: the kit's role bears a mark. It
/// is a tag of the role and nothing of its own, so that there is no enrolment
/// without a role, and the role's own rights are enough to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolment {
    /// The account is this learner's, of this class.
    Marked,
    /// There is no role, or it bears no mark.
    Unmarked,
    /// The account is somebody else's, or of another class.
    Other {
        /// Class of the mark.
        class: String,
        /// Learner of the mark.
        learner: String,
    },
}

/// Reads an account's mark. An account of a sandbox is enrolled by being in the
/// roster: whoever owns the sandbox owns all of its accounts.
///
/// # Errors
/// The role could not be looked at.
pub async fn enrolment(
    session: &Session,
    roster: &Roster,
    learner: &Learner,
) -> Result<Enrolment, ProbeError> {
    let role = match &learner.access {
        Access::Sandbox { .. } => return Ok(Enrolment::Marked),
        Access::Role { arn, .. } => arn.rsplit('/').next().unwrap_or(GRADER_ROLE),
        _ => GRADER_ROLE,
    };
    let mut tags = session.role_tags(role).await?.unwrap_or_default();
    Ok(match (tags.remove(CLASS_TAG), tags.remove(LEARNER_TAG)) {
        (Some(class), Some(id)) if class == roster.id && id == learner.id => Enrolment::Marked,
        (None, None) => Enrolment::Unmarked,
        (class, id) => Enrolment::Other {
            class: class.unwrap_or_default(),
            learner: id.unwrap_or_default(),
        },
    })
}
