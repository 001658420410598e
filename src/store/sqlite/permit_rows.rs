//! How permits are kept: a row each. A group of works has all of them in memory, with what they hold of each counter
//! added up, and writes those that changed once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use rusqlite::{Connection, params};

use super::bytes::{Reader, Writer};
use super::codec::{Col, read_wait};
use super::fail::Fail;
use super::key_bytes;
use crate::model::{Counter, CounterKey, Elapsed, HeldSince, Hold, Owner, Timestamp};
use crate::store::PermitId;

/// Since when it was held decides nothing while it is held; the caller keeps it until it commits.
pub(super) const SINCE: HeldSince = HeldSince { at: Timestamp::MIN, seq: 0 };

const ALL: &str = "SELECT permit, begun, length_ms, owner, items FROM permits";

const WRITE: &str = "REPLACE INTO permits (permit, owner, begun, length_ms, items) VALUES (?, ?, ?, ?, ?)";

const DELETE: &str = "DELETE FROM permits WHERE permit = ?";

/// Room held, and by whom.
#[derive(Debug)]
pub(super) struct Permit {
    pub(super) hold: Hold,
    pub(super) owner: Option<Owner>,
    /// What it holds of limits that only a newer build knows, as it is kept.
    pub(super) others: Vec<u8>,
}

/// What permits hold of one counter.
#[derive(Debug, Default)]
struct Room {
    amount: u128,
    /// When they end, and how many items with each end there are.
    ends: BTreeMap<Elapsed, usize>,
}

/// All permits.
#[derive(Debug, Default)]
pub(super) struct Permits {
    all: BTreeMap<PermitId, Permit>,
    rooms: BTreeMap<CounterKey, Room>,
    by_end: BTreeSet<(Elapsed, PermitId)>,
    by_beginning: BTreeSet<(Elapsed, PermitId)>,
    /// Those that changed since they were written, and whether the file has them.
    changed: BTreeMap<PermitId, bool>,
}

/// The items of a hold that make their counter wait: one that makes room makes it when it is committed.
fn taking(hold: &Hold) -> impl Iterator<Item = (CounterKey, u128)> {
    let taking = hold.items.iter().filter(|(_, amount)| *amount > 0);
    taking.map(|(key, amount)| (*key, u128::from(amount.unsigned_abs())))
}

impl Permits {
    fn put(&mut self, id: PermitId, permit: Permit) {
        let wait = permit.hold.wait;
        for (key, amount) in taking(&permit.hold) {
            let room = self.rooms.entry(key).or_default();
            room.amount = room.amount.saturating_add(amount);
            *room.ends.entry(wait.end()).or_default() += 1;
        }
        self.by_end.insert((wait.end(), id));
        self.by_beginning.insert((wait.begun, id));
        self.all.insert(id, permit);
    }

    fn take(&mut self, id: PermitId) -> Option<Permit> {
        let permit = self.all.remove(&id)?;
        let wait = permit.hold.wait;
        for (key, amount) in taking(&permit.hold) {
            let Some(room) = self.rooms.get_mut(&key) else { continue };
            room.amount = room.amount.saturating_sub(amount);
            if let Some(items) = room.ends.get_mut(&wait.end()) {
                *items -= 1;
                if *items == 0 {
                    room.ends.remove(&wait.end());
                }
            }
            if room.ends.is_empty() {
                self.rooms.remove(&key);
            }
        }
        self.by_end.remove(&(wait.end(), id));
        self.by_beginning.remove(&(wait.begun, id));
        Some(permit)
    }

    pub(super) fn insert(&mut self, id: PermitId, permit: Permit) {
        let filed = self.take(id).is_some();
        self.changed.entry(id).or_insert(filed);
        self.put(id, permit);
    }

    pub(super) fn remove(&mut self, id: PermitId) -> Option<Permit> {
        let permit = self.take(id)?;
        self.changed.entry(id).or_insert(true);
        Some(permit)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PermitId, &Permit)> {
        self.all.iter().map(|(id, permit)| (*id, permit))
    }

    /// Those whose wait is over at `now`: they have ended, or are of another boot and began later.
    pub(super) fn lapsed(&self, now: Elapsed) -> BTreeSet<PermitId> {
        let last = PermitId(u128::MAX);
        let ended = self.by_end.range(..=(now, last));
        let ahead = self.by_beginning.range((Bound::Excluded((now, last)), Bound::Unbounded));
        let candidates = ended.chain(ahead).map(|(_, id)| *id);
        candidates.filter(|id| self.all.get(id).is_some_and(|permit| permit.hold.wait.is_over(now))).collect()
    }

    /// `counter` with what permits but `except` take of it at `now`.
    pub(super) fn held(
        &self,
        counter: Counter,
        key: &CounterKey,
        now: Elapsed,
        except: Option<PermitId>,
    ) -> Counter {
        let Some(room) = self.rooms.get(key) else { return counter };
        let runs = self.by_end.first().is_none_or(|(end, _)| *end > now)
            && self.by_beginning.last().is_none_or(|(begun, _)| *begun <= now);
        if !runs || except.is_some_and(|id| self.all.contains_key(&id)) {
            let others = self.all.iter().filter(|(id, _)| Some(**id) != except);
            return others.fold(counter, |counter, (_, permit)| permit.hold.add_to(counter, key, now));
        }
        let amount = u64::try_from(room.amount).unwrap_or(u64::MAX);
        let until = room.ends.last_key_value().map_or(counter.reserved_until, |(end, _)| *end);
        Counter {
            reserved: counter.reserved.saturating_add(amount),
            reserved_until: counter.reserved_until.max(until),
            ..counter
        }
    }

    /// Reads all of them.
    pub(super) fn read(connection: &Connection) -> Result<Self, Fail> {
        let mut permits = Self::default();
        let mut statement = connection.prepare_cached(ALL)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (items, others) = items(row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?)?;
            let hold = Hold { items, wait: read_wait(row, 1)?, since: SINCE };
            let owner = row.get::<_, Option<Col<u128>>>(3)?.map(|col| Owner(col.0));
            permits.put(PermitId(row.get::<_, Col<u128>>(0)?.0), Permit { hold, owner, others });
        }
        Ok(permits)
    }

    /// Writes those that changed.
    pub(super) fn write(&mut self, connection: &Connection) -> Result<(), Fail> {
        for (id, filed) in &self.changed {
            match self.all.get(id) {
                Some(permit) => write(connection, *id, permit)?,
                None if *filed => drop(connection.prepare_cached(DELETE)?.execute(params![Col(id.0)])?),
                None => {}
            }
        }
        self.changed.clear();
        Ok(())
    }
}

/// Writes a row.
pub(super) fn write(connection: &Connection, id: PermitId, permit: &Permit) -> Result<(), Fail> {
    let wait = permit.hold.wait;
    connection.prepare_cached(WRITE)?.execute(params![
        Col(id.0),
        permit.owner.map(|owner| Col(owner.0)),
        Col(wait.begun),
        Col(wait.length_ms),
        items_stored(&permit.hold.items, &permit.others)
    ])?;
    Ok(())
}

/// Keys and amounts; those whose limit only a newer build knows remain bytes.
type Items = (Vec<(CounterKey, i64)>, Vec<u8>);

fn items(stored: &[u8]) -> Result<Items, Fail> {
    let (mut items, mut others) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(stored);
    while !reader.is_empty() {
        let before = reader.rest();
        let kind = reader.number()?;
        let key = key_bytes::read(&mut reader, kind)?;
        let amount = reader.number()?;
        match key {
            Some(key) => items.push((key, amount)),
            None => others.extend_from_slice(&before[..before.len() - reader.rest().len()]),
        }
    }
    Ok((items, others))
}

fn items_stored(items: &[(CounterKey, i64)], others: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    for (key, amount) in items {
        key_bytes::write(&mut writer, key);
        writer.number(*amount);
    }
    writer.rest(others);
    writer.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LimitId, Pseudonym, Subject, Wait};

    const KEY: CounterKey = CounterKey { limit: LimitId::FreeMau, subject: Subject::App, bucket: 7 };

    fn permit(amount: i64, begun: u64, length_ms: u64) -> Permit {
        let wait = Wait { begun: Elapsed(begun), length_ms };
        Permit {
            hold: Hold { items: vec![(KEY, amount)], wait, since: SINCE },
            owner: None,
            others: Vec::new(),
        }
    }

    #[test]
    fn items_come_back_and_those_of_a_newer_build_stay() {
        let group = CounterKey { subject: Subject::Group(Pseudonym([9; 16])), ..KEY };
        let known = vec![(KEY, i64::MIN), (group, 3)];
        // An app's counter of a limit with the number 9999, of which 5 are held.
        let mut newer = Writer::default();
        newer.number(1_u8);
        newer.number(9_999_i64);
        newer.number(-2_i32);
        newer.number(5_i64);
        let others = newer.into_bytes();
        let stored = items_stored(&known, &others);
        assert_eq!(items(&stored).unwrap(), (known, others));
        assert!(matches!(items(&stored[..stored.len() - 1]), Err(Fail::Damaged(_))));
    }

    #[test]
    fn what_permits_hold_is_added_up_as_if_each_were_looked_at() {
        let mut permits = Permits::default();
        let mut random = fastrand::Rng::with_seed(8);
        for _ in 0..2_000 {
            let id = PermitId(u128::from(random.u8(..12)));
            if random.bool() {
                let permit = permit(random.i64(-2..5), random.u64(..100), random.u64(..100));
                permits.insert(id, permit);
            } else {
                permits.remove(id);
            }
            let now = Elapsed(random.u64(..200));
            let except = random.bool().then(|| PermitId(u128::from(random.u8(..12))));
            let expected = permits.iter().filter(|(id, _)| Some(*id) != except);
            let expected = expected
                .fold(Counter::default(), |counter, (_, permit)| permit.hold.add_to(counter, &KEY, now));
            assert_eq!(permits.held(Counter::default(), &KEY, now, except), expected);
            let over = permits.iter().filter(|(_, permit)| permit.hold.wait.is_over(now)).map(|(id, _)| id);
            assert_eq!(permits.lapsed(now), over.collect());
            if random.u8(..8) == 0 {
                permits.lapsed(now).into_iter().for_each(|id| drop(permits.remove(id)));
            }
        }
        assert!(permits.changed.len() == 12);
    }
}
