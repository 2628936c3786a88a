//! The grades of a class on a terminal.

use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, presets};

use super::Out;
use crate::class::{Hard, LabStanding, Mark, Roster, Standing};
use crate::core::Lab;

/// A sign for each mark, for where a word has no room.
pub fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Passed => "✔",
        Mark::Failed => "✘",
        Mark::Pending => "…",
        Mark::Unverified => "?",
        Mark::Ungraded => "·",
    }
}

/// A mark in words.
pub fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Passed => "passou",
        Mark::Failed => "falhou",
        Mark::Pending => "aguardando a AWS",
        Mark::Unverified => "não verificado",
        Mark::Ungraded => "sem correção",
    }
}

/// One row a learner, one column a lab.
pub fn table(out: Out, roster: &Roster, labs: &[&Lab], standings: &[Standing]) -> String {
    let mut table = Table::new();
    table.load_style(if out.plain {
        presets::NOTHING
    } else {
        presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none())
    });
    table.set_content_arrangement(ContentArrangement::Disabled);
    let head = labs.iter().map(|lab| number(lab));
    let head = ["Aluno"].into_iter().chain(head).chain(["Total"]);
    table.set_header(head);
    for (learner, standing) in roster.learners.iter().zip(standings) {
        let mut row = vec![Cell::new(&learner.name)];
        row.extend(standing.labs.iter().map(|lab| Cell::new(cell(out, lab))));
        row.push(Cell::new(format!(
            "{}/{}",
            standing.earned(),
            standing.max()
        )));
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// The lab's number, as its folder has it.
pub fn number(lab: &Lab) -> &str {
    lab.folder.split('-').next().unwrap_or(&lab.id)
}

fn cell(out: Out, lab: &LabStanding) -> String {
    let mark = lab.mark();
    match mark {
        Mark::Ungraded => if out.plain { "sem correção" } else { "·" }.to_owned(),
        Mark::Passed | Mark::Failed => lab.earned().to_string(),
        _ if out.plain => format!("{} e {}", lab.earned(), word(mark)),
        _ => format!("{} {}", lab.earned(), sign(mark)),
    }
}

/// The hardest checks, a line each.
pub fn hard(all: &[Hard], most: usize) -> Vec<String> {
    let lines = all.iter().take(most);
    lines
        .map(|h| {
            format!(
                "{:>3} de {:<3} {}/{} · {}",
                h.failed, h.judged, h.lab, h.check, h.says
            )
        })
        .collect()
}
