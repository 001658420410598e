//! The statements, each for one schema and table.

use crate::store::fleet::backing::Scan;
use crate::store::fleet::row::Table;

/// The columns of every table but `head` and `journal`.
pub(super) const COLUMNS: &str = "key TEXT PRIMARY KEY, part TEXT NOT NULL, month INT, day INT, at BIGINT, \
    changed BIGINT NOT NULL, boot BIGINT NOT NULL, ahead BIGINT NOT NULL, body TEXT NOT NULL";

/// So many commits, and those of the last hour, stay in the journal: who was away for longer reads rows by their numbers.
const JOURNAL: &str = "4096";

pub(super) fn load(schema: &str, table: Table) -> String {
    let table = table.name();
    format!("SELECT key, body, boot, ahead FROM {schema}.{table} WHERE key = ANY($1)")
}

pub(super) fn write(schema: &str, table: Table) -> String {
    let name = table.name();
    // Of two events of one id the first stays.
    let again = if table == Table::Outbox {
        "ON CONFLICT DO NOTHING"
    } else {
        "ON CONFLICT (key) DO UPDATE SET (part, month, day, at, changed, boot, ahead, body) = (EXCLUDED.part, \
         EXCLUDED.month, EXCLUDED.day, EXCLUDED.at, EXCLUDED.changed, EXCLUDED.boot, EXCLUDED.ahead, EXCLUDED.body)"
    };
    format!(
        "INSERT INTO {schema}.{name} (key, part, month, day, at, changed, body, boot, ahead) \
         SELECT u.*, $8, $9 FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], \
         $7::text[]) AS u {again}"
    )
}

pub(super) fn remove(schema: &str, table: Table) -> String {
    format!("DELETE FROM {schema}.{} WHERE key = ANY($1)", table.name())
}

pub(super) fn scan(schema: &str, table: Table, scan: &Scan) -> String {
    let wanted = match scan {
        Scan::All => "TRUE",
        Scan::Part(_) => "part = $1",
        Scan::Since { .. } => "month >= $1 OR day >= $2 OR (month IS NULL AND day IS NULL) OR part <> ''",
        Scan::Month(_) => "month = $1",
        Scan::Ahead { .. } => "month > $1 OR day > $2 OR at > $3",
        Scan::Changed(_) => "changed > $1",
        Scan::First(_) => "TRUE ORDER BY key LIMIT $1",
    };
    format!("SELECT key, body, boot, ahead FROM {schema}.{} WHERE {wanted}", table.name())
}

pub(super) fn count(schema: &str, table: Table, of_month: bool) -> String {
    let wanted = if of_month { " WHERE month = $1" } else { "" };
    format!("SELECT count(*) FROM {schema}.{}{wanted}", table.name())
}

pub(super) fn months(schema: &str, table: Table) -> String {
    format!("SELECT DISTINCT month FROM {schema}.{} WHERE month IS NOT NULL", table.name())
}

pub(super) fn head(schema: &str, write: bool) -> String {
    let lock = if write { " FOR UPDATE" } else { "" };
    format!("SELECT seq, token, last_fence, waiting, dropped, events, version FROM {schema}.head{lock}")
}

/// The server's clock, read after the lock: in one statement with it, it would be read before the wait for it.
pub(super) fn clock(schema: &str) -> String {
    format!(
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, \
         (SELECT coalesce(min(seq), 0) FROM {schema}.journal)"
    )
}

pub(super) fn journal(schema: &str) -> String {
    format!("SELECT seq, token, rows FROM {schema}.journal WHERE seq >= $1 ORDER BY seq")
}

pub(super) fn put_head(schema: &str) -> String {
    format!(
        "UPDATE {schema}.head SET (seq, token, last_fence, waiting, dropped, events) = ($1, $2, $3, $4, $5, $6)"
    )
}

pub(super) fn put_journal(schema: &str) -> String {
    format!("INSERT INTO {schema}.journal (seq, token, rows) VALUES ($1, $2, $3)")
}

pub(super) fn shorten_journal(schema: &str) -> String {
    format!(
        "DELETE FROM {schema}.journal WHERE seq < $1::bigint - {JOURNAL} \
         AND abs(extract(epoch FROM clock_timestamp() - at)) > 3600"
    )
}

/// What lies before a horizon, table by table: `$1` is its month, `$2` its day, `$3` its instant.
pub(super) fn forget(schema: &str) -> Vec<String> {
    let windows =
        |table: Table| format!("DELETE FROM {schema}.{} WHERE month < $1 OR day < $2", table.name());
    let of_months = |table: Table| format!("DELETE FROM {schema}.{} WHERE month < $1", table.name());
    let dated = |table: Table| format!("DELETE FROM {schema}.{} WHERE at < $1", table.name());
    vec![
        windows(Table::Counters),
        windows(Table::Warned),
        format!(
            "DELETE FROM {schema}.users WHERE coalesce(month < $1, TRUE) AND coalesce(day < $2, TRUE) \
             AND coalesce(at < $3, TRUE) AND part IN ('', 'known')"
        ),
        of_months(Table::Active),
        of_months(Table::Deferred),
        of_months(Table::Identities),
        of_months(Table::Totals),
        dated(Table::Happenings),
        dated(Table::Terms),
        format!("DELETE FROM {schema}.leases WHERE day < $1"),
    ]
}

pub(super) fn sweep(schema: &str) -> String {
    format!(
        "DELETE FROM {schema}.leases WHERE at + CASE WHEN boot = $3 THEN $4 ELSE ahead END \
         <= CASE WHEN part <> '' THEN $1::bigint ELSE $2::bigint END"
    )
}

pub(super) fn touch(schema: &str, table: Table) -> String {
    format!(
        "UPDATE {schema}.{} SET changed = $1, body = regexp_replace(body, '\"seq\":[0-9]+', '\"seq\":' || $1::bigint)",
        table.name()
    )
}
