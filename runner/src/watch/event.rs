use crate::core::Report;
use crate::grade;
use crate::journal::LabProgress;

/// What happens to the view.
#[derive(Debug, Clone)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// A little time passed.
    Tick,
    /// A file of the workspace changed.
    File(String),
    /// A run says what it does.
    Grading(grade::Event),
    /// A run is over. What it judged is in the journal, unless it was a look.
    Graded {
        /// What was run.
        task: Task,
        /// Of which step.
        step: String,
        /// What came out.
        report: Box<Report>,
        /// The progress after it.
        progress: LabProgress,
    },
    /// The hint that was asked for.
    Hint(Hint),
    /// What a reset of the step would delete.
    Plan(Plan),
    /// The reset is over.
    Removed(Removal),
    /// Something could not be done.
    Trouble {
        /// What happened.
        message: String,
        /// What to do about it.
        hints: Vec<String>,
    },
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A letter or sign.
    Char(char),
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Ctrl-C, or a signal that asks to end.
    Stop,
}

/// What is run against the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// What of the step can be looked at without setting anything in motion.
    Look,
    /// The step.
    Step,
    /// The whole lab.
    Lab,
}

/// What is to be done. All that takes time is told back as an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Run checks of this step, or of the lab.
    Grade {
        /// What to run.
        task: Task,
        /// The step's id.
        step: String,
    },
    /// Give the step's next hint.
    Hint {
        /// The step's id.
        step: String,
    },
    /// Find out what a reset of the step would delete.
    Plan {
        /// The step's id.
        step: String,
    },
    /// Delete what the plan said.
    Reset,
    /// End the run that is going on, after taking back what it made.
    Interrupt,
    /// Leave.
    Quit,
}

/// A hint of the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The step's id.
    pub step: String,
    /// `dica 1 de 3`.
    pub title: String,
    /// The hint, as Markdown.
    pub text: String,
    /// What comes after it, and what that costs.
    pub next: String,
}

/// What a reset would delete.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Kind, name, and what it is.
    pub doomed: Vec<(String, String, String)>,
    /// Kind, name, and why it cannot be looked at.
    pub staying: Vec<(String, String, String)>,
}

/// What a reset did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removal {
    /// How many resources went.
    pub deleted: usize,
    /// What stayed against the plan, and why.
    pub failed: Vec<String>,
}
