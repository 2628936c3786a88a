use std::ops::Range;

use super::near;

/// One mistake in a course's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is asked of the files and was not met, such as `hint-count`; stable.
    pub rule: &'static str,
    /// The file, for people.
    pub file: String,
    /// The file's whole text; empty when it could not be read.
    pub text: String,
    /// The bytes at fault, if one place is.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// A course that cannot be used as it is: everything found at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("o conteúdo do curso tem {} problema(s)", .0.len())]
pub struct ContentError(pub Vec<Finding>);

/// A file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The file, for people.
    pub file: String,
    /// Its whole text.
    pub text: String,
}

impl Page {
    /// A finding at one place of the file.
    pub fn at(
        &self,
        rule: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        Finding {
            rule,
            file: self.file.clone(),
            text: self.text.clone(),
            span: Some(span),
            message: message.into(),
            help: help.into(),
        }
    }

    /// A parse error, at its own position.
    pub fn refused(&self, error: &toml::de::Error) -> Finding {
        let whole = 0..self.text.len().min(1);
        self.at(
            "toml",
            error.span().unwrap_or(whole),
            in_portuguese(error.message()),
            remedy(error.message()),
        )
    }
}

impl Finding {
    /// A finding about a whole file.
    pub fn file(
        rule: &'static str,
        file: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            file: file.into(),
            text: String::new(),
            span: None,
            message: message.into(),
            help: help.into(),
        }
    }

    /// The line and the column at fault, both from 1, the column in characters.
    pub fn position(&self) -> Option<(usize, usize)> {
        let before = self.text.get(..self.span.as_ref()?.start)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default();
        Some((line, column.chars().count() + 1))
    }
}

/// What to do about a parse error: the nearest of the words that fit there.
fn remedy(message: &str) -> String {
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let meant = match words.split_first() {
        Some((wrong, known)) if message.starts_with("unknown") => {
            near::nearest(wrong, known.iter().copied())
        }
        _ => None,
    };
    match meant {
        Some(word) => format!("você quis dizer `{word}`?"),
        None => "corrija o lugar marcado; um lab que já funciona mostra como se escreve".to_owned(),
    }
}

/// The parser's commonest sentences in Portuguese; the rest stays as it is.
fn in_portuguese(message: &str) -> String {
    for (english, portuguese) in [
        ("unknown field", "campo desconhecido"),
        ("unknown variant", "valor desconhecido"),
        ("missing field", "falta o campo"),
        ("duplicate field", "campo repetido"),
        ("duplicate key", "chave repetida"),
        ("invalid type", "tipo errado"),
        ("invalid value", "valor errado"),
        ("invalid length", "tamanho errado"),
        (
            "wanted exactly 1 element",
            "aqui cabe exatamente um elemento",
        ),
    ] {
        if let Some(rest) = message.strip_prefix(english) {
            let rest = rest
                .replace("expected one of", "esperado um destes:")
                .replace("expected", "esperado")
                .replace(" or ", " ou ")
                .replace("there are no fields", "não há campos aqui");
            return format!("{portuguese}{rest}");
        }
    }
    message.to_owned()
}
