//! The first version of the JSON, which had no number. Frozen: it is read, never written.
//!
//! Its permits and leases are left out: they ended by a clock that no longer exists, and belonged to a process that
//! is gone. Users of the first version have no note of their own for a login of unknown end; they are given one.

use std::sync::Arc;

use super::State;
use super::counters::CounterRow;
use super::logins::{Note, UserRow};
use crate::model::{
    Account, ActiveUser, Additions, BillingDay, BillingMonth, BillingZone, Ceiling, CeilingOrigin, Counter,
    CounterKey, LoginId, Pseudonym, TimeRecord, Timestamp, UsageOrigin, User,
};
use crate::store::kept::{Names, Pairs, read_row};
use crate::store::{Install, LoginTotals, OutboxEntry, StoredDocument, SyncState, WarningKey};

struct InstallV1 {
    salt: [u8; 32],
    guest_id: String,
}

struct SyncV1 {
    failures: u32,
    refused_credential: Option<String>,
}

struct MarksV1 {
    high_water: Timestamp,
    server_floor: Timestamp,
}

struct TallyV1 {
    base: u64,
    as_of: Option<Timestamp>,
    origin: UsageOrigin,
    added: i64,
    own_max: Option<u64>,
}

struct AccountV1 {
    tally: TallyV1,
    additions: Pairs<Timestamp, i64>,
}

struct EntryV1 {
    month: Option<BillingMonth>,
    day: Option<BillingDay>,
    uncertain: Option<Timestamp>,
}

struct OutboxV1 {
    entries: Vec<OutboxEntry>,
    last_seq: u64,
    dropped: u64,
}

/// Everything a store of the first version held, permits and leases aside.
pub(super) struct V1 {
    install: Option<InstallV1>,
    document: Option<StoredDocument>,
    sync: SyncV1,
    marks: MarksV1,
    counters: Pairs<CounterKey, AccountV1>,
    ledger: Pairs<Pseudonym, EntryV1>,
    active: Pairs<BillingMonth, Names>,
    deferred: Pairs<BillingMonth, Pairs<Pseudonym, Timestamp>>,
    identities: Pairs<BillingMonth, Names>,
    totals: Pairs<BillingMonth, LoginTotals>,
    last_fence: u64,
    warned: Vec<WarningKey>,
    outbox: OutboxV1,
}

read_row!(InstallV1: salt !, guest_id !);
read_row!(SyncV1: failures !, refused_credential !);
read_row!(MarksV1: high_water !, server_floor !);
read_row!(TallyV1: base !, as_of !, origin !, added !, own_max !);
read_row!(AccountV1: tally !, additions !);
read_row!(EntryV1: month !, day !, uncertain !);
read_row!(OutboxV1: entries !, last_seq !, dropped !);
read_row!(V1:
    install !, document !, sync !, marks !, counters !, ledger !, active !, deferred !, identities !, totals !,
    last_fence !, warned !, outbox !);

impl From<AccountV1> for Account {
    fn from(AccountV1 { tally, additions }: AccountV1) -> Self {
        let ceiling = tally.own_max.map(|max| Ceiling { max, origin: CeilingOrigin::Group });
        let counter = Counter {
            base: tally.base,
            as_of: tally.as_of,
            origin: tally.origin,
            added: tally.added,
            ceiling,
            ..Counter::default()
        };
        // It forgot the times of additions after two days. Those count as earlier than what is left.
        let mut times: Additions = additions.0.into_iter().collect();
        let forgotten = tally.added.saturating_sub(times.sum());
        if forgotten != 0 {
            let millisecond = std::time::Duration::from_millis(1);
            times.file(tally.as_of.map_or(Timestamp::MIN, |as_of| as_of.plus(millisecond)), forgotten);
        }
        Self { counter, additions: times, reported_seq: 0 }
    }
}

impl From<V1> for State {
    fn from(v1: V1) -> Self {
        // The first write after it has the number 2.
        let seq = 1;
        let mut state = Self { seq, last_fence: v1.last_fence, ..Self::default() };
        let singles = &mut state.singles;
        let install = |held: InstallV1| Install {
            salt: held.salt,
            guest_id: held.guest_id,
            // Drawn when the store is opened.
            install_id: String::new(),
        };
        singles.install = v1.install.map(install);
        singles.document = v1.document.map(Arc::new);
        singles.sync = SyncState {
            pause: None,
            failures: v1.sync.failures,
            refused_credential: v1.sync.refused_credential,
            ..SyncState::default()
        };
        singles.time = TimeRecord::from_marks(v1.marks.high_water, v1.marks.server_floor);
        (singles.document_seq, singles.time_seq) = (seq, seq);
        for (key, account) in v1.counters.0 {
            state.restore_counter(key, CounterRow::new(seq, account.into()));
        }
        for (id, entry) in v1.ledger.0 {
            let active = ActiveUser { month: entry.month, day: entry.day, uncertain: None };
            state.restore_user(id, UserRow::new(seq, User { active, facts: None }));
            if let Some(at) = entry.uncertain {
                let month = BillingZone::default().month(at);
                let login = LoginId(u128::from_be_bytes(id.0));
                state.restore_note(login, Note { user: id, at, month });
            }
        }
        for (month, users) in v1.active.0 {
            state.in_month(month, |kept| kept.active = users.0.into_iter().collect());
        }
        for (month, users) in v1.deferred.0 {
            state.in_month(month, |kept| kept.deferred = users.0.into_iter().collect());
        }
        for (month, users) in v1.identities.0 {
            state.in_month(month, |kept| kept.identities = users.0.into_iter().collect());
        }
        for (month, totals) in v1.totals.0 {
            state.in_month(month, |kept| kept.totals = totals);
        }
        state.warned = v1.warned.into_iter().collect();
        state.restore_outbox(v1.outbox.entries, v1.outbox.last_seq, v1.outbox.dropped);
        state
    }
}
