use super::State;
use crate::core::CheckId;

/// What kind of trouble a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A check passes on what is wrong.
    FalsePass,
    /// A check blames what is right, or what has nothing to do with the mistake.
    FalseFail,
    /// Another verdict than the one that is due.
    Verdict,
    /// The verdict is right, and what is said lacks what must be said.
    Message,
    /// Nothing makes the check fail.
    Unproved,
    /// Looking changed the account.
    Changed,
    /// A reset left something, or took what is not the lab's.
    Reset,
    /// The recorded worlds are not what the sandbox says now.
    Stale,
    /// A command of a solution or near miss does not work.
    Command,
    /// The sandbox could not be looked at.
    Blind,
}

impl Kind {
    /// The word used in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::FalsePass => "false_pass",
            Self::FalseFail => "false_fail",
            Self::Verdict => "verdict",
            Self::Message => "message",
            Self::Unproved => "unproved",
            Self::Changed => "changed",
            Self::Reset => "reset",
            Self::Stale => "stale",
            Self::Command => "command",
            Self::Blind => "blind",
        }
    }
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of trouble.
    pub kind: Kind,
    /// In which state.
    pub state: Option<State>,
    /// Which check.
    pub check: Option<CheckId>,
    /// What should be, in Portuguese.
    pub expected: String,
    /// What was seen, in Portuguese.
    pub seen: String,
}

impl Problem {
    pub(super) fn new(kind: Kind, state: &State, expected: &str, seen: impl Into<String>) -> Self {
        Self {
            kind,
            state: Some(state.clone()),
            check: None,
            expected: expected.to_owned(),
            seen: seen.into(),
        }
    }

    pub(super) fn of(mut self, check: &CheckId) -> Self {
        self.check = Some(check.clone());
        self
    }

    pub(super) fn unproved(check: CheckId) -> Self {
        Self {
            kind: Kind::Unproved,
            state: None,
            check: Some(check),
            expected: "algum estado anterior ou quase-acerto em que o check falha".to_owned(),
            seen: "nenhum: nada mostra que o check sabe falhar".to_owned(),
        }
    }

    /// Nothing is recorded, of this state or at all.
    pub(super) fn unrecorded(state: Option<&State>) -> Self {
        Self {
            kind: Kind::Stale,
            state: state.cloned(),
            check: None,
            expected: "observações gravadas".to_owned(),
            seen: "nada gravado: rode `lab dev prove --record`".to_owned(),
        }
    }
}
