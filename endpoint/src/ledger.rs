//! The ledger: who was active in which month and day, and how many groups there are, from two sides.
//!
//! The provider's side comes from its webhooks, the devices' side from their usage events. Both are counted while they
//! come in, so that a month's figure is the sum of a few rows. What was counted of one user is one row, which is what
//! makes a repetition count once.

pub mod belief;
pub mod devices;
pub mod groups;
pub mod period;
pub mod pulse;
pub mod retention;
pub mod tally;
pub mod usage;
pub mod users;

use jiff::tz::TimeZone;

/// What the ledger knows of an app from the configuration.
#[derive(Clone, Debug)]
pub struct App {
    /// The provider's number for it.
    pub id: u64,
    /// Where its days and months turn.
    pub zone: TimeZone,
    /// What is configured of the provider's webhooks; `None` where there are none, and nothing is known.
    pub provider: Option<crate::provider::Settings>,
    /// Whether its devices get a key to name users with.
    pub accounts: bool,
}

impl App {
    /// An app as it is configured.
    pub fn of(app: &crate::config::App) -> Self {
        let provider = app.webhooks.clone();
        let accounts = app.accounts.unwrap_or(provider.is_some());
        Self { id: app.sdk_app_id, zone: app.billing_zone.time_zone().clone(), provider, accounts }
    }
}
