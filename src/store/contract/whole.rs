//! An image with its rows in lists, as tests look at it.

use std::ops::{Deref, DerefMut};

use crate::model::{BillingMonth, Counter, CounterKey, Elapsed, Pseudonym, User};
use crate::store::{Image, Records, RowLists, StoreError};

/// An image and its rows.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    /// What is no row.
    pub image: Image,
    /// The counters.
    pub counters: Vec<(CounterKey, Counter)>,
    /// The users.
    pub users: Vec<(Pseudonym, User)>,
}

impl Whole {
    /// Reads it all.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn read<T: Records + ?Sized>(
        records: &mut T,
        since: BillingMonth,
        now: Elapsed,
    ) -> Result<Self, StoreError> {
        let mut rows = RowLists::default();
        let image = records.image(since, now, &mut rows)?;
        Ok(Self { image, counters: rows.counters, users: rows.users })
    }
}

impl Deref for Whole {
    type Target = Image;

    fn deref(&self) -> &Image {
        &self.image
    }
}

impl DerefMut for Whole {
    fn deref_mut(&mut self) -> &mut Image {
        &mut self.image
    }
}
