//! Where the parts of a map stand, row by row.

use std::collections::BTreeMap;

use crate::core::Map;

/// Rows from top to bottom, each from left to right: nodes by their place in
/// the map, and bends, which have the numbers after them. An arrow over several
/// rows has a bend in each row between, so that it passes beside the boxes.
pub(super) struct Layout {
    pub(super) rows: Vec<Vec<usize>>,
    /// The bends of each flow, from its upper end.
    pub(super) bends: Vec<Vec<usize>>,
}

pub(super) fn layout(map: &Map) -> Layout {
    let mut rows = map.rows();
    let row_of = |node: usize| rows.iter().position(|row| row.contains(&node));
    let at: Vec<usize> = (0..map.nodes.len())
        .map(|node| row_of(node).unwrap_or_default())
        .collect();
    let mut next = map.nodes.len();
    // Lines from one row to the next.
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut bends = Vec::new();
    for flow in map.flows() {
        let down = at[flow.from] <= at[flow.to];
        let (upper, lower) = match down {
            true => (flow.from, flow.to),
            false => (flow.to, flow.from),
        };
        let mut own = Vec::new();
        let mut last = upper;
        for row in &mut rows[at[upper]..at[lower]].iter_mut().skip(1) {
            row.push(next);
            lines.push((last, next));
            own.push(next);
            last = next;
            next += 1;
        }
        lines.push((last, lower));
        bends.push(own);
    }
    order(&mut rows, &lines);
    Layout { rows, bends }
}

/// Puts each row in the order of what stands above: fewer lines cross.
fn order(rows: &mut [Vec<usize>], lines: &[(usize, usize)]) {
    // Columns from the middle.
    let mut places: BTreeMap<usize, f64> = BTreeMap::new();
    for row in rows {
        let middle = (row.len() as f64 - 1.0) / 2.0;
        let wanted = |index: usize, part: usize| {
            let above: Vec<f64> = lines
                .iter()
                .filter(|(_, lower)| *lower == part)
                .filter_map(|(upper, _)| places.get(upper).copied())
                .collect();
            match above.len() {
                0 => index as f64 - middle,
                count => above.iter().sum::<f64>() / count as f64,
            }
        };
        let mut sorted: Vec<(f64, usize)> = row
            .iter()
            .enumerate()
            .map(|(index, part)| (wanted(index, *part), *part))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        *row = sorted.into_iter().map(|(_, part)| part).collect();
        for (index, part) in row.iter().enumerate() {
            places.insert(*part, index as f64 - middle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Source, load};

    #[test]
    fn every_part_stands_once_and_no_arrow_passes_through_a_box() {
        let course = load(&Source::Embedded).unwrap();
        let mut bent = 0;
        for lab in &course.labs {
            let map = &lab.map;
            let Layout { rows, bends } = layout(map);
            let mut parts: Vec<usize> = rows.concat();
            parts.sort_unstable();
            assert_eq!(parts, (0..parts.len()).collect::<Vec<_>>(), "{}", lab.id);
            assert!(
                rows.iter().all(|row| row.len() <= 4),
                "{}: {rows:?}",
                lab.id
            );
            let at = |part: usize| rows.iter().position(|row| row.contains(&part)).unwrap();
            for (flow, bends) in map.flows().iter().zip(&bends) {
                let span = at(flow.from).abs_diff(at(flow.to));
                assert_eq!(bends.len(), span.saturating_sub(1), "{}", lab.id);
                bent += bends.len();
            }
        }
        assert!(bent > 0);
    }
}
