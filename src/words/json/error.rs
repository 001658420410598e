//! Errors as JSON: the word for the variant, and the English line.

use serde::ser::{Serialize, Serializer};

use super::{kind, opt_ms};
use crate::client::{Lagged, Older, OpenError, SyncError};
use crate::decide::bill::BillError;
use crate::decide::change::{ChangeRefusal, PreviewError};
use crate::decide::forecast::ForecastError;
use crate::decide::refund::RefundError;
use crate::model::catalog::{CatalogError, SubjectError};
use crate::model::{BadInstant, BadMonth, IdError, SdkVersionError, UnknownId, UnknownLocale, UnknownZone};
use crate::net::{
    BadCredential, BadEndpointUrl, CredentialError, DocumentError, EncodingError, SignatureError,
    TransportError,
};
use crate::store::{BadPermitId, StoreError};

macro_rules! by_kind {
    ($($name:ty),+ $(,)?) => {
        $(impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                kind(serializer, self.as_str())?.put("text", &self.to_string())?.end()
            }
        })+
    };
}

by_kind!(
    Older,
    BadCredential,
    BadEndpointUrl,
    BillError,
    CatalogError,
    ChangeRefusal,
    CredentialError,
    DocumentError,
    EncodingError,
    SignatureError,
    ForecastError,
    IdError,
    OpenError,
    PreviewError,
    RefundError,
    StoreError,
    TransportError,
    UnknownZone,
);

/// Errors of one kind, by a word of their own.
macro_rules! as_kind {
    ($($name:ty => $word:literal,)+) => {
        $(impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                kind(serializer, $word)?.put("text", &self.to_string())?.end()
            }
        })+
    };
}

as_kind! {
    BadInstant => "bad_instant",
    BadMonth => "bad_month",
    BadPermitId => "bad_permit_id",
    Lagged => "lagged",
    SdkVersionError => "bad_sdk_version",
    SubjectError => "unknown_subject",
    UnknownId => "unknown_id",
    UnknownLocale => "unknown_locale",
}

impl Serialize for SyncError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        kind(serializer, self.as_str())?
            .put("retry_at_ms", &opt_ms(self.retry_at()))?
            .put("text", &self.to_string())?
            .end()
    }
}
