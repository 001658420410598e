//! Writing JSON, value by value.

use std::fmt::Display;
use std::fmt::Write as _;

use super::standing::Mark;

/// A value that is written.
pub(in crate::store) trait Write {
    fn write(&self, to: &mut Writer);

    /// Whether a field that may be left out is.
    fn is_nothing(&self) -> bool {
        false
    }
}

/// A value of a row that is written.
pub(super) type From<'a> = (&'static str, Mark, &'a dyn Write);

/// The text so far.
#[derive(Default)]
pub(in crate::store) struct Writer {
    pub(super) text: String,
}

impl Writer {
    /// Begins an item or an entry.
    fn item(&mut self) {
        // A text ends with its quote, so that these are never part of one.
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
    }

    #[inline(never)]
    pub(super) fn shown(&mut self, value: &dyn Display) {
        // Writing to a text cannot fail.
        let _ = write!(self.text, "{value}");
    }

    #[inline(never)]
    pub(in crate::store) fn text(&mut self, text: &str) {
        self.shown(&serde_json::Value::from(text));
    }

    fn entry(&mut self, name: &str, value: &dyn Write) {
        self.item();
        self.text(name);
        self.text.push(':');
        value.write(self);
    }

    /// A map of one entry, whose name says what its value is.
    pub(super) fn tagged(&mut self, name: &str, value: &dyn Write) {
        self.text.push('{');
        self.entry(name, value);
        self.text.push('}');
    }

    #[inline(never)]
    pub(in crate::store) fn row(&mut self, fields: &[From<'_>]) {
        self.text.push('{');
        for (name, mark, value) in fields {
            if *mark != Mark::AtTimes || !value.is_nothing() {
                self.entry(name, *value);
            }
        }
        self.text.push('}');
    }

    #[inline(never)]
    pub(in crate::store) fn list(&mut self, values: &mut dyn Iterator<Item = &dyn Write>) {
        self.text.push('[');
        for value in values {
            self.item();
            value.write(self);
        }
        self.text.push(']');
    }

    /// A map, in the order of its names: the same content is the same text.
    #[inline(never)]
    pub(super) fn map(&mut self, entries: Vec<(String, &dyn Write)>) {
        self.text.push('{');
        for (name, value) in sorted(entries) {
            self.entry(&name, value);
        }
        self.text.push('}');
    }

    /// The values of `entries` as a list, in the order of their names.
    pub(super) fn set(&mut self, entries: Vec<(String, &dyn Write)>) {
        self.list(&mut sorted(entries).iter().map(|(_, value)| *value));
    }
}

/// One function for all maps: a sort is some thousand bytes of code for each type.
#[inline(never)]
fn sorted(mut entries: Vec<(String, &dyn Write)>) -> Vec<(String, &dyn Write)> {
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    entries
}
