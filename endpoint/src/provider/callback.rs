//! What a webhook's body says, strictly read: what is not understood names its field and counts for nothing.

use std::fmt;

use serde_json::{Map, Value};

use crate::ledger::groups::Class;

/// The longest user id that is taken, in bytes. The provider's own bound is 32.
const LONGEST_USER: usize = 256;

/// The most net new groups that an alarm may tell. A day allows ten thousands; what is far beyond is no figure of the provider.
const MOST_GROUPS: i64 = 1_000_000_000;

/// A user's id, which is neither stored nor logged.
#[derive(Clone, PartialEq, Eq)]
pub struct UserName(String);

impl UserName {
    /// The id, to make a pseudonym of it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserName(..)")
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A user logged in, or came back after a broken connection.
    Login(UserName),
    /// A user logged out, or their connection broke. Neither makes nor ends an active user.
    Left,
    /// A group was created.
    GroupCreated(Class),
    /// A group was dissolved.
    GroupDestroyed(Class),
    /// The day's net new groups are above 70 % of their limit.
    QuotaAlarm {
        /// Net new groups of the day.
        used: i64,
        /// How many the day allows.
        quota: i64,
    },
    /// So many friendships began.
    FriendsAdded(i64),
    /// So many friendships ended.
    FriendsDeleted(i64),
    /// So many members joined a group.
    MembersJoined(i64),
    /// So many members left a group.
    MembersLeft(i64),
    /// A group is full.
    GroupFull,
    /// A group is about to be created, and may be refused.
    BeforeCreateGroup,
    /// Something that is not known here.
    Unknown,
}

/// A webhook that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// What happened.
    pub happening: Happening,
    /// When, in milliseconds since 1970; `None` where it does not say.
    pub event_time: Option<i64>,
    /// Its content in one form, however it was written: what a repetition has in common with the first.
    pub content: String,
}

/// What is wrong with a body. Without the values in it, which are ids of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCallback {
    /// It is not JSON in UTF-8.
    #[error("not a JSON object in UTF-8")]
    NotJson,
    /// A member is missing, or of another type or range than documented.
    #[error("missing, or not {expected}")]
    Member {
        /// JSON pointer of the member.
        pointer: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// The body is of another command than the URL says.
    #[error("another command than the URL's")]
    OtherCommand,
}

impl BadCallback {
    /// JSON pointer of what is wrong.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::NotJson => "",
            Self::Member { pointer, .. } => pointer,
            Self::OtherCommand => "/CallbackCommand",
        }
    }
}

/// Reads a body of a command.
///
/// # Errors
/// [`BadCallback`], which names the member.
pub fn read(command: &str, body: &[u8]) -> Result<Callback, BadCallback> {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return Err(BadCallback::NotJson) };
    match body.get("CallbackCommand") {
        None => {}
        Some(Value::String(named)) if named == command => {}
        Some(_) => return Err(BadCallback::OtherCommand),
    }
    let happening = happening(command, &body)?;
    let event_time = time(&body)?;
    Ok(Callback { happening, event_time, content: Value::Object(body).to_string() })
}

fn happening(command: &str, body: &Map<String, Value>) -> Result<Happening, BadCallback> {
    Ok(match command {
        "State.StateChange" => state(body)?,
        "Group.CallbackAfterCreateGroup" => Happening::GroupCreated(class(body)?),
        "Group.CallbackAfterGroupDestroyed" => Happening::GroupDestroyed(class(body)?),
        "Group.CallbackOnDailyGroupQuotaAlarm" => Happening::QuotaAlarm {
            used: groups(body.get("QuotaUsed"), "/QuotaUsed")?,
            quota: groups(body.get("Quota"), "/Quota")?,
        },
        "Sns.CallbackFriendAdd" => Happening::FriendsAdded(entries(body, "PairList", "/PairList")?),
        "Sns.CallbackFriendDelete" => Happening::FriendsDeleted(entries(body, "PairList", "/PairList")?),
        "Group.CallbackAfterNewMemberJoin" => {
            Happening::MembersJoined(entries(body, "NewMemberList", "/NewMemberList")?)
        }
        "Group.CallbackAfterMemberExit" => {
            Happening::MembersLeft(entries(body, "ExitMemberList", "/ExitMemberList")?)
        }
        "Group.CallbackAfterGroupFull" => Happening::GroupFull,
        "Group.CallbackBeforeCreateGroup" => Happening::BeforeCreateGroup,
        _ => Happening::Unknown,
    })
}

fn state(body: &Map<String, Value>) -> Result<Happening, BadCallback> {
    let bad = |pointer, expected| BadCallback::Member { pointer, expected };
    let info = body.get("Info").and_then(Value::as_object).ok_or(bad("/Info", "an object"))?;
    let action = info.get("Action").and_then(Value::as_str).ok_or(bad("/Info/Action", "a text"))?;
    let user = info.get("To_Account").and_then(Value::as_str);
    let user = user.filter(|user| !user.is_empty() && user.len() <= LONGEST_USER);
    let user = user.ok_or(bad("/Info/To_Account", "a user's id of 1 to 256 bytes"))?;
    Ok(match action {
        "Login" => Happening::Login(UserName(user.to_owned())),
        "Logout" | "Disconnect" => Happening::Left,
        _ => Happening::Unknown,
    })
}

fn class(body: &Map<String, Value>) -> Result<Class, BadCallback> {
    let expected = "a group's type such as \"Public\"";
    let group_type = body.get("Type").and_then(Value::as_str).filter(|text| !text.is_empty());
    group_type.map(Class::of).ok_or(BadCallback::Member { pointer: "/Type", expected })
}

fn entries(body: &Map<String, Value>, name: &str, pointer: &'static str) -> Result<i64, BadCallback> {
    let list = body.get(name).and_then(Value::as_array).filter(|list| list.iter().all(Value::is_object));
    let list = list.ok_or(BadCallback::Member { pointer, expected: "a list of objects" })?;
    Ok(i64::try_from(list.len()).unwrap_or(i64::MAX))
}

/// A whole number from 0, also where the provider writes it as a text.
fn whole(value: Option<&Value>, pointer: &'static str) -> Result<i64, BadCallback> {
    let number = match value {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    };
    let bad = BadCallback::Member { pointer, expected: "a whole number from 0" };
    number.filter(|number| *number >= 0).ok_or(bad)
}

/// A number of groups.
fn groups(value: Option<&Value>, pointer: &'static str) -> Result<i64, BadCallback> {
    let bad = BadCallback::Member { pointer, expected: "a whole number from 0 to 1000000000" };
    whole(value, pointer).ok().filter(|number| *number <= MOST_GROUPS).ok_or(bad)
}

fn time(body: &Map<String, Value>) -> Result<Option<i64>, BadCallback> {
    match body.get("EventTime") {
        None | Some(Value::Null) => Ok(None),
        given => whole(given, "/EventTime").map(Some),
    }
}
