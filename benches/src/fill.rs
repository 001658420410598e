//! Stores with many users in them, filled through the store's own port in large transactions.
//!
//! Counting a million users through a guard takes minutes; what a guard finds in the store afterwards is the same.

use std::sync::{Arc, Mutex};

use futures::executor::block_on;
use planguard::store::{Install, Opening, Pass, Pseudonymizer, Store, Work};
use planguard::time::{BillingZone, Clock as _, SystemClock};
use planguard::{CounterKey, CounterOp, LimitId, Owner, SdkAppId, Subject, UserId};

use crate::app::{self, APP};

/// Rows in one transaction.
const BATCH: u32 = 20_000;

/// How many friends the user with that number has.
pub fn friends(number: u32) -> u64 {
    u64::from(number % 1_000)
}

/// Which rows a user gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// An entry of the ledger: the user is counted as active this month.
    Ledger,
    /// That, and a counter of friends.
    FriendsAndLedger,
}

/// Gives the first `count` users of [`app::name`] their rows. The store must be new.
pub fn fill(store: &Arc<dyn Store>, count: u32, rows: Rows, mut progress: impl FnMut(u32)) {
    let pseudonyms = install(store);
    let at = app::now();
    let zone = BillingZone::default();
    let (day, month) = (zone.day(at), zone.month(at));
    for from in (0..count).step_by(BATCH as usize) {
        let until = count.min(from + BATCH);
        let (pseudonyms, zone) = (pseudonyms.clone(), zone.clone());
        let work = Work::write(move |transaction, _| {
            for number in from..until {
                let user = pseudonyms.user(&UserId::new(app::name(number)).unwrap());
                let key = CounterKey::at(LimitId::FriendsPerUser, Subject::User(user), at, &zone);
                transaction.count_active(user, day, month, at, Pass::First)?;
                if rows == Rows::FriendsAndLedger {
                    transaction.apply(&[CounterOp::Observe { key, value: friends(number), at }])?;
                }
            }
            Ok(())
        });
        block_on(store.transact(work)).unwrap();
        progress(until);
    }
}

/// Opens the store as a guard does and says how ids are hashed in it.
fn install(store: &Arc<dyn Store>) -> Pseudonymizer {
    let opening = Opening {
        app: SdkAppId::new(APP).unwrap(),
        owner: Owner(8),
        role: None,
        candidate: Install {
            salt: [8; 32],
            guest_id: "guest-8".to_owned(),
            install_id: "install-8".to_owned(),
        },
        device: None,
        renew: false,
        now: SystemClock.elapsed(),
    };
    let found = Arc::new(Mutex::new(None));
    let answer = Arc::clone(&found);
    let work = Work::write(move |transaction, _| {
        let opened = transaction.open(&opening)?;
        *answer.lock().unwrap() = Some(Pseudonymizer::new(&opened.install));
        Ok(())
    });
    block_on(store.transact(work)).unwrap();
    let pseudonyms = found.lock().unwrap().take();
    pseudonyms.unwrap()
}
