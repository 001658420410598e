//! What is done from time to time: rows that no longer count are removed.

mod believed;

use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::config::App;
use crate::db::{DbError, Queries};
use crate::decisions::{self, day_number};
use crate::service::Service;
use crate::{ledger, notices};

pub(crate) use believed::is_in_doubt;

/// How often.
pub const EVERY: std::time::Duration = std::time::Duration::from_secs(600);

/// For how long a usage event is known again. One that happened before that is too old to be counted
/// ([`crate::ledger`]), so that one sent again later changes no count.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(32 * 24);

/// Rows at a time, so that nothing waits long for the transaction.
const AT_A_TIME: i64 = 10_000;

/// Days for which decisions are shown, and then kept some more.
const DAYS_OF_DECISIONS: i64 = 40;

/// How long notices that are over are kept.
const OVER: SignedDuration = SignedDuration::from_hours(24 * 60);

/// How long a notice waits whose receiver the configuration no longer names.
const NO_RECEIVER: SignedDuration = SignedDuration::from_hours(24 * 5);

impl Service {
    /// Removes what no longer counts; how many rows of usage events. What the clock says is believed as far as it went
    /// on since the last time, or once it has said so for a day.
    ///
    /// # Errors
    /// [`DbError`]. What is left is removed the next time.
    pub async fn upkeep(&self) -> Result<u64, DbError> {
        self.rates.forget();
        self.db.check_schema().await?;
        let (now, theirs) = (self.clock.now(), self.db.clock().await?);
        let believed = self.db.write(move |queries| believed::note(queries, now, theirs)).await?;
        let until = Timestamp::from_millisecond(believed.mark).unwrap_or(Timestamp::UNIX_EPOCH);
        if until < now {
            tracing::warn!(%until, "the clock went far ahead; nothing later is deleted until it has said so for a day");
        }
        for app in &self.config.apps {
            let ledger = ledger::App::of(app);
            while self.prune_months(ledger.clone(), until).await? {}
        }
        self.prune_told(until).await?;
        let mut removed = 0;
        loop {
            let some = self.db.write(move |queries| prune_events(queries, until)).await?;
            removed += some;
            if some < AT_A_TIME.cast_unsigned() {
                return Ok(removed);
            }
        }
    }

    async fn prune_months(&self, app: ledger::App, until: Timestamp) -> Result<bool, DbError> {
        self.db.write(move |queries| ledger::retention::prune(queries, &app, until.as_millisecond())).await
    }

    /// Notices that are over, and decisions of days long ago.
    async fn prune_told(&self, until: Timestamp) -> Result<(), DbError> {
        let day = |app: &App| app.billing_zone.time_zone().to_datetime(until).date();
        let today = self.config.apps.iter().map(day).min().unwrap_or(jiff::civil::Date::MIN);
        let first_day = day_number(today.saturating_sub(DAYS_OF_DECISIONS.days()));
        let before = move |age| until.checked_sub(age).unwrap_or(Timestamp::MIN).as_millisecond();
        let named = self.config.receivers();
        let prune = move |queries: &mut dyn Queries| {
            notices::give_up(queries, &named, before(NO_RECEIVER))?;
            notices::prune(queries, before(OVER))?;
            decisions::prune(queries, first_day)
        };
        self.db.write(prune).await
    }
}

fn prune_events(queries: &mut dyn Queries, until: Timestamp) -> Result<u64, DbError> {
    let sql = "DELETE FROM events_taken WHERE (app, event) IN \
               (SELECT app, event FROM events_taken WHERE taken_at < $1 ORDER BY app, event LIMIT $2)";
    let before = until.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
    queries.execute(sql, &[before.into(), AT_A_TIME.into()])
}
