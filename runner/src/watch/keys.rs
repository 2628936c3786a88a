//! What each key means.

use super::event::{Effect, Key, Task};
use super::state::{Focus, Panel, State, Work};

impl State {
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        if key == Key::Stop {
            return self.leave();
        }
        match self.panel.clone() {
            Panel::None => self.main_key(key),
            Panel::Steps(chosen) => self.steps_key(key, chosen),
            Panel::Plan(_) => self.plan_key(key),
            Panel::Map | Panel::Help => self.reading_key(key),
        }
    }

    fn main_key(&mut self, key: Key) -> Vec<Effect> {
        match key {
            Key::Char('q') => return self.leave(),
            Key::Char('?') => self.open(Panel::Help),
            Key::Char('l') => self.open(Panel::Steps(self.step)),
            Key::Char('m') => self.open(Panel::Map),
            Key::Tab => {
                self.focus = match self.focus {
                    Focus::Text => Focus::Checks,
                    Focus::Checks => Focus::Text,
                }
            }
            Key::Char('n') if self.step_passed() => return self.next(),
            Key::Char('n') => self.say(
                "Falta passar neste passo: veja abaixo o que falta. A tecla l escolhe outro passo.",
            ),
            Key::Char('h') => {
                let step = self.id();
                return vec![Effect::Hint { step }];
            }
            Key::Char('r' | 'c' | 'x') if self.work != Work::Idle && self.work != Work::Looking => {
                self.say("Um momento: ainda estou ocupado com o que está em baixo.");
            }
            Key::Char('r') => return self.asked_for(Task::Step),
            Key::Char('c') => return self.asked_for(Task::Lab),
            Key::Char('x') => {
                self.work = Work::Planning;
                let step = self.id();
                return vec![Effect::Plan { step }];
            }
            other => self.scroll_by(other),
        }
        Vec::new()
    }

    fn asked_for(&mut self, task: Task) -> Vec<Effect> {
        self.notice = None;
        self.pace.asked(self.now);
        self.check(task, true)
    }

    fn open(&mut self, panel: Panel) {
        self.panel = panel;
        self.scroll.panel = 0;
        let words = self.panel_in_words();
        self.said.extend(words);
        if self.aloud && matches!(self.panel, Panel::Map | Panel::Help) {
            self.close();
        }
    }

    fn close(&mut self) {
        self.panel = Panel::None;
    }

    fn steps_key(&mut self, key: Key, chosen: usize) -> Vec<Effect> {
        let last = self.lab.steps.len() - 1;
        self.panel = Panel::Steps(match key {
            Key::Up | Key::Char('k') => chosen.saturating_sub(1),
            Key::Down | Key::Char('j') => (chosen + 1).min(last),
            Key::Home => 0,
            Key::End => last,
            Key::Char(digit @ '1'..='9') => {
                let number = digit as usize - '1' as usize;
                return self.go(number);
            }
            Key::Enter => return self.go(chosen),
            Key::Esc | Key::Char('l' | 'q') => {
                self.close();
                return Vec::new();
            }
            _ => chosen,
        });
        Vec::new()
    }

    fn plan_key(&mut self, key: Key) -> Vec<Effect> {
        match key {
            Key::Char('s' | 'S') => {
                self.close();
                self.work = Work::Resetting;
                return vec![Effect::Reset];
            }
            Key::Up | Key::Down | Key::PageUp | Key::PageDown => self.scroll_by(key),
            _ => {
                self.close();
                self.say("Nada foi removido.");
            }
        }
        Vec::new()
    }

    fn reading_key(&mut self, key: Key) -> Vec<Effect> {
        match key {
            Key::Esc | Key::Enter | Key::Char('q' | '?' | 'm') => self.close(),
            other => self.scroll_by(other),
        }
        Vec::new()
    }

    fn scroll_by(&mut self, key: Key) {
        let page = self.page.max(2) - 1;
        let at = match (&self.panel, self.focus) {
            (Panel::None, Focus::Text) => &mut self.scroll.text,
            (Panel::None, Focus::Checks) => &mut self.scroll.checks,
            _ => &mut self.scroll.panel,
        };
        *at = match key {
            Key::Up | Key::Char('k') => at.saturating_sub(1),
            Key::Down | Key::Char('j') => at.saturating_add(1),
            Key::PageUp => at.saturating_sub(page),
            Key::PageDown | Key::Char(' ') => at.saturating_add(page),
            Key::Home => 0,
            Key::End => usize::MAX,
            _ => *at,
        };
    }

    /// Leaves; first what a check made is taken back.
    fn leave(&mut self) -> Vec<Effect> {
        self.leaving = true;
        match self.work {
            Work::Idle | Work::Planning | Work::Looking => vec![Effect::Quit],
            Work::Resetting => {
                self.say("Termino de remover, e saio.");
                Vec::new()
            }
            Work::Checking { .. } | Work::CleaningUp => {
                self.work = Work::CleaningUp;
                vec![Effect::Interrupt]
            }
        }
    }
}
