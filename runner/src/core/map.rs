use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// The architecture of a lab, drawn by `lab map` and in the book.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// The services.
    #[serde(default, rename = "node")]
    pub nodes: Vec<Node>,
    /// What flows between them.
    #[serde(default, rename = "arrow")]
    pub arrows: Vec<Arrow>,
}

/// One service in a lab's map.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Id, unique in the map.
    pub id: String,
    /// AWS service, such as `s3`.
    pub service: String,
    /// Label for people.
    pub label: String,
    /// Checks whose verdicts colour the node.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub checks: Vec<Spanned<String>>,
}

/// One flow in a lab's map.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrow {
    /// Node where it starts.
    pub from: String,
    /// Node where it ends.
    pub to: String,
    /// Label for people.
    pub label: String,
    /// Checks whose verdicts colour the arrow.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub checks: Vec<Spanned<String>>,
}

/// All arrows from one node to another, by their places in the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Where they start.
    pub from: usize,
    /// Where they end.
    pub to: usize,
    /// The arrows.
    pub arrows: Vec<usize>,
}

impl Map {
    /// The place of the node with this id.
    pub fn node(&self, id: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.id == id)
    }

    /// The arrows, those of one pair together.
    pub fn flows(&self) -> Vec<Flow> {
        let mut flows: Vec<Flow> = Vec::new();
        for (index, arrow) in self.arrows.iter().enumerate() {
            let (Some(from), Some(to)) = (self.node(&arrow.from), self.node(&arrow.to)) else {
                continue;
            };
            match flows.iter_mut().find(|f| f.from == from && f.to == to) {
                Some(flow) => flow.arrows.push(index),
                None => flows.push(Flow {
                    from,
                    to,
                    arrows: vec![index],
                }),
            }
        }
        flows
    }

    /// The nodes in the order in which one tells them: what flows from a node
    /// comes right after it.
    pub fn order(&self) -> Vec<usize> {
        let flows = self.flows();
        let mut order = Vec::new();
        let mut next: Vec<usize> = self.rows().into_iter().flatten().rev().collect();
        while let Some(node) = next.pop() {
            if !order.contains(&node) {
                order.push(node);
                let from_here = flows.iter().rev().filter(|flow| flow.from == node);
                next.extend(from_here.map(|flow| flow.to));
            }
        }
        order
    }

    /// Which nodes are in which row: below everything that leads to it, but for
    /// an arrow that leads back.
    pub fn rows(&self) -> Vec<Vec<usize>> {
        let mut forward: Vec<(usize, usize)> = Vec::new();
        for flow in self.flows() {
            if flow.from != flow.to && !reaches(&forward, flow.to, flow.from) {
                forward.push((flow.from, flow.to));
            }
        }
        let mut row = vec![0_usize; self.nodes.len()];
        for _ in 0..self.nodes.len() {
            for (from, to) in &forward {
                row[*to] = row[*to].max(row[*from] + 1);
            }
        }
        // What nothing leads to stands right above what it leads to.
        for node in 0..row.len() {
            let below = forward.iter().filter(|(from, _)| *from == node);
            if let Some(least) = below.map(|(_, to)| row[*to]).min()
                && forward.iter().all(|(_, to)| *to != node)
            {
                row[node] = least - 1;
            }
        }
        let mut rows = vec![Vec::new(); row.iter().max().map_or(0, |last| last + 1)];
        for (node, row) in row.iter().enumerate() {
            rows[*row].push(node);
        }
        rows
    }
}

fn reaches(forward: &[(usize, usize)], from: usize, to: usize) -> bool {
    from == to
        || forward
            .iter()
            .any(|(a, b)| *a == from && reaches(forward, *b, to))
}

/// What a service is called; itself when it is not known.
pub fn service_name(id: &str) -> &str {
    match id {
        "s3" => "Amazon S3",
        "lambda" => "AWS Lambda",
        "dynamodb" => "DynamoDB",
        "sqs" => "Amazon SQS",
        "apigateway" => "API Gateway",
        "iam" => "IAM",
        "logs" => "CloudWatch Logs",
        "cloudwatch" => "CloudWatch",
        "sns" => "Amazon SNS",
        "eventbridge" => "EventBridge",
        "user" => "Você",
        "navegador" => "Navegador",
        other => other,
    }
}
