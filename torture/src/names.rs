//! What users, groups and happenings are called in every world.

/// The other side of every friendship.
pub(crate) const PEER: &str = "peer";

pub(crate) fn user(n: u32) -> String {
    format!("user-{n}")
}

pub(crate) fn group(n: u32) -> String {
    format!("group-{n}")
}

pub(crate) fn key(n: u32) -> String {
    format!("notice-{n}")
}

/// Users below are logged in by every process, those from here on by processes of one role alone.
pub(crate) const SHARED: u32 = 120;

/// From here on users are refused by the chat SDK.
pub(crate) const FAILING: u32 = 1_000_000;
