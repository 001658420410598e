//! By which instant rows are deleted: never by one reading of a clock, which may be wrong by years.

use jiff::{SignedDuration, Timestamp};

use crate::db::{DbError, Queries};

/// How far the clock may have gone on since the last upkeep to be believed at once.
const STEP: i64 = 2 * DAY;

const DAY: i64 = 24 * 3_600_000;

/// How long after a clock went far ahead it has to say the same again, to be believed.
const CONFIRMED: std::ops::RangeInclusive<i64> = DAY..=3 * DAY;

/// Beyond it the clock of this machine and the database's differ.
const CLOCKS_AGREE: SignedDuration = SignedDuration::from_secs(60);

/// What is believed of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Believed {
    /// By which rows are deleted, in milliseconds.
    pub mark: i64,
    /// The first reading that was far beyond it, where there is one.
    doubted: Option<i64>,
}

impl Believed {
    /// What is believed after a reading. `agrees` says whether the database's clock, where it has one of its own, says so
    /// too.
    fn after(before: Option<Self>, now: i64, agrees: bool) -> Self {
        let at_once = Self { mark: now, doubted: None };
        // An earlier time deletes less: it is believed at once.
        let Some(before) = before.filter(|before| now > before.mark.saturating_add(STEP)) else {
            return at_once;
        };
        let since = before.doubted.map(|first| now - first);
        match since {
            _ if !agrees => Self { doubted: None, ..before },
            Some(since) if CONFIRMED.contains(&since) => at_once,
            Some(since) if (0..*CONFIRMED.start()).contains(&since) => before,
            _ => Self { doubted: Some(now), ..before },
        }
    }
}

/// Notes a reading of this machine's clock, beside the database's; what is believed then.
pub(super) fn note(
    queries: &mut dyn Queries,
    now: Timestamp,
    theirs: Option<Timestamp>,
) -> Result<Believed, DbError> {
    let agrees = theirs.is_none_or(|theirs| theirs.duration_since(now).abs() <= CLOCKS_AGREE);
    let row = queries.first("SELECT mark, doubted FROM believed_clock WHERE one = 1", &[])?;
    let before = row.map(|row| Ok::<_, DbError>(Believed { mark: row.get(0)?, doubted: row.get(1)? }));
    let believed = Believed::after(before.transpose()?, now.as_millisecond(), agrees);
    let sql = "INSERT INTO believed_clock (one, mark, doubted) VALUES (1, $1, $2) \
               ON CONFLICT (one) DO UPDATE SET mark = excluded.mark, doubted = excluded.doubted";
    queries.execute(sql, &[believed.mark.into(), believed.doubted.into()])?;
    Ok(believed)
}

/// Whether the clock says something far beyond what is believed, and so may be wrong.
pub(crate) fn is_in_doubt(queries: &mut dyn Queries, now: Timestamp) -> Result<bool, DbError> {
    let row = queries.first("SELECT mark FROM believed_clock WHERE one = 1", &[])?;
    let mark = row.map(|row| row.get::<i64>(0)).transpose()?;
    Ok(mark.is_some_and(|mark| now.as_millisecond() > mark.saturating_add(STEP)))
}

#[cfg(test)]
mod tests {
    use super::{Believed, DAY};

    /// What is believed after these readings, in days.
    fn mark(readings: &[i64]) -> i64 {
        let read = |before, now: &i64| Some(Believed::after(before, now * DAY, true));
        readings.iter().fold(None, read).unwrap().mark / DAY
    }

    #[test]
    fn a_clock_that_goes_on_is_believed_and_one_that_jumps_only_once_it_says_so_again() {
        assert_eq!(mark(&[10, 11, 13]), 13);
        assert_eq!(mark(&[10, 110]), 10);
        assert_eq!(mark(&[10, 110, 110]), 10, "on the same day");
        assert_eq!(mark(&[10, 110, 11]), 11);
        assert_eq!(mark(&[10, 110, 11, 111]), 11, "another clock said otherwise in between");
        assert_eq!(mark(&[10, 110, 111]), 111, "it was off for long");
        assert_eq!(mark(&[10, 110, 210, 310]), 10, "they do not agree");
        assert_eq!(mark(&[10, 210, 110, 111]), 111);
        assert_eq!(mark(&[10, 3, 10, 11]), 11, "set back, and right again");
        assert_eq!(mark(&[10, 3, 10]), 3);
    }

    #[test]
    fn against_the_clock_of_the_database_no_jump_is_believed() {
        let before = Some(Believed { mark: 10 * DAY, doubted: Some(110 * DAY) });
        let after = Believed::after(before, 111 * DAY, false);
        assert_eq!((after.mark, after.doubted), (10 * DAY, None));
    }
}
