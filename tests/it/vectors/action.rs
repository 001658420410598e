//! Actions, observations and usage as the cases write them.

use planguard::billing::MonthUsage;
use planguard::{Action, GroupId, Observation, UserId};

use serde_json::Value;

/// A field that must be there.
pub(super) fn text<'v>(of: &'v Value, field: &str) -> &'v str {
    of[field].as_str().unwrap_or_else(|| panic!("no text `{field}` in {of}"))
}

/// The value a word stands for.
pub(super) fn word<T: std::str::FromStr<Err: std::fmt::Debug>>(word: &str) -> T {
    word.parse().unwrap()
}

fn number(of: &Value, field: &str) -> u64 {
    of[field].as_u64().unwrap_or_else(|| panic!("no number `{field}` in {of}"))
}

fn user(of: &Value, field: &str) -> UserId {
    UserId::new(text(of, field)).unwrap()
}

fn group(of: &Value) -> GroupId {
    GroupId::new(text(of, "group")).unwrap()
}

pub(super) fn action(of: &Value) -> Action {
    match text(of, "type") {
        "add_friend" => Action::AddFriend { user: user(of, "user"), peer: user(of, "peer") },
        "remove_friend" => Action::RemoveFriend { user: user(of, "user"), peer: user(of, "peer") },
        "join_group" => {
            Action::JoinGroup { user: user(of, "user"), group: group(of), kind: word(text(of, "kind")) }
        }
        "create_group" => Action::CreateGroup {
            owner: user(of, "owner"),
            kind: word(text(of, "kind")),
            initial_members: number(of, "initial_members"),
        },
        "add_members" => {
            Action::AddMembers { group: group(of), kind: word(text(of, "kind")), count: number(of, "count") }
        }
        other => panic!("no action is called `{other}`"),
    }
}

pub(super) fn observation(of: &Value) -> Observation {
    match text(of, "type") {
        "friends" => Observation::Friends { user: user(of, "user"), count: number(of, "count") },
        "groups" => Observation::Groups { user: user(of, "user"), count: number(of, "count") },
        "group" => {
            let own_max = of.get("own_max").and_then(Value::as_u64);
            Observation::Group { group: group(of), members: number(of, "members"), own_max }
        }
        other => panic!("no observation is called `{other}`"),
    }
}

pub(super) fn usage(of: &Value) -> MonthUsage {
    let number = |field: &str| of.get(field).and_then(Value::as_u64);
    MonthUsage {
        mau: number("mau"),
        peak_dau: number("peak_dau"),
        peak_groups: number("peak_groups"),
        ..MonthUsage::default()
    }
}
