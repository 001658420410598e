//! The state as JSON. The version is part of it: a newer content is refused, an older one is taken over.

use std::sync::Arc;

use super::RowKey;
use super::State;
use super::counters::CounterRow;
use super::logins::{Note, UserRow};
use super::permits::Permit;
use super::persisted_v1::V1;
use crate::model::{
    Account, ActiveUser, BillingDay, BillingMonth, CounterKey, HeldSince, Hold, Lease, LoginId, Owner,
    PermitTerms, Pseudonym, ReportedSuspension, TimeRecord, Timestamp, User, UserFacts, Wait,
};
use crate::store::kept::{
    self, Mark, Misfit, Names, Pairs, Read, Reader, Write, Writer, lists, read_row, row,
};
use crate::store::{
    Install, LoginTotals, OutboxEntry, PermitId, ProcessRole, StoreError, StoredCatalog, StoredDocument,
    SyncState, WarningKey,
};

/// The version that is written. The first one had no number.
const VERSION: u32 = 3;

/// The version before: it had no price lists and no terms of permits, and is read as this one.
const BEFORE: u32 = 2;

struct Versioned {
    version: Option<u32>,
}

/// A row with the number of the write that changed it last. Its fields stand beside the number.
pub(super) struct Row<T> {
    pub(super) seq: u64,
    pub(super) row: T,
}

pub(super) struct UserText {
    pub(super) month: Option<BillingMonth>,
    pub(super) day: Option<BillingDay>,
    pub(super) facts: Option<Arc<UserFacts>>,
}

pub(super) struct NoteText {
    pub(super) user: Pseudonym,
    pub(super) at: Timestamp,
    pub(super) month: BillingMonth,
}

pub(super) struct PermitText {
    pub(super) items: Vec<(CounterKey, i64)>,
    pub(super) wait: Wait,
    pub(super) since: HeldSince,
    pub(super) owner: Option<Owner>,
}

struct MonthText {
    active: Names,
    deferred: Pairs<Pseudonym, Timestamp>,
    identities: Names,
    totals: LoginTotals,
}

struct Persisted {
    version: u32,
    seq: u64,
    app: Option<u64>,
    install: Option<Install>,
    device: Option<String>,
    roles: Vec<(ProcessRole, Owner)>,
    document: Option<Arc<StoredDocument>>,
    document_seq: u64,
    catalogs: Vec<Row<StoredCatalog>>,
    suspension: Option<ReportedSuspension>,
    suspension_seq: u64,
    sync: SyncState,
    time: TimeRecord,
    time_seq: u64,
    device_user: Option<Pseudonym>,
    device_user_seq: u64,
    pruned: Option<BillingMonth>,
    counters: Pairs<CounterKey, Row<Account>>,
    permits: Pairs<PermitId, PermitText>,
    happenings: Pairs<Pseudonym, Timestamp>,
    terms: Pairs<PermitId, (Timestamp, Arc<PermitTerms>)>,
    users: Pairs<Pseudonym, Row<UserText>>,
    notes: Pairs<LoginId, NoteText>,
    leases: Pairs<Pseudonym, Lease>,
    last_fence: u64,
    months: Pairs<BillingMonth, MonthText>,
    warned: Vec<WarningKey>,
    spellings: Pairs<Pseudonym, Pseudonym>,
    outbox: Vec<OutboxEntry>,
    outbox_seq: u64,
    outbox_dropped: u64,
}

read_row!(Versioned: version !);
row!(NoteText: user !, at !, month !);
row!(PermitText: items !, wait !, since !, owner !);
row!(MonthText: active !, deferred !, identities !, totals !);
row!(Persisted:
    version !, seq !, app !, install !, device !, roles !, document !, document_seq !, catalogs +, suspension !,
    suspension_seq !, sync !, time !, time_seq !, device_user !, device_user_seq !, pruned ?, counters !,
    permits !, happenings !, terms +, users !, notes !, leases !, last_fence !, months !, warned !, spellings !,
    outbox !, outbox_seq !, outbox_dropped !);

lists!(Row<StoredCatalog>);

/// Rows that stand beside their number.
macro_rules! numbered {
    ($type:ty, $blank:expr; $($field:ident $mark:tt),+) => {
        impl Read for Row<$type> {
            fn blank() -> Self {
                Self { seq: 0, row: $blank }
            }

            fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
                from.row(&mut [
                    ("seq", Mark::Always, &mut self.seq),
                    $((stringify!($field), kept::mark!($mark), &mut self.row.$field)),+
                ])
            }
        }

        impl Write for Row<$type> {
            fn write(&self, to: &mut Writer) {
                to.row(&[
                    ("seq", Mark::Always, &self.seq),
                    $((stringify!($field), kept::mark!($mark), &self.row.$field)),+
                ]);
            }
        }
    };
}

numbered!(Account, Account::default(); counter !, additions !, reported_seq !);
numbered!(UserText, UserText { month: None, day: None, facts: None }; month !, day !, facts ?);
numbered!(StoredCatalog, Read::blank(); id !, body !, content_type !, etag !, fetched_at !, fresh_for_secs !);

impl From<&Permit> for PermitText {
    fn from(permit: &Permit) -> Self {
        let Hold { items, wait, since } = permit.hold.clone();
        Self { items, wait, since, owner: permit.owner }
    }
}

impl From<PermitText> for Permit {
    fn from(PermitText { items, wait, since, owner }: PermitText) -> Self {
        Self { hold: Hold { items, wait, since }, owner }
    }
}

impl From<&UserRow> for UserText {
    fn from(row: &UserRow) -> Self {
        let active = &row.user.active;
        Self { month: active.month, day: active.day, facts: row.user.facts.clone() }
    }
}

impl From<UserText> for User {
    fn from(UserText { month, day, facts }: UserText) -> Self {
        Self { active: ActiveUser { month, day, uncertain: None }, facts }
    }
}

impl From<&Note> for NoteText {
    fn from(note: &Note) -> Self {
        Self { user: note.user, at: note.at, month: note.month }
    }
}

impl From<NoteText> for Note {
    fn from(NoteText { user, at, month }: NoteText) -> Self {
        Self { user, at, month }
    }
}

impl State {
    /// The content as JSON.
    pub(in crate::store) fn to_json(&self) -> String {
        kept::to_json(&Persisted::from(self))
    }

    /// The content that [`Self::to_json`] gave, of this version or an earlier one.
    pub(in crate::store) fn from_json(text: &str) -> Result<Self, StoreError> {
        let Versioned { version } = kept::from_json(text)?;
        match version {
            None => Ok(kept::from_json::<V1>(text)?.into()),
            Some(VERSION | BEFORE) => Ok(kept::from_json::<Persisted>(text)?.into()),
            Some(found) => Err(StoreError::NewerSchema { found, known: VERSION }),
        }
    }
}

impl From<&State> for Persisted {
    fn from(state: &State) -> Self {
        let singles = &state.singles;
        Self {
            version: VERSION,
            seq: state.seq,
            app: singles.app,
            install: singles.install.clone(),
            device: singles.device.clone(),
            roles: singles.roles.clone(),
            document: singles.document.clone(),
            document_seq: singles.document_seq,
            catalogs: (singles.catalogs.rows()).map(|(seq, kept)| Row { seq, row: kept.clone() }).collect(),
            suspension: singles.suspension,
            suspension_seq: singles.suspension_seq,
            sync: singles.sync.clone(),
            time: singles.time,
            time_seq: singles.time_seq,
            device_user: singles.device_user,
            device_user_seq: singles.device_user_seq,
            pruned: singles.pruned,
            counters: (state.counters.iter())
                .map(|(key, row)| (*key, Row { seq: row.seq, row: row.account.clone() }))
                .collect(),
            permits: state.permits.iter().map(|(id, held)| (id, held.into())).collect(),
            terms: state.terms.iter().map(|(id, (at, terms))| (*id, (*at, Arc::clone(terms)))).collect(),
            happenings: state.happenings.iter().map(|(key, at)| (Pseudonym(*key), *at)).collect(),
            users: (state.users.iter())
                .map(|(id, row)| (*id, Row { seq: row.seq, row: row.into() }))
                .collect(),
            notes: state.notes.iter().map(|(login, kept)| (*login, kept.into())).collect(),
            leases: state.leases.iter().map(|(user, lease)| (*user, *lease)).collect(),
            last_fence: state.last_fence,
            months: (state.months.iter())
                .map(|(month, kept)| {
                    let who =
                        |users: &rpds::HashTrieSetSync<Pseudonym>| Names(users.iter().copied().collect());
                    let text = MonthText {
                        active: who(&kept.active),
                        deferred: kept.deferred.iter().map(|(user, at)| (*user, *at)).collect(),
                        identities: who(&kept.identities),
                        totals: kept.totals.clone(),
                    };
                    (*month, text)
                })
                .collect(),
            warned: state.warned.iter().copied().collect(),
            spellings: state.spellings.iter().map(|(normal, user)| (*normal, *user)).collect(),
            outbox: state.outbox.iter().cloned().collect(),
            outbox_seq: state.outbox.last_seq,
            outbox_dropped: state.outbox.dropped,
        }
    }
}

impl From<Persisted> for State {
    fn from(text: Persisted) -> Self {
        let mut state = Self { seq: text.seq, last_fence: text.last_fence, ..Self::default() };
        let singles = &mut state.singles;
        singles.app = text.app;
        singles.install = text.install;
        singles.device = text.device;
        singles.roles = text.roles;
        (singles.document, singles.document_seq) = (text.document, text.document_seq);
        for Row { seq, row } in &text.catalogs {
            singles.catalogs.save(row, *seq);
        }
        (singles.suspension, singles.suspension_seq) = (text.suspension, text.suspension_seq);
        singles.sync = text.sync;
        (singles.time, singles.time_seq) = (text.time, text.time_seq);
        singles.device_user = text.device_user;
        singles.device_user_seq = text.device_user_seq;
        singles.pruned = text.pruned;
        for (key, Row { seq, row }) in text.counters.0 {
            state.restore_counter(key, CounterRow::new(seq, row));
        }
        for (id, permit) in text.permits.0 {
            state.permits.insert(id, permit.into());
        }
        state.terms = text.terms.0.into_iter().collect();
        state.happenings = text.happenings.0.into_iter().map(|(key, at)| (key.0, at)).collect();
        for (id, Row { seq, row }) in text.users.0 {
            state.restore_user(id, UserRow::new(seq, row.into()));
        }
        for (login, note) in text.notes.0 {
            state.restore_note(login, note.into());
        }
        state.leases = text.leases.0.into_iter().collect();
        for (month, text) in text.months.0 {
            state.in_month(month, |kept| {
                kept.active = text.active.0.into_iter().collect();
                kept.deferred = text.deferred.0.into_iter().collect();
                kept.identities = text.identities.0.into_iter().collect();
                kept.totals = text.totals;
            });
        }
        state.warned = text.warned.into_iter().collect();
        state.spellings = text.spellings.0.into_iter().collect();
        state.restore_outbox(text.outbox, text.outbox_seq, text.outbox_dropped);
        state
    }
}

/// Putting back what was written, each row under the number it had.
impl State {
    pub(super) fn restore_counter(&mut self, key: CounterKey, row: CounterRow) {
        self.changed.insert_mut((row.seq, RowKey::Counter(key)));
        self.counters.insert_mut(key, row);
    }

    pub(super) fn restore_user(&mut self, id: Pseudonym, row: UserRow) {
        self.changed.insert_mut((row.seq, RowKey::User(id)));
        self.users.insert_mut(id, row);
    }

    pub(super) fn restore_note(&mut self, login: LoginId, note: Note) {
        let mut row = self.user_row(&note.user);
        row.note(login, note.at);
        self.notes.insert_mut(login, note);
        self.users.insert_mut(note.user, row);
    }

    pub(super) fn restore_outbox(&mut self, entries: Vec<OutboxEntry>, last_seq: u64, dropped: u64) {
        for entry in entries {
            self.outbox.insert(entry);
        }
        self.outbox.last_seq = last_seq;
        self.outbox.dropped = dropped;
    }
}
