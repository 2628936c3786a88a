use std::collections::{BTreeMap, BTreeSet};

use super::gradebook::{Grade, Mode};
use super::roster::Learner;
use crate::core::{CheckId, Lab, Step};
use crate::journal::{LabProgress, Record, progress};

/// How one learner stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The learner's id.
    pub learner: String,
    /// One for each lab, in the order in which they were asked for.
    pub labs: Vec<LabStanding>,
}

/// How one learner stands in one lab.
#[derive(Debug, Clone)]
pub struct LabStanding {
    /// The lab's id.
    pub lab: String,
    /// The steps in order.
    pub steps: Vec<StepStanding>,
    /// The newest look.
    pub last: Option<Grade>,
    /// Points that the learner's own journal claims; they do not count.
    pub claimed: Option<u32>,
    /// Steps whose solution that journal says was read before they passed. A
    /// grade is what was seen, so nothing is taken off for it.
    pub read: Vec<String>,
}

/// How one learner stands in one step.
#[derive(Debug, Clone)]
pub struct StepStanding {
    /// The step's id.
    pub id: String,
    /// Points that it is worth.
    pub points: u32,
    /// What was seen.
    pub mark: Mark,
    /// Checks that the newest look saw fail.
    pub failed: Vec<String>,
}

/// What was seen of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// All its checks passed, in this look or in an earlier one.
    Passed,
    /// The newest look saw that it is wrong, or that what it needs is.
    Failed,
    /// AWS was still at work.
    Pending,
    /// The newest look could not see it.
    Unverified,
    /// Nobody looked.
    Ungraded,
}

impl Mark {
    /// Whether it is known what it is worth.
    pub fn decided(self) -> bool {
        matches!(self, Self::Passed | Self::Failed)
    }

    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Unverified => "unverified",
            Self::Ungraded => "ungraded",
        }
    }
}

impl LabStanding {
    /// Points that were seen to be earned.
    pub fn earned(&self) -> u32 {
        let passed = self.steps.iter().filter(|s| s.mark == Mark::Passed);
        passed.map(|s| s.points).sum()
    }

    /// Points that the lab is worth.
    pub fn max(&self) -> u32 {
        self.steps.iter().map(|s| s.points).sum()
    }

    /// The points, if every step was seen: what could not be verified is no zero.
    pub fn grade(&self) -> Option<u32> {
        let whole = self.steps.iter().all(|s| s.mark.decided());
        whole.then(|| self.earned())
    }

    /// The mark that says most about the lab as a whole.
    pub fn mark(&self) -> Mark {
        let marks = self.steps.iter().map(|s| s.mark);
        marks.max().unwrap_or(Mark::Ungraded)
    }
}

impl Standing {
    /// Derives how a learner stands: what passed once stays, of the rest the
    /// newest look counts. `claimed` is the learner's own journal.
    pub fn of(learner: &Learner, labs: &[&Lab], grades: &[Grade], claimed: &[Record]) -> Self {
        let own: Vec<&Grade> = grades
            .iter()
            .filter(|g| g.learner == learner.id && g.mode == Mode::Instructor)
            .collect();
        Self {
            learner: learner.id.clone(),
            labs: labs.iter().map(|lab| of_lab(lab, &own, claimed)).collect(),
        }
    }

    /// Points that were seen to be earned in all labs.
    pub fn earned(&self) -> u32 {
        self.labs.iter().map(LabStanding::earned).sum()
    }

    /// Points that the labs are worth.
    pub fn max(&self) -> u32 {
        self.labs.iter().map(LabStanding::max).sum()
    }
}

fn of_lab(lab: &Lab, grades: &[&Grade], claimed: &[Record]) -> LabStanding {
    let own: Vec<&Grade> = grades
        .iter()
        .copied()
        .filter(|g| g.record.lab == lab.id)
        .collect();
    let records: Vec<Record> = own.iter().map(|g| g.record.clone()).collect();
    let passed: BTreeSet<String> = progress(lab, &records)
        .steps
        .into_iter()
        .filter(|s| s.passed)
        .map(|s| s.id)
        .collect();
    let last = own.last().copied();
    let steps = lab.steps.iter().map(|step| {
        let id = step.id.get_ref().clone();
        let (mark, failed) = if passed.contains(&id) {
            (Mark::Passed, Vec::new())
        } else {
            last.map_or((Mark::Ungraded, Vec::new()), |grade| seen(lab, step, grade))
        };
        StepStanding {
            id,
            points: step.points,
            mark,
            failed,
        }
    });
    let own = claimed.iter().any(|r| r.lab == lab.id);
    let own = own.then(|| progress(lab, claimed));
    let read = own.iter().flat_map(|own| &own.steps);
    LabStanding {
        lab: lab.id.clone(),
        steps: steps.collect(),
        last: last.cloned(),
        claimed: own.as_ref().map(LabProgress::earned),
        read: read
            .filter(|step| step.solution)
            .map(|step| step.id.clone())
            .collect(),
    }
}

/// What one look says of a step, and which of its checks it saw fail.
fn seen(lab: &Lab, step: &Step, grade: &Grade) -> (Mark, Vec<String>) {
    let mut memo = BTreeMap::new();
    let mut worst = Mark::Passed;
    let mut failed = Vec::new();
    for check in &step.checks {
        let id = CheckId::new(step.id.get_ref(), check.id.get_ref());
        let mark = root(lab, &id, grade, &mut memo);
        if grade.verdict(&id) == Some("fail") {
            failed.push(id.as_str().to_owned());
        }
        // One check that was seen to fail decides the step, whatever the others are.
        worst = match (worst, mark) {
            (Mark::Failed, _) | (_, Mark::Failed) => Mark::Failed,
            (a, b) => a.max(b),
        };
    }
    (worst, failed)
}

/// A check's mark; of one that was skipped, that of what it waited for.
fn root(lab: &Lab, id: &CheckId, grade: &Grade, memo: &mut BTreeMap<CheckId, Mark>) -> Mark {
    if let Some(mark) = memo.get(id) {
        return *mark;
    }
    let mark = match grade.verdict(id) {
        Some("pass") => Mark::Passed,
        Some("fail") => Mark::Failed,
        Some("pending") => Mark::Pending,
        Some("skipped") => {
            // The first that did not pass is why, in the order in which they are waited for.
            let found = lab.checks().find(|(other, ..)| other == id);
            let needs = found.map(|(_, step, check)| check.needs_in(step.id.get_ref()));
            let marks = needs.into_iter().flatten();
            marks
                .map(|need| root(lab, &need, grade, memo))
                .find(|mark| *mark != Mark::Passed)
                .unwrap_or(Mark::Unverified)
        }
        _ => Mark::Unverified,
    };
    memo.insert(id.clone(), mark);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::TargetKind;
    use crate::class::GRADE_VERSION;
    use crate::core::Access;
    use crate::course::{Source, load};
    use crate::journal::{CheckVerdict, Entry, RECORD_VERSION};

    fn learner() -> Learner {
        Learner {
            id: "ana".into(),
            name: "Ana".into(),
            email: None,
            moodle: Default::default(),
            canvas: Default::default(),
            account: "700000000001".into(),
            region: "us-east-1".into(),
            prefix: "ana".into(),
            access: Access::Sandbox { endpoint: None },
        }
    }

    /// A look at a lab; `say` gives each check's verdict.
    fn look(lab: &Lab, second: i64, say: impl Fn(&str) -> &'static str) -> Grade {
        let verdicts = lab
            .checks()
            .map(|(id, ..)| CheckVerdict::bare(&id, say(id.as_str())));
        Grade {
            format_version: GRADE_VERSION,
            id: format!("{second}"),
            class: "t".into(),
            learner: "ana".into(),
            mode: Mode::Instructor,
            run: "r".into(),
            grader: None,
            trouble: None,
            record: Record {
                format_version: RECORD_VERSION,
                time: jiff::Timestamp::from_second(second).unwrap(),
                course: "c".into(),
                lab: lab.id.clone(),
                lab_version: "v".into(),
                target: TargetKind::Sandbox,
                account: None,
                region: None,
                runner: "0".into(),
                entry: Entry::Check {
                    verdicts: verdicts.collect(),
                },
            },
        }
    }

    fn standing(lab: &Lab, grades: &[Grade], claimed: &[Record]) -> LabStanding {
        let mut standing = Standing::of(&learner(), &[lab], grades, claimed);
        standing.labs.remove(0)
    }

    fn lab() -> Lab {
        let course = load(&Source::Embedded).unwrap();
        course.lab("notas-fiscais").unwrap().clone()
    }

    #[test]
    fn what_passed_once_stays_and_of_the_rest_the_newest_look_counts() {
        let lab = lab();
        let none = standing(&lab, &[], &[]);
        assert_eq!((none.mark(), none.grade()), (Mark::Ungraded, None));

        let whole = look(&lab, 1, |_| "pass");
        let nothing = look(&lab, 2, |_| "fail");
        let unseen = look(&lab, 3, |_| "unknown");
        let all = [whole, nothing.clone(), unseen.clone()];
        assert_eq!(standing(&lab, &all, &[]).grade(), Some(100));
        let failed = standing(&lab, std::slice::from_ref(&nothing), &[]);
        assert_eq!((failed.grade(), failed.mark()), (Some(0), Mark::Failed));
        // What could not be seen this time is no zero, and no old zero either.
        let blind = standing(&lab, &[nothing, unseen], &[]);
        assert_eq!((blind.grade(), blind.mark()), (None, Mark::Unverified));
    }

    #[test]
    fn a_skipped_check_is_what_it_waited_for() {
        let lab = lab();
        let mark = |bucket: &'static str| {
            let grade = look(&lab, 1, move |id| match id {
                "bucket/existe" => bucket,
                id if id.starts_with("bucket/") || id.starts_with("gatilho/") => "skipped",
                id if id.starts_with("validacao/") => "skipped",
                _ => "pass",
            });
            let standing = standing(&lab, &[grade], &[]);
            let of = |id: &str| standing.steps.iter().find(|s| s.id == id).unwrap().mark;
            (of("bucket"), of("tabela"), standing.grade().is_some())
        };
        assert_eq!(mark("fail"), (Mark::Failed, Mark::Passed, true));
        assert_eq!(mark("unknown"), (Mark::Unverified, Mark::Passed, false));
        assert_eq!(mark("pending"), (Mark::Pending, Mark::Passed, false));
    }

    #[test]
    fn what_a_learner_says_counts_for_nothing() {
        let lab = lab();
        let claim = look(&lab, 1, |_| "pass");
        let own = standing(&lab, &[], std::slice::from_ref(&claim.record));
        assert_eq!((own.grade(), own.claimed), (None, Some(100)));
        // Who read a solution says so, and it is shown; the grade is what was seen.
        let mut solution = claim.record.clone();
        solution.entry = Entry::Solution {
            step: "bucket".into(),
        };
        let honest = [solution, claim.record.clone()];
        let read = standing(&lab, std::slice::from_ref(&claim), &honest);
        assert_eq!(read.read, ["bucket"]);
        assert_eq!(read.grade(), Some(100));
        assert!(read.claimed < Some(100));
        let mut forged = claim;
        forged.mode = Mode::Learner;
        assert_eq!(standing(&lab, &[forged], &[]).grade(), None);
    }
}
