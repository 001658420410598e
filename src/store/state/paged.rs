//! The state row by row, for stores that hold a part of it at a time: a row as it is written.

use std::sync::Arc;

use super::State;
use super::logins::{Note, UserRow};
use super::persisted::{NoteText, PermitText, Row};
use crate::model::{
    BillingDay, BillingMonth, CounterKey, Elapsed, Lease, LeaseEnd, LoginId, Pseudonym, ReportedSuspension,
    TimeRecord, Timestamp, User, UserFacts, Window,
};
use crate::store::StoredDocument;
use crate::store::fleet::page::Page;
use crate::store::fleet::row::{RowId, Single};
use crate::store::kept::{self, Pairs, row};

/// A user with the notes of logins under way.
pub(super) struct UserPage {
    pub(super) seq: u64,
    pub(super) month: Option<BillingMonth>,
    pub(super) day: Option<BillingDay>,
    pub(super) facts: Option<Arc<UserFacts>>,
    pub(super) notes: Pairs<LoginId, NoteText>,
}

/// A value with the number of the write that changed it last.
pub(super) struct Stamped<T> {
    pub(super) seq: u64,
    pub(super) value: T,
}

row!(UserPage: seq !, month !, day !, facts ?, notes !);
row!(Stamped<Option<Arc<StoredDocument>>>: seq !, value !);
row!(Stamped<Option<ReportedSuspension>>: seq !, value !);
row!(Stamped<TimeRecord>: seq !, value !);
row!(Stamped<Option<Pseudonym>>: seq !, value !);

/// Milliseconds.
const DAY: i64 = 86_400_000;

/// The word for a user with a login under way.
pub(in crate::store) const UNDER_WAY: &str = "under_way";
/// The word for a user of whom something lasting is known.
pub(in crate::store) const LASTING: &str = "lasting";
/// The word for a user of whom something is known.
pub(in crate::store) const KNOWN: &str = "known";

fn numbers(key: &CounterKey) -> (Option<i32>, Option<i32>) {
    match key.limit.window() {
        Window::Level => (None, None),
        Window::Day => (None, Some(key.bucket)),
        Window::Month => (Some(key.bucket), None),
    }
}

impl State {
    /// The row as it is written; `None` where it is not there.
    pub(in crate::store) fn page(&self, id: &RowId) -> Option<Page> {
        let text = |body: String| Page { body, ..Page::default() };
        Some(match *id {
            RowId::Counter(key) => {
                let row = self.counters.get(&key)?;
                let (month, day) = numbers(&key);
                let body = kept::to_json(&Row { seq: row.seq, row: row.account.clone() });
                Page { body, month, day, changed: row.seq, ..Page::default() }
            }
            RowId::User(user) => self.user_page(self.users.get(&user)?),
            RowId::Lease(user) => {
                let lease = self.leases.get(&user)?;
                lease_page(lease)
            }
            RowId::Permit(permit) => {
                let permit = self.permits.get(permit)?;
                let hold = permit.hold.clone();
                let row =
                    PermitText { items: hold.items, wait: hold.wait, since: hold.since, owner: permit.owner };
                text(kept::to_json(&row))
            }
            RowId::Terms(permit) => {
                let (at, terms) = self.terms.get(&permit)?;
                Page { at: Some(at.as_millis()), ..text(kept::to_json(&(*at, Arc::clone(terms)))) }
            }
            RowId::Happening(key) => dated(*self.happenings.get(&key)?),
            RowId::Active(month, user) => self
                .is_active(user, month)
                .then(|| Page { month: Some(month.number()), ..Page::default() })?,
            RowId::Deferred(month, user) => {
                let at = *self.months.get(&month)?.deferred.get(&user)?;
                Page { month: Some(month.number()), ..dated(at) }
            }
            RowId::Identity(month, user) => {
                let held = self.months.get(&month)?.identities.contains(&user);
                held.then(|| Page { month: Some(month.number()), ..Page::default() })?
            }
            RowId::Totals(month) => {
                let totals = &self.months.get(&month)?.totals;
                let body = (!totals.is_empty()).then(|| kept::to_json(totals))?;
                Page { month: Some(month.number()), ..text(body) }
            }
            RowId::Warned(key) => {
                let (month, day) = numbers(&key.counter);
                self.warned.contains(&key).then(|| Page { month, day, ..Page::default() })?
            }
            RowId::Spelling(normal) => text(self.spellings.get(&normal)?.to_hex()),
            RowId::Event(seq) => {
                let entry = self.outbox.iter().find(|entry| entry.seq == seq)?;
                Page { part: entry.id.clone(), ..text(kept::to_json(entry)) }
            }
            RowId::Single(single) => text(self.single(single)?),
            RowId::Catalog(id) => {
                let (seq, catalog) = self.singles.catalogs.rows().find(|(_, held)| held.id == id)?;
                text(kept::to_json(&Row { seq, row: catalog.clone() }))
            }
        })
    }

    fn user_page(&self, row: &UserRow) -> Page {
        let notes: Vec<_> =
            row.open.iter().filter_map(|login| Some((*login, *self.notes.get(login)?))).collect();
        let latest = notes.iter().map(|(_, note)| note.at).max();
        let text = |note: Note| NoteText { user: note.user, at: note.at, month: note.month };
        let User { active, facts } = &row.user;
        let part = match facts.as_deref() {
            _ if !notes.is_empty() => UNDER_WAY,
            Some(facts) if facts.are_lasting() => LASTING,
            Some(_) => KNOWN,
            None => "",
        };
        let page = UserPage {
            seq: row.seq,
            month: active.month,
            day: active.day,
            facts: facts.clone(),
            notes: notes.into_iter().map(|(login, note)| (login, text(note))).collect(),
        };
        Page {
            body: kept::to_json(&page),
            part: part.to_owned(),
            month: active.month.map(BillingMonth::number),
            day: active.day.map(BillingDay::number),
            at: latest.map(Timestamp::as_millis),
            changed: row.seq,
        }
    }

    fn single(&self, single: Single) -> Option<String> {
        let singles = &self.singles;
        Some(match single {
            Single::App => kept::to_json(&singles.app?),
            Single::Install => kept::to_json(singles.install.as_ref()?),
            Single::Device => kept::to_json(singles.device.as_ref()?),
            Single::Roles => kept::to_json(&singles.roles),
            Single::Document => {
                let value = Some(singles.document.clone()?);
                kept::to_json(&Stamped { seq: singles.document_seq, value })
            }
            Single::Suspension => {
                kept::to_json(&Stamped { seq: singles.suspension_seq, value: singles.suspension })
            }
            Single::Sync => kept::to_json(&singles.sync),
            Single::Time => kept::to_json(&Stamped { seq: singles.time_seq, value: singles.time }),
            Single::DeviceUser => {
                kept::to_json(&Stamped { seq: singles.device_user_seq, value: singles.device_user })
            }
            Single::Pruned => kept::to_json(&singles.pruned?),
        })
    }
}

/// A lease is found by its owner while it runs. `at` is when it ends, or ended, by the clock of its origin; its day is the
/// one on which it ended.
fn lease_page(lease: &Lease) -> Page {
    let reading = |elapsed: Elapsed| i64::try_from(elapsed.0).unwrap_or(i64::MAX).min(i64::MAX / 4);
    let body = kept::to_json(lease);
    let Some(ended) = lease.ended else {
        let part = format!("{:032x}", lease.owner.0);
        return Page { body, part, at: Some(reading(lease.wait.end())), ..Page::default() };
    };
    // One that was given up stands in nobody's way from the beginning.
    let at = if ended.end == LeaseEnd::Abandoned { i64::MIN / 4 } else { reading(ended.elapsed) };
    let day = i32::try_from(ended.at.as_millis().div_euclid(DAY)).ok();
    Page { body, at: Some(at), day, ..Page::default() }
}

fn dated(at: Timestamp) -> Page {
    Page { at: Some(at.as_millis()), body: kept::to_json(&at), ..Page::default() }
}
