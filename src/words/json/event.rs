//! What the guard reports without being asked, as JSON. Pseudonyms stay here.

use serde::ser::{Serialize, Serializer};

use super::{Fields, kind, ms, opt_ms};
use crate::client::Event;
use crate::model::{ClockJump, Finding};

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("field", &self.field)?
            .put("problem", &self.problem)?
            .put("remedy", &self.remedy)?
            .end()
    }
}

impl Serialize for ClockJump {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?.put("from_ms", &ms(self.from))?.put("to_ms", &ms(self.to))?.end()
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::EntitlementsChanged { generation, revision } => {
                fields.put("generation", generation)?.put("revision", revision)?
            }
            Self::DocumentFindings(findings) => fields.put("findings", &**findings)?,
            Self::LimitWarning { limit, subject, threshold, evidence } => fields
                .put("limit", limit)?
                .put("subject", subject)?
                .put("threshold_percent", threshold)?
                .put("evidence", evidence)?,
            Self::LimitDenied { limit, subject, requested, evidence } => fields
                .put("limit", limit)?
                .put("subject", subject)?
                .put("requested", requested)?
                .put("evidence", evidence)?,
            Self::Rejected { code, class } => fields.put("code", code)?.put("class", class)?,
            Self::SyncWanted => fields,
            Self::SyncFailed { error } => fields.put("error", error.as_str())?,
            Self::ClockJumped(jump) => fields.put("from_ms", &ms(jump.from))?.put("to_ms", &ms(jump.to))?,
            Self::StoreSetAside(corruption) => {
                fields.put("set_aside", &corruption.set_aside)?.put("why", &corruption.why)?
            }
            Self::StoreFailed { why } => fields.put("why", why)?,
            Self::StoreRecovered { replayed, dropped } => {
                fields.put("replayed", replayed)?.put("dropped", dropped)?
            }
            Self::ActiveUserCounted { user: _, new_in_month, new_on_day } => {
                fields.put("new_in_month", new_in_month)?.put("new_on_day", new_on_day)?
            }
            Self::LoginExecuted { user: _, intent, effect } => {
                fields.put("intent", intent.as_str())?.put("mau", effect)?
            }
            Self::LoginDeferred { user: _, intent, reason, first_in_month } => fields
                .put("intent", intent.as_str())?
                .put("reason", reason)?
                .put("first_in_month", first_in_month)?,
            Self::LoginFailed { user: _, class, code, retry_at } => {
                fields.put("class", class)?.put("code", code)?.put("retry_at_ms", &opt_ms(*retry_at))?
            }
            Self::LoginLoopBroken { user: _, until } => fields.put("until_ms", &ms(*until))?,
            Self::IdentityChurn(warning) => fields.put("warning", warning)?,
            Self::UsageEventsRefused { count } | Self::OutboxDropped { count } => {
                fields.put("count", count)?
            }
        }
        .end()
    }
}
