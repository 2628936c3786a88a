use toml::Spanned;

use super::Map;

/// How a part of a map stands, by the newest verdicts of its checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// All its checks passed.
    Pass,
    /// One was seen to be wrong.
    Fail,
    /// One waits for another that did not pass.
    Skipped,
    /// AWS was still at work on one.
    Pending,
    /// One could not be looked at.
    Unknown,
    /// The lab itself is at fault.
    Broken,
    /// Some passed, and the others were never looked at.
    Partial,
    /// None was ever looked at.
    Unseen,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 8] = [
        Self::Pass,
        Self::Fail,
        Self::Skipped,
        Self::Pending,
        Self::Unknown,
        Self::Broken,
        Self::Partial,
        Self::Unseen,
    ];

    /// Of the words of verdicts, one a check; `None` was never looked at. The
    /// worst counts.
    pub fn of<'v>(words: impl IntoIterator<Item = Option<&'v str>>) -> Self {
        let words: Vec<Option<&str>> = words.into_iter().collect();
        let has = |word: Option<&str>| words.contains(&word);
        let worst = [
            Self::Broken,
            Self::Fail,
            Self::Unknown,
            Self::Pending,
            Self::Skipped,
        ];
        if let Some(found) = worst.into_iter().find(|s| has(Some(s.word()))) {
            found
        } else if !has(Some(Self::Pass.word())) {
            Self::Unseen
        } else if has(None) {
            Self::Partial
        } else {
            Self::Pass
        }
    }

    /// The word used in `--json`; that of the verdict, if it is one.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Broken => "broken",
            Self::Partial => "partial",
            Self::Unseen => "unseen",
        }
    }
}

/// How every part of a map stands, in the map's own order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standings {
    /// The nodes.
    pub nodes: Vec<Standing>,
    /// The arrows.
    pub arrows: Vec<Standing>,
}

impl Standings {
    /// Of the newest verdict of each check.
    pub fn of<'v>(map: &Map, verdict: impl Fn(&str) -> Option<&'v str>) -> Self {
        let of = |checks: &[Spanned<String>]| {
            Standing::of(checks.iter().map(|id| verdict(id.get_ref())))
        };
        Self {
            nodes: map.nodes.iter().map(|node| of(&node.checks)).collect(),
            arrows: map.arrows.iter().map(|arrow| of(&arrow.checks)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts_and_what_was_not_seen_is_not_good() {
        let of = |words: &[Option<&str>]| Standing::of(words.iter().copied());
        assert_eq!(of(&[Some("pass"), Some("pass")]), Standing::Pass);
        assert_eq!(of(&[Some("pass"), Some("fail"), None]), Standing::Fail);
        assert_eq!(of(&[Some("unknown"), Some("skipped")]), Standing::Unknown);
        assert_eq!(of(&[Some("fail"), Some("broken")]), Standing::Broken);
        assert_eq!(of(&[Some("pass"), None]), Standing::Partial);
        assert_eq!(of(&[None, None]), Standing::Unseen);
        assert_eq!(of(&[]), Standing::Unseen);
    }

    #[test]
    fn the_word_of_a_verdict_stands_for_itself() {
        for standing in Standing::ALL {
            if !matches!(standing, Standing::Partial | Standing::Unseen) {
                assert_eq!(Standing::of([Some(standing.word())]), standing);
            }
        }
    }
}
