use super::jobs::Job;
use super::{Kind, Problem, Proof, Subject};

/// With more than so many accounts in trouble it is no chance.
const AT_MOST: usize = 6;

/// The accounts that are worth a second look. What passes and must not is never
/// looked at again: once is too often.
pub(super) fn looks(subjects: &[Subject], proofs: &[Proof]) -> Vec<Job> {
    if proofs.iter().any(|proof| proof.count(Kind::FalsePass) > 0) {
        return Vec::new();
    }
    let mut jobs = Vec::new();
    for (index, (subject, proof)) in subjects.iter().zip(proofs).enumerate() {
        for problem in &proof.problems {
            let Some(state) = &problem.state else {
                continue;
            };
            if let Some(job) = Job::of(index, subject, state)
                && !jobs.contains(&job)
            {
                jobs.push(job);
            }
        }
    }
    if jobs.len() > AT_MOST {
        return Vec::new();
    }
    jobs
}

/// Keeps, beside each proof, the problems that were not seen the second time.
pub(super) fn compare(first: &[Proof], proofs: &mut [Proof]) {
    for (first, proof) in first.iter().zip(proofs) {
        proof.unsteady = first
            .problems
            .iter()
            .filter(|was| {
                let again = |p: &Problem| p.state == was.state && p.check == was.check;
                !proof.problems.iter().any(again)
            })
            .cloned()
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::State;

    fn proof(problems: &[(Kind, &str)]) -> Proof {
        let state = |slug: &str| State::NearMiss(slug.to_owned());
        let problem = |(kind, slug): &(Kind, &str)| Problem::new(*kind, &state(slug), "", "");
        Proof {
            problems: problems.iter().map(problem).collect(),
            ..Proof::default()
        }
    }

    #[test]
    fn what_was_seen_once_is_told_apart_from_what_was_seen_twice() {
        let first = [proof(&[(Kind::Stale, "a"), (Kind::Verdict, "b")])];
        let mut again = [proof(&[(Kind::Verdict, "b")])];
        compare(&first, &mut again);
        assert_eq!(again[0].problems.len(), 1);
        let unsteady: Vec<_> = again[0].unsteady.iter().map(|p| p.kind).collect();
        assert_eq!(unsteady, [Kind::Stale]);
    }
}
