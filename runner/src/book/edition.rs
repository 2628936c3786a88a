/// Whose names a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Begins the names of all resources.
    pub prefix: String,
    /// Account in which they are.
    pub account: String,
    /// Region in which they are.
    pub region: String,
}

/// For whom the pages are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edition {
    /// For everybody: the names are an example's, the quiz is practice.
    Published,
    /// For one reader, beside the runner, which grades. Without the reader's
    /// names, those of the example stay.
    Served(Option<Reader>),
}

impl Edition {
    /// The reader whose names are known.
    pub(super) fn reader(&self) -> Option<&Reader> {
        match self {
            Self::Served(reader) => reader.as_ref(),
            Self::Published => None,
        }
    }

    /// Whether the runner stands beside the page.
    pub(super) fn served(&self) -> bool {
        matches!(self, Self::Served(_))
    }
}
