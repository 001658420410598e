//! How strictly limits are kept, and when to warn: the app's choice.

use super::limit::LimitId;
use super::named::named_enum;

named_enum! {
    /// What happens when an action exceeds a limit.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum Enforcement as "enforcement" {
        /// The action is denied.
        Enforce = "enforce",
        /// The action is allowed with a warning.
        Warn = "warn",
        /// The limit is not looked at.
        Off = "off",
    }
}

/// How strictly single limits are kept, where the app departs from the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EnforcementByLimit([Option<Enforcement>; LimitId::COUNT]);

impl EnforcementByLimit {
    /// Every limit is kept this strictly.
    pub const fn all(how: Enforcement) -> Self {
        Self([Some(how); LimitId::COUNT])
    }

    /// The choice for `limit`; `None` is the default.
    pub const fn get(&self, limit: LimitId) -> Option<Enforcement> {
        self.0[limit.index()]
    }

    /// Chooses for `limit`; `None` is the default.
    pub const fn set(&mut self, limit: LimitId, how: Option<Enforcement>) {
        self.0[limit.index()] = how;
    }
}

/// The app's choices for decisions.
///
/// ```
/// use planguard::limits::{DecisionPolicy, Enforcement};
/// use planguard::LimitId;
///
/// let mut policy = DecisionPolicy { thresholds: vec![90, 100], ..DecisionPolicy::default() };
/// policy.enforce(LimitId::MembersPerGroup, Enforcement::Off);
/// assert_eq!(policy.enforcement(LimitId::MembersPerGroup, false), Enforcement::Off);
/// assert_eq!(policy.enforcement(LimitId::FriendsPerUser, true), Enforcement::Warn);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionPolicy {
    /// Warn when usage reaches these shares of a limit, in percent, ascending. Default 80, 95, 100.
    pub thresholds: Vec<u8>,
    /// A threshold is armed again once usage has fallen this many percentage points below it. Default 5.
    pub hysteresis: u8,
    /// The limits for which the app departs from the default; [`Self::enforce`] sets one.
    pub enforcement: EnforcementByLimit,
    /// What holds for a limit without an entry of its own while the entitlements are stale. Default warn.
    pub on_stale: Enforcement,
    /// Whether a feature is granted while nothing is known of the plan and no fallback is configured.
    /// Default `false`: a feature that is not in the plan would fail at the provider.
    pub features_when_unknown: bool,
}

impl Default for DecisionPolicy {
    fn default() -> Self {
        Self {
            thresholds: vec![80, 95, 100],
            hysteresis: 5,
            enforcement: EnforcementByLimit::default(),
            on_stale: Enforcement::Warn,
            features_when_unknown: false,
        }
    }
}

impl DecisionPolicy {
    /// Keeps `limit` this strictly, on fresh data and on stale. Without it a limit is enforced on fresh data, and on
    /// stale data treated [`on_stale`](Self::on_stale).
    pub fn enforce(&mut self, limit: LimitId, how: Enforcement) -> &mut Self {
        self.enforcement.set(limit, Some(how));
        self
    }

    /// How strictly `limit` is kept on data that is stale or not.
    pub fn enforcement(&self, limit: LimitId, stale: bool) -> Enforcement {
        match self.enforcement.get(limit) {
            Some(chosen) => chosen,
            None if stale => self.on_stale,
            None => Enforcement::Enforce,
        }
    }
}
