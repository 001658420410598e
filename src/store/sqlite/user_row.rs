//! How a user is kept: where counted, logins whose end is not known, the right to log in, facts, in one row.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use super::bytes::{Reader, Writer, malformed};
use super::codec::Col;
use super::fail::Fail;
use crate::model::{
    ActiveUser, BillingDay, BillingMonth, Elapsed, Lease, LeaseEnd, LeaseEnded, LoginId, LoginMemory, Owner,
    Pseudonym, Timestamp, User, UserFacts, Wait,
};
use crate::store::StoreError;

/// A user's row.
pub(super) const ROW: &str =
    "SELECT month, day, notes, facts, unlisted, changed, lease FROM users WHERE user = ?";

/// The users of an image: counted from a month on, with a login of unknown end, or with facts.
pub(super) const KEPT: &str = "SELECT month, day, notes, facts, user FROM users
                               WHERE month >= ? OR notes IS NOT NULL OR facts IS NOT NULL";

/// The users that changed after a write, where the log does not reach back to it.
pub(super) const CHANGED: &str = "SELECT month, day, notes, facts, user FROM users WHERE changed > ?";

const WRITE: &str = "REPLACE INTO users (user, month, day, unlisted, notes, facts, changed, lease)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

/// A login that was sent and whose end is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) login: LoginId,
    pub(super) at: Timestamp,
    pub(super) month: BillingMonth,
}

/// A user as the file keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct UserRow {
    pub(super) month: Option<BillingMonth>,
    pub(super) day: Option<BillingDay>,
    /// The list of that month's active users is forgotten.
    pub(super) unlisted: bool,
    pub(super) notes: Vec<Note>,
    pub(super) facts: Option<Arc<UserFacts>>,
    pub(super) lease: Option<Lease>,
    /// The write that changed last what memory holds of it.
    pub(super) changed: u64,
}

impl UserRow {
    pub(super) fn active(&self) -> ActiveUser {
        let uncertain = self.notes.iter().map(|note| note.at).max();
        ActiveUser { month: self.month, day: self.day, uncertain }
    }

    /// What memory holds of it.
    pub(super) fn user(&self) -> User {
        User { active: self.active(), facts: self.facts.clone() }
    }
}

fn notes(stored: Option<&[u8]>) -> Result<Vec<Note>, Fail> {
    let mut reader = Reader::new(stored.unwrap_or_default());
    let mut notes = Vec::new();
    while !reader.is_empty() {
        let login = LoginId(u128::from_be_bytes(reader.name()?));
        let at = Timestamp::from_millis(reader.number()?);
        notes.push(Note { login, at, month: BillingMonth::from_number(reader.number()?) });
    }
    Ok(notes)
}

fn notes_stored(notes: &[Note]) -> Option<Vec<u8>> {
    let mut writer = Writer::default();
    for note in notes {
        writer.name(&note.login.0.to_be_bytes());
        writer.number(note.at.as_millis());
        writer.number(note.month.number());
    }
    (!notes.is_empty()).then(|| writer.into_bytes())
}

/// Facts of any kind, as JSON.
const ANY: u8 = 0;

/// Nothing but when the latest logins were carried out, which is what most users have: numbers.
const EXECUTIONS: u8 = 1;

fn facts(stored: Option<&[u8]>) -> Result<Option<Arc<UserFacts>>, Fail> {
    let Some(stored) = stored else { return Ok(None) };
    let mut reader = Reader::new(stored);
    let facts = match reader.number::<u8>()? {
        EXECUTIONS => {
            let mut memory = LoginMemory::default();
            while !reader.is_empty() {
                memory.executions.push(Elapsed(reader.number()?));
            }
            UserFacts { memory, ..UserFacts::default() }
        }
        // The parser's own message may quote the content.
        ANY => serde_json::from_slice(reader.rest()).map_err(|_| malformed())?,
        _ => return Err(malformed()),
    };
    Ok(Some(Arc::new(facts)))
}

fn facts_stored(facts: &UserFacts) -> Result<Vec<u8>, Fail> {
    let mut writer = Writer::default();
    let executions = &facts.memory.executions;
    let plain = LoginMemory { executions: executions.clone(), ..LoginMemory::default() };
    if *facts == (UserFacts { memory: plain, ..UserFacts::default() }) {
        writer.number(EXECUTIONS);
        executions.iter().for_each(|at| writer.number(at.0));
    } else {
        writer.number(ANY);
        let json =
            serde_json::to_vec(facts).map_err(|error| StoreError::Backend { why: error.to_string() })?;
        writer.rest(&json);
    }
    Ok(writer.into_bytes())
}

fn lease(stored: Option<&[u8]>) -> Result<Option<Lease>, Fail> {
    let Some(stored) = stored else { return Ok(None) };
    let mut reader = Reader::new(stored);
    let (owner, fence) = (Owner(u128::from_be_bytes(reader.name()?)), reader.number()?);
    let wait = Wait { begun: Elapsed(reader.number()?), length_ms: reader.number()? };
    let end = match reader.number::<u8>()? {
        0 => return Ok(Some(Lease { owner, fence, wait, ended: None })),
        1 => LeaseEnd::Succeeded,
        2 => LeaseEnd::Failed(reader.number()?),
        3 => LeaseEnd::Abandoned,
        _ => return Err(malformed()),
    };
    let (at, elapsed) = (Timestamp::from_millis(reader.number()?), Elapsed(reader.number()?));
    Ok(Some(Lease { owner, fence, wait, ended: Some(LeaseEnded { end, at, elapsed }) }))
}

fn lease_stored(lease: &Lease) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.name(&lease.owner.0.to_be_bytes());
    writer.number(lease.fence);
    writer.number(lease.wait.begun.0);
    writer.number(lease.wait.length_ms);
    let Some(ended) = lease.ended else {
        writer.number(0_u8);
        return writer.into_bytes();
    };
    match ended.end {
        LeaseEnd::Succeeded => writer.number(1_u8),
        LeaseEnd::Failed(code) => {
            writer.number(2_u8);
            writer.number(code);
        }
        LeaseEnd::Abandoned => writer.number(3_u8),
    }
    writer.number(ended.at.as_millis());
    writer.number(ended.elapsed.0);
    writer.into_bytes()
}

fn blob<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<Option<&'r [u8]>> {
    Ok(row.get_ref(at)?.as_blob_or_null()?)
}

/// What memory holds of a user, from the first four columns, and its name in the fifth.
pub(super) fn read_user(row: &Row<'_>) -> Result<(Pseudonym, User), Fail> {
    let user = User {
        active: ActiveUser {
            month: row.get::<_, Option<i32>>(0)?.map(BillingMonth::from_number),
            day: row.get::<_, Option<i32>>(1)?.map(BillingDay::from_number),
            uncertain: match blob(row, 2)? {
                None => None,
                stored => notes(stored)?.iter().map(|note| note.at).max(),
            },
        },
        facts: facts(blob(row, 3)?)?,
    };
    Ok((row.get::<_, Col<Pseudonym>>(4)?.0, user))
}

pub(super) fn read_row(row: &Row<'_>) -> Result<UserRow, Fail> {
    Ok(UserRow {
        month: row.get::<_, Option<i32>>(0)?.map(BillingMonth::from_number),
        day: row.get::<_, Option<i32>>(1)?.map(BillingDay::from_number),
        notes: notes(blob(row, 2)?)?,
        facts: facts(blob(row, 3)?)?,
        unlisted: row.get::<_, Option<bool>>(4)?.unwrap_or_default(),
        changed: row.get::<_, Col<u64>>(5)?.0,
        lease: lease(blob(row, 6)?)?,
    })
}

/// Writes a row.
pub(super) fn write(connection: &Connection, id: Pseudonym, row: &UserRow) -> Result<(), Fail> {
    connection.prepare_cached(WRITE)?.execute(params![
        Col(id),
        row.month.map(BillingMonth::number),
        row.day.map(BillingDay::number),
        row.unlisted.then_some(true),
        notes_stored(&row.notes),
        row.facts.as_deref().map(facts_stored).transpose()?,
        Col(row.changed),
        row.lease.as_ref().map(lease_stored)
    ])?;
    Ok(())
}

/// The users that a statement finds, one by one.
pub(super) fn each(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    mut give: impl FnMut(Pseudonym, User),
) -> Result<(), Fail> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        let (id, user) = read_user(row)?;
        give(id, user);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_row_keeps_as_bytes_comes_back() {
        let kept = |executions: &[u64], kicks| UserFacts {
            kicks,
            memory: LoginMemory {
                executions: executions.iter().copied().map(Elapsed).collect(),
                ..LoginMemory::default()
            },
            ..UserFacts::default()
        };
        for known in [kept(&[5, u64::MAX], 0), kept(&[5], 2), kept(&[], 0)] {
            let stored = facts_stored(&known).unwrap();
            assert_eq!(facts(Some(&stored)).unwrap().as_deref(), Some(&known));
        }
        let running = Lease {
            owner: Owner(u128::MAX),
            fence: 7,
            wait: Wait { begun: Elapsed(u64::MAX), length_ms: 3 },
            ended: None,
        };
        for end in [LeaseEnd::Succeeded, LeaseEnd::Failed(i32::MIN), LeaseEnd::Abandoned] {
            let ended = LeaseEnded { end, at: Timestamp::from_millis(-9), elapsed: Elapsed(4) };
            for known in [running, Lease { ended: Some(ended), ..running }] {
                assert_eq!(lease(Some(&lease_stored(&known))).unwrap(), Some(known));
            }
        }
        let note = Note {
            login: LoginId(u128::MAX),
            at: Timestamp::from_millis(-1),
            month: BillingMonth::from_number(-3),
        };
        assert_eq!(notes(notes_stored(&[note, note]).as_deref()).unwrap(), [note, note]);
        assert_eq!(notes_stored(&[]), None);
        for stored in [&[2][..], &[0, b'{'], &[]] {
            assert!(matches!(facts(Some(stored)), Err(Fail::Damaged(_))), "{stored:?}");
        }
    }

    #[test]
    fn a_user_who_was_logged_in_once_takes_few_bytes() {
        let memory = LoginMemory { executions: vec![Elapsed(90 * 86_400_000)], ..LoginMemory::default() };
        let facts = UserFacts { memory, ..UserFacts::default() };
        assert!(facts_stored(&facts).unwrap().len() <= 6);
    }
}
