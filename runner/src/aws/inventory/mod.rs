//! Everything that is in an account and Region, as text: to prove that looking
//! changes nothing, and that a reset leaves nothing of a lab and all of the rest.
//!
//! One file a service, with one function, which tells its lines in any order.
//! What cannot be read is an error: it must never look like an absence.

mod answer;
mod apigateway;
mod cloudwatch;
mod dynamodb;
mod events;
mod iam;
mod lambda;
mod logs;
mod s3;
mod sns;
mod sqs;

use futures_util::future::{BoxFuture, try_join_all};

use super::session::Session;
use crate::core::ProbeError;

/// Sorted lines, each beginning with what it is and its name. A thing has a
/// line that is nothing more, and one for each of its fields:
///
/// ```text
/// lambda_function ana-processa-nota
/// lambda_function ana-processa-nota Timeout 20
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory(Vec<String>);

impl Session {
    /// Looks at everything in the account and Region, all services at once.
    ///
    /// Left out is what is not the account's own (policies managed by AWS,
    /// service-linked roles), what changes by itself (states, sizes, counts),
    /// and what functions log.
    ///
    /// # Errors
    /// Something could not be read, or was deleted meanwhile.
    pub async fn inventory(&self) -> Result<Inventory, ProbeError> {
        let services: [BoxFuture<'_, Result<Vec<String>, ProbeError>>; 10] = [
            Box::pin(apigateway::lines(self)),
            Box::pin(cloudwatch::lines(self)),
            Box::pin(dynamodb::lines(self)),
            Box::pin(events::lines(self)),
            Box::pin(iam::lines(self)),
            Box::pin(lambda::lines(self)),
            Box::pin(logs::lines(self)),
            Box::pin(s3::lines(self)),
            Box::pin(sns::lines(self)),
            Box::pin(sqs::lines(self)),
        ];
        Ok(Inventory::new(try_join_all(services).await?.concat()))
    }
}

impl Inventory {
    fn new(lines: Vec<String>) -> Self {
        let mut lines: Vec<String> = lines.iter().map(|line| one_line(line)).collect();
        lines.sort();
        Self(lines)
    }

    /// The lines, sorted.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same without the log groups: the first call of a function makes its.
    #[must_use]
    pub fn without_logs(&self) -> Self {
        let rest = self.lines().filter(|line| !line.starts_with("log_group "));
        Self(rest.map(str::to_owned).collect())
    }

    /// The lines that only this one has, and those that only the other has.
    pub fn difference<'a>(&'a self, other: &'a Self) -> (Vec<&'a str>, Vec<&'a str>) {
        let (mut here, mut there) = (Vec::new(), Vec::new());
        let (mut left, mut right) = (self.lines().peekable(), other.lines().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (None, None) => return (here, there),
                (Some(a), Some(b)) if a == b => {
                    left.next();
                    right.next();
                }
                (Some(a), b) if b.is_none_or(|b| a < b) => here.extend(left.next()),
                _ => there.extend(right.next()),
            }
        }
    }
}

/// Control characters, which a key may hold, as they are written in code.
fn one_line(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut line, c| {
            if c.is_control() {
                line.extend(c.escape_default());
            } else {
                line.push(c);
            }
            line
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(lines: &[&str]) -> Inventory {
        Inventory::new(lines.iter().map(|l| (*l).to_owned()).collect())
    }

    #[test]
    fn a_difference_tells_what_each_has_alone_also_of_equal_lines() {
        let before = inventory(&["b", "a", "c", "c", "log_group x"]);
        let after = inventory(&["c", "a", "d", "log_group y"]);
        assert_eq!(
            before.difference(&after),
            (vec!["b", "c", "log_group x"], vec!["d", "log_group y"])
        );
        assert_eq!(before.difference(&before), (vec![], vec![]));
        assert_eq!(
            before.without_logs().difference(&after.without_logs()),
            (vec!["b", "c"], vec!["d"])
        );
        assert!(inventory(&["log_group x"]).without_logs().is_empty());
    }

    #[test]
    fn a_line_stays_one_line() {
        let odd = inventory(&["s3_object b/é\n\"x\" etag=1"]);
        assert_eq!(
            odd.lines().collect::<Vec<_>>(),
            ["s3_object b/é\\n\"x\" etag=1"]
        );
    }
}
