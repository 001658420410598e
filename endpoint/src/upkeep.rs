//! What is done from time to time: rows that no longer count are removed.

use jiff::{SignedDuration, Timestamp};

use crate::db::{DbError, Queries};
use crate::ledger;
use crate::service::Service;

/// How often.
pub const EVERY: std::time::Duration = std::time::Duration::from_secs(600);

/// For how long a usage event is known again. One that happened before that is too old to be counted
/// ([`crate::ledger`]), so that one sent again later changes no count.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(32 * 24);

/// Rows at a time, so that nothing waits long for the transaction.
const AT_A_TIME: i64 = 10_000;

impl Service {
    /// Removes what no longer counts; how many rows of usage events.
    ///
    /// # Errors
    /// [`DbError`]. What is left is removed the next time.
    pub async fn upkeep(&self) -> Result<u64, DbError> {
        self.rates.forget();
        let now = self.clock.now();
        for app in &self.config.apps {
            let app = ledger::App::of(app);
            while self.prune_months(app.clone(), now).await? {}
        }
        let mut removed = 0;
        loop {
            let some = self.db.write(move |queries| prune_events(queries, now)).await?;
            removed += some;
            if some < AT_A_TIME.cast_unsigned() {
                return Ok(removed);
            }
        }
    }

    async fn prune_months(&self, app: ledger::App, now: Timestamp) -> Result<bool, DbError> {
        self.db.write(move |queries| ledger::retention::prune(queries, &app, now.as_millisecond())).await
    }
}

fn prune_events(queries: &mut dyn Queries, now: Timestamp) -> Result<u64, DbError> {
    let sql = "DELETE FROM events_taken WHERE (app, event) IN \
               (SELECT app, event FROM events_taken WHERE taken_at < $1 ORDER BY app, event LIMIT $2)";
    let before = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
    queries.execute(sql, &[before.into(), AT_A_TIME.into()])
}
