//! Crossings: which thresholds were crossed just now, and what that makes wait to be sent.

use std::collections::BTreeMap;

use super::body;
use super::config::NoticesConfig;
use super::queue;
use super::rules::{Figures, Level, Reading, readings};
use crate::db::{DbError, Queries};

/// Compares the figures of `app` with its thresholds, in the transaction that changed them. Returns how many notices
/// wait now that did not before.
///
/// Two transactions that cross the same threshold at once tell it once: the row of the rule is theirs in turn.
///
/// # Errors
/// [`DbError`]; the transaction that crossed the threshold is to be undone with it.
pub fn check(
    queries: &mut dyn Queries,
    config: &NoticesConfig,
    app: i64,
    figures: &Figures,
    now: i64,
) -> Result<usize, DbError> {
    let known = known(queries, app)?;
    // The highest of those of one kind that were crossed at once: they come in rising order.
    let mut told: BTreeMap<String, Reading> = BTreeMap::new();
    for reading in readings(config, figures, now) {
        let armed = known.get(&(reading.rule.clone(), reading.period.clone())).copied();
        match (reading.level, armed) {
            (Level::Crossed, None | Some(true)) if cross(queries, app, &reading, now)? => {
                let other = told.get(reading.kind());
                if other.is_none_or(|other| other.percent() <= reading.percent()) {
                    told.insert(reading.kind().to_owned(), reading);
                }
            }
            (Level::Clear, Some(false)) => arm(queries, app, &reading)?,
            _ => {}
        }
    }
    for reading in told.values() {
        let body = body::write(app, reading, now, config.language)?;
        queue::add(queries, config, app, &reading.rule, &body, now)?;
    }
    Ok(told.len())
}

/// Which rules were crossed before, and whether each is armed again.
fn known(queries: &mut dyn Queries, app: i64) -> Result<BTreeMap<(String, String), bool>, DbError> {
    let rows = queries.query("SELECT rule, period, armed FROM notice_rules WHERE app = $1", &[app.into()])?;
    let read = |row: &crate::db::Row| Ok(((row.get(0)?, row.get(1)?), row.get::<i64>(2)? == 1));
    rows.iter().map(read).collect()
}

/// Notes the crossing; false where another transaction just did.
fn cross(queries: &mut dyn Queries, app: i64, reading: &Reading, now: i64) -> Result<bool, DbError> {
    let sql = "INSERT INTO notice_rules (app, rule, period, armed, crossed_at) VALUES ($1, $2, $3, 0, $4) \
               ON CONFLICT (app, rule, period) DO UPDATE SET armed = 0, crossed_at = $4 \
               WHERE notice_rules.armed = 1";
    let values = [app.into(), reading.rule.as_str().into(), reading.period.as_str().into(), now.into()];
    Ok(queries.execute(sql, &values)? == 1)
}

fn arm(queries: &mut dyn Queries, app: i64, reading: &Reading) -> Result<(), DbError> {
    let sql = "UPDATE notice_rules SET armed = 1 WHERE app = $1 AND rule = $2 AND period = $3";
    let values = [app.into(), reading.rule.as_str().into(), reading.period.as_str().into()];
    queries.execute(sql, &values).map(drop)
}
