//! The book's page of all commands, made of their help.

use clap::{Arg, Command};

/// Where the page is, in a course's folder.
pub(super) const FILE: &str = "book/src/comandos.md";

const OPENING: &str = "# Comandos

<!-- Esta página vem da ajuda do programa: `lab dev commands --write` a refaz. -->

Aqui está a ajuda de cada comando, como o programa a dá no terminal com `lab --help` e \
`lab COMANDO --help`. O que está entre colchetes é opcional.
";

/// The page, of a command tree that is in Portuguese already.
pub(super) fn page(lab: &mut Command) -> String {
    let mut out = OPENING.to_owned();
    out.push_str("\n## Opções gerais {#opcoes-gerais}\n\nValem em qualquer comando.\n\n");
    let general = |arg: &&Arg| arg.is_global_set() || own(arg);
    for arg in lab.get_arguments().filter(general) {
        out.push_str(&item(arg));
    }
    for command in lab.get_subcommands_mut() {
        section(command, "lab", 2, &mut out);
    }
    out
}

/// Help and version, which every command has.
fn own(arg: &Arg) -> bool {
    arg.get_id() == "ajuda" || arg.get_id() == "versao"
}

fn section(command: &mut Command, above: &str, level: usize, out: &mut String) {
    if command.is_hide_set() {
        return;
    }
    let name = format!("{above} {}", command.get_name());
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let usage = command.render_usage().to_string();
    out.push_str(&format!(
        "\n{} {name} {{#{}}}\n\n{}.\n\n```text\n{}\n```\n",
        "#".repeat(level),
        name.replace(' ', "-"),
        prose(&about),
        usage.trim_start_matches("Usage: ")
    ));
    let told = |arg: &&Arg| !arg.is_global_set() && !arg.is_hide_set() && !own(arg);
    let items: String = command.get_arguments().filter(told).map(item).collect();
    if !items.is_empty() {
        out.push_str(&format!("\n{items}"));
    }
    for inner in command.get_subcommands_mut() {
        section(inner, &name, level + 1, out);
    }
}

fn item(arg: &Arg) -> String {
    let mut names = Vec::new();
    names.extend(arg.get_short().map(|short| format!("-{short}")));
    names.extend(arg.get_long().map(|long| format!("--{long}")));
    let mut called = names.join(", ");
    let values = arg.get_value_names().unwrap_or_default();
    for value in values.iter().filter(|_| takes_value(arg)) {
        let space = if called.is_empty() { "" } else { " " };
        called.push_str(&format!("{space}{value}"));
    }
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    format!("- `{called}`: {}\n", prose(&help))
}

/// Options in a sentence, outside of code, keep both dashes: Markdown would
/// make one long one of them.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts: Vec<String> = parts
        .map(|(index, part)| match index % 2 {
            0 => part.replace("--", "\\-\\-"),
            _ => part.to_owned(),
        })
        .collect();
    parts.join("`")
}

fn takes_value(arg: &Arg) -> bool {
    arg.is_positional() || arg.get_action().takes_values()
}
