//! The state as JSON. The version is part of it: a newer content is refused, an older one is taken over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::counters::CounterRow;
use super::logins::{Note, UserRow};
use super::permits::Permit;
use super::persisted_v1::V1;
use super::{RowKey, State};
use crate::model::{
    Account, ActiveUser, BillingDay, BillingMonth, HeldSince, Hold, Lease, LoginId, Owner, Pseudonym,
    ReportedSuspension, TimeRecord, Timestamp, User, UserFacts, Wait,
};
use crate::store::permit_terms::TermsText;
use crate::store::text::{Key, Who};
use crate::store::{
    Install, LoginTotals, OutboxEntry, PermitId, ProcessRole, StoreError, StoredCatalog, StoredDocument,
    SyncState, WarningKey,
};

/// The version that is written. The first one had no number.
const VERSION: u32 = 3;

/// The version before: it had no price lists and no terms of permits, and is read as this one.
const BEFORE: u32 = 2;

#[derive(Deserialize)]
struct Versioned {
    version: Option<u32>,
}

/// A row with the number of the write that changed it last.
#[derive(Serialize, Deserialize)]
struct Row<T> {
    seq: u64,
    #[serde(flatten)]
    row: T,
}

#[derive(Serialize, Deserialize)]
struct UserText {
    month: Option<BillingMonth>,
    day: Option<BillingDay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    facts: Option<UserFacts>,
}

#[derive(Serialize, Deserialize)]
struct NoteText {
    user: Who,
    at: Timestamp,
    month: BillingMonth,
}

#[derive(Serialize, Deserialize)]
struct PermitText {
    items: Vec<(Key, i64)>,
    wait: Wait,
    since: HeldSince,
    owner: Option<Owner>,
}

#[derive(Default, Serialize, Deserialize)]
struct MonthText {
    active: BTreeSet<Who>,
    deferred: BTreeMap<Who, Timestamp>,
    identities: BTreeSet<Who>,
    totals: LoginTotals,
}

#[derive(Serialize, Deserialize)]
struct Persisted {
    version: u32,
    seq: u64,
    app: Option<u64>,
    install: Option<Install>,
    device: Option<String>,
    roles: Vec<(ProcessRole, Owner)>,
    document: Option<StoredDocument>,
    document_seq: u64,
    #[serde(default)]
    catalogs: Vec<Row<StoredCatalog>>,
    suspension: Option<ReportedSuspension>,
    suspension_seq: u64,
    sync: SyncState,
    time: TimeRecord,
    time_seq: u64,
    device_user: Option<Who>,
    device_user_seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pruned: Option<BillingMonth>,
    counters: BTreeMap<Key, Row<Account>>,
    permits: BTreeMap<PermitId, PermitText>,
    happenings: BTreeMap<Who, Timestamp>,
    #[serde(default)]
    terms: BTreeMap<PermitId, (Timestamp, TermsText)>,
    users: BTreeMap<Who, Row<UserText>>,
    notes: BTreeMap<LoginId, NoteText>,
    leases: BTreeMap<Who, Lease>,
    last_fence: u64,
    months: BTreeMap<BillingMonth, MonthText>,
    warned: BTreeSet<(Key, u8)>,
    spellings: BTreeMap<Who, Who>,
    outbox: Vec<OutboxEntry>,
    outbox_seq: u64,
    outbox_dropped: u64,
}

impl State {
    /// The content as JSON.
    pub(in crate::store) fn to_json(&self) -> Result<String, StoreError> {
        serde_json::to_string(&Persisted::from(self))
            .map_err(|error| StoreError::Backend { why: error.to_string() })
    }

    /// The content that [`Self::to_json`] gave, of this version or an earlier one.
    pub(in crate::store) fn from_json(text: &str) -> Result<Self, StoreError> {
        let Versioned { version } = parse(text)?;
        match version {
            None => Ok(parse::<V1>(text)?.into()),
            Some(VERSION | BEFORE) => Ok(parse::<Persisted>(text)?.into()),
            Some(found) => Err(StoreError::NewerSchema { found, known: VERSION }),
        }
    }
}

fn parse<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Backend {
        // The parser's own message may quote the content.
        why: format!("not the content of a store: line {} column {}", error.line(), error.column()),
    })
}

impl From<&State> for Persisted {
    fn from(state: &State) -> Self {
        let singles = &state.singles;
        let permit = |permit: &Permit| PermitText {
            items: permit.hold.items.iter().map(|(key, amount)| (Key(*key), *amount)).collect(),
            wait: permit.hold.wait,
            since: permit.hold.since,
            owner: permit.owner,
        };
        let user = |row: &UserRow| UserText {
            month: row.user.active.month,
            day: row.user.active.day,
            facts: row.user.facts.as_deref().cloned(),
        };
        let note = |note: &Note| NoteText { user: Who(note.user), at: note.at, month: note.month };
        Self {
            version: VERSION,
            seq: state.seq,
            app: singles.app,
            install: singles.install.clone(),
            device: singles.device.clone(),
            roles: singles.roles.clone(),
            document: singles.document.as_deref().cloned(),
            document_seq: singles.document_seq,
            catalogs: (singles.catalogs.rows()).map(|(seq, kept)| Row { seq, row: kept.clone() }).collect(),
            suspension: singles.suspension,
            suspension_seq: singles.suspension_seq,
            sync: singles.sync.clone(),
            time: singles.time,
            time_seq: singles.time_seq,
            device_user: singles.device_user.map(Who),
            device_user_seq: singles.device_user_seq,
            pruned: singles.pruned,
            counters: (state.counters.iter())
                .map(|(key, row)| (Key(*key), Row { seq: row.seq, row: row.account.clone() }))
                .collect(),
            permits: state.permits.iter().map(|(id, held)| (id, permit(held))).collect(),
            terms: state
                .terms
                .iter()
                .map(|(id, (at, terms))| (*id, (*at, TermsText::from(&**terms))))
                .collect(),
            happenings: state.happenings.iter().map(|(key, at)| (Who(Pseudonym(*key)), *at)).collect(),
            users: (state.users.iter())
                .map(|(id, row)| (Who(*id), Row { seq: row.seq, row: user(row) }))
                .collect(),
            notes: state.notes.iter().map(|(login, kept)| (*login, note(kept))).collect(),
            leases: state.leases.iter().map(|(user, lease)| (Who(*user), *lease)).collect(),
            last_fence: state.last_fence,
            months: (state.months.iter())
                .map(|(month, kept)| {
                    let who =
                        |users: &rpds::HashTrieSetSync<Pseudonym>| users.iter().copied().map(Who).collect();
                    let text = MonthText {
                        active: who(&kept.active),
                        deferred: kept.deferred.iter().map(|(user, at)| (Who(*user), *at)).collect(),
                        identities: who(&kept.identities),
                        totals: kept.totals.clone(),
                    };
                    (*month, text)
                })
                .collect(),
            warned: state.warned.iter().map(|key| (Key(key.counter), key.threshold)).collect(),
            spellings: state.spellings.iter().map(|(normal, user)| (Who(*normal), Who(*user))).collect(),
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
        (singles.document, singles.document_seq) = (text.document.map(Arc::new), text.document_seq);
        for Row { seq, row } in &text.catalogs {
            singles.catalogs.save(row, *seq);
        }
        (singles.suspension, singles.suspension_seq) = (text.suspension, text.suspension_seq);
        singles.sync = text.sync;
        (singles.time, singles.time_seq) = (text.time, text.time_seq);
        singles.device_user = text.device_user.map(|who| who.0);
        singles.device_user_seq = text.device_user_seq;
        singles.pruned = text.pruned;
        for (Key(key), Row { seq, row }) in text.counters {
            state.restore_counter(key, CounterRow::new(seq, row));
        }
        for (id, permit) in text.permits {
            let items = permit.items.into_iter().map(|(key, amount)| (key.0, amount)).collect();
            let hold = Hold { items, wait: permit.wait, since: permit.since };
            state.permits.insert(id, Permit { hold, owner: permit.owner });
        }
        let terms = text.terms.into_iter();
        state.terms = terms.map(|(id, (at, terms))| (id, (at, Arc::new(terms.into())))).collect();
        state.happenings = text.happenings.into_iter().map(|(key, at)| (key.0.0, at)).collect();
        for (Who(id), Row { seq, row }) in text.users {
            let active = ActiveUser { month: row.month, day: row.day, uncertain: None };
            state.restore_user(id, UserRow::new(seq, User { active, facts: row.facts.map(Arc::new) }));
        }
        for (login, note) in text.notes {
            state.restore_note(login, Note { user: note.user.0, at: note.at, month: note.month });
        }
        state.leases = text.leases.into_iter().map(|(user, lease)| (user.0, lease)).collect();
        for (month, text) in text.months {
            state.in_month(month, |kept| {
                kept.active = text.active.into_iter().map(|who| who.0).collect();
                kept.deferred = text.deferred.into_iter().map(|(who, at)| (who.0, at)).collect();
                kept.identities = text.identities.into_iter().map(|who| who.0).collect();
                kept.totals = text.totals;
            });
        }
        let warned = text.warned.into_iter();
        state.warned = warned.map(|(key, threshold)| WarningKey { counter: key.0, threshold }).collect();
        state.spellings = text.spellings.into_iter().map(|(normal, user)| (normal.0, user.0)).collect();
        state.restore_outbox(text.outbox, text.outbox_seq, text.outbox_dropped);
        state
    }
}

/// Putting back what was written, each row under the number it had.
impl State {
    pub(super) fn restore_counter(&mut self, key: crate::model::CounterKey, row: CounterRow) {
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
