//! Users in lines: where each is counted, what is kept of them, and their session in this process.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::rows::{Free, Key, Rows};
use crate::client::line::Words;
use crate::model::{
    ActiveUser, BillingDay, BillingMonth, Pseudonym, Session, SessionLook, SessionState, Timestamp, User,
    UserFacts, UserSource,
};

const SESSION: u32 = 0b111;
const CONNECTED: u32 = 1 << 3;
const HAS_MONTH: u32 = 1 << 4;
const HAS_DAY: u32 = 1 << 5;
const HAS_UNCERTAIN: u32 = 1 << 6;
const HAS_FACTS: u32 = 1 << 7;
const KICKED_OFF: u32 = 1 << 8;
const KNOWN: u32 = HAS_MONTH | HAS_DAY | HAS_UNCERTAIN | HAS_FACTS;

const _: () = assert!(SessionState::ALL.len() < SESSION as usize);

/// What a line holds of one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) user: User,
    pub(super) session: Option<Session>,
}

impl Row {
    /// Whether nothing is held of this user.
    pub(super) fn is_empty(&self) -> bool {
        self.session.is_none() && self.user == User::default()
    }
}

/// All users.
#[derive(Debug, Default)]
pub(super) struct UserRows(Rows<ArcSwapOption<UserFacts>>);

fn key_of(user: &Pseudonym) -> Key {
    let (high, low) = super::halves(user);
    [high, low, 0]
}

fn write(id: &Pseudonym, row: &Row) -> Words {
    let [high, low, kind] = key_of(id);
    let ActiveUser { month, day, uncertain } = row.user.active;
    let mut marks = 0;
    let mut mark = |bit, set| marks |= if set { bit } else { 0 };
    mark(HAS_MONTH, month.is_some());
    mark(HAS_DAY, day.is_some());
    mark(HAS_UNCERTAIN, uncertain.is_some());
    mark(HAS_FACTS, row.user.facts.is_some());
    let facts = row.user.facts.as_deref();
    mark(KICKED_OFF, facts.is_some_and(|facts| facts.kicked_off.is_some()));
    mark(CONNECTED, row.session.is_some_and(|session| session.connected));
    if let Some(session) = row.session {
        let state = SessionState::ALL.iter().position(|state| *state == session.state).unwrap_or(0);
        #[allow(clippy::cast_possible_truncation, reason = "there are a few")]
        let state = state as u32 + 1;
        marks |= state;
    }
    let number = |number: i32| u64::from(number.cast_unsigned());
    let periods =
        number(month.map_or(0, BillingMonth::number)) << 32 | number(day.map_or(0, BillingDay::number));
    let millis = |at: Option<Timestamp>| at.map_or(0, Timestamp::as_millis).cast_unsigned();
    let kicks = u64::from(facts.map_or(0, |facts| facts.kicks)) << 32
        | u64::from(row.session.map_or(0, |session| session.kicks));
    let since = millis(row.session.map(|session| session.since));
    Words { marks, words: [high, low, kind, periods, millis(uncertain), since, kicks] }
}

fn active(words: &Words) -> ActiveUser {
    let Words { marks, words: [_, _, _, periods, uncertain, ..] } = *words;
    let has = |bit| marks & bit != 0;
    #[allow(clippy::cast_possible_truncation, reason = "each is the part that is wanted")]
    let (month, day) = ((periods >> 32) as u32, periods as u32);
    ActiveUser {
        month: has(HAS_MONTH).then(|| BillingMonth::from_number(month.cast_signed())),
        day: has(HAS_DAY).then(|| BillingDay::from_number(day.cast_signed())),
        uncertain: has(HAS_UNCERTAIN).then(|| Timestamp::from_millis(uncertain.cast_signed())),
    }
}

fn look(words: &Words) -> SessionLook {
    let Words { marks, words: [.., since, kicks] } = *words;
    let state = (marks & SESSION).checked_sub(1).and_then(|nth| SessionState::ALL.get(nth as usize));
    #[allow(clippy::cast_possible_truncation, reason = "each is the part that is wanted")]
    let (known, then) = ((kicks >> 32) as u32, kicks as u32);
    SessionLook {
        session: state.map(|state| Session {
            state: *state,
            since: Timestamp::from_millis(since.cast_signed()),
            connected: marks & CONNECTED != 0,
            kicks: then,
        }),
        kicked_off: marks & KICKED_OFF != 0,
        kicks: known,
    }
}

fn facts(words: &Words, facts: &ArcSwapOption<UserFacts>) -> Option<Arc<UserFacts>> {
    if words.marks & HAS_FACTS == 0 { None } else { facts.load_full() }
}

fn nothing(_: &Words, _: &ArcSwapOption<UserFacts>) {}

impl UserRows {
    pub(super) fn row(&self, user: &Pseudonym) -> Option<Row> {
        let (words, facts) = self.0.get(key_of(user), facts)?;
        Some(Row { user: User { active: active(&words), facts }, session: look(&words).session })
    }

    pub(super) fn put(&self, free: &mut Free, id: &Pseudonym, row: &Row) {
        if row.is_empty() {
            return self.0.remove(free, key_of(id), |facts| facts.store(None));
        }
        let new = row.user.facts.clone();
        self.0.put(free, &write(id, row), |facts| facts.store(new));
    }

    pub(super) fn expect(&self, free: &mut Free, rows: usize) {
        self.0.expect(free, rows);
    }

    /// Every user, also those of whom only a session is held.
    pub(super) fn each_row(&self, mut visit: impl FnMut(Pseudonym, Row)) {
        self.0.each(facts, |words, facts| {
            let [high, low, ..] = words.words;
            let user = User { active: active(words), facts };
            visit(super::whole(high, low), Row { user, session: look(words).session });
        });
    }
}

impl UserSource for UserRows {
    fn active(&self, user: &Pseudonym) -> ActiveUser {
        self.0.get(key_of(user), nothing).map(|(words, ())| active(&words)).unwrap_or_default()
    }

    fn user(&self, user: &Pseudonym) -> Option<User> {
        let (words, facts) = self.0.get(key_of(user), facts)?;
        (words.marks & KNOWN != 0).then(|| User { active: active(&words), facts })
    }

    fn session(&self, user: &Pseudonym) -> SessionLook {
        self.0.get(key_of(user), nothing).map(|(words, ())| look(&words)).unwrap_or_default()
    }

    fn each(&self, visit: &mut dyn FnMut(Pseudonym, User)) {
        self.each_row(|id, row| {
            if row.user != User::default() {
                visit(id, row.user);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(rng: &mut fastrand::Rng) -> Row {
        let mut at = || Timestamp::from_millis(rng.i64(0..Timestamp::MAX.as_millis()));
        let (first, second, third, fourth) = (at(), at(), at(), at());
        let active = ActiveUser {
            month: rng.bool().then(|| BillingMonth::from_number(rng.i32(..))),
            day: rng.bool().then(|| BillingDay::from_number(rng.i32(..))),
            uncertain: rng.bool().then_some(first),
        };
        let facts = rng.bool().then(|| {
            Arc::new(UserFacts {
                kicked_off: rng.bool().then_some(second),
                kicks: rng.u32(..),
                logged_out: rng.bool().then_some(third),
                ..UserFacts::default()
            })
        });
        let session = rng.bool().then(|| Session {
            state: SessionState::ALL[rng.usize(..SessionState::ALL.len())],
            since: fourth,
            connected: rng.bool(),
            kicks: rng.u32(..),
        });
        Row { user: User { active, facts }, session }
    }

    #[test]
    fn a_line_gives_back_what_was_put_into_it() {
        let (rows, mut free) = (UserRows::default(), Free::default());
        let rng = &mut fastrand::Rng::with_seed(7);
        let users: Vec<_> = (0..2_000).map(|_| (Pseudonym(rng.u128(..).to_be_bytes()), row(rng))).collect();
        for (id, row) in &users {
            rows.put(&mut free, id, row);
        }
        for (id, row) in &users {
            let known = row.user != User::default();
            assert_eq!(rows.user(id), known.then(|| row.user.clone()));
            assert_eq!(rows.active(id), row.user.active);
            let facts = row.user.facts.as_deref().cloned().unwrap_or_default();
            let look = SessionLook { session: row.session, ..SessionLook::without_session(&facts) };
            assert_eq!(rows.session(id), look);
            rows.put(&mut free, id, &Row::default());
            assert_eq!((rows.user(id), rows.session(id)), (None, SessionLook::default()));
        }
    }
}
