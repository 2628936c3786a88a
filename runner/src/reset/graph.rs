//! What has to be gone before what.

use crate::core::{Kind, Thing};

/// The order of the things of one account.
#[derive(Debug)]
pub(super) struct Graph {
    /// How many things each waits for.
    pub(super) waits: Vec<usize>,
    /// Which things wait for each.
    pub(super) frees: Vec<Vec<usize>>,
    /// Which things each uses: when it stays, they stay too.
    pub(super) uses: Vec<Vec<usize>>,
    /// Which things are, or lead to, what takes long to be gone.
    pub(super) early: Vec<bool>,
}

impl Graph {
    /// Who uses goes before what it uses; what takes long to be gone starts
    /// early, with all that has to go before it.
    pub(super) fn new(things: &[Thing]) -> Self {
        let mut graph = Self {
            waits: vec![0; things.len()],
            frees: vec![Vec::new(); things.len()],
            uses: vec![Vec::new(); things.len()],
            early: Vec::new(),
        };
        for (user, a) in things.iter().enumerate() {
            for (used, b) in things.iter().enumerate() {
                if a.kind.rank() < b.kind.rank() && a.uses(b) {
                    graph.uses[user].push(used);
                    graph.edge(user, used);
                }
            }
        }
        graph.start_slow_clocks(things);
        graph
    }

    fn edge(&mut self, first: usize, then: usize) {
        if !self.frees[first].contains(&then) {
            self.frees[first].push(then);
            self.waits[then] += 1;
        }
    }

    /// A queue is gone a minute after it was deleted. So queues, and what must
    /// go before them, do not stand in line behind the rest. REST APIs have a
    /// line of their own, for which nothing waits.
    fn start_slow_clocks(&mut self, things: &[Thing]) {
        let mut early: Vec<bool> = things.iter().map(|t| t.kind == Kind::SqsQueue).collect();
        loop {
            let more: Vec<usize> = (0..things.len())
                .filter(|i| !early[*i] && self.frees[*i].iter().any(|then| early[*then]))
                .collect();
            if more.is_empty() {
                break;
            }
            more.into_iter().for_each(|i| early[i] = true);
        }
        let queues: Vec<usize> = (0..things.len())
            .filter(|i| things[*i].kind == Kind::SqsQueue)
            .collect();
        for (later, thing) in things.iter().enumerate() {
            let own_line = matches!(thing.kind, Kind::RestApi | Kind::UsagePlan);
            if !early[later] && !own_line {
                for queue in &queues {
                    self.edge(*queue, later);
                }
            }
            early[later] |= own_line;
        }
        self.early = early;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(things: &[Thing]) -> Vec<String> {
        let mut graph = Graph::new(things);
        let mut ready: Vec<usize> = (0..things.len()).filter(|i| graph.waits[*i] == 0).collect();
        let mut order = Vec::new();
        while let Some(i) = ready.pop() {
            order.push(things[i].name.clone());
            for then in std::mem::take(&mut graph.frees[i]) {
                graph.waits[then] -= 1;
                if graph.waits[then] == 0 {
                    ready.push(then);
                }
            }
        }
        order
    }

    #[test]
    fn who_uses_goes_before_what_it_uses_and_queues_early() {
        let mut mapping = Thing::new(Kind::EventSourceMapping, "mapa");
        mapping.link(Kind::LambdaFunction, "f");
        mapping.link(Kind::SqsQueue, "q");
        let mut function = Thing::new(Kind::LambdaFunction, "f");
        function.link(Kind::IamRole, "papel");
        function.link(Kind::LogGroup, "/aws/lambda/f");
        let things = [
            Thing::new(Kind::IamRole, "papel"),
            Thing::new(Kind::LogGroup, "/aws/lambda/f"),
            Thing::new(Kind::DynamodbTable, "t"),
            function,
            Thing::new(Kind::SqsQueue, "q"),
            mapping,
        ];
        let order = order(&things);
        let at = |name: &str| order.iter().position(|n| n == name).unwrap();
        assert_eq!(order.len(), things.len(), "{order:?}");
        assert_eq!((at("mapa"), at("q")), (0, 1), "{order:?}");
        assert!(at("f") < at("papel") && at("f") < at("/aws/lambda/f"));
    }

    #[test]
    fn a_function_that_writes_to_a_queue_goes_before_it_and_there_is_no_circle() {
        let mut function = Thing::new(Kind::LambdaFunction, "f");
        function.link(Kind::SqsQueue, "mortas");
        // A subscription filter links a log group back to the function.
        let mut group = Thing::new(Kind::LogGroup, "g");
        group.link(Kind::LambdaFunction, "f");
        function.link(Kind::LogGroup, "g");
        let things = [Thing::new(Kind::SqsQueue, "mortas"), group, function];
        assert_eq!(order(&things), ["f", "mortas", "g"]);
    }
}
