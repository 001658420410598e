//! What the provider said when it refused a call, in the domain's words.

use std::fmt;
use std::time::Duration;

use super::action::Action;
use super::counter_key::Subject;
use super::decision::LimitCheck;
use super::feature::Feature;
use super::ids::ServiceId;
use super::limit::LimitId;
use super::locale::Locale;
use super::named::named_enum;
use super::remedy::Remedy;

named_enum! {
    /// What kind of refusal it was.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum RejectionClass as "rejection_class" {
        /// A limit is reached: of the plan, of a group or of the provider itself.
        LimitReached = "limit_reached",
        /// The plan lacks the feature or service.
        FeatureNotInPlan = "feature_not_in_plan",
        /// The feature is not switched on in the provider's console.
        ConsoleSwitch = "console_switch",
        /// The app is stopped at the provider.
        Suspended = "suspended",
        /// Too many requests, or the provider is overloaded.
        RateLimited = "rate_limited",
        /// The `UserSig` or the session's ticket has expired: renew and log in once.
        CredentialExpired = "credential_expired",
        /// The `UserSig` is wrong: a new one of the same making fails the same way.
        CredentialInvalid = "credential_invalid",
        /// The call came before what it needs, such as a login.
        Precondition = "precondition",
        /// Repeating never helps.
        Permanent = "permanent",
        /// The same call runs already.
        InFlight = "in_flight",
        /// Another device logged in as this user.
        KickedOff = "kicked_off",
        /// The request was sent, wholly or in part, and no answer came: whether the call took effect is not known.
        OutcomeUnknown = "outcome_unknown",
        /// The chat SDK gave up before the request was sent: the call certainly took no effect.
        NeverSent = "never_sent",
        /// Permission, content or muting: no plan lifts it.
        NotAPlanProblem = "not_a_plan_problem",
        /// A code that is not in the table.
        Unknown = "unknown",
    }
}

/// When the same call is worth making again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Retry {
    /// Never as it is.
    Never,
    /// Not before this has passed; longer after every further refusal.
    After(Duration),
    /// Once, after a new `UserSig` and a login.
    RenewCredential,
    /// Once something was removed, or the limit was raised.
    OnceThereIsRoom,
    /// Once the plan has changed.
    OncePlanChanges,
    /// When the running call has answered, if its answer was not enough.
    AfterRunningCall,
    /// Once it is known that the first call had no effect.
    OnceOutcomeIsKnown,
    /// Once the network is back.
    OnceConnected,
}

named_enum! {
    /// What the app should do about a refusal.
    #[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
    pub enum Advice as "advice" {
        /// Tell the person that the limit is reached, and offer the remedies to who manages the plan.
        ShowLimit = "show_limit",
        /// Tell the person that the other side can take no more.
        ShowPeerIsFull = "show_peer_is_full",
        /// Raise the group's own maximum; the plan is not in the way.
        RaiseGroupMaximum = "raise_group_maximum",
        /// Hide or grey out the feature, and offer the remedies to who manages the plan.
        HideFeature = "hide_feature",
        /// Tell who manages the app to switch the feature on in the provider's console.
        SwitchOnInConsole = "switch_on_in_console",
        /// Show that chat is not available, and tell who manages the plan.
        ShowUnavailable = "show_unavailable",
        /// Wait without showing anything.
        BackOff = "back_off",
        /// Fetch a new `UserSig` and log in once.
        RenewUserSig = "renew_user_sig",
        /// Fix how the app's server makes the `UserSig`.
        FixUserSig = "fix_user_sig",
        /// Ask the person whether to log in here again.
        AskBeforeLogin = "ask_before_login",
        /// Initialise the chat SDK and log in first.
        LogInFirst = "log_in_first",
        /// Wait for the answer of the call that runs.
        AwaitRunningCall = "await_running_call",
        /// Wait until the chat SDK says that it is ready.
        AwaitReady = "await_ready",
        /// Wait until the network is back.
        AwaitNetwork = "await_network",
        /// Look whether the call took effect before making it again.
        CheckOutcome = "check_outcome",
        /// Ask for less in one call.
        SplitCall = "split_call",
        /// Have the app's server import the account.
        ImportAccount = "import_account",
        /// Ship the app with a newer chat SDK.
        UpdateSdk = "update_sdk",
        /// Use one stable id for a person; do not delete and re-create accounts.
        KeepAccountIds = "keep_account_ids",
        /// Show the provider's refusal to the person; do not repeat the call.
        ShowRefusal = "show_refusal",
        /// Leave it to the app's server; a client cannot fix it.
        LeaveToServer = "leave_to_server",
        /// Report code and message to who maintains the app.
        Report = "report",
    }
}

/// What a refusal shows to be wrong in what was counted or known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Correction {
    /// The counter was too low.
    Used {
        /// Which limit's counter.
        limit: LimitId,
        /// The user or group whose counter it is.
        subject: Subject,
        /// What it is at least.
        value: u64,
    },
    /// What binds this one counter is lower than what was known.
    Ceiling {
        /// Which limit's counter.
        limit: LimitId,
        /// Whose: the refusal speaks of nobody else.
        subject: Subject,
        /// The bound that showed: what is used.
        max: u64,
    },
}

impl Correction {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Used { .. } => "used",
            Self::Ceiling { .. } => "ceiling",
        }
    }
}

/// What the app was doing when it was refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct RejectionContext<'a> {
    /// The action, where it was one.
    pub action: Option<&'a Action>,
    /// The feature that was used, where the app knows.
    pub feature: Option<Feature>,
    /// The checks of the action as they stand now; empty when there are none.
    pub checks: &'a [LimitCheck],
    /// Whose the action is: tells the two sides of a friendship apart.
    pub own: Option<Subject>,
}

/// A refusal of the provider, understood.
#[derive(Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The provider's code.
    pub code: i32,
    /// The provider's message, for whoever debugs. Keep it out of logs: it may hold ids of people.
    pub message: String,
    /// What kind of refusal it was.
    pub class: RejectionClass,
    /// False where the code alone does not say and the message or the action was read instead.
    pub certain: bool,
    /// The limit that was reached, where it is one that plans have.
    pub limit: Option<LimitId>,
    /// The feature that is missing or bounded.
    pub feature: Option<Feature>,
    /// The service that is missing.
    pub service: Option<ServiceId>,
    /// What the app should do.
    pub advice: Advice,
    /// What the code means, in an English sentence.
    pub text: &'static str,
    /// The same in Simplified Chinese.
    pub text_zh: &'static str,
    /// When the call is worth repeating.
    pub retry: Retry,
    /// Whether the entitlements held here are put in doubt: fetch them once.
    pub refetch: bool,
    /// What to correct here.
    pub correction: Option<Correction>,
    /// Where the meaning of the code is documented; empty for an unknown code.
    pub source: &'static str,
    /// What lifts the refusal, the cheapest way first; filled in by the guard, which knows the plan.
    pub remedies: Vec<Remedy>,
}

impl Rejection {
    /// What the code means, in a sentence. `explain` also says what to do, and the ways out.
    pub const fn meaning(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.text,
            Locale::ZhHans => self.text_zh,
        }
    }

    /// Whether the call may have taken effect all the same: it was sent, wholly or in part, and no answer came.
    ///
    /// What was reserved for it must then not simply be released, nor the call be repeated blindly. Look at the chat
    /// SDK's own list first.
    pub const fn outcome_unknown(&self) -> bool {
        matches!(self.class, RejectionClass::OutcomeUnknown)
    }
}

/// Without the provider's message, which may hold ids of people.
impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("code", &self.code)
            .field("class", &self.class)
            .field("certain", &self.certain)
            .field("limit", &self.limit)
            .field("feature", &self.feature)
            .field("service", &self.service)
            .field("advice", &self.advice)
            .field("retry", &self.retry)
            .field("refetch", &self.refetch)
            .field("correction", &self.correction)
            .finish_non_exhaustive()
    }
}
