//! The first version of the JSON, which had no number. Frozen: it is read, never written.
//!
//! Its permits and leases are left out: they ended by a clock that no longer exists, and belonged to a process that
//! is gone. Users of the first version have no note of their own for a login of unknown end; they are given one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::State;
use super::counters::CounterRow;
use super::logins::{Note, UserRow};
use crate::model::{
    Account, ActiveUser, Additions, BillingDay, BillingMonth, BillingZone, Ceiling, CeilingOrigin, Counter,
    LoginId, TimeRecord, Timestamp, UsageOrigin, User,
};
use crate::store::text::{Key, Who};
use crate::store::{Install, LoginTotals, OutboxEntry, StoredDocument, SyncState, WarningKey};

#[derive(Deserialize)]
struct InstallV1 {
    salt: [u8; 32],
    guest_id: String,
}

#[derive(Deserialize)]
struct SyncV1 {
    failures: u32,
    refused_credential: Option<String>,
}

#[derive(Deserialize)]
struct MarksV1 {
    high_water: Timestamp,
    server_floor: Timestamp,
}

#[derive(Deserialize)]
struct TallyV1 {
    base: u64,
    as_of: Option<Timestamp>,
    origin: UsageOrigin,
    added: i64,
    own_max: Option<u64>,
}

#[derive(Deserialize)]
struct AccountV1 {
    tally: TallyV1,
    additions: BTreeMap<Timestamp, i64>,
}

#[derive(Deserialize)]
struct EntryV1 {
    month: Option<BillingMonth>,
    day: Option<BillingDay>,
    uncertain: Option<Timestamp>,
}

#[derive(Deserialize)]
struct OutboxV1 {
    entries: Vec<OutboxEntry>,
    last_seq: u64,
    dropped: u64,
}

/// Everything a store of the first version held, permits and leases aside.
#[derive(Deserialize)]
pub(super) struct V1 {
    install: Option<InstallV1>,
    document: Option<StoredDocument>,
    sync: SyncV1,
    marks: MarksV1,
    counters: BTreeMap<Key, AccountV1>,
    ledger: BTreeMap<Who, EntryV1>,
    active: BTreeMap<BillingMonth, BTreeSet<Who>>,
    deferred: BTreeMap<BillingMonth, BTreeMap<Who, Timestamp>>,
    identities: BTreeMap<BillingMonth, BTreeSet<Who>>,
    totals: BTreeMap<BillingMonth, LoginTotals>,
    last_fence: u64,
    warned: BTreeSet<(Key, u8)>,
    outbox: OutboxV1,
}

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
        let mut times: Additions = additions.into_iter().collect();
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
        };
        singles.time = TimeRecord::from_marks(v1.marks.high_water, v1.marks.server_floor);
        (singles.document_seq, singles.time_seq) = (seq, seq);
        for (Key(key), account) in v1.counters {
            state.restore_counter(key, CounterRow::new(seq, account.into()));
        }
        for (Who(id), entry) in v1.ledger {
            let active = ActiveUser { month: entry.month, day: entry.day, uncertain: None };
            state.restore_user(id, UserRow::new(seq, User { active, facts: None }));
            if let Some(at) = entry.uncertain {
                let month = BillingZone::default().month(at);
                let login = LoginId(u128::from_be_bytes(id.0));
                state.restore_note(login, Note { user: id, at, month });
            }
        }
        for (month, users) in v1.active {
            state.in_month(month, |kept| kept.active = users.into_iter().map(|who| who.0).collect());
        }
        for (month, users) in v1.deferred {
            let users = users.into_iter().map(|(who, at)| (who.0, at));
            state.in_month(month, |kept| kept.deferred = users.collect());
        }
        for (month, users) in v1.identities {
            state.in_month(month, |kept| kept.identities = users.into_iter().map(|who| who.0).collect());
        }
        for (month, totals) in v1.totals {
            state.in_month(month, |kept| kept.totals = totals);
        }
        let warned = v1.warned.into_iter();
        state.warned = warned.map(|(key, threshold)| WarningKey { counter: key.0, threshold }).collect();
        state.restore_outbox(v1.outbox.entries, v1.outbox.last_seq, v1.outbox.dropped);
        state
    }
}
