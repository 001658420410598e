//! A user of the app, looked up once.

use std::fmt;

use crate::model::{Pseudonym, UserId};
use crate::store::Pseudonymizer;

/// A user of the app, looked up once by [`Planguard::user`](crate::Planguard::user): what is asked about them then needs no keyed hash.
///
/// Goes wherever a [`UserId`] goes. Events carry pseudonyms and no ids; [`Event::is_about`](super::Event::is_about)
/// says whether one is about this user.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
/// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
/// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
/// #     .open().await?;
/// let ada = guard.user("ada")?;
/// guard.on_event(move |event| {
///     if event.is_about(&ada) {
///         println!("{event}");
///     }
/// });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct User {
    /// With the pseudonym.
    id: UserId,
}

/// Redacted: ids of people never appear in logs.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("User(redacted)")
    }
}

impl User {
    pub(super) fn new(pseudonyms: &Pseudonymizer, id: &UserId) -> Self {
        Self { id: pseudonyms.resolve_user(id) }
    }

    /// The id, looked up as this is.
    pub const fn id(&self) -> UserId {
        self.id
    }

    /// What events call this user.
    pub(crate) fn pseudonym(&self) -> Option<Pseudonym> {
        self.id.pseudonym_resolved()
    }
}

impl From<User> for UserId {
    fn from(user: User) -> Self {
        user.id
    }
}

impl From<&User> for UserId {
    fn from(user: &User) -> Self {
        user.id
    }
}
