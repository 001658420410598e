//! The rows of things of which a store has one, and of price lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::State;
use super::super::persisted::Row;
use super::super::records::Singles;
use super::{Name, misfit, value};
use crate::model::{BillingMonth, CatalogId, Owner, Pseudonym, ReportedSuspension, TimeRecord};
use crate::store::fleet::page::Shift;
use crate::store::kept::{Mark, Misfit, Read, Reader, Write, Writer, row, to_json};
use crate::store::{Install, ProcessRole, StoreError, StoredCatalog, StoredDocument, SyncState};

struct Main {
    app: Option<u64>,
    install: Option<Install>,
    device: Option<String>,
    roles: Vec<(ProcessRole, Owner)>,
    suspension: Option<ReportedSuspension>,
    suspension_seq: u64,
    sync: SyncState,
    time: TimeRecord,
    time_seq: u64,
    device_user: Option<Pseudonym>,
    device_user_seq: u64,
    pruned: Option<BillingMonth>,
}

struct Numbers {
    last_fence: u64,
    outbox_seq: u64,
    outbox_dropped: u64,
}

row!(Main:
    app !, install !, device !, roles !, suspension !, suspension_seq !, sync !, time !, time_seq !, device_user !,
    device_user_seq !, pruned ?);
row!(Numbers: last_fence !, outbox_seq !, outbox_dropped !);

impl Read for Row<Arc<StoredDocument>> {
    fn blank() -> Self {
        Self { seq: 0, row: Read::blank() }
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        from.row(&mut [("seq", Mark::Always, &mut self.seq), ("document", Mark::Always, &mut self.row)])
    }
}

impl Write for Row<Arc<StoredDocument>> {
    fn write(&self, to: &mut Writer) {
        to.row(&[("seq", Mark::Always, &self.seq), ("document", Mark::Always, &self.row)]);
    }
}

impl From<&Singles> for Main {
    fn from(singles: &Singles) -> Self {
        let singles = singles.clone();
        Self {
            app: singles.app,
            install: singles.install,
            device: singles.device,
            roles: singles.roles,
            suspension: singles.suspension,
            suspension_seq: singles.suspension_seq,
            sync: singles.sync,
            time: singles.time,
            time_seq: singles.time_seq,
            device_user: singles.device_user,
            device_user_seq: singles.device_user_seq,
            pruned: singles.pruned,
        }
    }
}

impl State {
    pub(super) fn touched_records(&self, before: &Self, names: &mut BTreeSet<Name>) {
        for name in [Name::Main, Name::Numbers] {
            if self.record_text(name) != before.record_text(name) {
                names.insert(name);
            }
        }
        let (now, then) = (&self.singles.document, &before.singles.document);
        let same = match (now, then) {
            (Some(now), Some(then)) => Arc::ptr_eq(now, then),
            (now, then) => now.is_none() && then.is_none(),
        };
        if !same {
            names.insert(Name::Document);
        }
        let lists = |state: &Self| -> Vec<(CatalogId, u64)> {
            state.singles.catalogs.rows().map(|(seq, kept)| (kept.id, seq)).collect()
        };
        let (now, then) = (lists(self), lists(before));
        if now != then {
            names.extend(now.into_iter().chain(then).map(|(id, _)| Name::Catalog(id)));
        }
    }

    pub(super) fn record_text(&self, name: Name) -> Option<String> {
        let singles = &self.singles;
        match name {
            Name::Main => Some(to_json(&Main::from(singles))),
            Name::Numbers => Some(to_json(&Numbers {
                last_fence: self.last_fence,
                outbox_seq: self.outbox.last_seq,
                outbox_dropped: self.outbox.dropped,
            })),
            Name::Catalog(id) => {
                let (seq, kept) = singles.catalogs.rows().find(|(_, kept)| kept.id == id)?;
                Some(to_json(&Row { seq, row: kept.clone() }))
            }
            _ => {
                let row = Arc::clone(singles.document.as_ref()?);
                Some(to_json(&Row { seq: singles.document_seq, row }))
            }
        }
    }

    pub(super) fn take_record(
        &mut self,
        name: Name,
        text: Option<&str>,
        shift: Shift,
    ) -> Result<(), StoreError> {
        let singles = &mut self.singles;
        match (name, text) {
            (Name::Main, Some(text)) => {
                let main: Main = value("single values", text)?;
                *singles = Singles {
                    app: main.app,
                    install: main.install,
                    device: main.device,
                    roles: main.roles,
                    suspension: main.suspension.map(|held| {
                        let wait = shift.wait(held.wait);
                        ReportedSuspension { wait, ..held }
                    }),
                    suspension_seq: main.suspension_seq,
                    sync: main.sync,
                    time: main.time,
                    time_seq: main.time_seq,
                    device_user: main.device_user,
                    device_user_seq: main.device_user_seq,
                    pruned: main.pruned,
                    document: singles.document.take(),
                    document_seq: singles.document_seq,
                    catalogs: std::mem::take(&mut singles.catalogs),
                    known_revision: None,
                };
            }
            (Name::Numbers, Some(text)) => {
                let numbers: Numbers = value("numbers", text)?;
                self.last_fence = numbers.last_fence;
                self.outbox.last_seq = numbers.outbox_seq;
                self.outbox.dropped = numbers.outbox_dropped;
            }
            (Name::Document, Some(text)) => {
                let Row { seq, row } = value("documents", text)?;
                (singles.document, singles.document_seq) = (Some(row), seq);
            }
            (Name::Document, None) => (singles.document, singles.document_seq) = (None, 0),
            (Name::Catalog(id), text) => {
                let read = text.map(|text| value::<Row<StoredCatalog>>("price lists", text)).transpose()?;
                singles.catalogs.forget(id);
                if let Some(Row { seq, row }) = read {
                    singles.catalogs.put(seq, row);
                }
            }
            (_, None) => return Err(misfit("single values")),
            (_, Some(_)) => return Err(misfit("an unknown kind")),
        }
        Ok(())
    }
}
