use std::ops::Range;

/// One mistake in a course's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, for people.
    pub file: String,
    /// The file's whole text; empty when it could not be read.
    pub text: String,
    /// The bytes at fault, if one place is.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// A course that cannot be used as it is: everything found at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("o conteúdo do curso tem {} problema(s)", .0.len())]
pub struct ContentError(pub Vec<Finding>);

impl Finding {
    /// A finding about a whole file.
    pub fn file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text: String::new(),
            span: None,
            message: message.into(),
            help: None,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A parse error of `toml`, at its own position.
    pub fn toml(file: impl Into<String>, text: &str, error: &toml::de::Error) -> Self {
        Self {
            file: file.into(),
            text: text.to_owned(),
            span: error.span(),
            message: in_portuguese(error.message()),
            help: None,
        }
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
