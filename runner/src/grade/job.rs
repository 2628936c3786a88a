use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::sync::watch;

use super::plan::Selection;
use crate::core::{Action, Cause, CheckId, CheckReport, Lab, Names, Verdict, World};

/// What happens while grading, for whoever shows it.
#[derive(Debug, Clone)]
pub enum Event {
    /// A check begins to look or act.
    Started {
        /// Which check.
        id: CheckId,
        /// What is asked.
        says: String,
    },
    /// An action is being done.
    Acting {
        /// Which check.
        id: CheckId,
        /// What is being done.
        what: String,
    },
    /// Not as expected yet; looks again until `deadline`.
    Waiting {
        /// Which check.
        id: CheckId,
        /// When it gives up.
        deadline: Instant,
        /// What is not as expected yet.
        cause: Cause,
    },
    /// A check has its verdict.
    Finished(Box<CheckReport>),
    /// Interrupted: taking back what the actions made.
    CleaningUp,
}

/// One run over one lab.
pub struct Job<W: World> {
    /// What is graded.
    pub world: Arc<W>,
    /// By which lab.
    pub lab: Arc<Lab>,
    /// Which checks.
    pub selection: Selection,
    /// Resource names, account and Region.
    pub names: Names,
    /// Decides the samples.
    pub seed: u64,
}

/// What the tasks of one run share.
pub(super) struct Run<W: World> {
    pub(super) job: Job<W>,
    pub(super) moment: W::Moment,
    pub(super) verdicts: HashMap<CheckId, watch::Sender<Option<Verdict>>>,
    pub(super) cancelled: watch::Receiver<bool>,
    /// What takes back the actions that were done, for once more at the end.
    pub(super) undone: Mutex<Vec<Action>>,
    /// Functions that checks called themselves.
    pub(super) called: Mutex<Vec<String>>,
    pub(super) emit: Box<dyn Fn(Event) + Send + Sync>,
}

impl<W: World> Run<W> {
    /// Waits for another check's verdict; `None` when the run was interrupted.
    pub(super) async fn verdict(&self, id: &CheckId) -> Option<Verdict> {
        let mut receiver = self.verdicts.get(id)?.subscribe();
        let verdict = receiver.wait_for(Option::is_some).await.ok()?;
        verdict.clone()
    }
}
