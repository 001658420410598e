//! Documents, snapshots and subjects that the tests here share.

use std::sync::Arc;
use support::home;

use planguard::decide::quota;
use planguard::{
    Action, Assessment, BillingZone, CatalogId, Ceiling, CeilingOrigin, Counter, CounterKey, DecisionPolicy,
    EditionId, Elapsed, Entitlements, EntitlementsDocument, GroupId, GroupType, Ledger, Lifecycle, LimitId,
    Moment, Pseudonym, Pseudonyms, Snapshot, Subject, Timestamp, Usage, UsageOrigin, UserId,
};
pub(crate) use support::{add_friend, at, grant, group, resolve_at, user};

pub(crate) const HOUR: i64 = 3_600_000;

/// 2024-08-15T04:00:00Z, noon in the default billing zone.
pub(crate) fn now() -> Timestamp {
    at("2024-08-15T04:00:00Z")
}

pub(crate) fn zone() -> BillingZone {
    "+08:00".parse().unwrap()
}

pub(crate) fn document(catalog: CatalogId, edition: EditionId) -> EntitlementsDocument {
    support::document(catalog, edition, now())
}

/// Fresh entitlements of an edition without any service.
pub(crate) fn plan(edition: EditionId) -> Entitlements {
    resolve_at(&document(home(edition).id, edition), now())
}

pub(crate) fn snapshot(entitlements: Entitlements) -> Snapshot {
    Snapshot {
        generation: 1,
        entitlements: Arc::new(entitlements),
        usage: Usage::default(),
        ledger: Ledger::default(),
        current_user: None,
        device_user: None,
        suspension: None,
    }
}

/// The ids here are their own pseudonyms, cut or filled to 16 bytes.
pub(crate) struct Plain;

impl Plain {
    fn of(text: &str) -> Pseudonym {
        let mut bytes = [0; 16];
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        Pseudonym(bytes)
    }
}

impl Pseudonyms for Plain {
    fn user(&self, user: &UserId) -> Pseudonym {
        Self::of(user.as_str())
    }

    fn group(&self, group: &GroupId) -> Pseudonym {
        Self::of(group.as_str())
    }
}

pub(crate) fn of_user(name: &str) -> Subject {
    Subject::User(Plain.user(&user(name)))
}

pub(crate) fn of_group(name: &str) -> Subject {
    Subject::Group(Plain.group(&group(name)))
}

pub(crate) fn key(limit: LimitId, subject: Subject) -> CounterKey {
    CounterKey::at(limit, subject, now(), &zone())
}

/// The snapshot with a counter set to `used`.
pub(crate) fn using(snapshot: &Snapshot, limit: LimitId, subject: Subject, used: u64) -> Snapshot {
    let key = key(limit, subject);
    let counter =
        Counter { base: used, as_of: Some(now()), origin: UsageOrigin::Observed, ..snapshot.usage.get(&key) };
    Snapshot { usage: snapshot.usage.with(key, counter), ..snapshot.clone() }
}

/// `at` on both clocks: the elapsed one began with the Unix epoch.
pub(crate) fn moment(at: Timestamp) -> Moment {
    Moment { at, elapsed: Elapsed(u64::try_from(at.as_millis()).unwrap()) }
}

/// A group's own maximum.
pub(crate) fn own(max: u64) -> Ceiling {
    Ceiling { max, origin: CeilingOrigin::Group }
}

pub(crate) fn check_with(
    snapshot: &Snapshot,
    action: &Action,
    policy: &DecisionPolicy,
    at: Timestamp,
) -> Assessment {
    quota::assess(snapshot, action, &action.demands(&Plain), moment(at), &zone(), policy, Lifecycle::Active)
}

pub(crate) fn check(snapshot: &Snapshot, action: &Action) -> Assessment {
    check_with(snapshot, action, &DecisionPolicy::default(), now())
}

pub(crate) fn create(kind: GroupType, initial_members: u64) -> Action {
    Action::CreateGroup { owner: user("ada"), kind, initial_members }
}

pub(crate) fn join(kind: GroupType) -> Action {
    Action::JoinGroup { user: user("ada"), group: group("g"), kind }
}

pub(crate) fn add_members(kind: GroupType, count: u64) -> Action {
    Action::AddMembers { group: group("g"), kind, count }
}
