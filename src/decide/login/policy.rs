//! The app's choices for logins.

use std::time::Duration;

use crate::model::Enforcement;

/// The app's choices for logins. The default suits a phone app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginPolicy {
    /// Whether an app launch may make a new active user, as opening chat may. Default `false`: people start an
    /// app for many reasons, and chat is one of them.
    pub launch_is_person: bool,
    /// Whether audio-video groups can be joined without a login here, so that those who only watch need none.
    /// True on the Web. Default `false`.
    pub guest_av_groups: bool,
    /// The most active users a month the app's owner wants to pay for; `None` (default) for no bound.
    pub mau_budget: Option<u64>,
    /// What happens at `mau_budget`. Default `None`: like a limit, enforced on fresh data, warned on stale.
    pub on_budget: Option<Enforcement>,
    /// How long one caller waits for its outcome, unless its request says otherwise. Default 60 seconds.
    pub timeout: Duration,
    /// For how long the right to log a user in outlives its process; while a login runs it is renewed at a third of
    /// that. Default 5 seconds.
    pub lease_ttl: Duration,
    /// For how long a ticket waits for its answer. Default 60 seconds.
    pub ticket_ttl: Duration,
    /// How often a login that runs in another process is looked at. Default 200 milliseconds.
    pub lease_poll: Duration,
    /// A login that another process finished this recently counts as this one, if this process was running by
    /// then; after a failure no login is carried out for at least this long. Default 3 seconds.
    pub debounce: Duration,
    /// The first wait after a failure that may pass; doubled with each further one. Default 2 seconds.
    pub backoff_base: Duration,
    /// The longest such wait. Default 5 minutes.
    pub backoff_max: Duration,
    /// For how long a refusal is believed that repeating does not change, such as a blocked account: that it was
    /// unblocked is nowhere to be read. Default 1 day.
    pub refusal_kept: Duration,
    /// The most logins of one user carried out within `loop_window`, in all processes together. Default 6.
    pub loop_max: u32,
    /// See `loop_max`. Default 1 minute.
    pub loop_window: Duration,
    /// Warn when more than this many distinct users were logged in on one device in a month. Default 5.
    pub identities_per_month: u64,
}

impl Default for LoginPolicy {
    fn default() -> Self {
        Self {
            launch_is_person: false,
            guest_av_groups: false,
            mau_budget: None,
            on_budget: None,
            timeout: Duration::from_secs(60),
            lease_ttl: Duration::from_secs(5),
            ticket_ttl: Duration::from_secs(60),
            lease_poll: Duration::from_millis(200),
            debounce: Duration::from_secs(3),
            backoff_base: Duration::from_secs(2),
            backoff_max: Duration::from_secs(300),
            refusal_kept: Duration::from_secs(86_400),
            loop_max: 6,
            loop_window: Duration::from_secs(60),
            identities_per_month: 5,
        }
    }
}
