//! A state of rows that follows another one through the whole contract of stores.

use std::sync::Arc;

use super::super::State;
use crate::lock::Mutex;
use crate::port::BoxFuture;
use crate::store::contract::{Backend, CASES};
use crate::store::fleet::page::Shift;
use crate::store::{Pass, Store, StoreError, Work};

/// A state, and one that is told the rows which its works changed.
#[derive(Clone, Default)]
struct Followed(Arc<Mutex<(State, State)>>);

impl Followed {
    fn run(&self, mut work: Work) -> Result<(), StoreError> {
        if !work.begin() {
            return Err(StoreError::Busy);
        }
        let mut states = self.0.lock();
        let (state, follower) = &mut *states;
        state.note_rows();
        let before = state.clone();
        state.transact(&mut work, Pass::First)?;
        for row in state.rows_changed(&before) {
            follower.take_row(&row.name, row.text.as_deref(), Shift::Ours)?;
        }
        follower.reach(state.last_write());
        assert_eq!(follower.all_rows(), state.all_rows());
        // A row that never said anything has the number 0, which is after no write.
        let told =
            |state: &State| state.changed.iter().filter(|(seq, _)| *seq > 0).copied().collect::<Vec<_>>();
        assert_eq!(told(follower), told(state), "and it tells the same of what changed");
        work.committed();
        Ok(())
    }
}

impl Store for Followed {
    fn transact(&self, work: Work) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(std::future::ready(self.run(work)))
    }
}

impl Backend for Followed {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.clone())
    }
}

#[test]
fn rows_say_all_that_a_state_holds() {
    for (_, case) in CASES {
        case(&Followed::default());
    }
}

#[test]
fn what_does_not_fit_is_told_and_what_is_later_is_left() {
    let mut state = State::default();
    assert!(state.take_row("c/free_mau/app/0", Some("{}"), Shift::Ours).is_err());
    assert!(state.take_row("main", None, Shift::Ours).is_err());
    state.take_row("z/of a later version", Some("?"), Shift::Ours).unwrap();
    assert_eq!(state.all_rows(), State::default().all_rows());
}

#[test]
fn numbered_anew_every_row_counts_as_changed() {
    let store = Followed::default();
    let user = crate::model::Pseudonym([1; 16]);
    let work = Work::write(move |t, _| {
        t.begin_login(&crate::store::Sent {
            login: crate::model::LoginId(1),
            user,
            at: crate::model::Timestamp::default(),
            month: crate::model::BillingMonth::from_number(3),
        })
    });
    store.run(work).unwrap();
    let mut state = store.0.lock().0.clone();
    state.renumber(70);
    let changes = crate::store::Records::changes_since(&mut state, 69, crate::model::Elapsed(0)).unwrap();
    assert_eq!((changes.seq, changes.users.len()), (70, 1));
}
