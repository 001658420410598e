//! Actions, observations and other arguments as JSON writes them.

use std::fmt::Display;

use planguard::decisions::{LoginAsked, SessionChange};
use planguard::features::FeatureContext;
use planguard::plan::IdError;
use planguard::{Action, GroupId, LoginIntent, Observation, UserId};
use serde_json::Value;

use crate::bad::Bad;
use crate::fields::{count, flag, given, maybe_count, maybe_named, named, object, text};
use crate::known::only;

fn id<'v, T, E: Display>(
    of: &'v Value,
    field: &str,
    new: impl Fn(&'v str) -> Result<T, E>,
) -> Result<T, Bad> {
    new(text(of, field)?).map_err(|error| Bad::new(field, error))
}

pub(crate) fn user(of: &Value, field: &str) -> Result<UserId, Bad> {
    id::<_, IdError>(of, field, UserId::new)
}

/// A user of a list.
pub(crate) fn user_id(of: &Value) -> Result<UserId, Bad> {
    let id = of.as_str().ok_or_else(|| Bad::new("users", "a list of user ids belongs here"))?;
    UserId::new(id).map_err(|error| Bad::new("users", error))
}

fn group(of: &Value) -> Result<GroupId, Bad> {
    id::<_, IdError>(of, "group", GroupId::new)
}

/// An action, by its `type`.
pub(crate) fn action(of: &Value) -> Result<Action, Bad> {
    only(
        of,
        &["type", "user", "peer", "owner", "group", "kind", "initialMembers", "count", "to", "messages"],
    )?;
    let kind = || named(of, "kind");
    Ok(match text(of, "type")? {
        "add_friend" => Action::AddFriend { user: user(of, "user")?, peer: user(of, "peer")? },
        "remove_friend" => Action::RemoveFriend { user: user(of, "user")?, peer: user(of, "peer")? },
        "join_group" => Action::JoinGroup { user: user(of, "user")?, group: group(of)?, kind: kind()? },
        "apply_to_join" => Action::ApplyToJoin { user: user(of, "user")?, group: group(of)?, kind: kind()? },
        "leave_group" => Action::LeaveGroup { user: user(of, "user")?, group: group(of)?, kind: kind()? },
        "create_group" => Action::CreateGroup {
            owner: user(of, "owner")?,
            kind: kind()?,
            initial_members: count(of, "initialMembers")?,
        },
        "dissolve_group" => {
            Action::DissolveGroup { owner: user(of, "owner")?, group: group(of)?, kind: kind()? }
        }
        "add_members" => Action::AddMembers { group: group(of)?, kind: kind()?, count: count(of, "count")? },
        "remove_members" => {
            Action::RemoveMembers { group: group(of)?, kind: kind()?, count: count(of, "count")? }
        }
        "enlarge_group" => Action::EnlargeGroup { group: group(of)?, kind: kind()?, to: count(of, "to")? },
        "register_user" => Action::RegisterUser,
        "search" => Action::Search,
        "push" => Action::Push { messages: count(of, "messages")? },
        "call" => Action::Call { group: flag(of, "group")? },
        other => return Err(Bad::new("type", format_args!("no action is called `{other}`"))),
    })
}

/// What a list of the chat SDK says, by its `type`.
pub(crate) fn observation(of: &Value) -> Result<Observation, Bad> {
    only(of, &["type", "user", "count", "group", "members", "ownMax"])?;
    Ok(match text(of, "type")? {
        "friends" => Observation::Friends { user: user(of, "user")?, count: count(of, "count")? },
        "groups" => Observation::Groups { user: user(of, "user")?, count: count(of, "count")? },
        "group" => Observation::Group {
            group: group(of)?,
            members: count(of, "members")?,
            own_max: maybe_count(of, "ownMax")?,
        },
        other => return Err(Bad::new("type", format_args!("no observation is called `{other}`"))),
    })
}

/// Where a feature is about to be used.
pub(crate) fn context(request: &Value) -> Result<FeatureContext, Bad> {
    let Some(of) = object(request, "context")? else { return Ok(FeatureContext::default()) };
    only(of, &["platform", "sdkVersion", "groupType", "groupSize", "switchedOn"])?;
    Ok(FeatureContext {
        platform: maybe_named(of, "platform")?,
        sdk_version: maybe_named(of, "sdkVersion")?,
        group_type: maybe_named(of, "groupType")?,
        group_size: maybe_count(of, "groupSize")?,
        switched_on: given(of, "switchedOn").map(|_| flag(of, "switchedOn")).transpose()?,
    })
}

/// A request to log in, beside what says which operation it is for.
pub(crate) fn login(of: &Value) -> Result<LoginAsked, Bad> {
    only(of, &["user", "intent", "knownToProvider", "op", "on", "now"])?;
    let intent: LoginIntent = named(of, "intent")?;
    let known_to_provider = given(of, "knownToProvider").is_none() || flag(of, "knownToProvider")?;
    Ok(LoginAsked { user: user(of, "user")?, intent, known_to_provider })
}

/// 32 random bits.
pub(crate) fn random(of: &Value) -> Result<u32, Bad> {
    u32::try_from(count(of, "random")?).map_err(|_| Bad::new("random", "a number of 32 bits belongs here"))
}

/// What happened to a session.
pub(crate) fn change(of: &Value) -> Result<SessionChange, Bad> {
    Ok(match text(of, "event")? {
        "connected" => SessionChange::Connected,
        "disconnected" => SessionChange::Disconnected,
        "kicked_off" => SessionChange::KickedOff,
        "user_sig_expired" => SessionChange::UserSigExpired,
        "logged_out" => SessionChange::LoggedOut,
        "ended" => SessionChange::Ended,
        "new_user_sig" => SessionChange::NewUserSig { random: random(of)? },
        "failures_forgotten" => SessionChange::FailuresForgotten,
        other => return Err(Bad::new("event", format_args!("no event is called `{other}`"))),
    })
}
