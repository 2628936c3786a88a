use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A TOML document with the place of everything in it, for what the typed
/// words do not keep a place of.
#[derive(Debug)]
pub(super) struct Node {
    /// Where its key is, or where it is itself in a list.
    pub(super) key: Range<usize>,
    /// Where it is; of a table the header.
    pub(super) span: Range<usize>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Text,
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
    Other,
}

impl Node {
    /// The document, if it is TOML.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let table = DeTable::parse(text).ok()?;
        Some(Self {
            key: 0..0,
            span: 0..text.len().min(1),
            kind: Kind::Table(entries(table.get_ref())),
        })
    }

    fn of(key: Option<Range<usize>>, value: &Spanned<DeValue<'_>>) -> Self {
        let kind = match value.get_ref() {
            DeValue::String(_) => Kind::Text,
            DeValue::Array(items) => Kind::List(items.iter().map(|i| Self::of(None, i)).collect()),
            DeValue::Table(table) => Kind::Table(entries(table)),
            _ => Kind::Other,
        };
        Self {
            key: key.unwrap_or_else(|| value.span()),
            span: value.span(),
            kind,
        }
    }

    /// What is below a key; where there is no such key the node itself, whose
    /// place is then the nearest one.
    pub(super) fn get(&self, key: &str) -> &Self {
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map_or(self, |(_, node)| node)
    }

    /// The element at an index; the node itself where there is none.
    pub(super) fn item(&self, index: usize) -> &Self {
        self.items().get(index).unwrap_or(self)
    }

    /// A table's keys and values.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The keys and values of the table below a key; none where there is no such key.
    pub(super) fn below(&self, key: &str) -> &[(String, Self)] {
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map_or(&[], |(_, node)| node.entries())
    }

    /// A list's elements.
    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// Where every text is at and below this node, keys among them.
    pub(super) fn texts(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.collect(&mut found);
        // Tables come in the order of their keys.
        found.sort_by_key(|place| place.start);
        found
    }

    fn collect(&self, found: &mut Vec<Range<usize>>) {
        match &self.kind {
            Kind::Text => found.push(self.span.clone()),
            Kind::List(items) => items.iter().for_each(|item| item.collect(found)),
            Kind::Table(entries) => {
                for (_, node) in entries {
                    found.push(node.key.clone());
                    node.collect(found);
                }
            }
            Kind::Other => {}
        }
    }
}

fn entries(table: &DeTable<'_>) -> Vec<(String, Node)> {
    table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), Node::of(Some(key.span()), value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_place() {
        let text = "[[step]]\nid = \"a\"\nhints = [\"x\",\n  \"{y}\"]\n[[step]]\nid = 'b'\n";
        let root = Node::parse(text).unwrap();
        let shown = |node: &Node| text[node.span.clone()].to_owned();
        let step = root.get("step").item(0);
        assert_eq!(shown(step.get("hints").item(1)), "\"{y}\"");
        assert_eq!(shown(root.get("step").item(1).get("id")), "'b'");
        assert_eq!(&text[step.get("id").key.clone()], "id");
        // What is missing is at the nearest place that is there.
        assert_eq!(step.get("title").span, step.span);
        assert_eq!(shown(step), "[[step]]");
        // But it has nothing below it.
        assert!(root.below("samples").is_empty() && !root.entries().is_empty());
    }
}
