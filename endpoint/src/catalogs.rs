//! Price lists that the endpoint serves, checked when they are pushed.

use jiff::Timestamp;
use planguard::catalog::Catalog;
use serde_json::Value;

use crate::db::{DbError, Queries};

/// The rows of a price list in the form that is served, from TOML or JSON.
///
/// # Errors
/// What is wrong with it, in planguard's own words.
pub fn read(id: &str, text: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(crate::contract::without_bom(text)).map_err(|_| "not UTF-8".to_owned())?;
    let rows = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| error.to_string())?
    } else {
        Catalog::served_form(text).map_err(|error| error.to_string())?
    };
    let rows: Value = rows;
    let catalog = Catalog::from_json(rows.to_string().as_bytes()).map_err(|error| error.to_string())?;
    if rows["id"] != id {
        return Err(format!("id: another one than `{id}`, under which it is to be served"));
    }
    drop(catalog);
    Ok(rows.to_string())
}

/// Serves rows under an id from now on.
pub fn put(queries: &mut dyn Queries, id: &str, rows: &str, now: Timestamp) -> Result<(), DbError> {
    let sql = "INSERT INTO catalogs (id, body, changed_at) VALUES ($1, $2, $3) \
               ON CONFLICT (id) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at";
    queries.execute(sql, &[id.into(), rows.into(), now.into()]).map(drop)
}

/// The rows of all that are served.
pub fn all(queries: &mut dyn Queries) -> Result<Vec<String>, DbError> {
    queries.query("SELECT body FROM catalogs ORDER BY id", &[])?.iter().map(|row| row.get(0)).collect()
}
