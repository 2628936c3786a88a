//! The grades of a class as one page that needs nothing else: a heat map of
//! steps by learners, where a sign says what the colour says.

use std::fmt::Write as _;

use super::class_table::{number, sign, word};
use crate::class::{Hard, LabStanding, Mark, Roster, Standing};
use crate::core::Lab;

const STYLE: &str = include_str!("class_page.css");

/// The marks in the legend's order.
const MARKS: [Mark; 5] = [
    Mark::Passed,
    Mark::Failed,
    Mark::Pending,
    Mark::Unverified,
    Mark::Ungraded,
];

/// The page.
pub fn page(
    roster: &Roster,
    labs: &[&Lab],
    standings: &[Standing],
    hard: &[Hard],
    now: jiff::Timestamp,
) -> String {
    let title = format!("Notas · {}", roster.course);
    let when = now
        .to_zoned(jiff::tz::TimeZone::system())
        .strftime("%d/%m/%Y %H:%M")
        .to_string();
    let legend: String = MARKS
        .into_iter()
        .map(|m| {
            format!(
                "<li><span class=\"{}\">{}</span> {}</li>",
                m.word(),
                sign(m),
                word(m)
            )
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"pt-BR\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n<p>Turma <code>{id}</code>, {count}. Página feita em {when}.</p>\n\
         <ul class=\"legend\" aria-label=\"Legenda\">{legend}</ul>\n\
         <h2>Passos por aluno</h2>\n{map}\
         <h2>Labs</h2>\n{labs}\
         <h2>As verificações mais difíceis</h2>\n{hard}\
         <p class=\"note\">O que passou uma vez continua valendo; do resto vale a última correção. O que não pôde ser verificado não é zero.</p>\n\
         </main>\n</body>\n</html>\n",
        title = escape(&title),
        id = escape(&roster.id),
        count = super::words::count(standings.len(), "aluno", "alunos"),
        map = map(roster, labs, standings),
        labs = lab_list(labs, standings),
        hard = hard_list(hard),
    )
}

fn map(roster: &Roster, labs: &[&Lab], standings: &[Standing]) -> String {
    let mut text = String::from(
        "<div class=\"scroll\">\n<table class=\"map\">\n<thead>\n<tr><th rowspan=\"2\" scope=\"col\">Aluno</th>",
    );
    for lab in labs {
        let _ = write!(
            text,
            "<th colspan=\"{}\" scope=\"colgroup\" title=\"{}\">{}</th>",
            lab.steps.len(),
            escape(&lab.title),
            escape(number(lab)),
        );
    }
    text.push_str("<th rowspan=\"2\" scope=\"col\">Pontos</th></tr>\n<tr>");
    for step in labs.iter().flat_map(|lab| lab.steps.iter().enumerate()) {
        let (index, step) = step;
        let first = if index == 0 { " class=\"first\"" } else { "" };
        let _ = write!(
            text,
            "<th scope=\"col\"{first} title=\"{}\">{}</th>",
            escape(&step.title),
            index + 1
        );
    }
    text.push_str("</tr>\n</thead>\n<tbody>\n");
    for (learner, standing) in roster.learners.iter().zip(standings) {
        let _ = write!(
            text,
            "<tr><th scope=\"row\" title=\"{}\">{}</th>",
            escape(&learner.id),
            escape(&learner.name)
        );
        for (lab, info) in standing.labs.iter().zip(labs) {
            cells(&mut text, lab, info);
        }
        let _ = writeln!(
            text,
            "<td class=\"points\">{}<small>/{}</small></td></tr>",
            standing.earned(),
            standing.max()
        );
    }
    text.push_str("</tbody>\n</table>\n</div>\n");
    text
}

fn cells(text: &mut String, standing: &LabStanding, lab: &Lab) {
    for (index, (step, info)) in standing.steps.iter().zip(&lab.steps).enumerate() {
        let mut title = format!("{}: {}", info.title, word(step.mark));
        if !step.failed.is_empty() {
            let _ = write!(title, " ({})", step.failed.join(", "));
        }
        if let Some(trouble) = standing.last.as_ref().and_then(|g| g.trouble.as_ref())
            && step.mark == Mark::Unverified
        {
            let _ = write!(title, " ({trouble})");
        }
        let first = if index == 0 { " first" } else { "" };
        let _ = write!(
            text,
            "<td class=\"{}{first}\" title=\"{}\">{}<span class=\"hidden\"> {}</span></td>",
            step.mark.word(),
            escape(&title),
            sign(step.mark),
            word(step.mark)
        );
    }
}

fn lab_list(labs: &[&Lab], standings: &[Standing]) -> String {
    let mut text = String::from(
        "<table>\n<thead><tr><th scope=\"col\">Lab</th><th scope=\"col\">Com nota</th><th scope=\"col\">Média</th><th scope=\"col\">Dizem ter</th></tr></thead>\n<tbody>\n",
    );
    for (index, lab) in labs.iter().enumerate() {
        let all: Vec<&LabStanding> = standings.iter().filter_map(|s| s.labs.get(index)).collect();
        let grades: Vec<u32> = all.iter().filter_map(|l| l.grade()).collect();
        let claims: Vec<u32> = all.iter().filter_map(|l| l.claimed).collect();
        let _ = writeln!(
            text,
            "<tr><th scope=\"row\">{} {}</th><td>{} de {}</td><td>{}</td><td>{}</td></tr>",
            escape(number(lab)),
            escape(&lab.title),
            grades.len(),
            all.len(),
            mean(&grades, lab.points()),
            mean(&claims, lab.points()),
        );
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

fn mean(points: &[u32], max: u32) -> String {
    if points.is_empty() {
        return "–".to_owned();
    }
    let mean = f64::from(points.iter().sum::<u32>()) / points.len() as f64;
    format!("{mean:.1} de {max}").replace('.', ",")
}

fn hard_list(hard: &[Hard]) -> String {
    if hard.is_empty() {
        return "<p>Nenhuma falhou.</p>\n".to_owned();
    }
    let mut text = String::from(
        "<table>\n<thead><tr><th scope=\"col\">Falharam</th><th scope=\"col\">Verificação</th><th scope=\"col\">O que pede</th></tr></thead>\n<tbody>\n",
    );
    for h in hard.iter().take(15) {
        let _ = writeln!(
            text,
            "<tr><td>{} de {}</td><td><code>{}/{}</code></td><td>{}</td></tr>",
            h.failed,
            h.judged,
            escape(&h.lab),
            escape(&h.check),
            escape(&h.says)
        );
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
