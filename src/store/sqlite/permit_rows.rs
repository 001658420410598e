//! How permits are kept. There are few at a time, also beside many counters.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::codec::{Col, read_key, read_wait};
use super::fail::Fail;
use crate::model::{Counter, CounterKey, Elapsed, HeldSince, Hold, Owner, Timestamp};
use crate::store::PermitId;

/// Since when it was held decides nothing while it is held; the caller keeps it until it commits.
pub(super) const SINCE: HeldSince = HeldSince { at: Timestamp::MIN, seq: 0 };

const ALL: &str = "SELECT permit, begun, length_ms, owner FROM permits";

const ITEMS: &str =
    "SELECT limit_id, subject, bucket, amount, permit FROM permit_items ORDER BY permit, item";

/// Room held, and by whom.
#[derive(Debug)]
pub(super) struct Permit {
    pub(super) hold: Hold,
    pub(super) owner: Option<Owner>,
}

/// All permits.
pub(super) type Permits = BTreeMap<PermitId, Permit>;

/// Reads all of them.
pub(super) fn read(connection: &Connection) -> Result<Permits, Fail> {
    let mut permits = Permits::new();
    let mut statement = connection.prepare_cached(ALL)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let hold = Hold { items: Vec::new(), wait: read_wait(row, 1)?, since: SINCE };
        let owner = row.get::<_, Option<Col<u128>>>(3)?.map(|col| Owner(col.0));
        permits.insert(PermitId(row.get::<_, Col<u128>>(0)?.0), Permit { hold, owner });
    }
    drop(rows);
    if permits.is_empty() {
        return Ok(permits);
    }
    let mut statement = connection.prepare_cached(ITEMS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let permit = permits.get_mut(&PermitId(row.get::<_, Col<u128>>(4)?.0));
        if let (Some(key), Some(permit)) = (read_key(row, 0)?, permit) {
            permit.hold.items.push((key, row.get(3)?));
        }
    }
    Ok(permits)
}

/// `counter` with what permits but `except` take of it at `now`.
pub(super) fn held(
    permits: &Permits,
    counter: Counter,
    key: &CounterKey,
    now: Elapsed,
    except: Option<PermitId>,
) -> Counter {
    let others = permits.iter().filter(|(id, _)| Some(**id) != except);
    others.fold(counter, |counter, (_, permit)| permit.hold.add_to(counter, key, now))
}
