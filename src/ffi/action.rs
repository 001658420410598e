//! Actions as foreign languages name them: ids as text, checked here.

use super::error::GuardError;
use crate::model::{Action, GroupId, GroupType, UserId};

/// Something a user is about to do. See [`Action`] for what each touches.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum PlannedAction {
    /// `user` and `peer` become friends.
    AddFriend {
        /// The user of this device.
        user: String,
        /// The other side.
        peer: String,
    },
    /// `user` and `peer` cease to be friends.
    RemoveFriend {
        /// The user of this device.
        user: String,
        /// The other side.
        peer: String,
    },
    /// `user` joins a group.
    JoinGroup {
        /// The user, by the id that the app uses.
        user: String,
        /// The group.
        group: String,
        /// The group's type.
        kind: GroupType,
    },
    /// `user` leaves a group.
    LeaveGroup {
        /// The user, by the id that the app uses.
        user: String,
        /// The group.
        group: String,
        /// The group's type.
        kind: GroupType,
    },
    /// `owner` creates a group.
    CreateGroup {
        /// The owner, by the id that the app uses.
        owner: String,
        /// The group's type.
        kind: GroupType,
        /// Members invited at once, the owner not counted.
        initial_members: u64,
    },
    /// A group is dissolved.
    DissolveGroup {
        /// Who owns it.
        owner: String,
        /// The group.
        group: String,
        /// The group's type.
        kind: GroupType,
    },
    /// Members are added at once.
    AddMembers {
        /// The group.
        group: String,
        /// The group's type.
        kind: GroupType,
        /// How many members are to be added.
        count: u64,
    },
    /// Members leave or are removed.
    RemoveMembers {
        /// The group.
        group: String,
        /// The group's type.
        kind: GroupType,
        /// How many members are removed.
        count: u64,
    },
    /// The group's own maximum is raised.
    EnlargeGroup {
        /// The group.
        group: String,
        /// The group's type.
        kind: GroupType,
        /// The new maximum.
        to: u64,
    },
    /// A user id is registered with the provider.
    RegisterUser,
    /// A message search in the cloud.
    Search,
    /// One call to the all-staff or tag push interface.
    Push {
        /// Messages it sends.
        messages: u64,
    },
    /// An audio or video call is started.
    Call {
        /// More than two people take part.
        group: bool,
    },
}

impl TryFrom<PlannedAction> for Action {
    type Error = GuardError;

    fn try_from(action: PlannedAction) -> Result<Self, GuardError> {
        use PlannedAction as P;
        let user = |id: String| UserId::new(id).map_err(GuardError::from);
        let group_id = |id: String| GroupId::new(id).map_err(GuardError::from);
        Ok(match action {
            P::AddFriend { user: own, peer } => Self::AddFriend { user: user(own)?, peer: user(peer)? },
            P::RemoveFriend { user: own, peer } => Self::RemoveFriend { user: user(own)?, peer: user(peer)? },
            P::JoinGroup { user: own, group, kind } => {
                Self::JoinGroup { user: user(own)?, group: group_id(group)?, kind }
            }
            P::LeaveGroup { user: own, group, kind } => {
                Self::LeaveGroup { user: user(own)?, group: group_id(group)?, kind }
            }
            P::CreateGroup { owner, kind, initial_members } => {
                Self::CreateGroup { owner: user(owner)?, kind, initial_members }
            }
            P::DissolveGroup { owner, group, kind } => {
                Self::DissolveGroup { owner: user(owner)?, group: group_id(group)?, kind }
            }
            P::AddMembers { group, kind, count } => Self::AddMembers { group: group_id(group)?, kind, count },
            P::RemoveMembers { group, kind, count } => {
                Self::RemoveMembers { group: group_id(group)?, kind, count }
            }
            P::EnlargeGroup { group, kind, to } => Self::EnlargeGroup { group: group_id(group)?, kind, to },
            P::RegisterUser => Self::RegisterUser,
            P::Search => Self::Search,
            P::Push { messages } => Self::Push { messages },
            P::Call { group } => Self::Call { group },
        })
    }
}
