//! Whose a store is: the app, the device and the install.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::codec::Col;
use super::fail::Fail;
use crate::store::{Install, Opening, StoreError};

/// Whose the store is. Goes along when a damaged file is replaced, so that known users keep their pseudonyms.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// `None` in a store of schema 1: the first app that opens it makes it its own.
    pub(super) app: Option<u64>,
    pub(super) device: Option<String>,
    pub(super) salt: [u8; 32],
    pub(super) guest_id: String,
    /// `None` in a store of schema 1.
    pub(super) install_id: Option<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(redacted)")
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Identity> {
    Ok(Identity {
        app: row.get::<_, Option<Col<u64>>>(0)?.map(|col| col.0),
        device: row.get(1)?,
        salt: row.get(2)?,
        guest_id: row.get(3)?,
        install_id: row.get(4)?,
    })
}

impl Identity {
    /// The identity that a file of any schema holds.
    pub(super) fn find(connection: &Connection) -> Result<Option<Self>, Fail> {
        let newest = "SELECT app, device, salt, guest_id, install_id FROM install";
        let first = "SELECT NULL, NULL, salt, guest_id, NULL FROM install";
        let found = connection.query_row(newest, [], read).optional();
        Ok(found.or_else(|_| connection.query_row(first, [], read).optional())?)
    }

    /// Writes it into a file.
    pub(super) fn save(&self, connection: &Connection) -> Result<(), Fail> {
        connection.execute(
            "REPLACE INTO install (id, app, device, salt, guest_id, install_id) VALUES (1, ?, ?, ?, ?, ?)",
            params![self.app.map(Col), self.device, self.salt, self.guest_id, self.install_id],
        )?;
        Ok(())
    }

    /// What a new install would be.
    pub(super) fn of(opening: &Opening) -> Self {
        let candidate = opening.candidate.clone();
        Self {
            app: Some(opening.app.get()),
            device: opening.device.clone(),
            salt: candidate.salt,
            guest_id: candidate.guest_id,
            install_id: Some(candidate.install_id),
        }
    }

    /// This identity as `opening` leaves it, and whether it was brought from another device.
    pub(super) fn opened(self, opening: &Opening) -> Result<(Self, bool), StoreError> {
        let wanted = opening.app.get();
        if let Some(found) = self.app.filter(|app| *app != wanted) {
            return Err(StoreError::OtherApp { found, wanted });
        }
        let moved = matches!((&self.device, &opening.device), (Some(was), Some(is)) if was != is);
        let new = Self::of(opening);
        let (guest_id, install_id) = if moved || opening.renew {
            (new.guest_id, new.install_id)
        } else {
            (self.guest_id, self.install_id.or(new.install_id))
        };
        let device = opening.device.clone().or(self.device);
        Ok((Self { app: new.app, device, salt: self.salt, guest_id, install_id }, moved))
    }

    /// What the app is told of it.
    pub(super) fn install(&self) -> Install {
        Install {
            salt: self.salt,
            guest_id: self.guest_id.clone(),
            install_id: self.install_id.clone().unwrap_or_default(),
        }
    }
}
