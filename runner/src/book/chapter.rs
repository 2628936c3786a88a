use super::edition::{Edition, Reader};
use super::marks::{escape, marked, sentence};
use super::{map, quiz};
use crate::core::{CheckId, Fidelity, Lab, Names, Step};

/// The learner whose names the pages show to everybody.
const PREFIX: &str = "ana-7k3f";
const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";

/// The page of a lab, as Markdown: its opening, its map, each step with what
/// is checked, its end and its questions.
pub(super) fn page(lab: &Lab, edition: &Edition) -> String {
    let names = match edition.reader() {
        Some(reader) => lab.names_for(&reader.prefix, &reader.account, &reader.region),
        None => lab.names_for(PREFIX, ACCOUNT, REGION),
    };
    let (title, opening) = titled(&lab.opening);
    let mut out = format!("# {title}\n\n{}\n", notice(lab, edition));
    out.push_str(&map::figure(lab, &names, edition));
    out.push_str(&marked(opening, 0, &names));
    for (number, step) in (1..).zip(&lab.steps) {
        out.push_str(&format!(
            "\n## {number}. {} {{#{}}}\n",
            step.title,
            step.id.get_ref()
        ));
        out.push_str(&marked(titled(&step.body).1, 1, &names));
        out.push_str(&checked(step, &names, edition));
    }
    let (title, closing) = titled(&lab.closing);
    out.push_str(&format!("\n## {title} {{#fim}}\n"));
    out.push_str(&marked(closing, 1, &names));
    out.push_str(&quiz::section(lab, edition));
    out
}

/// A text's first heading, and the rest.
fn titled(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    match line.strip_prefix("# ") {
        Some(title) => (title.trim(), rest),
        None => ("", text),
    }
}

/// Whose names the page shows; a script brings them up to date.
fn notice(lab: &Lab, edition: &Edition) -> String {
    let text = match edition.reader() {
        Some(reader) => own(reader),
        None => format!(
            "Os nomes desta página são de um exemplo: prefixo `{PREFIX}`, conta `{ACCOUNT}`, \
             Região `{REGION}`. Os seus são outros: `lab show {} --names` os mostra.",
            lab.id
        ),
    };
    let served = match edition.served() {
        true => format!(" data-lab=\"{}\"", lab.id),
        false => String::new(),
    };
    format!("<div class=\"lab-aviso\"{served}>\n\n{text}\n\n</div>\n")
}

fn own(reader: &Reader) -> String {
    let name = |name: &str, value: &str| {
        let value = escape(value);
        format!("<code><span class=\"lab-nome\" data-nome=\"{name}\">{value}</span></code>")
    };
    format!(
        "Os nomes desta página são os seus: prefixo {}, conta {}, Região {}.",
        name("prefix", &reader.prefix),
        name("account", &reader.account),
        name("region", &reader.region)
    )
}

/// What is checked in a step, and what it counts for.
fn checked(step: &Step, names: &Names, edition: &Edition) -> String {
    let points = match step.points {
        1 => "1 ponto".to_owned(),
        n => format!("{n} pontos"),
    };
    let mut out = format!(
        "\n<div class=\"lab-verifica\"{}>\n\n**O que o `lab` verifica** <span \
         class=\"lab-pontos\">{points}</span>\n\n",
        match edition.served() {
            true => format!(" data-passo=\"{}\"", step.id.get_ref()),
            false => String::new(),
        }
    );
    let mut configured = false;
    for check in &step.checks {
        out.push_str("- ");
        if edition.served() {
            let id = CheckId::new(step.id.get_ref(), check.id.get_ref());
            out.push_str(&format!("<span data-verificacao=\"{id}\"></span>"));
        }
        out.push_str(&sentence(&check.says, names));
        if check.fidelity == Fidelity::Config {
            configured = true;
            out.push_str(" <span class=\"lab-config\">pela configuração</span>");
        }
        out.push('\n');
    }
    if configured {
        out.push_str(
            "\n<p class=\"lab-nota\"><strong>Pela configuração:</strong> o sandbox não faz valer \
             esta regra; por isso o <code>lab</code> lê o que você configurou.</p>\n",
        );
    }
    out.push_str("\n</div>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Source, load};

    #[test]
    fn a_text_has_a_title_and_a_rest() {
        assert_eq!(titled("# A\n\nb\n"), ("A", "\nb\n"));
        assert_eq!(titled("b\n"), ("", "b\n"));
    }

    #[test]
    fn a_page_has_every_step_once_with_its_checks() {
        let course = load(&Source::Embedded).unwrap();
        for lab in &course.labs {
            let page = page(lab, &Edition::Published);
            assert_eq!(page.matches("\n# ").count(), 0, "{}", lab.id);
            for step in &lab.steps {
                let heading = format!(" {} {{#{}}}\n", step.title, step.id.get_ref());
                assert_eq!(page.matches(&heading).count(), 1, "{heading}");
            }
            assert_eq!(page.matches("lab-verifica").count(), lab.steps.len());
            let by_configuration = lab
                .checks()
                .filter(|(_, _, check)| check.fidelity == Fidelity::Config)
                .count();
            assert_eq!(
                page.matches("class=\"lab-config\"").count(),
                by_configuration
            );
        }
    }
}
