//! What was done, seen in a list, or reported, as changes of counters.

use super::action::{Action, Demand, Demands, Observation, Pseudonyms};
use super::counter::{Ceiling, CeilingOrigin, CounterOp};
use super::counter_key::{CounterKey, Subject};
use super::document::EntitlementsDocument;
use super::ids::GroupId;
use super::instant::Timestamp;
use super::limit::LimitId;
use super::permit_terms::GroupTerms;
use super::zone::BillingZone;

impl Demand {
    /// The counter of this demand in the window that `at` falls into.
    pub(crate) fn key(&self, at: Timestamp, zone: &BillingZone) -> CounterKey {
        CounterKey::at(self.limit, self.subject, at, zone)
    }
}

impl Action {
    /// The counter changes of this action, which has happened at `at`; `demands` are its own. None of one that counts
    /// nothing.
    pub(crate) fn happened(
        &self,
        demands: &Demands,
        ids: &impl Pseudonyms,
        at: Timestamp,
        zone: &BillingZone,
    ) -> Vec<CounterOp> {
        if !self.counts() {
            return Vec::new();
        }
        let added = demands.iter().map(|demand| {
            let key = demand.key(at, zone);
            CounterOp::Add { key, delta: demand.amount, at }
        });
        let terms = self.group_terms(ids);
        added.chain(terms.iter().flat_map(GroupTerms::ops)).collect()
    }

    /// What this action tells of the group it is about besides counts: its type and its own maximum.
    pub(crate) fn group_terms(&self, ids: &impl Pseudonyms) -> Option<GroupTerms> {
        let (group, group_type) = self.group()?;
        let own_max = self.own_max().map(|(_, max)| max);
        Some(GroupTerms { members: members(ids, &group), group_type, own_max })
    }
}

/// The counter of a group's members.
pub(crate) fn members(ids: &impl Pseudonyms, group: &GroupId) -> CounterKey {
    let subject = Subject::Group(ids.group(group));
    CounterKey { limit: LimitId::MembersPerGroup, subject, bucket: 0 }
}

impl Observation {
    /// The counter changes of what the chat SDK's own lists say at `at`.
    pub(crate) fn seen(&self, ids: &impl Pseudonyms, at: Timestamp, zone: &BillingZone) -> Vec<CounterOp> {
        let of_user = |limit, user, value| {
            let subject = Subject::User(ids.user(user));
            CounterOp::Observe { key: CounterKey::at(limit, subject, at, zone), value, at }
        };
        match self {
            Self::Friends { user, count } => vec![of_user(LimitId::FriendsPerUser, user, *count)],
            Self::Groups { user, count } => vec![of_user(LimitId::GroupsPerUser, user, *count)],
            Self::Group { group, members: value, own_max } => {
                let key = members(ids, group);
                let mut ops = vec![CounterOp::Observe { key, value: *value, at }];
                // What is not known now does not unmake what is known.
                ops.extend(own_max.map(|max| {
                    let ceiling = Some(Ceiling { max, origin: CeilingOrigin::Group });
                    CounterOp::Ceiling { key, ceiling }
                }));
                ops
            }
        }
    }
}

impl EntitlementsDocument {
    /// What the document says is used, in the window that each number was true in. A number dated ahead is one of now.
    pub(crate) fn usage_reports(&self, now: Timestamp, zone: &BillingZone) -> Vec<CounterOp> {
        let Some(usage) = &self.usage else { return Vec::new() };
        let as_of = usage.as_of.min(now);
        let counts = usage.counts.iter();
        counts
            .map(|(&limit, &value)| CounterOp::Report {
                key: CounterKey::at(limit, Subject::App, as_of, zone),
                value,
                as_of,
            })
            .collect()
    }
}
