//! Rows as columns, and back.

use std::collections::BTreeMap;

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::store::StoreError;
use crate::store::fleet::page::{Kept, Origin, Page};
use crate::store::fleet::row::{RowId, Table};

/// The columns of rows to be written.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) keys: Vec<String>,
    pub(super) parts: Vec<String>,
    pub(super) months: Vec<Option<i32>>,
    pub(super) days: Vec<Option<i32>>,
    pub(super) ats: Vec<Option<i64>>,
    pub(super) changed: Vec<i64>,
    pub(super) bodies: Vec<String>,
    pub(super) removed: Vec<String>,
}

/// A number as the server keeps it.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The number that [`signed`] gave.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A column of a row that was read. What it holds is not repeated where somebody has changed it.
pub(super) fn column<'r, T: FromSql<'r>>(row: &'r Row, at: usize) -> Result<T, StoreError> {
    row.try_get(at).map_err(|_| {
        let name = row.columns().get(at).map_or("?", tokio_postgres::Column::name);
        let why = format!("the column {name} was changed and holds what it never does; restore the schema");
        StoreError::Backend { why }
    })
}

/// A row that was read.
pub(super) fn kept(table: Table, row: &Row) -> Result<Option<(RowId, Kept)>, StoreError> {
    // One that this build does not know stays where it is.
    let Some(id) = table.row(column(row, 0)?) else { return Ok(None) };
    let origin = Origin { boot: column(row, 2)?, ahead: column(row, 3)? };
    Ok(Some((id, Kept { body: column(row, 1)?, origin })))
}

/// Rows to be written, by table.
pub(super) fn by_table(rows: Vec<(RowId, Option<Page>)>) -> Vec<(Table, Columns)> {
    let mut tables: BTreeMap<Table, Columns> = BTreeMap::new();
    for (id, page) in rows {
        let columns = tables.entry(id.table()).or_default();
        let Some(page) = page else {
            columns.removed.push(id.key());
            continue;
        };
        columns.keys.push(id.key());
        columns.parts.push(page.part);
        columns.months.push(page.month);
        columns.days.push(page.day);
        columns.ats.push(page.at);
        columns.changed.push(signed(page.changed));
        columns.bodies.push(page.body);
    }
    tables.into_iter().collect()
}
