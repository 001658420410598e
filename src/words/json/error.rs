//! Errors as JSON: the word for the variant, and the English line.

use serde::ser::{Serialize, Serializer};

use super::{kind, opt_ms};
use crate::client::{OpenError, SyncError};
use crate::decide::bill::BillError;
use crate::decide::change::ChangeRefusal;
use crate::decide::forecast::ForecastError;
use crate::decide::refund::RefundError;
use crate::model::IdError;
use crate::model::catalog::CatalogError;
use crate::net::{
    BadCredential, BadEndpointUrl, CredentialError, DocumentError, EncodingError, TransportError,
};
use crate::store::StoreError;

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
    BadCredential,
    BadEndpointUrl,
    BillError,
    CatalogError,
    ChangeRefusal,
    CredentialError,
    DocumentError,
    EncodingError,
    ForecastError,
    IdError,
    OpenError,
    RefundError,
    StoreError,
    TransportError,
);

impl Serialize for SyncError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        kind(serializer, self.as_str())?
            .put("retry_at_ms", &opt_ms(self.retry_at()))?
            .put("text", &self.to_string())?
            .end()
    }
}
