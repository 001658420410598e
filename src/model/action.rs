//! What a user is about to do, and which counters that touches.

use arrayvec::ArrayVec;

use super::counter_key::{Pseudonym, Subject};
use super::feature::GroupType;
use super::ids::{GroupId, UserId};
use super::limit::LimitId;

/// Something a user of the app is about to do that the plan may limit.
///
/// Counts are what is added or removed by this one action; a count of zero touches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Action {
    /// `user` and `peer` become friends: both sides' friend counts rise.
    AddFriend {
        /// The user of this device.
        user: UserId,
        /// The other side; its count is known only as far as it was observed.
        peer: UserId,
    },
    /// `user` and `peer` cease to be friends.
    RemoveFriend {
        /// The user of this device.
        user: UserId,
        /// The other side.
        peer: UserId,
    },
    /// `user` joins an existing group.
    JoinGroup {
        /// Who joins.
        user: UserId,
        /// The group.
        group: GroupId,
        /// The group's type.
        kind: GroupType,
    },
    /// `user` applies to join a group that approves its members. It needs room as joining does, and counts nothing:
    /// whether and when the application is accepted shows in the group list.
    ApplyToJoin {
        /// Who applies.
        user: UserId,
        /// The group.
        group: GroupId,
        /// The group's type.
        kind: GroupType,
    },
    /// `user` leaves a group.
    LeaveGroup {
        /// Who leaves.
        user: UserId,
        /// The group.
        group: GroupId,
        /// The group's type.
        kind: GroupType,
    },
    /// `owner` creates a group with `initial_members` members besides the owner.
    CreateGroup {
        /// Who creates it.
        owner: UserId,
        /// The group's type.
        kind: GroupType,
        /// Members invited at once, the owner not counted.
        initial_members: u64,
    },
    /// A group is dissolved: the app's and the owner's counts fall, and the day's net increase makes room.
    DissolveGroup {
        /// Who owns it.
        owner: UserId,
        /// The group.
        group: GroupId,
        /// The group's type.
        kind: GroupType,
    },
    /// `count` members are added to a group at once.
    AddMembers {
        /// The group.
        group: GroupId,
        /// The group's type.
        kind: GroupType,
        /// How many members are to be added.
        count: u64,
    },
    /// `count` members leave or are removed.
    RemoveMembers {
        /// The group.
        group: GroupId,
        /// The group's type.
        kind: GroupType,
        /// How many members are removed.
        count: u64,
    },
    /// The group's own maximum is raised to `to`.
    EnlargeGroup {
        /// The group.
        group: GroupId,
        /// The group's type.
        kind: GroupType,
        /// The new maximum of members.
        to: u64,
    },
    /// A user id that the provider does not know yet is registered.
    RegisterUser,
    /// A message search in the cloud.
    Search,
    /// One call to the all-staff or tag push interface that reaches `messages` devices.
    Push {
        /// Messages sent by this one call.
        messages: u64,
    },
    /// An audio or video call is started.
    Call {
        /// More than two people take part.
        group: bool,
    },
}

/// Why an action makes no sense, whatever the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum InvalidAction {
    /// A user would become, or cease to be, a friend of themself: name another user as `peer`.
    PeerIsUser,
}

impl InvalidAction {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PeerIsUser => "peer_is_user",
        }
    }
}

/// One counter that an action changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The limit that bounds the counter.
    pub limit: LimitId,
    /// The user or group whose counter it is, or the app.
    pub subject: Subject,
    /// By how much; negative makes room.
    pub amount: i64,
}

/// The counters of one action. No action touches more than six.
pub type Demands = ArrayVec<Demand, 6>;

/// Turns ids into the pseudonyms that counters are kept under.
pub trait Pseudonyms {
    /// The pseudonym of a user.
    fn user(&self, user: &UserId) -> Pseudonym;
    /// The pseudonym of a group.
    fn group(&self, group: &GroupId) -> Pseudonym;
}

/// The limit on how many groups of this type the app may have.
pub const fn group_count_limit(kind: GroupType) -> LimitId {
    match kind {
        GroupType::AvChatRoom => LimitId::AvGroups,
        GroupType::Community => LimitId::Communities,
        GroupType::Work | GroupType::Public | GroupType::Meeting => LimitId::NonAvGroups,
    }
}

impl Action {
    /// Whether carrying the action out changes what is counted. What does not only needs room.
    pub const fn counts(&self) -> bool {
        !matches!(self, Self::ApplyToJoin { .. })
    }

    /// What of the action makes no sense, whatever the plan: nothing is checked or counted then.
    pub fn invalid(&self) -> Option<InvalidAction> {
        match self {
            Self::AddFriend { user, peer } | Self::RemoveFriend { user, peer } if user == peer => {
                Some(InvalidAction::PeerIsUser)
            }
            _ => None,
        }
    }

    /// The group that an action names, and its type. A group about to be created has no id yet.
    pub const fn group(&self) -> Option<(GroupId, GroupType)> {
        match self {
            Self::JoinGroup { group, kind, .. }
            | Self::ApplyToJoin { group, kind, .. }
            | Self::LeaveGroup { group, kind, .. }
            | Self::DissolveGroup { group, kind, .. }
            | Self::AddMembers { group, kind, .. }
            | Self::RemoveMembers { group, kind, .. }
            | Self::EnlargeGroup { group, kind, .. } => Some((*group, *kind)),
            _ => None,
        }
    }

    /// The type of the group that an action is about.
    pub const fn group_type(&self) -> Option<GroupType> {
        match self {
            Self::CreateGroup { kind, .. } => Some(*kind),
            _ => match self.group() {
                Some((_, kind)) => Some(kind),
                None => None,
            },
        }
    }

    /// The counters this action changes, in the order a person would name them.
    pub fn demands(&self, ids: &impl Pseudonyms) -> Demands {
        let mut out = Demands::new();
        if self.invalid().is_none() {
            self.each_demand(ids, |demand| out.push(demand));
        }
        out
    }

    /// Shows what [`Self::demands`] lists, of an action that makes sense.
    #[inline]
    pub(crate) fn each_demand(&self, ids: &impl Pseudonyms, mut show: impl FnMut(Demand)) {
        use LimitId as L;
        let mut push = |limit, subject, amount: i64| {
            if amount != 0 {
                show(Demand { limit, subject, amount });
            }
        };
        let of = |user: &UserId| Subject::User(ids.user(user));
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        match self {
            Self::AddFriend { user, peer } => {
                push(L::FriendsPerUser, of(user), 1);
                push(L::FriendsPerUser, of(peer), 1);
            }
            Self::RemoveFriend { user, peer } => {
                push(L::FriendsPerUser, of(user), -1);
                push(L::FriendsPerUser, of(peer), -1);
            }
            Self::JoinGroup { user, group, .. } | Self::ApplyToJoin { user, group, .. } => {
                push(L::GroupsPerUser, of(user), 1);
                push(L::MembersPerGroup, Subject::Group(ids.group(group)), 1);
            }
            Self::LeaveGroup { user, group, .. } => {
                push(L::GroupsPerUser, of(user), -1);
                push(L::MembersPerGroup, Subject::Group(ids.group(group)), -1);
            }
            Self::CreateGroup { owner, kind, .. } => {
                push(group_count_limit(*kind), Subject::App, 1);
                push(L::NetNewGroupsPerDay, Subject::App, 1);
                push(L::GroupsPerUser, of(owner), 1);
            }
            Self::DissolveGroup { owner, kind, .. } => {
                push(group_count_limit(*kind), Subject::App, -1);
                push(L::NetNewGroupsPerDay, Subject::App, -1);
                push(L::GroupsPerUser, of(owner), -1);
            }
            Self::AddMembers { group, count, .. } => {
                push(L::MembersPerGroup, Subject::Group(ids.group(group)), signed(*count));
            }
            Self::RemoveMembers { group, count, .. } => {
                push(L::MembersPerGroup, Subject::Group(ids.group(group)), -signed(*count));
            }
            Self::EnlargeGroup { .. } | Self::Call { .. } => {}
            Self::RegisterUser => push(L::MaxUsers, Subject::App, 1),
            Self::Search => push(L::SearchRequestsPerMonth, Subject::App, 1),
            Self::Push { messages } => {
                push(L::PushCallsPerDay, Subject::App, 1);
                push(L::PushMessagesPerMonth, Subject::App, signed(*messages));
            }
        }
    }
}

impl Action {
    /// The maximum of its own that a group has once this action has happened: what enlarging it was for.
    ///
    /// An audio-video group has no maximum, so none can be raised.
    pub const fn own_max(&self) -> Option<(GroupId, u64)> {
        match self {
            Self::EnlargeGroup { kind: GroupType::AvChatRoom, .. } => None,
            Self::EnlargeGroup { group, to, .. } => Some((*group, *to)),
            _ => None,
        }
    }
}

/// What the chat SDK's own lists say, which is better than counting along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Observation {
    /// The friend list of `user` holds `count` friends.
    Friends {
        /// The user whose list it is.
        user: UserId,
        /// How many friends the list has.
        count: u64,
    },
    /// The group list of `user` holds `count` groups.
    Groups {
        /// The user whose list it is.
        user: UserId,
        /// How many groups the list has.
        count: u64,
    },
    /// A group has `members` members, and its own maximum where that is known.
    Group {
        /// The group.
        group: GroupId,
        /// How many members.
        members: u64,
        /// The maximum the group itself was given.
        own_max: Option<u64>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enlarging_raises_the_groups_own_maximum_and_nothing_else_does() {
        let group = GroupId::new("g").unwrap();
        for kind in [GroupType::Work, GroupType::Public, GroupType::Meeting, GroupType::Community] {
            assert_eq!(Action::EnlargeGroup { group, kind, to: 200 }.own_max(), Some((group, 200)), "{kind}");
        }
        let kind = GroupType::AvChatRoom;
        assert_eq!(Action::EnlargeGroup { group, kind, to: 200 }.own_max(), None);
        let kind = GroupType::Public;
        assert_eq!(Action::AddMembers { group, kind, count: 1 }.own_max(), None);
        assert_eq!(Action::RegisterUser.own_max(), None);
    }
}
