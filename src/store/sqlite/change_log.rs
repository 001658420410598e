//! Which rows changed lately, for processes that follow. The latest lie in the one row that every write changes anyway;
//! from time to time they move to a table of a bounded size. Whoever follows from before its beginning reads the rows
//! by their own numbers instead: once, after thousands of changes.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Connection, params};

use super::bytes::{Reader, Writer};
use super::codec::Col;
use super::fail::Fail;
use super::key_bytes;
use crate::model::{CounterKey, Pseudonym};

/// So many changed rows lie in the one row.
const RECENT: usize = 32;

/// So many are in the table at most, and half as many at least once there were more.
const LOGGED: u64 = 8192;

/// Goes before the key of a counter of which only the room changed. No key begins with it.
const ROOM: u8 = 9;

/// A row whose changes are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum RowKey {
    User(Pseudonym),
    Counter(CounterKey),
    /// Only what permits hold of it changed: its row did not.
    Room(CounterKey),
}

/// The latest changes, and what the table holds.
#[derive(Clone, Debug, Default)]
pub(super) struct ChangeLog {
    /// Rows by the number of the write that changed them, the latest last.
    recent: Vec<(u64, RowKey)>,
    /// How many the table holds, and up to which write.
    logged: u64,
    logged_upto: u64,
    /// Of changes up to this write nothing is known.
    forgotten: u64,
}

fn encode(entries: &[(u64, RowKey)]) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut before = 0;
    for (seq, row) in entries {
        writer.number(seq.wrapping_sub(before));
        before = *seq;
        match row {
            RowKey::User(id) => {
                writer.number(0_u8);
                writer.name(&id.0);
            }
            RowKey::Counter(key) => key_bytes::write(&mut writer, key),
            RowKey::Room(key) => {
                writer.number(ROOM);
                key_bytes::write(&mut writer, key);
            }
        }
    }
    writer.into_bytes()
}

fn decode(bytes: &[u8]) -> Result<Vec<(u64, RowKey)>, Fail> {
    let (mut reader, mut before) = (Reader::new(bytes), 0_u64);
    let mut entries = Vec::new();
    while !reader.is_empty() {
        before = before.wrapping_add(reader.number()?);
        let mut kind: u8 = reader.number()?;
        if kind == 0 {
            entries.push((before, RowKey::User(Pseudonym(reader.name()?))));
            continue;
        }
        let only_room = kind == ROOM;
        if only_room {
            kind = reader.number()?;
        }
        // A limit that only a newer build knows says nothing to this one.
        if let Some(key) = key_bytes::read(&mut reader, kind)? {
            entries.push((before, if only_room { RowKey::Room(key) } else { RowKey::Counter(key) }));
        }
    }
    Ok(entries)
}

impl ChangeLog {
    pub(super) fn read(recent: &[u8], logged: u64, logged_upto: u64, forgotten: u64) -> Result<Self, Fail> {
        Ok(Self { recent: decode(recent)?, logged, logged_upto, forgotten })
    }

    /// What is kept in the one row: the latest changes, how many the table holds, up to which write, and since when.
    pub(super) fn stored(&self) -> (Vec<u8>, u64, u64, u64) {
        (encode(&self.recent), self.logged, self.logged_upto, self.forgotten)
    }

    /// Up to which write nothing is known of changes.
    pub(super) const fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Files a row as changed in write `seq`.
    pub(super) fn file(&mut self, seq: u64, row: RowKey) {
        if self.recent.last() != Some(&(seq, row)) {
            self.recent.push((seq, row));
        }
    }

    /// Users and counters that changed after write `seq`, each once; `None` where that is not known any more.
    pub(super) fn since(&self, connection: &Connection, seq: u64) -> Result<Option<BTreeSet<RowKey>>, Fail> {
        if seq < self.forgotten {
            return Ok(None);
        }
        let later = |entries: &[(u64, RowKey)], found: &mut BTreeSet<RowKey>| {
            let later = entries.iter().rev().take_while(|(changed, _)| *changed > seq);
            found.extend(later.map(|(_, row)| match *row {
                RowKey::Room(key) => RowKey::Counter(key),
                row => row,
            }));
        };
        let mut found = BTreeSet::new();
        later(&self.recent, &mut found);
        if seq < self.logged_upto {
            let mut statement = connection.prepare_cached(LATER)?;
            let mut rows = statement.query(params![Col(seq)])?;
            while let Some(row) = rows.next()? {
                later(&decode(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?, &mut found);
            }
        }
        Ok(Some(found))
    }

    /// Users that changed after write `seq`, where that was just now.
    pub(super) fn users_since(&self, seq: u64) -> Option<HashSet<Pseudonym>> {
        (seq >= self.forgotten && seq >= self.logged_upto).then(|| {
            let later = self.recent.iter().rev().take_while(|(changed, _)| *changed > seq);
            let users = later.filter_map(|(_, row)| match row {
                RowKey::User(id) => Some(*id),
                RowKey::Counter(_) | RowKey::Room(_) => None,
            });
            users.collect()
        })
    }

    /// Moves the latest changes to the table when they are many, and keeps that bounded. Gives the counters whose room
    /// changed, of which that is known no more: their rows must say so.
    pub(super) fn settle(&mut self, connection: &Connection) -> Result<BTreeSet<CounterKey>, Fail> {
        let mut rooms = BTreeSet::new();
        let Some(&(upto, _)) = self.recent.last().filter(|_| self.recent.len() > RECENT) else {
            return Ok(rooms);
        };
        let mut seen = HashSet::new();
        let mut entries = std::mem::take(&mut self.recent);
        entries.reverse();
        entries.retain(|(_, row)| seen.insert(*row));
        entries.reverse();
        if entries.len() as u64 > LOGGED {
            let mut statement = connection.prepare_cached("DELETE FROM changes RETURNING rows")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                forget_rooms(&decode(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?, &mut rooms);
            }
            forget_rooms(&entries, &mut rooms);
            (self.logged, self.logged_upto, self.forgotten) = (0, upto, upto);
            return Ok(rooms);
        }
        connection
            .prepare_cached("REPLACE INTO changes (upto, keys, rows) VALUES (?, ?, ?)")?
            .execute(params![Col(upto), Col(entries.len() as u64), encode(&entries)])?;
        self.logged = self.logged.saturating_add(entries.len() as u64);
        self.logged_upto = upto;
        if self.logged > LOGGED {
            self.forget(connection, &mut rooms)?;
        }
        Ok(rooms)
    }

    fn forget(&mut self, connection: &Connection, rooms: &mut BTreeSet<CounterKey>) -> Result<(), Fail> {
        while self.logged > LOGGED / 2 {
            let sql = "DELETE FROM changes WHERE upto = (SELECT min(upto) FROM changes)
                       RETURNING upto, keys, rows";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            let Some(row) = rows.next()? else {
                // The table holds less than it was said to.
                (self.logged, self.forgotten) = (0, self.logged_upto);
                return Ok(());
            };
            let (Col(upto), Col(keys)) = (row.get::<_, Col<u64>>(0)?, row.get::<_, Col<u64>>(1)?);
            forget_rooms(&decode(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?)?, rooms);
            self.forgotten = self.forgotten.max(upto);
            self.logged = self.logged.saturating_sub(keys);
        }
        Ok(())
    }
}

fn forget_rooms(entries: &[(u64, RowKey)], rooms: &mut BTreeSet<CounterKey>) {
    rooms.extend(entries.iter().filter_map(|(_, row)| match row {
        RowKey::Room(key) => Some(*key),
        RowKey::User(_) | RowKey::Counter(_) => None,
    }));
}

/// The parts of the table that hold changes after a write.
pub(super) const LATER: &str = "SELECT rows FROM changes WHERE upto > ? ORDER BY upto";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LimitId, Subject};

    fn user(n: u64) -> RowKey {
        RowKey::User(Pseudonym(u128::from(n).to_be_bytes()))
    }

    fn table() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let sql =
            "CREATE TABLE changes (upto INTEGER PRIMARY KEY, keys INTEGER NOT NULL, rows BLOB NOT NULL)";
        connection.execute_batch(sql).unwrap();
        connection
    }

    #[test]
    fn every_kind_of_row_comes_back() {
        let name = Pseudonym([9; 16]);
        let subjects = [Subject::App, Subject::User(name), Subject::Group(name)];
        let keys = subjects.map(|subject| CounterKey { limit: LimitId::FreeDau, subject, bucket: -7 });
        let entries: Vec<_> = keys
            .into_iter()
            .flat_map(|key| [RowKey::Counter(key), RowKey::Room(key)])
            .chain([user(1)])
            .map(|row| (u64::MAX - 1, row))
            .collect();
        assert_eq!(decode(&encode(&entries)).unwrap(), entries);
        assert!(matches!(decode(&[1, 9]), Err(Fail::Damaged(_))));
    }

    #[test]
    fn what_is_known_is_told_and_what_is_forgotten_is_not() {
        let (connection, mut log) = (table(), ChangeLog::default());
        for n in 1..=3 * LOGGED {
            log.file(n, user(n % 100));
            log.settle(&connection).unwrap();
            assert!(log.recent.len() <= RECENT && log.logged <= LOGGED);
        }
        let last = 3 * LOGGED;
        for back in [0, 1, 31, 33, 1000] {
            let found = log.since(&connection, last - back).unwrap().unwrap();
            let expected: BTreeSet<_> = (last - back + 1..=last).map(|n| user(n % 100)).collect();
            assert_eq!(found, expected, "{back}");
        }
        assert_eq!(log.since(&connection, 1).unwrap(), None);
        let known = log.since(&connection, log.forgotten).unwrap().unwrap();
        assert_eq!(known.len(), 100, "every row is told once");
        let sum = "SELECT sum(keys) FROM changes";
        let Col(kept) = connection.query_row(sum, [], |row| row.get::<_, Col<u64>>(0)).unwrap();
        assert_eq!(kept, log.logged);
    }

    #[test]
    fn more_changes_in_one_write_than_are_kept_are_forgotten_at_once() {
        let (connection, mut log) = (table(), ChangeLog::default());
        for n in 0..=LOGGED {
            log.file(5, user(n));
        }
        log.settle(&connection).unwrap();
        assert_eq!(log.since(&connection, 4).unwrap(), None);
        assert_eq!(log.since(&connection, 5).unwrap(), Some(BTreeSet::new()));
    }
}
