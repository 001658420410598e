//! What is deleted when, so that the database grows with the users of a few months and no further.

use planguard::time::BillingMonth;

use super::belief::OLDEST;
use super::period::{When, day_number, month_number};
use crate::db::{DbError, Queries};

/// Months whose users are kept, the running one included: as long as events can come in for them, and long enough to
/// look into a bill of the month before.
pub const MONTHS_OF_USERS: i32 = 3;

/// Months whose counters are kept, the running one included.
pub const MONTHS_OF_COUNTERS: i32 = 25;

/// Rows that one call deletes of one table: a call lasts well under a second, and others get between two of them.
pub const ROWS: i64 = 20_000;

/// Deletes some of what nobody needs any more; whether there may be more.
pub fn prune(queries: &mut dyn Queries, app: &super::App, now: i64) -> Result<bool, DbError> {
    let month = When::new(&app.zone, now).month;
    let users_from = month_number(first_month_of_users(month));
    let id = crate::accounts::number(app.id);
    let oldest = i64::try_from(OLDEST.as_millis()).unwrap_or(i64::MAX);
    let mut more = false;
    for (sql, before) in [
        (
            "DELETE FROM month_users WHERE app = $1 AND (app, month, account) IN
             (SELECT app, month, account FROM month_users WHERE app = $1 AND month < $2 LIMIT $3)",
            users_from,
        ),
        (
            "DELETE FROM month_keyless WHERE app = $1 AND (app, month, install_user) IN
             (SELECT app, month, install_user FROM month_keyless WHERE app = $1 AND month < $2 LIMIT $3)",
            users_from,
        ),
        (
            "DELETE FROM callbacks WHERE app = $1 AND (app, callback) IN
             (SELECT app, callback FROM callbacks WHERE app = $1 AND taken_at < $2 LIMIT $3)",
            // A webhook is believed that is as old as `OLDEST`, and comes in as much later as clocks differ.
            now - oldest - oldest,
        ),
    ] {
        more |= queries.execute(sql, &[id.clone(), before.into(), ROWS.into()])? >= ROWS.unsigned_abs();
    }
    let counters_from = first_month_of_counters(month);
    let sql = "DELETE FROM tallies WHERE app = $1 AND
        ((period > 0 AND period < $2) OR (period > 999999 AND period < $3))";
    let first = day_number(counters_from.first_date());
    queries.execute(sql, &[id.clone(), month_number(counters_from).into(), first.into()])?;
    queries.execute("DELETE FROM group_quotas WHERE app = $1 AND day < $2", &[id, first.into()])?;
    Ok(more)
}

/// The first month whose users are still known.
pub fn first_month_of_users(running: BillingMonth) -> BillingMonth {
    running.before(MONTHS_OF_USERS - 1)
}

/// The first month whose counters are still known.
pub fn first_month_of_counters(running: BillingMonth) -> BillingMonth {
    running.before(MONTHS_OF_COUNTERS - 1)
}
