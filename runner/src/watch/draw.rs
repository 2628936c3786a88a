//! The state as a frame of the terminal. Only the terminal's own sixteen
//! colours, and a sign and a word with each of them.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Borders, Clear, Paragraph};

use super::parts::KEYS;
use super::state::{Focus, State};
use super::text::{Para, Piece, Tone, columns};

/// How far each part can be moved down, and how much of it is seen at once:
/// what a key means depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extents {
    text: usize,
    checks: usize,
    panel: usize,
    page: usize,
}

impl State {
    /// Takes in what the newest frame had room for.
    pub fn fit(&mut self, extents: Extents) {
        self.scroll.text = self.scroll.text.min(extents.text);
        self.scroll.checks = self.scroll.checks.min(extents.checks);
        self.scroll.panel = self.scroll.panel.min(extents.panel);
        self.page = extents.page;
    }
}

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State, coloured: bool) -> Extents {
    let mut canvas = Canvas {
        frame,
        state,
        coloured,
        extents: Extents::default(),
    };
    canvas.draw();
    canvas.extents
}

struct Canvas<'f, 'b, 's> {
    frame: &'f mut Frame<'b>,
    state: &'s State,
    coloured: bool,
    extents: Extents,
}

impl Canvas<'_, '_, '_> {
    fn draw(&mut self) {
        let area = self.frame.area();
        let keys = self.keys(area.width as usize);
        let notice = self.notice(area.width as usize, area.height);
        let parts = Layout::vertical([
            Constraint::Length(1),
            Constraint::Min(3),
            Constraint::Length(height(&notice)),
            Constraint::Length(1),
            Constraint::Length(height(&keys)),
        ])
        .split(area);
        let header = fitting(&self.state.header(), area.width as usize);
        self.line(parts[0], header, Tone::Strong);
        self.body(parts[1]);
        self.frame.render_widget(Paragraph::new(notice), parts[2]);
        let status = fitting(&self.state.status(), area.width as usize);
        self.line(parts[3], status, Tone::Wait);
        self.frame.render_widget(Paragraph::new(keys), parts[4]);
    }

    fn line(&mut self, area: Rect, text: String, tone: Tone) {
        let style = self.style(tone);
        self.frame
            .render_widget(Line::from(Span::styled(text, style)), area);
    }

    fn body(&mut self, area: Rect) {
        self.extents.page = (area.height / 2).into();
        if let Some((title, paras)) = self.state.panel() {
            self.frame.render_widget(Clear, area);
            let scroll = self.state.scroll.panel;
            self.extents.page = area.height.into();
            self.extents.panel = self.part(area, title, &paras, scroll, true);
            return;
        }
        let (text, checks) = (self.state.text(), self.state.checks());
        let focus = self.state.focus;
        let scroll = self.state.scroll;
        if area.width >= 100 && area.height >= 16 {
            let columns = Layout::horizontal([Constraint::Percentage(52), Constraint::Min(10)])
                .spacing(2)
                .split(area);
            self.extents.page = area.height.into();
            self.extents.text = self.part(
                columns[0],
                "Passo",
                &text,
                scroll.text,
                focus == Focus::Text,
            );
            let right = columns[1];
            let map = self.state.map();
            let needed = lines(&checks, right.width.into()) + 1;
            let wanted = lines(&map, right.width.into()) + 1;
            let room = right.height.into();
            // The map comes after the checks, when there is room for all of it.
            let with_map = if needed + wanted <= room { wanted } else { 0 };
            let rows = Layout::vertical([
                Constraint::Min(3),
                Constraint::Length(u16::try_from(with_map).unwrap_or_default()),
            ])
            .split(right);
            self.checks(rows[0], &checks);
            if with_map > 0 {
                self.part(rows[1], "Mapa", &map, 0, false);
            }
            return;
        }
        // One above the other: the checks get what they need, up to two thirds.
        let needed = u16::try_from(lines(&checks, area.width.into()) + 1).unwrap_or(u16::MAX);
        let below = needed.clamp(3, (area.height * 2 / 3).max(3));
        let above = area.height.saturating_sub(below);
        if above < 4 {
            return match focus {
                Focus::Text => {
                    self.extents.text = self.part(area, "Passo", &text, scroll.text, true);
                }
                Focus::Checks => self.checks(area, &checks),
            };
        }
        let rows =
            Layout::vertical([Constraint::Length(above), Constraint::Length(below)]).split(area);
        self.extents.text = self.part(rows[0], "Passo", &text, scroll.text, focus == Focus::Text);
        self.checks(rows[1], &checks);
    }

    fn checks(&mut self, area: Rect, paras: &[Para]) {
        let focused = self.state.focus == Focus::Checks;
        let scroll = self.state.scroll.checks;
        self.extents.checks = self.part(area, "Verificações", paras, scroll, focused);
    }

    /// One part below a rule with its title; how far it can be moved.
    fn part(
        &mut self,
        area: Rect,
        title: &str,
        paras: &[Para],
        scroll: usize,
        focused: bool,
    ) -> usize {
        let lines: Vec<Line<'static>> = paras
            .iter()
            .flat_map(|para| para.lines(area.width.into()))
            .map(|line| Line::from(self.spans(line)))
            .collect();
        let room = usize::from(area.height.saturating_sub(1)).max(1);
        let most = lines.len().saturating_sub(room);
        let from = scroll.min(most);
        let tone = if focused { Tone::Strong } else { Tone::Dim };
        let mut block = Block::new()
            .borders(Borders::TOP)
            .border_style(self.style(Tone::Dim))
            .title(Span::styled(format!(" {title} "), self.style(tone)));
        if most > 0 {
            let place = match from {
                0 => format!(" ↓ mais {most} "),
                from if from == most => format!(" ↑ mais {from} "),
                from => format!(" ↑ {from} ↓ {} ", most - from),
            };
            let place = Line::from(Span::styled(place, self.style(Tone::Dim)));
            block = block.title(place.right_aligned());
        }
        let seen: Vec<Line<'static>> = lines.into_iter().skip(from).take(room).collect();
        self.frame
            .render_widget(Paragraph::new(Text::from(seen)).block(block), area);
        most
    }

    fn notice(&self, width: usize, height: u16) -> Text<'static> {
        let Some(notice) = &self.state.notice else {
            return Text::default();
        };
        let lines = Para::toned(Tone::Strong, notice).lines(width);
        let room = usize::from(height / 5).max(1);
        lines
            .into_iter()
            .take(room)
            .map(|line| Line::from(self.spans(line)))
            .collect()
    }

    /// The keys with their names, on one line or two; where that is too much,
    /// the keys alone.
    fn keys(&self, width: usize) -> Text<'static> {
        let names = KEYS.iter().map(|(_, name, _)| columns(name) + 2);
        let needed: usize = names.sum::<usize>() + KEYS.len() - 1;
        let between = if needed + KEYS.len() <= width {
            "  "
        } else {
            " "
        };
        let named = needed < 2 * width && width >= 40;
        let mut lines = vec![Line::default()];
        for (key, name, _) in &KEYS {
            let name = if named {
                format!(" {name}")
            } else {
                String::new()
            };
            let used = lines.last().map_or(0, Line::width);
            if used + between.len() + 1 + columns(&name) > width {
                lines.push(Line::default());
            }
            let Some(line) = lines.last_mut() else {
                continue;
            };
            if line.width() > 0 {
                line.push_span(Span::raw(between));
            }
            line.push_span(Span::styled(key.to_string(), self.style(Tone::Strong)));
            line.push_span(Span::styled(name, self.style(Tone::Dim)));
        }
        Text::from(lines)
    }

    fn spans(&self, line: Vec<Piece>) -> Vec<Span<'static>> {
        line.into_iter()
            .map(|piece| Span::styled(piece.text, self.style(piece.tone)))
            .collect()
    }

    fn style(&self, tone: Tone) -> Style {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let style = match tone {
            Tone::Plain => Style::new(),
            Tone::Strong => bold,
            Tone::Dim => Style::new().add_modifier(Modifier::DIM),
            Tone::Title => bold.fg(Color::Blue),
            Tone::Code => Style::new().fg(Color::Cyan),
            Tone::Good => bold.fg(Color::Green),
            Tone::Bad => bold.fg(Color::Red),
            Tone::Wait => bold.fg(Color::Yellow),
        };
        if self.coloured {
            style
        } else {
            Style { fg: None, ..style }
        }
    }
}

fn height(text: &Text<'_>) -> u16 {
    u16::try_from(text.height()).unwrap_or(1)
}

fn lines(paras: &[Para], width: usize) -> usize {
    paras.iter().map(|para| para.lines(width).len()).sum()
}

/// The first form that fits; the last, cut, when none does.
fn fitting(forms: &[String], width: usize) -> String {
    let fits = forms.iter().find(|form| columns(form) <= width);
    match fits.or(forms.last()) {
        Some(form) => form.chars().take(width).collect(),
        None => String::new(),
    }
}
