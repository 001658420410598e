//! Users in lines: where each is counted, what is kept of them, and their session in this process.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::rows::{self, Free, Rows};
use crate::client::line::Words;
use crate::model::{
    ActiveUser, BillingDay, BillingMonth, Elapsed, LoginMemory, Pseudonym, Session, SessionLook,
    SessionState, Timestamp, User, UserFacts, UserSource,
};

const SESSION: u32 = 0b111;
const CONNECTED: u32 = 1 << 3;
const HAS_MONTH: u32 = 1 << 4;
const HAS_DAY: u32 = 1 << 5;
const HAS_UNCERTAIN: u32 = 1 << 6;
/// There are facts, beside the line.
const HAS_FACTS: u32 = 1 << 7;
const KICKED_OFF: u32 = 1 << 8;
/// The facts are one login that was carried out, which the line says.
const ONE_LOGIN: u32 = 1 << 9;
const KNOWN: u32 = HAS_MONTH | HAS_DAY | HAS_UNCERTAIN | HAS_FACTS | ONE_LOGIN;

const _: () = assert!(SessionState::ALL.len() < SESSION as usize);

type Key = rows::Key<2>;
type Beside<'a> = rows::Beside<'a, ArcSwapOption<UserFacts>>;

/// Durable facts as a row has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Facts {
    #[default]
    None,
    /// Nothing but one login, carried out then: what most users have. It needs no room of its own.
    Login(Elapsed),
    Any(Arc<UserFacts>),
}

impl Facts {
    fn of(facts: Option<Arc<UserFacts>>) -> Self {
        let Some(facts) = facts else { return Self::None };
        // Every field is named: one more is to be thought of here.
        let UserFacts { kicked_off: None, kicks: 0, logged_out: None, memory } = &*facts else {
            return Self::Any(facts);
        };
        match memory {
            LoginMemory {
                in_a_row: 0,
                person_in_a_row: 0,
                strikes: 0,
                new_user_sig: false,
                held_back: None,
                executions,
                loop_reported: false,
            } if executions.len() == 1 => Self::Login(executions[0]),
            _ => Self::Any(facts),
        }
    }

    fn into_model(self) -> Option<Arc<UserFacts>> {
        match self {
            Self::None => None,
            Self::Login(at) => Some(Arc::new(login(at))),
            Self::Any(facts) => Some(facts),
        }
    }
}

fn login(at: Elapsed) -> UserFacts {
    let memory = LoginMemory { executions: vec![at], ..LoginMemory::default() };
    UserFacts { memory, ..UserFacts::default() }
}

/// What a line holds of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    active: ActiveUser,
    facts: Facts,
    session: Option<Session>,
}

impl Row {
    pub(super) fn new(user: User, session: Option<Session>) -> Self {
        Self { active: user.active, facts: Facts::of(user.facts), session }
    }

    pub(super) fn with_session(self, session: Option<Session>) -> Self {
        Self { session, ..self }
    }

    fn user(self) -> User {
        User { active: self.active, facts: self.facts.into_model() }
    }
}

/// All users.
#[derive(Debug, Default)]
pub(super) struct UserRows(Rows<ArcSwapOption<UserFacts>, 2>);

fn key_of(user: &Pseudonym) -> Key {
    let (high, low) = super::halves(user);
    [high, low]
}

fn write(id: &Pseudonym, row: &Row) -> Words {
    let [high, low] = key_of(id);
    let ActiveUser { month, day, uncertain } = row.active;
    let (login, facts) = match &row.facts {
        Facts::None => (None, None),
        Facts::Login(at) => (Some(at.0), None),
        Facts::Any(facts) => (None, Some(&**facts)),
    };
    let mut marks = 0;
    let mut mark = |bit, set| marks |= if set { bit } else { 0 };
    mark(HAS_MONTH, month.is_some());
    mark(HAS_DAY, day.is_some());
    mark(HAS_UNCERTAIN, uncertain.is_some());
    mark(HAS_FACTS, facts.is_some());
    mark(ONE_LOGIN, login.is_some());
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
    let words = [high, low, login.unwrap_or_default(), periods, millis(uncertain), since, kicks];
    Words { marks, words }
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

fn facts(words: &Words, beside: &Beside<'_>) -> Facts {
    let Words { marks, words: [_, _, login, ..] } = *words;
    if marks & ONE_LOGIN != 0 {
        return Facts::Login(Elapsed(login));
    }
    // It is made before the line says that it matters.
    let held = if marks & HAS_FACTS == 0 { None } else { beside.get() };
    held.and_then(ArcSwapOption::load_full).map_or(Facts::None, Facts::Any)
}

fn row(words: &Words, facts: Facts) -> Row {
    Row { active: active(words), facts, session: look(words).session }
}

const fn nothing(_: &Words, _: &Beside<'_>) {}

impl UserRows {
    pub(super) fn row(&self, user: &Pseudonym) -> Option<Row> {
        let (words, facts) = self.0.get(key_of(user), facts)?;
        Some(row(&words, facts))
    }

    pub(super) fn put(&self, free: &mut Free, id: &Pseudonym, row: Row) {
        let store = |facts| {
            move |held: Option<&ArcSwapOption<UserFacts>>| {
                if let Some(held) = held {
                    held.store(facts);
                }
            }
        };
        if row == Row::default() {
            return self.0.remove(free, key_of(id), store(None));
        }
        let words = write(id, &row);
        let facts = if let Facts::Any(facts) = row.facts { Some(facts) } else { None };
        self.0.put(free, &words, facts.is_some(), store(facts));
    }

    pub(super) fn expect(&self, rows: usize) {
        self.0.expect(rows);
    }
}

impl UserSource for UserRows {
    fn active(&self, user: &Pseudonym) -> ActiveUser {
        self.0.get(key_of(user), nothing).map(|(words, ())| active(&words)).unwrap_or_default()
    }

    fn user(&self, user: &Pseudonym) -> Option<User> {
        let (words, facts) = self.0.get(key_of(user), facts)?;
        (words.marks & KNOWN != 0).then(|| row(&words, facts).user())
    }

    fn session(&self, user: &Pseudonym) -> SessionLook {
        self.0.get(key_of(user), nothing).map(|(words, ())| look(&words)).unwrap_or_default()
    }

    fn each(&self, visit: &mut dyn FnMut(Pseudonym, User)) {
        self.0.each(facts, |words, facts| {
            let [high, low, ..] = words.words;
            if words.marks & KNOWN != 0 {
                visit(super::whole(high, low), row(words, facts).user());
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rng: &mut fastrand::Rng) -> (User, Option<Session>) {
        let mut at = || Timestamp::from_millis(rng.i64(0..Timestamp::MAX.as_millis()));
        let (first, second, third, fourth) = (at(), at(), at(), at());
        let active = ActiveUser {
            month: rng.bool().then(|| BillingMonth::from_number(rng.i32(..))),
            day: rng.bool().then(|| BillingDay::from_number(rng.i32(..))),
            uncertain: rng.bool().then_some(first),
        };
        let executions = (0..rng.usize(..3)).map(|_| Elapsed(rng.u64(..))).collect();
        let memory = LoginMemory { executions, new_user_sig: rng.u8(..4) == 0, ..LoginMemory::default() };
        let facts = match rng.u8(..3) {
            0 => None,
            1 => Some(UserFacts { memory, ..UserFacts::default() }),
            _ => Some(UserFacts {
                kicked_off: rng.bool().then_some(second),
                kicks: rng.u32(..),
                logged_out: rng.bool().then_some(third),
                memory,
            }),
        };
        let session = rng.bool().then(|| Session {
            state: SessionState::ALL[rng.usize(..SessionState::ALL.len())],
            since: fourth,
            connected: rng.bool(),
            kicks: rng.u32(..),
        });
        (User { active, facts: facts.map(Arc::new) }, session)
    }

    #[test]
    fn a_line_gives_back_what_was_put_into_it() {
        let (rows, mut free) = (UserRows::default(), Free::default());
        let rng = &mut fastrand::Rng::with_seed(7);
        let users: Vec<_> = (0..2_000).map(|_| (Pseudonym(rng.u128(..).to_be_bytes()), drawn(rng))).collect();
        for (id, _) in &users {
            // What was there before leaves nothing behind.
            let (user, session) = drawn(rng);
            rows.put(&mut free, id, Row::new(user, session));
        }
        for (id, (user, session)) in &users {
            rows.put(&mut free, id, Row::new(user.clone(), *session));
        }
        for (id, (user, session)) in &users {
            let known = *user != User::default();
            assert_eq!(rows.user(id), known.then(|| user.clone()));
            assert_eq!(rows.active(id), user.active);
            let facts = user.facts.as_deref().cloned().unwrap_or_default();
            let look = SessionLook { session: *session, ..SessionLook::without_session(&facts) };
            assert_eq!(rows.session(id), look);
            rows.put(&mut free, id, Row::default());
            assert_eq!((rows.user(id), rows.session(id)), (None, SessionLook::default()));
        }
    }

    #[test]
    fn a_user_who_logged_in_once_has_nothing_beside_the_line() {
        let (rows, mut free) = (UserRows::default(), Free::default());
        let id = Pseudonym([7; 16]);
        let facts = login(Elapsed(5));
        let user = |facts| User { facts: Some(Arc::new(facts)), ..User::default() };
        rows.put(&mut free, &id, Row::new(user(facts.clone()), None));
        let beside = |rows: &UserRows| rows.0.get(key_of(&id), |_, beside| beside.get().is_some());
        assert_eq!((beside(&rows).unwrap().1, rows.user(&id)), (false, Some(user(facts.clone()))));
        let kicked = UserFacts { kicks: 1, ..facts };
        rows.put(&mut free, &id, Row::new(user(kicked.clone()), None));
        assert_eq!((beside(&rows).unwrap().1, rows.user(&id)), (true, Some(user(kicked))));
    }
}
