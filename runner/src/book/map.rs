//! A lab's architecture as a drawing: rows from top to bottom, an arrow goes
//! down, the way the flow goes.

use super::edition::Edition;
use super::layout::{Layout, layout};
use super::marks::{escape, label};
use crate::core::{Flow, Lab, Map, Names, service_name};

const COLUMN: i32 = 230;
const ROW: i32 = 156;
const WIDTH: i32 = 212;
const HEIGHT: i32 = 58;
const MARGIN: i32 = 12;
/// Letters in a line of an arrow's label.
const LABEL: usize = 20;
/// Letters of a name that a box has room for, and how wide they are.
const LETTERS: usize = 27;
const ROOM: i32 = 196;
/// How far a line there and a line back stand from the middle.
const ASIDE: i32 = 58;

struct Place {
    x: i32,
    y: i32,
}

/// The drawing, with the same in words below it; empty without a map.
pub(super) fn figure(lab: &Lab, names: &Names, edition: &Edition) -> String {
    let map = &lab.map;
    if map.nodes.is_empty() {
        return String::new();
    }
    let Layout { rows, bends } = layout(map);
    let columns = rows.iter().map(Vec::len).max().unwrap_or(1);
    let width = columns_width(columns) + 2 * MARGIN;
    let count = i32::try_from(rows.len()).unwrap_or(1);
    let height = (count - 1) * ROW + HEIGHT + 2 * MARGIN;
    let places = places(&rows, width);

    let mut drawing = String::new();
    for (index, (flow, bends)) in map.flows().iter().zip(&bends).enumerate() {
        let bends = bends.iter().map(|bend| &places[*bend]).collect();
        drawing.push_str(&draw_arrow(map, flow, index, &places, bends, names));
    }
    for (node, place) in map.nodes.iter().zip(&places) {
        let (x, y) = (place.x - WIDTH / 2, place.y);
        let squeezed = match names.fill_known(&node.label).chars().count() > LETTERS {
            true => format!(" textLength=\"{ROOM}\" lengthAdjust=\"spacingAndGlyphs\""),
            false => String::new(),
        };
        drawing.push_str(&format!(
            "<g data-no=\"{id}\"><rect class=\"no\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\"/>\
             <text class=\"servico\" x=\"{cx}\" y=\"{y1}\">{service}</text>\
             <text class=\"rotulo\" x=\"{cx}\" y=\"{y2}\"{squeezed}>{label}</text></g>\n",
            id = node.id,
            service = service(&node.service),
            cx = place.x,
            y1 = y + 23,
            y2 = y + 44,
            label = label(&node.label, names, "tspan"),
        ));
    }
    format!(
        "\n<figure class=\"lab-mapa\">\n<div class=\"lab-mapa-desenho\" tabindex=\"0\" \
         role=\"group\" aria-label=\"Mapa do lab\">\n<svg viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" \
         role=\"img\" aria-label=\"{title}. O mesmo está em palavras logo abaixo.\">\n\
         {drawing}</svg>\n</div>\n<details>\n<summary>O mapa em palavras</summary>\n<ul>\n\
         {words}</ul>\n</details>\n</figure>\n\n",
        title = escape(&format!("Mapa do lab {}", lab.title)),
        words = words(map, names, edition),
    )
}

/// The map for who does not see the drawing.
fn words(map: &Map, names: &Names, edition: &Edition) -> String {
    let called = |id: &str| {
        let node = map.nodes.iter().find(|node| node.id == id);
        node.map_or_else(String::new, |node| {
            let label = label(&node.label, names, "span");
            format!("{} ({label})", service(&node.service))
        })
    };
    let mut out = String::new();
    for arrow in &map.arrows {
        out.push_str(&format!(
            "<li data-de=\"{}\" data-para=\"{}\">{} → {}: {}</li>\n",
            arrow.from,
            arrow.to,
            called(&arrow.from),
            called(&arrow.to),
            escape(&names.fill_known(&arrow.label))
        ));
    }
    let joined = |id: &String| map.arrows.iter().any(|a| a.from == *id || a.to == *id);
    // Beside the runner each one is told apart: its state stands there too.
    let told = |id: &String| edition.served() || !joined(id);
    for node in map.nodes.iter().filter(|node| told(&node.id)) {
        let id = &node.id;
        out.push_str(&format!("<li data-no=\"{id}\">{}</li>\n", called(id)));
    }
    out
}

fn columns_width(columns: usize) -> i32 {
    (i32::try_from(columns).unwrap_or(1) - 1) * COLUMN + WIDTH
}

fn places(rows: &[Vec<usize>], width: i32) -> Vec<Place> {
    let parts = rows.iter().map(Vec::len).sum();
    let mut places: Vec<Place> = (0..parts).map(|_| Place { x: 0, y: 0 }).collect();
    let mut y = MARGIN;
    for row in rows {
        let mut x = (width - columns_width(row.len())) / 2 + WIDTH / 2;
        for node in row {
            places[*node] = Place { x, y };
            x += COLUMN;
        }
        y += ROW;
    }
    places
}

fn draw_arrow(
    map: &Map,
    flow: &Flow,
    index: usize,
    places: &[Place],
    mut bends: Vec<&Place>,
    names: &Names,
) -> String {
    let (from, to) = (&places[flow.from], &places[flow.to]);
    let down = to.y > from.y;
    // Where there is a way there and back, the two lines stand apart.
    let flows = map.flows();
    let both = flows.iter().any(|f| f.from == flow.to && f.to == flow.from);
    let aside = match (down, both) {
        (true, true) => -ASIDE,
        (true, false) => 0,
        (false, _) => ASIDE,
    };
    let (x1, x2) = (from.x + aside, to.x + aside);
    let (y1, y2) = match down {
        true => (from.y + HEIGHT, to.y - 9),
        false => (from.y, to.y + HEIGHT + 9),
    };
    let tip = if down { 9 } else { -9 };
    if !down {
        bends.reverse();
    }
    let mut way = vec![(x1, y1)];
    for bend in bends {
        let ends = match down {
            true => [bend.y, bend.y + HEIGHT],
            false => [bend.y + HEIGHT, bend.y],
        };
        way.extend(ends.map(|y| (bend.x, y)));
    }
    way.push((x2, y2));
    let line: Vec<String> = way.iter().map(|(x, y)| format!("{x} {y}")).collect();
    // The label stands on the first part of the way.
    let (x3, y3) = way[1];
    // Neighbours' labels at different heights do not meet.
    let part = [34, 62][index % 2];
    let texts: Vec<String> = flow
        .arrows
        .iter()
        .map(|arrow| names.fill_known(&map.arrows[*arrow].label))
        .flat_map(|label| {
            let lines = textwrap::wrap(&label, LABEL);
            lines.iter().map(|l| escape(l)).collect::<Vec<_>>()
        })
        .collect();
    let lines = i32::try_from(texts.len()).unwrap_or(1);
    // A tall label stays clear of the boxes.
    let (top, bottom) = (y1.min(y3) + lines * 8 + 4, y1.max(y3) - lines * 8 - 4);
    let ly = (y1 + (y3 - y1) * part / 100).clamp(top.min(bottom), bottom.max(top));
    let lx = x1 + (x3 - x1) * (ly - y1) / (y3 - y1);
    let mut label = String::new();
    for (number, text) in (0..).zip(&texts) {
        let y = ly + 5 + number * 16 - (lines - 1) * 8;
        label.push_str(&format!("<tspan x=\"{lx}\" y=\"{y}\">{text}</tspan>"));
    }
    format!(
        "<g data-de=\"{}\" data-para=\"{}\"><path class=\"seta\" d=\"M{line}\"/>\
         <path class=\"ponta\" d=\"M{a} {y2}L{b} {y2}L{x2} {c}Z\"/>\
         <text class=\"fluxo\">{label}</text></g>\n",
        map.nodes[flow.from].id,
        map.nodes[flow.to].id,
        line = line.join("L"),
        a = x2 - 6,
        b = x2 + 6,
        c = y2 + tip,
    )
}

fn service(id: &str) -> String {
    escape(service_name(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Source, load};

    #[test]
    fn no_boxes_overlap_and_every_arrow_is_told_in_words() {
        let course = load(&Source::Embedded).unwrap();
        for lab in &course.labs {
            let map = &lab.map;
            let rows = map.rows();
            assert_eq!(rows.iter().map(Vec::len).sum::<usize>(), map.nodes.len());
            assert!(
                rows.iter().all(|row| (1..=4).contains(&row.len())),
                "{rows:?}"
            );
            let words = words(map, &Names::default(), &Edition::Published);
            assert!(words.matches("<li ").count() >= map.arrows.len());
            assert!(
                !figure(lab, &Names::default(), &Edition::Published).contains("\n\n<"),
                "{}",
                lab.id
            );
        }
    }
}
