//! What a served document hangs on, read in one row.

use jiff::Timestamp;
use planguard::time::BillingMonth;

use crate::db::{DbError, Queries};
use crate::keys;

/// What a served document hangs on: two of the same stamp are the same to the byte, signature included.
///
/// Terms and what is filled in change `revision` or `issued_at`. The key of accounts is the latest of those that count in
/// the month, which no key is taken from: with month and number it is the same one. A key that signs never changes under
/// its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    revision: i64,
    issued_at: i64,
    filled: Option<Vec<u8>>,
    month: i32,
    account_keys: i64,
    signs: Option<String>,
}

impl Stamp {
    /// Reads it; `None` where the app has no document.
    ///
    /// # Errors
    /// [`DbError`] where the database cannot be read.
    pub fn read(
        queries: &mut dyn Queries,
        app: u64,
        month: BillingMonth,
        now: Timestamp,
    ) -> Result<Option<Self>, DbError> {
        let sql = format!(
            "SELECT revision, issued_at, filled, \
             (SELECT COUNT(*) FROM account_keys WHERE account_keys.app = $2), {} \
             FROM documents WHERE app = $2",
            keys::SIGNS
        );
        let Some(row) = queries.first(&sql, &[now.into(), super::key(app)])? else { return Ok(None) };
        Ok(Some(Self {
            revision: row.get(0)?,
            issued_at: row.get(1)?,
            filled: row.get(2)?,
            month: month.number(),
            account_keys: row.get(3)?,
            signs: row.get(4)?,
        }))
    }
}
