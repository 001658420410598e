//! What plan or provider refused, as JSON, without the provider's message.

use serde::ser::{Serialize, Serializer};

use super::{Fields, by_word, kind, opt_ms};
use crate::client::Refused;
use crate::client::login::LoginFailure;
use crate::decide::login::FailureClass;
use crate::model::{Rejection, Retry};

by_word!(FailureClass);

impl Serialize for Retry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::After(wait) => fields.put("wait_secs", &wait.as_secs())?,
            Self::Never
            | Self::RenewCredential
            | Self::OnceThereIsRoom
            | Self::OncePlanChanges
            | Self::AfterRunningCall
            | Self::OnceOutcomeIsKnown
            | Self::OnceConnected => fields,
        }
        .end()
    }
}

/// Without the provider's message, which may hold ids of people.
impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::new(serializer)?
            .put("code", &self.code)?
            .put("class", &self.class)?
            .put("certain", &self.certain)?
            .put("outcome_unknown", &self.outcome_unknown())?
            .put("limit", &self.limit)?
            .put("feature", &self.feature)?
            .put("service", &self.service)?
            .put("advice", &self.advice)?
            .put("retry", &self.retry)?
            .put("remedies", &self.remedies)?
            .put("text", self.text)?
            .end()
    }
}

/// Without the error of chat SDK or app, whose text may hold ids of people.
impl<E> Serialize for Refused<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::ByPlan(assessment) => fields.put("assessment", &**assessment)?,
            Self::ByProvider { rejection, .. } => fields.put("rejection", &**rejection)?,
            Self::ByApp { .. } => fields,
        }
        .end()
    }
}

/// Without the upstream error, whose text may hold ids of people.
impl<E> Serialize for LoginFailure<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        kind(serializer, self.class.as_str())?
            .put("code", &self.code)?
            .put("retry_at_ms", &opt_ms(self.retry_at))?
            .put("text", &self.to_string())?
            .end()
    }
}
