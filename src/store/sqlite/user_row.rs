//! How a user is kept: where counted, logins whose end is not known, the right to log in, facts, and where. All users
//! lie in one table; the few with a login under way lie in a small one, so that a login writes among all of them once.

use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::bytes::{Reader, Writer, malformed};
use super::codec::Col;
use super::fail::Fail;
use super::owners::Owners;
use crate::model::{
    ActiveUser, BillingDay, BillingMonth, Elapsed, Lease, LeaseEnd, LeaseEnded, LoginId, LoginMemory,
    Pseudonym, Timestamp, User, UserFacts, Wait,
};
use crate::store::StoreError;

/// What is kept of one user; nothing, where both names are missing.
pub(super) const ROW: &str =
    "SELECT u.month, u.day, w.notes, iif(w.user IS NULL, u.facts, w.facts), u.unlisted,
            coalesce(w.changed, u.changed), iif(w.user IS NULL, u.lease, w.lease), u.user, w.user
     FROM (SELECT ?1 AS user) LEFT JOIN users AS u USING (user) LEFT JOIN under_way AS w USING (user)";

/// Users with a login on its way, or of unknown end.
pub(super) const UNDER_WAY: &str =
    "SELECT u.month, u.day, w.notes, w.facts, u.unlisted, w.changed, w.lease, u.user, w.user
     FROM under_way AS w LEFT JOIN users AS u USING (user)";

/// Their names.
pub(super) const NAMES: &str = "SELECT user FROM under_way";

/// The others, as far as a condition holds of them.
pub(super) fn settled(condition: &str) -> String {
    format!(
        "SELECT month, day, NULL, facts, unlisted, changed, lease, user, NULL FROM users
         WHERE ({condition}) AND user NOT IN (SELECT user FROM under_way)"
    )
}

/// The users of an image that have no login under way: counted from a month on, or with facts.
pub(super) const KEPT: &str =
    "SELECT month, day, facts, user FROM users WHERE month >= ? OR facts IS NOT NULL";

/// The users that changed after a write, where the log does not reach back to it.
pub(super) const CHANGED: &str = "SELECT user FROM users WHERE changed > ?1
                                  UNION SELECT user FROM under_way WHERE changed > ?1";

const WRITE: &str = "REPLACE INTO users (user, month, day, unlisted, facts, changed, lease)
                     VALUES (?, ?, ?, ?, ?, ?, ?)";

const BEGIN: &str = "REPLACE INTO under_way (user, notes, facts, changed, lease) VALUES (?, ?, ?, ?, ?)";

const END: &str = "DELETE FROM under_way WHERE user = ?";

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
    /// Where the file has it.
    pub(super) filed: Filed,
}

/// Where the file has a user.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Filed {
    /// Among all users, with these periods.
    counted: Option<Periods>,
    /// Among those with a login under way.
    under_way: bool,
}

type Periods = (Option<BillingMonth>, Option<BillingDay>, bool);

impl UserRow {
    pub(super) fn active(&self) -> ActiveUser {
        let uncertain = self.notes.iter().map(|note| note.at).max();
        ActiveUser { month: self.month, day: self.day, uncertain }
    }

    /// Whether a login is on its way, or one's end is not known.
    fn is_under_way(&self) -> bool {
        !self.notes.is_empty() || self.lease.is_some_and(|lease| lease.ended.is_none())
    }

    /// Whether an image from `since` on holds it.
    pub(super) fn is_kept(&self, since: BillingMonth) -> bool {
        self.month >= Some(since) || !self.notes.is_empty() || self.facts.is_some()
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
        for at in executions {
            writer.number(at.0);
        }
    } else {
        writer.number(ANY);
        let json =
            serde_json::to_vec(facts).map_err(|error| StoreError::Backend { why: error.to_string() })?;
        writer.rest(&json);
    }
    Ok(writer.into_bytes())
}

fn lease(stored: Option<&[u8]>, owners: &Owners) -> Result<Option<Lease>, Fail> {
    let Some(stored) = stored else { return Ok(None) };
    let mut reader = Reader::new(stored);
    let (owner, fence) = (owners.of(reader.number()?)?, reader.number()?);
    let wait = Wait { begun: Elapsed(reader.number()?), length_ms: reader.number()? };
    let end = match reader.number::<u8>()? {
        0 => return Ok(Some(Lease { owner, fence, wait, ended: None })),
        1 => LeaseEnd::Succeeded,
        2 => LeaseEnd::Failed(reader.number()?),
        3 => LeaseEnd::Abandoned,
        _ => return Err(malformed()),
    };
    let at = Timestamp::from_millis(reader.number()?);
    let elapsed = Elapsed(wait.begun.0.wrapping_add_signed(reader.number()?));
    Ok(Some(Lease { owner, fence, wait, ended: Some(LeaseEnded { end, at, elapsed }) }))
}

fn lease_stored(lease: &Lease, owner: i64) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.number(owner);
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
    writer.number(ended.elapsed.0.wrapping_sub(lease.wait.begun.0).cast_signed());
    writer.into_bytes()
}

fn blob<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<Option<&'r [u8]>> {
    Ok(row.get_ref(at)?.as_blob_or_null()?)
}

/// What memory holds of a user without a login under way: the columns of [`KEPT`].
pub(super) fn read_user(row: &Row<'_>) -> Result<(Pseudonym, User), Fail> {
    let active = ActiveUser {
        month: row.get::<_, Option<i32>>(0)?.map(BillingMonth::from_number),
        day: row.get::<_, Option<i32>>(1)?.map(BillingDay::from_number),
        uncertain: None,
    };
    let user = User { active, facts: facts(blob(row, 2)?)? };
    Ok((row.get::<_, Col<Pseudonym>>(3)?.0, user))
}

/// The name of a user in the columns of [`ROW`].
pub(super) fn read_name(row: &Row<'_>) -> rusqlite::Result<Option<Pseudonym>> {
    let (users, under_way): (Option<Col<_>>, Option<Col<_>>) = (row.get(7)?, row.get(8)?);
    Ok(users.or(under_way).map(|col| col.0))
}

/// What the columns of [`ROW`] hold.
pub(super) fn read_row(row: &Row<'_>, owners: &Owners) -> Result<UserRow, Fail> {
    let month = row.get::<_, Option<i32>>(0)?.map(BillingMonth::from_number);
    let day = row.get::<_, Option<i32>>(1)?.map(BillingDay::from_number);
    let unlisted = row.get::<_, Option<bool>>(4)?.unwrap_or_default();
    let known = |at| row.get_ref(at).map(|name| name != ValueRef::Null);
    Ok(UserRow {
        month,
        day,
        unlisted,
        notes: notes(blob(row, 2)?)?,
        facts: facts(blob(row, 3)?)?,
        changed: row.get::<_, Option<Col<u64>>>(5)?.map(|col| col.0).unwrap_or_default(),
        lease: lease(blob(row, 6)?, owners)?,
        filed: Filed { counted: known(7)?.then_some((month, day, unlisted)), under_way: known(8)? },
    })
}

/// Writes a row where it belongs.
pub(super) fn write(
    connection: &Connection,
    owners: &mut Owners,
    id: Pseudonym,
    row: &mut UserRow,
) -> Result<(), Fail> {
    let lease = match &row.lease {
        None => None,
        Some(lease) => Some(lease_stored(lease, owners.id(connection, lease.owner)?)),
    };
    let facts = row.facts.as_deref().map(facts_stored).transpose()?;
    let periods: Periods = (row.month, row.day, row.unlisted);
    let under_way = row.is_under_way();
    if under_way {
        let values = params![Col(id), notes_stored(&row.notes), facts, Col(row.changed), lease];
        connection.prepare_cached(BEGIN)?.execute(values)?;
    } else if row.filed.under_way {
        connection.prepare_cached(END)?.execute(params![Col(id)])?;
    }
    if !under_way || periods != row.filed.counted.unwrap_or_default() {
        let lease = lease.filter(|_| !under_way);
        connection.prepare_cached(WRITE)?.execute(params![
            Col(id),
            row.month.map(BillingMonth::number),
            row.day.map(BillingDay::number),
            row.unlisted.then_some(true),
            facts,
            Col(row.changed),
            lease
        ])?;
        row.filed.counted = Some(periods);
    }
    row.filed.under_way = under_way;
    Ok(())
}

/// Forgets a user.
pub(super) fn forget(connection: &Connection, id: Pseudonym) -> Result<(), Fail> {
    connection.prepare_cached("DELETE FROM users WHERE user = ?")?.execute(params![Col(id)])?;
    connection.prepare_cached(END)?.execute(params![Col(id)])?;
    Ok(())
}

/// Users with a login under way, or of unknown end.
pub(super) fn names(connection: &Connection) -> Result<Vec<Pseudonym>, Fail> {
    let mut statement = connection.prepare_cached(NAMES)?;
    let rows = statement.query_map([], |row| Ok(row.get::<_, Col<Pseudonym>>(0)?.0))?;
    Ok(rows.collect::<Result<_, _>>()?)
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

/// What `bytes` say as notes, facts and a lease, written and read once more: the same.
#[cfg(feature = "testing")]
pub(super) fn reread(bytes: &[u8], owners: &Owners) {
    if let Ok(read) = notes(Some(bytes)) {
        assert_eq!(notes(notes_stored(&read).as_deref()).ok(), Some(read));
    }
    if let Ok(Some(read)) = facts(Some(bytes)) {
        let again = facts_stored(&read).and_then(|stored| facts(Some(&stored)));
        assert_eq!(again.ok().flatten(), Some(read));
    }
    if let Ok(Some(read)) = lease(Some(bytes), owners) {
        // The only owner there is.
        assert_eq!(lease(Some(&lease_stored(&read, 1)), owners).ok().flatten(), Some(read));
    }
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
            owner: crate::model::Owner(u128::MAX),
            fence: 7,
            wait: Wait { begun: Elapsed(u64::MAX), length_ms: 3 },
            ended: None,
        };
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE owners (id INTEGER PRIMARY KEY, owner BLOB NOT NULL)")
            .unwrap();
        let mut owners = Owners::read(&connection).unwrap();
        let id = owners.id(&connection, running.owner).unwrap();
        assert_eq!(owners.id(&connection, running.owner).unwrap(), id);
        for end in [LeaseEnd::Succeeded, LeaseEnd::Failed(i32::MIN), LeaseEnd::Abandoned] {
            let ended = LeaseEnded { end, at: Timestamp::from_millis(-9), elapsed: Elapsed(4) };
            for known in [running, Lease { ended: Some(ended), ..running }] {
                assert_eq!(lease(Some(&lease_stored(&known, id)), &owners).unwrap(), Some(known));
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
