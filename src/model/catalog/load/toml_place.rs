//! The line of a TOML text in which a row stands, for errors.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::catalog::rows::{Misfit, Place};

/// What does not fit, with its line.
pub(super) fn with_line(text: &str, misfit: &Misfit) -> String {
    match line(text, &misfit.place) {
        Some(line) => format!("{misfit} (line {line})"),
        None => misfit.to_string(),
    }
}

/// The line, from 1, in which the value at `place` begins; none for the document as a whole.
fn line(text: &str, place: &[Place]) -> Option<usize> {
    let (Place::Key(first), rest) = place.split_first()? else { return None };
    let document = DeTable::parse(text).ok()?.into_inner();
    let mut value = field(&document, first)?;
    for step in rest {
        value = match (value.get_ref(), step) {
            (DeValue::Table(table), Place::Key(key)) => field(table, key)?,
            (DeValue::Array(items), Place::Item(index)) => items.get(*index)?,
            _ => return None,
        };
    }
    let before = text.get(..value.span().start)?;
    Some(1 + before.matches('\n').count())
}

fn field<'a, 'de>(table: &'a DeTable<'de>, name: &str) -> Option<&'a Spanned<DeValue<'de>>> {
    let named = |key: &Spanned<Cow<'_, str>>| key.get_ref() == name;
    table.iter().find(|(key, _)| named(key)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_its_line() {
        let text = "a = 1\n[[rows]]\nid = \"x\"\n[[rows]]\nprices = [\n  { per = 1 },\n  { per = 2 },\n]\n";
        let key = |key: &str| Place::Key(key.to_owned());
        assert_eq!(line(text, &[key("a")]), Some(1));
        assert_eq!(line(text, &[key("rows"), Place::Item(0), key("id")]), Some(3));
        let second = [key("rows"), Place::Item(1), key("prices"), Place::Item(1), key("per")];
        assert_eq!(line(text, &second), Some(7));
        assert_eq!(line(text, &[]), None);
        assert_eq!(line(text, &[key("rows"), Place::Item(2)]), None);
    }
}
