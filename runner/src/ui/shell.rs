//! Commands as lines to copy and paste into a shell.

use crate::core::placeholders;

/// The shells in which solutions are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    /// bash, and every shell that reads the same quotes.
    #[value(help = "O do Linux, do macOS e do Git Bash")]
    Bash,
    /// `PowerShell`, on every system.
    #[value(help = "O do Windows")]
    Powershell,
}

impl Shell {
    /// The shell that people on this system most probably have.
    pub fn usual() -> Self {
        if cfg!(windows) {
            Self::Powershell
        } else {
            Self::Bash
        }
    }
}

/// One command as one line. A `{name}` that is left in an argument is a
/// variable of the shell, and `capture` names the variable that takes the output.
pub fn line(shell: Shell, run: &[String], capture: Option<&str>) -> String {
    let words: Vec<String> = run.iter().map(|word| argument(shell, word)).collect();
    let words = words.join(" ");
    match (capture, shell) {
        (None, _) => words,
        (Some(name), Shell::Bash) => format!("{}=$({words})", variable(name)),
        (Some(name), Shell::Powershell) => format!("${} = {words}", variable(name)),
    }
}

fn argument(shell: Shell, text: &str) -> String {
    let names = placeholders(text);
    if names.is_empty() {
        return constant(shell, text);
    }
    let mut out = String::from('"');
    let mut rest = text;
    for name in names {
        let placeholder = format!("{{{name}}}");
        let (before, after) = rest.split_once(&placeholder).unwrap_or((rest, ""));
        escape(shell, before, &mut out);
        // Without the braces a shell would read on into what follows.
        out.push_str(&if text == placeholder {
            format!("${}", variable(name))
        } else {
            format!("${{{}}}", variable(name))
        });
        rest = after;
    }
    escape(shell, rest, &mut out);
    out.push('"');
    out
}

fn variable(name: &str) -> String {
    name.replace('.', "_")
}

/// An argument without variables: as it is if no shell sees anything in it,
/// otherwise in the quotes that leave it easiest to read.
fn constant(shell: Shell, text: &str) -> String {
    if is_bare(shell, text) {
        return text.to_owned();
    }
    // PowerShell takes typographic quotes for quotes.
    if !text.contains(['\'', '‘', '’', '‚', '‛']) {
        return format!("'{text}'");
    }
    let mut out = String::from('"');
    escape(shell, text, &mut out);
    out.push('"');
    out
}

fn is_bare(shell: Shell, text: &str) -> bool {
    let safe = |c: char| {
        c.is_ascii_alphanumeric()
            || "-_/.:=".contains(c)
            || (shell == Shell::Bash && ",@%+".contains(c))
    };
    // zsh looks up `=name`; PowerShell splits `-name.x` and `-name:x`.
    let splits = match shell {
        Shell::Bash => text.starts_with('='),
        Shell::Powershell => text.starts_with('-') && text.contains(['.', ':', '=']),
    };
    !text.is_empty() && text.chars().all(safe) && !splits
}

/// Text between double quotes.
fn escape(shell: Shell, text: &str, out: &mut String) {
    for c in text.chars() {
        match (shell, c) {
            // An interactive bash looks up `!x` in its history even between double quotes.
            (Shell::Bash, '!') => out.push_str(r#""'!'""#),
            (Shell::Bash, '\\' | '"' | '$' | '`') => out.extend(['\\', c]),
            (Shell::Powershell, '`' | '"' | '$' | '“' | '”' | '„') => out.extend(['`', c]),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    #[test]
    fn what_needs_no_quotes_has_none() {
        let run = words(&["aws", "s3", "mb", "s3://ana-notas", "--query", "id"]);
        assert_eq!(
            line(Shell::Bash, &run, None),
            "aws s3 mb s3://ana-notas --query id"
        );
        assert_eq!(
            line(Shell::Powershell, &run, None),
            "aws s3 mb s3://ana-notas --query id"
        );
    }

    #[test]
    fn constants_are_quoted() {
        let query = "items[?path=='/'].id";
        assert_eq!(constant(Shell::Bash, query), "\"items[?path=='/'].id\"");
        assert_eq!(
            constant(Shell::Powershell, query),
            "\"items[?path=='/'].id\""
        );
        assert_eq!(constant(Shell::Bash, "'$b' \""), r#""'\$b' \"""#);
        assert_eq!(constant(Shell::Powershell, "'$b' \""), r#""'`$b' `"""#);
        assert_eq!(
            constant(Shell::Bash, "Variables={TABELA=t}"),
            "'Variables={TABELA=t}'"
        );
        assert_eq!(constant(Shell::Bash, "A=1,B=2"), "A=1,B=2");
        assert_eq!(constant(Shell::Powershell, "A=1,B=2"), "'A=1,B=2'");
        assert_eq!(constant(Shell::Powershell, "-a.b"), "'-a.b'");
        assert_eq!(constant(Shell::Bash, ""), "''");
        assert_eq!(constant(Shell::Powershell, "d’água"), "\"d’água\"");
    }

    #[test]
    fn what_was_captured_is_a_variable() {
        let run = words(&[
            "aws",
            "--id",
            "{api_id}",
            "arn:{api_id}/*/GET",
            "a\"$`\\{raiz_id}",
        ]);
        assert_eq!(
            line(Shell::Bash, &run, Some("x")),
            r#"x=$(aws --id "$api_id" "arn:${api_id}/*/GET" "a\"\$\`\\${raiz_id}")"#
        );
        assert_eq!(
            line(Shell::Powershell, &run, Some("x")),
            r#"$x = aws --id "$api_id" "arn:${api_id}/*/GET" "a`"`$``\${raiz_id}""#
        );
    }

    #[cfg(unix)]
    #[test]
    fn bash_gives_back_every_argument() {
        let given = [
            "items[?path=='/'].id",
            "{a,b}",
            "Variables={TABELA=x}",
            "$HOME `id` \"a\" \\ 'b' !x ~ * # ; & | < > ( )",
            "",
            "~",
            "não é só ASCII — “aspas”",
            "{nome}",
            "!{nome}! {nome}{nome} $HOME `id` \"\\\" 'b' {a,b} *",
            "arn:{nome}_x:{nota.numero}",
        ];
        let expected = given.map(|text| {
            text.replace("{nome}", "o  valor")
                .replace("{nota.numero}", "NF-1")
        });
        let run = words(&[&["printf", r"%s\n"], &given[..]].concat());
        let script = format!(
            "{}\nnota_numero=NF-1\n{}\n",
            line(
                Shell::Bash,
                &words(&["printf", r"%s\n", "o  valor"]),
                Some("nome")
            ),
            line(Shell::Bash, &run, None)
        );
        let output = std::process::Command::new("bash")
            .args(["-c", &script])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            said.trim_end_matches('\n').split('\n').collect::<Vec<_>>(),
            expected,
            "{script}"
        );
    }
}
