//! Opening the store for an app, and taking over what the last instance of its role left.

use rusqlite::{OptionalExtension as _, params};

use super::codec::Col;
use super::fail::Fail;
use super::identity::Identity;
use super::tx::Tx;
use super::{leases, permits, singles};
use crate::model::{Moment, Owner};
use crate::store::{Opened, Opening};

/// Opens the store for an app.
pub(super) fn open(t: &mut Tx<'_>, opening: &Opening) -> Result<Opened, Fail> {
    let held = Identity::find(t.connection())?;
    let (identity, moved) = match held.clone() {
        Some(held) => held.opened(opening)?,
        None => (Identity::of(opening), false),
    };
    if held.as_ref() != Some(&identity) {
        identity.save(t.connection())?;
    }
    take_over(t, opening)?;
    let install = identity.install();
    t.opened = Some(identity);
    Ok(Opened { install, moved })
}

/// Ends what the last instance of the same role left running.
fn take_over(t: &mut Tx<'_>, opening: &Opening) -> Result<(), Fail> {
    let Some(role) = opening.role else { return Ok(()) };
    let last = t
        .prepare("SELECT owner FROM processes WHERE role = ?")?
        .query_row(params![role.as_str()], |row| row.get::<_, Col<u128>>(0))
        .optional()?
        .map(|col| Owner(col.0));
    if last == Some(opening.owner) {
        return Ok(());
    }
    if let Some(gone) = last {
        let now = Moment { at: singles::time(t)?.high_water, elapsed: opening.now };
        leases::end_of(t, gone, now)?;
        permits::release_of(t, gone)?;
    }
    t.prepare("REPLACE INTO processes (role, owner) VALUES (?, ?)")?
        .execute(params![role.as_str(), Col(opening.owner.0)])?;
    Ok(())
}
