//! Usage events in the form the endpoint takes: `CloudEvents` 1.0, with pseudonyms, counts and fixed words only.

use serde_json::{Value, json};

use crate::model::{AccountName, LimitId, Pseudonym, Timestamp};

/// Something the billing endpoint wants to know.
///
/// Words (`intent`, `reason`, `class`) are planguard's own, lower case with underscores; text of a person has no
/// place here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsageEvent {
    /// A login reached the chat SDK and succeeded.
    LoginExecuted {
        /// The user, as a pseudonym.
        user: Pseudonym,
        /// Why the app asked for it.
        intent: &'static str,
        /// Whether it made the user an active user of the billing month.
        new_mau: bool,
    },
    /// A login was put off because it would have counted a new active user.
    LoginDeferred {
        /// The user, as a pseudonym.
        user: Pseudonym,
        /// Why the app asked for it.
        intent: &'static str,
        /// Why it was put off.
        reason: &'static str,
    },
    /// Usage crossed a warning threshold.
    LimitWarned {
        /// The limit.
        limit: LimitId,
        /// How much is used.
        used: u64,
        /// The limit's bound.
        max: u64,
        /// The threshold, in percent of `max`.
        threshold_percent: u8,
    },
    /// An action was denied because it does not fit a limit.
    LimitDenied {
        /// The limit.
        limit: LimitId,
        /// How much is used and reserved, without this action.
        used: u64,
        /// The limit's bound.
        max: u64,
        /// How many more the action asked for.
        requested: u64,
    },
    /// The provider refused a call.
    Rejection {
        /// The provider's error code. Its message is not sent.
        code: i32,
        /// What planguard took it for.
        class: &'static str,
    },
}

impl UsageEvent {
    const fn kind(&self) -> &'static str {
        match self {
            Self::LoginExecuted { .. } => "planguard.login.executed",
            Self::LoginDeferred { .. } => "planguard.login.deferred",
            Self::LimitWarned { .. } => "planguard.limit.warned",
            Self::LimitDenied { .. } => "planguard.limit.denied",
            Self::Rejection { .. } => "planguard.rejection",
        }
    }

    fn data(&self) -> Value {
        match self {
            Self::LoginExecuted { user, intent, new_mau } => {
                json!({ "user": user.to_hex(), "intent": intent, "new_mau": u8::from(*new_mau) })
            }
            Self::LoginDeferred { user, intent, reason } => {
                json!({ "user": user.to_hex(), "intent": intent, "reason": reason })
            }
            Self::LimitWarned { limit, used, max, threshold_percent } => {
                json!({ "limit": limit, "used": used, "max": max, "threshold_percent": threshold_percent })
            }
            Self::LimitDenied { limit, used, max, requested } => {
                json!({ "limit": limit, "used": used, "max": max, "requested": requested })
            }
            Self::Rejection { code, class } => json!({ "code": code, "class": class }),
        }
    }

    /// The event on the wire, under an id of its own by which the endpoint recognises a repetition; `account` is what
    /// the endpoint calls its user, where it gave a key for that.
    pub(crate) fn to_wire(
        &self,
        id: &str,
        source: &str,
        time: Timestamp,
        account: Option<AccountName>,
    ) -> String {
        let mut data = self.data();
        if let Some(account) = account {
            data["account"] = account.to_string().into();
        }
        json!({
            "specversion": "1.0",
            "id": id,
            "source": source,
            "type": self.kind(),
            "time": time,
            "datacontenttype": "application/json",
            "data": data,
        })
        .to_string()
    }
}

/// A random UUID (version 4).
pub(crate) fn uuid(random: u128) -> String {
    let versioned = random & !(0xf << 76) | (0x4 << 76);
    let bits = versioned & !(0b11 << 62) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountKey, SdkAppId, UserId};

    #[test]
    fn an_event_is_a_cloud_event_with_a_pseudonym() {
        let event =
            UsageEvent::LoginExecuted { user: Pseudonym([0xab; 16]), intent: "open_chat", new_mau: true };
        let wire = |account| -> Value {
            let time = Timestamp::from_millis(1_500);
            serde_json::from_str(&event.to_wire("1", "/apps/14/installs/x", time, account)).unwrap()
        };
        let mut expected = json!({
            "specversion": "1.0", "id": "1", "source": "/apps/14/installs/x",
            "type": "planguard.login.executed", "time": "1970-01-01T00:00:01.5Z",
            "datacontenttype": "application/json",
            "data": { "user": "ab".repeat(16), "intent": "open_chat", "new_mau": 1 }
        });
        assert_eq!(wire(None), expected);
        let key = AccountKey::new("k1", [7; 32]).unwrap();
        let account = key.account(SdkAppId::new(1_400_000_001).unwrap(), &UserId::new("ada").unwrap());
        expected["data"]["account"] = "k1:1adfd8e9b65b5cb19ccdbea3a49104ad".into();
        assert_eq!(wire(Some(account)), expected);
    }

    #[test]
    fn ids_are_uuids_of_version_4() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
