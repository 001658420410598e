//! How strictly limits are kept, and when to warn: the app's choice.

use super::limit::LimitId;

/// What happens when an action exceeds a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Enforcement {
    /// The action is denied.
    Enforce,
    /// The action is allowed with a warning.
    Warn,
    /// The limit is not looked at.
    Off,
}

/// The app's choices for decisions.
///
/// ```
/// use planguard::{DecisionPolicy, Enforcement, LimitId};
///
/// let mut policy = DecisionPolicy { thresholds: vec![90, 100], ..DecisionPolicy::default() };
/// policy.enforcement[LimitId::MembersPerGroup.index()] = Some(Enforcement::Off);
/// assert_eq!(policy.enforcement(LimitId::MembersPerGroup, false), Enforcement::Off);
/// assert_eq!(policy.enforcement(LimitId::FriendsPerUser, true), Enforcement::Warn);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionPolicy {
    /// Warn when usage reaches these shares of a limit, in percent, ascending. Default 80, 95, 100.
    pub thresholds: Vec<u8>,
    /// A threshold is armed again once usage has fallen this many percentage points below it. Default 5.
    pub hysteresis: u8,
    /// Per limit, by [`LimitId::index`], where the app departs from the default; `None` is the default:
    /// enforce on fresh data, warn on stale.
    pub enforcement: [Option<Enforcement>; LimitId::COUNT],
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
            enforcement: [None; LimitId::COUNT],
            on_stale: Enforcement::Warn,
            features_when_unknown: false,
        }
    }
}

impl DecisionPolicy {
    /// How strictly `limit` is kept on data that is stale or not.
    pub fn enforcement(&self, limit: LimitId, stale: bool) -> Enforcement {
        match self.enforcement[limit.index()] {
            Some(chosen) => chosen,
            None if stale => self.on_stale,
            None => Enforcement::Enforce,
        }
    }
}
