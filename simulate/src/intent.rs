//! The `intent` column of a login log.

pub(crate) use planguard::LoginIntent;

/// How a login log spells each intent.
pub(crate) const SPELLINGS: [(&str, LoginIntent); 9] = [
    ("open_chat", LoginIntent::OpenChat),
    ("app_launch", LoginIntent::AppLaunch),
    ("reconnect", LoginIntent::Reconnect),
    ("push_wake", LoginIntent::PushWake),
    ("prefetch", LoginIntent::Prefetch),
    ("view_only", LoginIntent::ViewOnly),
    ("renew_user_sig", LoginIntent::RenewUserSig),
    ("after_kick", LoginIntent::AfterKick { confirmed: false }),
    ("after_kick_confirmed", LoginIntent::AfterKick { confirmed: true }),
];

/// Reads an intent, in any case.
pub(crate) fn parse(text: &str) -> Result<LoginIntent, String> {
    SPELLINGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, intent)| *intent).ok_or_else(
        || {
            let names: Vec<&str> = SPELLINGS.iter().map(|(name, _)| *name).collect();
            format!("not an intent; one of {}", names.join(", "))
        },
    )
}
