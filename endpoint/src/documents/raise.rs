//! After a restored backup: clients refuse a revision lower than the one they hold.

use jiff::Timestamp;

use crate::db::{DbError, Queries};

/// Raises the revision of every app's document by `by`, and gives the apps with their revisions.
///
/// A backup is behind by the changes that were made since, and clients hold the last of those. A document whose terms are
/// older takes effect there once its revision is higher.
pub fn raise(queries: &mut dyn Queries, by: u32, now: Timestamp) -> Result<Vec<(u64, u64)>, DbError> {
    let values = [i64::from(by).into(), now.into()];
    let rows = queries.query(
        "UPDATE documents SET revision = revision + $1, changed_at = $2, \
         issued_at = CASE WHEN issued_at < $2 THEN $2 ELSE issued_at + 1 END RETURNING app, revision",
        &values,
    )?;
    queries.execute(
        "INSERT INTO revisions (app, revision, terms, changed_at) \
         SELECT app, revision, terms, changed_at FROM documents WHERE TRUE ON CONFLICT DO NOTHING",
        &[],
    )?;
    rows.iter()
        .map(|row| Ok((row.get::<i64>(0)?.cast_unsigned(), row.get::<i64>(1)?.cast_unsigned())))
        .collect()
}
