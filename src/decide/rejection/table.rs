//! The provider's codes, each with what it means here and the document that explains it.

use std::time::Duration;

use crate::model::{Advice, Feature, LimitId, Rejection, RejectionClass, Retry, ServiceId};

/// One code of the provider.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// The code.
    pub code: i32,
    /// What kind of refusal it is.
    pub class: RejectionClass,
    /// The limit that is reached.
    pub limit: Option<LimitId>,
    /// The feature that is missing or bounded.
    pub feature: Option<Feature>,
    /// The service that is missing.
    pub service: Option<ServiceId>,
    /// What the app should do.
    pub advice: Advice,
    /// When the call is worth repeating.
    pub retry: Retry,
    /// Whether the entitlements are put in doubt.
    pub refetch: bool,
    /// What it means, in a sentence.
    pub text: &'static str,
    /// The document that explains the code.
    pub source: &'static str,
}

impl Code {
    pub(super) fn rejection(&self, message: &str) -> Rejection {
        Rejection {
            code: self.code,
            message: message.to_owned(),
            class: self.class,
            certain: true,
            limit: self.limit,
            feature: self.feature,
            service: self.service,
            advice: self.advice,
            text: self.text,
            retry: self.retry,
            refetch: self.refetch,
            correction: None,
            source: self.source,
            remedies: Vec::new(),
        }
    }

    const fn of(code: i32, class: RejectionClass, text: &'static str) -> Self {
        let (advice, retry, refetch) = match class {
            RejectionClass::LimitReached => (Advice::ShowLimit, Retry::OnceThereIsRoom, true),
            RejectionClass::FeatureNotInPlan => (Advice::HideFeature, Retry::OncePlanChanges, true),
            RejectionClass::ConsoleSwitch => (Advice::SwitchOnInConsole, Retry::OncePlanChanges, false),
            RejectionClass::Suspended => (Advice::ShowUnavailable, Retry::OncePlanChanges, true),
            RejectionClass::RateLimited => (Advice::BackOff, Retry::After(BACK_OFF), false),
            RejectionClass::CredentialExpired => (Advice::RenewUserSig, Retry::RenewCredential, false),
            RejectionClass::CredentialInvalid => (Advice::FixUserSig, Retry::Never, false),
            RejectionClass::Precondition => (Advice::LogInFirst, Retry::Never, false),
            RejectionClass::InFlight => (Advice::AwaitRunningCall, Retry::AfterRunningCall, false),
            RejectionClass::KickedOff => (Advice::AskBeforeLogin, Retry::Never, false),
            RejectionClass::Permanent | RejectionClass::NotAPlanProblem => {
                (Advice::ShowRefusal, Retry::Never, false)
            }
            RejectionClass::Unknown => (Advice::Report, Retry::Never, false),
        };
        Self {
            code,
            class,
            limit: None,
            feature: None,
            service: None,
            advice,
            retry,
            refetch,
            text,
            source: CODES_PAGE,
        }
    }

    /// A limit of the plan.
    const fn limit(code: i32, limit: LimitId, text: &'static str) -> Self {
        Self { limit: Some(limit), ..Self::of(code, RejectionClass::LimitReached, text) }
    }

    /// A limit of the provider itself, the same in every plan.
    const fn fixed(code: i32, text: &'static str) -> Self {
        Self { refetch: false, ..Self::of(code, RejectionClass::LimitReached, text) }
    }

    /// A quota of active users that a trial cannot go beyond.
    const fn quota(code: i32, limit: LimitId, text: &'static str) -> Self {
        Self { retry: Retry::OncePlanChanges, ..Self::limit(code, limit, text) }
    }

    const fn about(self, feature: Feature) -> Self {
        Self { feature: Some(feature), ..self }
    }

    const fn advising(self, advice: Advice) -> Self {
        Self { advice, ..self }
    }

    const fn retrying(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    const fn from(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    const fn missing(code: i32, service: ServiceId, text: &'static str) -> Self {
        let row = Self::of(code, RejectionClass::FeatureNotInPlan, text).from(CALL_PAGE);
        Self { service: Some(service), ..row }
    }
}

const CODES_PAGE: &str = "trtc.io/document/34348";
const HEADER: &str = "TIMErrorCode.h@db467a4";
const LOGIN_PAGE: &str = "trtc.io/document/47971";
const WEB_PAGE: &str = "web.sdk.qcloud.com/im/doc/zh-cn/module-ERROR_CODE.html";
const CALL_PAGE: &str = "cloud.tencent.com/document/product/269/90504";

/// The least wait after a call that came too often.
const BACK_OFF: Duration = Duration::from_secs(5);
/// The provider's own lockout after refused `UserSig`s.
const LOCKOUT: Duration = Duration::from_secs(60);
/// What a new plan takes to come into force at the provider.
const NEW_PLAN: Duration = Duration::from_secs(300);

/// The code that speaks of the other side's friend list.
pub(super) const PEER: i32 = 30_014;

use RejectionClass as Is;

const EXPIRED: &str = "The login ticket or key has expired: renew the UserSig and log in once.";
const BUSY: &str = "Too many requests or an overloaded provider: repeat later, each time with a longer wait.";
const BAD_SIG: &str =
    "The UserSig does not verify or belongs to another user or app: mend the server that makes it.";
const KICKED: &str = "Another client logged in as this user: never log in again by itself.";
const STOPPED: &str =
    "The provider has stopped the app or blocked the call: see the app's state in the console.";

/// Every code that planguard knows.
#[rustfmt::skip]
pub const CODES: &[Code] = &[
    // Session and credential.
    Code::of(6013, Is::Precondition, "The chat SDK is not initialised."),
    Code::of(6014, Is::Precondition, "Not logged in, or kicked off: log in first."),
    Code::of(2662, Is::Precondition, "Without a login only audio-video groups can be joined.").from(WEB_PAGE),
    Code::of(2024, Is::Precondition, "Not logged in on the Web: log in first.").from(WEB_PAGE),
    Code::of(2999, Is::Precondition, "The Web chat SDK is not ready yet: wait for its ready event.").from(WEB_PAGE),
    Code::of(3005, Is::Precondition, "Logged out on the Web: log in first.").from(WEB_PAGE),
    Code::of(6015, Is::InFlight, "The same call runs already: wait for its answer."),
    Code::of(7501, Is::InFlight, "A login is in progress: wait for its answer.").from(HEADER),
    Code::of(7502, Is::InFlight, "A logout is in progress: wait for its answer.").from(HEADER),
    Code::of(2025, Is::InFlight, "Repeated login on the Web: wait for the first one's answer.").from(WEB_PAGE),
    Code::of(6206, Is::CredentialExpired, "The UserSig has expired: renew it and log in once.").from(LOGIN_PAGE),
    Code::of(70_001, Is::CredentialExpired, "The UserSig has expired: renew it and log in once.").from(LOGIN_PAGE),
    Code::of(-10_001, Is::CredentialExpired, EXPIRED),
    Code::of(-10_003, Is::CredentialExpired, EXPIRED),
    Code::of(-10_004, Is::CredentialExpired, EXPIRED),
    Code::of(-10_005, Is::CredentialExpired, EXPIRED),
    Code::of(-10_008, Is::CredentialExpired, EXPIRED),
    Code::of(-10_106, Is::CredentialExpired, EXPIRED),
    Code::of(6208, Is::KickedOff, "Another device logged in as this user: never log in again by itself."),
    Code::of(3002, Is::KickedOff, KICKED).from(WEB_PAGE),
    Code::of(3003, Is::KickedOff, KICKED).from(WEB_PAGE),
    Code::of(3004, Is::KickedOff, KICKED).from(WEB_PAGE),
    Code::of(3006, Is::KickedOff, KICKED).from(WEB_PAGE),
    Code::of(70_003, Is::CredentialInvalid, BAD_SIG),
    Code::of(70_009, Is::CredentialInvalid, BAD_SIG),
    Code::of(70_013, Is::CredentialInvalid, BAD_SIG),
    Code::of(70_014, Is::CredentialInvalid, BAD_SIG),
    Code::of(70_016, Is::CredentialInvalid, BAD_SIG),
    Code::of(70_020, Is::CredentialInvalid, BAD_SIG),
    Code::of(70_051, Is::Permanent, "The account is on the blocklist."),
    Code::of(70_107, Is::Permanent, "The account does not exist at the provider: have the server import it."),
    Code::of(70_399, Is::Permanent, "A deleted account cannot be imported again within 3 months.").advising(Advice::KeepAccountIds),

    // Frequency and load.
    Code::of(7008, Is::RateLimited, BUSY),
    Code::of(9506, Is::RateLimited, "This call is made too often: at most 5 a second."),
    Code::of(2996, Is::RateLimited, "This call is made too often on the Web: repeat later.").from(WEB_PAGE),
    Code::of(9511, Is::RateLimited, BUSY).from(HEADER),
    Code::of(60_019, Is::RateLimited, BUSY),
    Code::of(72_010, Is::RateLimited, "Login, logout, changes between foreground and background or push settings came too often for this user."),
    Code::of(70_050, Is::RateLimited, "The UserSig was refused too often: wait a minute and renew it.").retrying(Retry::After(LOCKOUT)),
    Code::of(60_007, Is::RateLimited, BUSY),
    Code::of(60_011, Is::RateLimited, BUSY).from(HEADER),
    Code::of(60_018, Is::RateLimited, BUSY),
    Code::of(-10_113, Is::RateLimited, BUSY),
    Code::of(-20_009, Is::RateLimited, BUSY),
    Code::of(10_006, Is::RateLimited, BUSY),
    Code::of(-10_114, Is::RateLimited, BUSY),
    Code::of(-302, Is::RateLimited, BUSY),

    // Quotas of the app.
    Code::quota(70_398, LimitId::MaxUsers, "The app has as many accounts as its edition allows."),
    Code::quota(72_000, LimitId::FreeDau, "The trial's daily active users are used up."),
    Code::quota(72_002, LimitId::FreeMau, "The trial's monthly active users are used up."),
    Code::quota(22_007, LimitId::FreeDau, "The trial's daily active users, counted by senders, are used up."),
    Code::fixed(60_028, "The trial's volume of REST calls in 24 hours is used up.").advising(Advice::LeaveToServer).retrying(Retry::OncePlanChanges),

    // Features.
    Code::of(7013, Is::FeatureNotInPlan, "The plan does not include this call."),
    Code::of(3122, Is::FeatureNotInPlan, "The plan does not include this call; the Web chat SDK itself refused it.").from(WEB_PAGE),
    Code::of(10_059, Is::FeatureNotInPlan, "The plan does not include this feature."),
    Code::of(30_005, Is::FeatureNotInPlan, "Follow and fan need a higher plan and a switch in the console."),
    Code::of(11_000, Is::ConsoleSwitch, "Communities are not switched on in the console; the plan is another matter.").about(Feature::Community),
    Code::of(72_001, Is::ConsoleSwitch, "User status is not switched on in the console.").about(Feature::UserStatus),
    Code::of(72_011, Is::ConsoleSwitch, "Do not disturb is not switched on in the console."),
    Code::of(72_012, Is::ConsoleSwitch, "Subscribing to profiles is not switched on in the console."),
    Code::missing(-1001, ServiceId::CALL, "The call service is not bought."),
    Code::missing(-1002, ServiceId::CALL, "The call service that was bought does not support this."),

    // Suspension.
    Code::of(60_020, Is::Suspended, "The plan is missing or expired, or the account is in arrears. A new plan takes about 5 minutes.").retrying(Retry::After(NEW_PLAN)),
    Code::of(80_005, Is::Suspended, "The service is deactivated: the plan has expired or the account is in arrears."),
    Code::of(-10_108, Is::Suspended, "A prepaid plan is in arrears."),
    Code::of(-10_110, Is::Suspended, STOPPED),
    Code::of(-10_111, Is::Suspended, STOPPED),
    Code::of(-10_112, Is::Suspended, STOPPED).from(HEADER),
    Code::of(60_016, Is::Suspended, STOPPED),
    Code::of(60_017, Is::Suspended, STOPPED),
    Code::of(10_026, Is::Suspended, STOPPED),

    // Friends.
    Code::limit(30_010, LimitId::FriendsPerUser, "This user has as many friends as the plan allows."),
    Code { refetch: false, ..Code::limit(PEER, LimitId::FriendsPerUser, "The other user has as many friends as the plan allows.") }.advising(Advice::ShowPeerIsFull),
    Code::fixed(30_011, "This user has as many friend lists as the provider allows."),
    Code::fixed(30_012, "100 friend requests are pending, which is as many as the provider allows."),
    Code::fixed(30_013, "1,000 users are on the blocklist, which is as many as the provider allows."),

    // Groups.
    Code::limit(10_036, LimitId::AvGroups, "The app has as many audio-video groups as the plan allows."),
    Code::limit(10_037, LimitId::GroupsPerUser, "This user is in as many groups as the plan allows, created and joined together."),
    Code::limit(10_038, LimitId::MembersPerGroup, "The group has as many members as the plan allows. After an upgrade raise the group's own maximum too."),
    Code { refetch: false, ..Code::limit(10_014, LimitId::MembersPerGroup, "The group is full by its own maximum; the plan is not in the way.") }.advising(Advice::RaiseGroupMaximum),
    Code::limit(8507, LimitId::MembersPerGroup, "The chat SDK refused the number of members before sending it."),
    Code::limit(10_058, LimitId::NonAvGroups, "The trial's 100 groups are used up."),
    Code::fixed(10_060, "The group is too large for read receipts.").about(Feature::GroupReadReceipts).advising(Advice::HideFeature).retrying(Retry::Never),
    Code::fixed(51_008, "There are as many conversation marks as the provider allows.").about(Feature::ConversationMark),
    Code::fixed(51_010, "There are as many conversation groups as the provider allows.").about(Feature::ConversationGroup),
    Code::fixed(51_012, "50 conversations are pinned, which is as many as the provider allows."),

    // What no plan lifts.
    Code::of(10_007, Is::NotAPlanProblem, "The user lacks the permission, or the group's type does not allow it."),
    Code::of(10_016, Is::NotAPlanProblem, "The app's own webhook refused it."),
    Code::of(80_001, Is::NotAPlanProblem, "The content was blocked."),
    Code::of(20_012, Is::NotAPlanProblem, "The user is muted."),
    Code::of(10_017, Is::NotAPlanProblem, "The user is muted in the group."),
];
