//! A lab's architecture as lines of text: every node, and below it what flows
//! from it, each with how it stands.

use super::{Out, style, words};
use crate::core::{Lab, Map, Names, Standing, Standings, service_name};

/// One line of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How the part stands.
    pub standing: Standing,
    /// What leads to the text: empty for a node, a branch for an arrow.
    pub branch: &'static str,
    /// What it is.
    pub text: String,
    /// The same as a whole sentence, for who does not see the branches.
    pub words: String,
}

/// The lines, in the order of the flow.
pub fn lines(map: &Map, names: &Names, standings: &Standings) -> Vec<Line> {
    let called = |index: usize| {
        let node = &map.nodes[index];
        format!(
            "{} · {}",
            service_name(&node.service),
            names.fill_known(&node.label)
        )
    };
    let mut lines = Vec::new();
    for node in map.order() {
        lines.push(Line {
            standing: standings.nodes[node],
            branch: "",
            text: called(node),
            words: called(node),
        });
        let from_here: Vec<usize> = (0..map.arrows.len())
            .filter(|arrow| map.node(&map.arrows[*arrow].from) == Some(node))
            .collect();
        for arrow in &from_here {
            let last = from_here.last() == Some(arrow);
            let to = map.node(&map.arrows[*arrow].to).map(called);
            let to = to.unwrap_or_default();
            let label = names.fill_known(&map.arrows[*arrow].label);
            lines.push(Line {
                standing: standings.arrows[*arrow],
                branch: if last { "╰─▶ " } else { "├─▶ " },
                text: format!("{to}: {label}"),
                words: format!("de {} para {to}: {label}", called(node)),
            });
        }
    }
    lines
}

/// Shows the lines.
pub fn show(out: Out, lines: &[Line]) {
    let width = lines
        .iter()
        .map(|line| {
            let (_, word) = words::sign(line.standing);
            word.chars().count() + 2
        })
        .max()
        .unwrap_or(0);
    for line in lines {
        if out.plain {
            out.line(format!("{}: {}", line.words, words::sign(line.standing).1));
            continue;
        }
        let sign = words::standing(line.standing, false, width);
        let text = if line.branch.is_empty() {
            style::strong(&line.text)
        } else {
            line.text.clone()
        };
        out.wrapped(&format!("{sign}  {}", style::dim(line.branch)), &text);
    }
}

/// The lines for one who knows the verdict of each check.
pub fn of<'v>(lab: &Lab, names: &Names, verdict: impl Fn(&str) -> Option<&'v str>) -> Vec<Line> {
    lines(&lab.map, names, &Standings::of(&lab.map, verdict))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Source, load};

    #[test]
    fn every_part_of_every_lab_has_one_line() {
        let course = load(&Source::Embedded).unwrap();
        for lab in &course.labs {
            let lines = of(lab, &Names::default(), |_| Some("pass"));
            assert_eq!(
                lines.len(),
                lab.map.nodes.len() + lab.map.arrows.len(),
                "{}",
                lab.id
            );
            assert!(lines.iter().all(|line| line.standing == Standing::Pass));
            // An arrow stands below the node where it starts.
            assert!(lines[0].branch.is_empty());
        }
    }

    #[test]
    fn one_failure_marks_the_parts_that_it_concerns() {
        let course = load(&Source::Embedded).unwrap();
        let lab = course.lab("notas-fiscais").unwrap();
        let lines = of(lab, &Names::default(), |id| {
            Some(if id == "gatilho/permissao" {
                "fail"
            } else {
                "pass"
            })
        });
        let failed: Vec<&str> = lines
            .iter()
            .filter(|line| line.standing == Standing::Fail)
            .map(|line| line.text.as_str())
            .collect();
        assert_eq!(
            failed,
            ["AWS Lambda · {funcao}: ObjectCreated em entrada/*.json"]
        );
    }
}
