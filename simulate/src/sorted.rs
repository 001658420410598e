//! The rows of a log that is not in order of time, held in as few bytes as will do and given back in order.

use std::collections::HashMap;

use planguard::UserId;
use planguard::time::Timestamp;

use crate::intent::LoginIntent;
use crate::log::{Ask, Entry};

/// A user by their place in the list of users.
type Place = u32;

struct Packed {
    at: Timestamp,
    device: u64,
    user: Place,
    second: Option<(Place, LoginIntent)>,
    intent: LoginIntent,
}

// As examples/README.md says.
const _: () = assert!(size_of::<Packed>() <= 40);

/// Holds every row, each user id once.
#[derive(Default)]
pub(crate) struct Sorted {
    users: Vec<UserId>,
    places: HashMap<UserId, Place>,
    rows: Vec<Packed>,
}

/// A log of more users than can be told apart here.
#[derive(Debug, thiserror::Error)]
#[error(
    "log: more than {} users; a log as large as this has to be sorted by time before it is given",
    Place::MAX
)]
pub(crate) struct TooManyUsers;

impl Sorted {
    /// Holds one more row.
    pub(crate) fn push(&mut self, entry: &Entry) -> Result<(), TooManyUsers> {
        let (first, second) = entry.asks;
        let user = self.place(first.user)?;
        let second = second.map(|ask| self.place(ask.user).map(|user| (user, ask.intent))).transpose()?;
        self.rows.push(Packed { at: entry.at, device: first.device, user, second, intent: first.intent });
        Ok(())
    }

    fn place(&mut self, user: UserId) -> Result<Place, TooManyUsers> {
        if let Some(place) = self.places.get(&user) {
            return Ok(*place);
        }
        let place = Place::try_from(self.users.len()).map_err(|_| TooManyUsers)?;
        self.users.push(user);
        self.places.insert(user, place);
        Ok(place)
    }

    /// The rows, oldest first; those of one instant as they stand in the log.
    pub(crate) fn into_rows(mut self) -> impl Iterator<Item = Entry> {
        self.rows.sort_by_key(|row| row.at);
        let users = self.users;
        self.rows.into_iter().filter_map(move |row| {
            let ask = |place: Place, intent| {
                let user = users.get(usize::try_from(place).ok()?).copied()?;
                Some(Ask { user, device: row.device, intent })
            };
            let second = row.second.and_then(|(user, intent)| ask(user, intent));
            Some(Entry { at: row.at, asks: (ask(row.user, row.intent)?, second) })
        })
    }
}
