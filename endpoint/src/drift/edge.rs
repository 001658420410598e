//! Users whose one login of a month lies beside its first or last midnight, with the other side's beyond it.

use planguard::time::BillingMonth;

use crate::accounts::number;
use crate::db::{DbError, Queries};
use crate::ledger::period::month_number;

/// Whom one side has only on the first day, and the other only on the last day of the month before.
pub(super) fn first(queries: &mut dyn Queries, app: u64, month: BillingMonth) -> Result<i64, DbError> {
    let before = month.before(1);
    across(queries, app, (month, 1), (before, 1 << (before.days() - 1)))
}

/// Whom one side has only on the last day, and the other only on the first day of the month after.
pub(super) fn last(queries: &mut dyn Queries, app: u64, month: BillingMonth) -> Result<i64, DbError> {
    across(queries, app, (month, 1 << (month.days() - 1)), (month.next(), 1))
}

/// Users with one side's one login on one day, and the other side's on the other day. Where the key changed between the
/// months, nobody is found: their pseudonyms have nothing in common.
fn across(
    queries: &mut dyn Queries,
    app: u64,
    (month, day): (BillingMonth, i64),
    (other_month, other_day): (BillingMonth, i64),
) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM month_users one JOIN month_users other
        ON other.app = one.app AND other.month = $3 AND other.account = one.account
        WHERE one.app = $1 AND one.month = $2 AND (
            (one.device_days = $4 AND one.provider_days = 0 AND (other.provider_days & $5) <> 0
                AND (other.device_days & $5) = 0)
            OR (one.provider_days = $4 AND one.device_days = 0 AND (other.device_days & $5) <> 0
                AND (other.provider_days & $5) = 0))";
    let values = [
        number(app),
        month_number(month).into(),
        month_number(other_month).into(),
        day.into(),
        other_day.into(),
    ];
    queries.first(sql, &values)?.map_or(Ok(0), |row| row.get(0))
}
