//! Apps, users and groups, and what they ask for.

use planguard::login::{LoginIntent, LoginRequest};
use planguard::{Action, GroupId, SdkAppId, UserId};

/// The app that every guard and document here is for; the endpoint's default app too.
pub const APP: u64 = 1_400_000_001;

/// [`APP`] as an id.
pub fn app() -> SdkAppId {
    SdkAppId::new(APP).unwrap()
}

/// A user of that name.
pub fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}

/// The first user.
pub fn ada() -> UserId {
    user("ada")
}

/// The second user.
pub fn bob() -> UserId {
    user("bob")
}

/// A group of that name.
pub fn group(id: &str) -> GroupId {
    GroupId::new(id).unwrap()
}

/// Ada and Bob become friends.
pub fn add_friend() -> Action {
    Action::AddFriend { user: ada(), peer: bob() }
}

/// A login of that user, to open chat.
pub fn request(id: &str) -> LoginRequest {
    LoginRequest::new(user(id), LoginIntent::OpenChat)
}

/// A login of that user, for that purpose.
pub fn with(id: &str, intent: LoginIntent) -> LoginRequest {
    LoginRequest::new(user(id), intent)
}
