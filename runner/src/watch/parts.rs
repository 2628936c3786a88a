//! What the parts of the view say, as paragraphs.

use super::markdown::markdown;
use super::state::{Panel, State, Work};
use super::text::{Para, Piece, Tone, piece};
use crate::core::{CheckId, CheckReport, Standing};
use crate::ui::details::{COMMAND, details};
use crate::ui::{map, words};

/// The tone of a standing.
pub(super) fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Pass => Tone::Good,
        Standing::Fail | Standing::Broken => Tone::Bad,
        Standing::Pending | Standing::Unknown => Tone::Wait,
        Standing::Skipped | Standing::Partial | Standing::Unseen => Tone::Dim,
    }
}

/// `✔ OK`, painted.
fn sign(standing: Standing) -> Piece {
    let (symbol, word) = words::sign(standing);
    piece(
        tone(standing),
        format!("{:<10} ", format!("{symbol} {word}")),
    )
}

impl State {
    /// The step's text; after the last step the lab's end.
    pub(super) fn text(&self) -> Vec<Para> {
        let mut text = self.names.fill_known(&self.current().body);
        if self.complete() && self.step + 1 == self.lab.steps.len() {
            text = self.names.fill_known(&self.lab.closing);
        }
        markdown(&text)
    }

    /// How a check stands by its newest verdict.
    pub(super) fn standing(&self, id: &str) -> Standing {
        Standing::of([self.seen.get(id).map(|(word, _)| word.as_str())])
    }

    /// The step's checks, each with what is missing, and the hint.
    pub(super) fn checks(&self) -> Vec<Para> {
        let mut paras = Vec::new();
        let step = self.current();
        for check in &step.checks {
            let id = CheckId::new(step.id.get_ref(), check.id.get_ref());
            let says = self.names.fill_known(&check.says);
            paras.push(Para::new(sign(self.standing(id.as_str())), &says));
            if let Some(report) = self.reports.get(id.as_str()) {
                self.details(report, &mut paras);
            }
        }
        let unseen = |id: &str| self.standing(id) == Standing::Unseen;
        let unseen = step
            .checks
            .iter()
            .any(|check| unseen(CheckId::new(step.id.get_ref(), check.id.get_ref()).as_str()));
        if unseen && matches!(self.work, Work::Idle | Work::Looking) {
            paras.push(Para::blank());
            paras.push(Para::toned(
                Tone::Dim,
                "O que ainda não foi visto aciona o que você construiu: é verificado quando algo \
                 muda, ou com a tecla r.",
            ));
        }
        if let Some(hint) = &self.hint {
            paras.push(Para::blank());
            paras.push(Para::toned(Tone::Title, &hint.title));
            paras.extend(markdown(&hint.text));
            paras.push(Para::toned(Tone::Dim, &hint.next));
        }
        paras
    }

    fn details(&self, report: &CheckReport, paras: &mut Vec<Para>) {
        for (name, text) in details(report, |id| self.title(id)) {
            let lead = piece(Tone::Dim, format!("    {name:<12}"));
            let text = match name {
                COMMAND => format!("`{text}`"),
                _ => text,
            };
            paras.push(Para::new(lead, &text));
        }
    }

    /// What a check asks, with its id.
    fn title(&self, id: &CheckId) -> String {
        let check = self.lab.checks().find(|(other, ..)| other == id);
        check.map_or_else(
            || id.to_string(),
            |(_, _, check)| format!("{} ({id})", self.names.fill_known(&check.says)),
        )
    }

    /// The map.
    pub(super) fn map(&self) -> Vec<Para> {
        self.map_lines()
            .into_iter()
            .map(|line| {
                let (symbol, word) = words::sign(line.standing);
                let mut body = vec![piece(Tone::Plain, &line.text)];
                if line.branch.is_empty() {
                    body[0].tone = Tone::Strong;
                }
                // What is as it should be, or not yet anything, needs no word more.
                if !matches!(line.standing, Standing::Pass | Standing::Unseen) {
                    body.push(piece(tone(line.standing), format!(" {word}")));
                }
                // The sign is the branch's, so that both stay in one column.
                let lead = match line.branch {
                    "" => format!("{symbol} "),
                    branch => format!("  {branch}{symbol} "),
                };
                Para {
                    lead: piece(tone(line.standing), lead),
                    body,
                    code: false,
                }
            })
            .collect()
    }

    pub(super) fn map_lines(&self) -> Vec<map::Line> {
        map::of(&self.lab, &self.names, |id| {
            self.seen.get(id).map(|(word, _)| word.as_str())
        })
    }

    /// The steps, with their standing and points.
    pub(super) fn steps(&self, chosen: Option<usize>) -> Vec<Para> {
        let steps = self.lab.steps.iter().zip(&self.progress.steps).enumerate();
        steps
            .map(|(number, (step, done))| {
                let mark = if chosen == Some(number) { "▶" } else { " " };
                let (tone, sign) = match done.passed {
                    true => (Tone::Good, "✔ feito  "),
                    false => (Tone::Dim, "○ a fazer"),
                };
                let reachable = match done.passed {
                    true => done.earned,
                    false => done.reachable,
                };
                let text = format!(
                    "{}. {} · {} de {}{}",
                    number + 1,
                    step.title,
                    if done.passed { done.earned } else { 0 },
                    words::count(done.max as usize, "ponto", "pontos"),
                    match (done.max - reachable, done.passed) {
                        (0, _) => String::new(),
                        (cost, _) => format!(" (a solução custou {cost})"),
                    }
                );
                Para {
                    lead: piece(tone, format!("{mark} {sign} ")),
                    body: vec![piece(
                        if chosen == Some(number) {
                            Tone::Strong
                        } else {
                            Tone::Plain
                        },
                        text,
                    )],
                    code: false,
                }
            })
            .collect()
    }

    /// What lies over the view: its title and its content.
    pub(super) fn panel(&self) -> Option<(&'static str, Vec<Para>)> {
        match &self.panel {
            Panel::None => None,
            Panel::Steps(chosen) => Some((
                "Passos · ↑ ↓ escolhem, Enter mostra, Esc volta",
                self.steps(Some(*chosen)),
            )),
            Panel::Map => Some(("Mapa · Esc volta", self.map())),
            Panel::Help => Some(("Teclas · Esc volta", help())),
            Panel::Plan(plan) => {
                let mut paras = Vec::new();
                for (kind, name, what) in &plan.doomed {
                    let lead = piece(Tone::Bad, format!("remove  {kind:<8} "));
                    paras.push(Para::new(lead, &format!("`{name}` ({what})")));
                }
                for (kind, name, why) in &plan.staying {
                    let lead = piece(Tone::Wait, format!("fica    {kind:<8} "));
                    paras.push(Para::new(
                        lead,
                        &format!("`{name}` (não foi possível olhar: {why})"),
                    ));
                }
                paras.push(Para::new(
                    piece(Tone::Dim, "fica    "),
                    "tudo o que não tem os nomes deste passo, o seu progresso e os seus arquivos",
                ));
                paras.push(Para::blank());
                paras.push(Para::toned(
                    Tone::Strong,
                    &format!(
                        "Remover {}? s remove; qualquer outra tecla deixa tudo como está.",
                        words::count(plan.doomed.len(), "recurso", "recursos")
                    ),
                ));
                Some(("Limpar o passo", paras))
            }
        }
    }

    /// What is being done, in the longest form that fits.
    pub(super) fn status(&self) -> Vec<String> {
        match &self.work {
            Work::Idle if self.step_passed() => vec![
                "passo feito: n vai ao próximo, l mostra todos".to_owned(),
                "passo feito".to_owned(),
            ],
            Work::Idle => {
                let waited = words::duration_whole(self.waited());
                let left = self.pace.left(self.now).as_secs() + 1;
                let (cost, calls) = (self.pace.cost, self.pace.calls);
                let each = words::count(cost as usize, "chamada", "chamadas");
                vec![
                    format!(
                        "aguardo uma mudança sua há {waited} · olho de novo em {left} s · {each} por olhada, {calls} até agora"
                    ),
                    format!(
                        "aguardo uma mudança há {waited} · olho em {left} s · {calls} chamadas"
                    ),
                    format!("aguardo há {waited} · olho em {left} s"),
                ]
            }
            Work::Looking => vec!["olhando se algo mudou".to_owned()],
            Work::Checking {
                done,
                total,
                waiting,
            } => {
                let so_far = format!("verificando {}/{total}", (*done).min(*total));
                let Some((id, deadline)) = waiting.last() else {
                    return vec![so_far];
                };
                let left = deadline.saturating_duration_since(self.now).as_secs();
                vec![
                    format!("{so_far} · aguardando {id} (até {left} s)"),
                    format!("{so_far} · até {left} s"),
                ]
            }
            Work::CleaningUp => vec!["desfazendo o que as verificações criaram".to_owned()],
            Work::Planning => vec!["vendo o que há para remover".to_owned()],
            Work::Resetting => vec!["removendo".to_owned()],
        }
    }

    /// Where the learner is, in the longest form that fits.
    pub(super) fn header(&self) -> Vec<String> {
        let step = format!("passo {} de {}", self.step + 1, self.lab.steps.len());
        let points = format!(
            "{} de {} pontos",
            self.progress.earned(),
            self.progress.max()
        );
        let (title, place) = (&self.lab.title, &self.place);
        vec![
            format!("{title} · {step} · {points} · {place}"),
            format!("{title} · {step} · {points}"),
            format!("{} · {step} · {points}", self.lab.id),
            format!("{} · {step}", self.lab.id),
        ]
    }
}

/// The keys with what they do; the first form is whole, the last is short.
pub(super) const KEYS: [(char, &str, &str); 9] = [
    (
        'n',
        "próximo",
        "vai ao próximo passo, quando este está feito",
    ),
    (
        'h',
        "dica",
        "dá a próxima dica do passo; dicas não custam pontos",
    ),
    ('l', "passos", "mostra os passos, e vai a outro"),
    (
        'm',
        "mapa",
        "mostra a arquitetura, com cada parte como está",
    ),
    ('r', "verificar", "verifica este passo agora"),
    ('c', "tudo", "verifica o lab inteiro agora"),
    (
        'x',
        "limpar",
        "remove o que você criou neste passo; mostra o plano e pergunta",
    ),
    ('q', "sair", "sai; o que foi verificado já está guardado"),
    ('?', "ajuda", "mostra esta ajuda"),
];

pub(super) fn help() -> Vec<Para> {
    let mut paras: Vec<Para> = KEYS
        .iter()
        .map(|(key, _, what)| Para::new(piece(Tone::Strong, format!("{key}  ")), what))
        .collect();
    paras.push(Para::blank());
    for (lead, text) in [
        (
            "↑ ↓  ",
            "movem o texto; Tab passa do texto às verificações e volta",
        ),
        (
            "",
            "O lab olha a sua conta de tempos em tempos, e só lê. Quando algo mudou lá, ou em um arquivo da pasta de trabalho, verifica o passo, e então também aciona o que você construiu.",
        ),
        (
            "",
            "Para copiar um comando inteiro: `lab show`, em outro terminal.",
        ),
    ] {
        paras.push(Para::new(piece(Tone::Strong, lead), text));
    }
    paras
}
