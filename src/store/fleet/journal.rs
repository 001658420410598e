//! Which rows each commit changed.

use std::collections::BTreeSet;

use super::row::RowId;

/// Stands for every row: those of whole tables were forgotten.
pub(in crate::store) const ALL: &str = "*";

/// What an entry says.
pub(super) enum Changed {
    Rows(Vec<RowId>),
    /// More than is named, or in a form of another planguard.
    All,
}

/// The text of an entry.
pub(super) fn text(rows: &BTreeSet<RowId>, all: bool) -> String {
    let names = rows.iter().map(RowId::name).chain(all.then(|| ALL.to_owned()));
    names.collect::<Vec<_>>().join("\n")
}

/// What [`text`] wrote.
pub(super) fn read(text: &str) -> Changed {
    let rows: Option<Vec<_>> = text.lines().filter(|line| !line.is_empty()).map(RowId::named).collect();
    rows.map_or(Changed::All, Changed::Rows)
}
