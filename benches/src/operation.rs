//! The operations that have a budget: what is called, how often, and what is set up before.
//!
//! Each is called many times over users in random order, so that a table's longer and shorter probes even out.

use std::hint::black_box;
use std::sync::Arc;

use futures::executor::block_on;
use planguard::store::{MemoryStore, Store};
use planguard::{
    Action, Feature, FeatureDecision, LoginIntent, LoginOutcome, Planguard, ProviderError, UserId,
};

use crate::app::{self, Pairs};
use crate::{fill, poll};

/// Users in the guard.
const USERS: u32 = 1_000;

/// As many calls as a read is judged by.
pub const CALLS: usize = 200;

/// Something an app does.
#[derive(Clone, Copy)]
pub struct Operation {
    /// What the budgets call it.
    pub name: &'static str,
    /// Sets up a guard for that many calls and says what a call does; its argument counts the calls.
    prepare: fn(usize) -> Box<dyn FnMut(usize)>,
    /// Whether calls before those that are counted belong to the set-up. Opening a guard is counted cold: an app does
    /// it once.
    warm: bool,
}

/// All of them.
pub const OPERATIONS: &[Operation] = &[
    Operation { name: "feature", prepare: feature, warm: true },
    Operation { name: "lifecycle", prepare: lifecycle, warm: true },
    Operation { name: "check_by_id", prepare: check_by_id, warm: true },
    Operation { name: "check_by_fresh_id", prepare: check_by_fresh_id, warm: true },
    Operation { name: "check_by_handle", prepare: check_by_handle, warm: true },
    Operation { name: "check_first_sight", prepare: check_first_sight, warm: true },
    Operation { name: "login_again", prepare: login_again, warm: true },
    Operation { name: "first_login", prepare: first_login, warm: true },
    Operation { name: "record", prepare: record, warm: true },
    Operation { name: "open", prepare: open, warm: false },
];

/// An operation that is set up.
pub struct Prepared {
    call: Box<dyn FnMut(usize)>,
    next: usize,
    calls: usize,
}

impl Prepared {
    /// Sets up the operation of that name, to be called `calls` times.
    ///
    /// # Panics
    /// When there is none.
    pub fn of(name: &str, calls: usize) -> Self {
        let operation = OPERATIONS.iter().find(|operation| operation.name == name).unwrap();
        let mut prepared = Self { call: (operation.prepare)(2 * calls), next: 0, calls };
        if operation.warm {
            prepared.run();
        }
        prepared
    }

    /// Makes the calls that are counted.
    pub fn run(&mut self) {
        for _ in 0..self.calls {
            (self.call)(self.next);
            self.next += 1;
        }
    }
}

/// A guard in memory with a document and [`USERS`] users whose friends are counted.
fn guard() -> Planguard {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    fill::fill(&store, USERS, fill::Rows::FriendsAndLedger, |_| ());
    app::guard(store)
}

/// Both friends' limits are asked about.
pub fn add_friend(user: UserId, peer: UserId) -> Action {
    Action::AddFriend { user, peer }
}

/// A login whose upstream answers at once.
pub async fn login(guard: &Planguard, user: UserId) -> LoginOutcome<()> {
    guard.login(user, LoginIntent::OpenChat, || async { Ok::<_, ProviderError>(()) }).await.unwrap()
}

fn pairs() -> Pairs {
    Pairs::below(USERS)
}

fn feature(_: usize) -> Box<dyn FnMut(usize)> {
    let guard = guard();
    Box::new(move |_| {
        let decision: FeatureDecision = guard.feature(black_box(Feature::Community));
        assert!(black_box(decision).granted);
    })
}

fn lifecycle(_: usize) -> Box<dyn FnMut(usize)> {
    let guard = guard();
    Box::new(move |_| {
        let _ = black_box(guard.lifecycle());
    })
}

/// Has the guard see every one of the users' ids: what follows counts no hash of an id that is seen for the first time.
fn see(guard: &Planguard, users: &[UserId]) {
    for pair in users.windows(2) {
        let _ = black_box(guard.check(&add_friend(pair[0], pair[1])));
    }
}

fn check_by_id(_: usize) -> Box<dyn FnMut(usize)> {
    let (guard, users, pairs) = (guard(), app::users(0, USERS), pairs());
    see(&guard, &users);
    Box::new(move |call| {
        let (user, peer) = pairs.at(0, call);
        let _ = black_box(guard.check(&add_friend(users[user], users[peer])));
    })
}

/// The guard knows the ids; the app makes them from text for each call.
fn check_by_fresh_id(_: usize) -> Box<dyn FnMut(usize)> {
    let (guard, pairs) = (guard(), pairs());
    see(&guard, &app::users(0, USERS));
    let names: Vec<_> = (0..USERS).map(app::name).collect();
    Box::new(move |call| {
        let (user, peer) = pairs.at(0, call);
        let (user, peer) = (UserId::new(&names[user]).unwrap(), UserId::new(&names[peer]).unwrap());
        let _ = black_box(guard.check(&add_friend(user, peer)));
    })
}

fn check_by_handle(_: usize) -> Box<dyn FnMut(usize)> {
    let (guard, pairs) = (guard(), pairs());
    let users: Vec<_> = (0..USERS).map(|number| guard.user(&app::name(number)).unwrap()).collect();
    Box::new(move |call| {
        let (user, peer) = pairs.at(0, call);
        let _ = black_box(guard.check(&add_friend(users[user].id(), users[peer].id())));
    })
}

/// One of the two users was never asked about.
fn check_first_sight(calls: usize) -> Box<dyn FnMut(usize)> {
    let (guard, users, pairs) = (guard(), app::users(0, USERS), pairs());
    see(&guard, &users);
    let strangers = app::users(USERS, u32::try_from(calls).unwrap());
    Box::new(move |call| {
        let _ = black_box(guard.check(&add_friend(users[pairs.at(0, call).0], strangers[call])));
    })
}

fn login_again(_: usize) -> Box<dyn FnMut(usize)> {
    let (guard, users, pairs) = (guard(), app::users(0, USERS), pairs());
    for &user in &users {
        assert!(block_on(login(&guard, user)).is_logged_in());
    }
    see(&guard, &users);
    Box::new(move |call| {
        assert_eq!(poll::ready(login(&guard, users[pairs.at(0, call).0])), LoginOutcome::AlreadyLoggedIn);
    })
}

fn first_login(calls: usize) -> Box<dyn FnMut(usize)> {
    let (guard, users) = (guard(), app::users(USERS, u32::try_from(calls).unwrap()));
    Box::new(move |call| {
        let outcome = block_on(login(&guard, users[call]));
        assert!(matches!(outcome, LoginOutcome::Executed { .. }));
    })
}

fn record(_: usize) -> Box<dyn FnMut(usize)> {
    let (guard, users, pairs) = (guard(), app::users(0, USERS), pairs());
    Box::new(move |call| {
        let (user, peer) = pairs.at(0, call);
        block_on(guard.record(&add_friend(users[user], users[peer])));
    })
}

fn open(_: usize) -> Box<dyn FnMut(usize)> {
    Box::new(|_| {
        let guard = block_on(app::builder(Arc::new(MemoryStore::new())).open()).unwrap();
        let _ = black_box(guard.feature(Feature::Community));
    })
}
