//! Names of catalogs, editions and services, which cross as text: a bad one is an error of the call that takes it.

use super::error::GuardError;
use crate::model::{CatalogId, EditionId, IdError, ServiceId};

macro_rules! crosses_as_text {
    ($($name:ident),+) => { $(
        uniffi::custom_type!($name, String, {
            // As the error of the call, so that the other language gets it typed.
            try_lift: |text| text.parse().map_err(|error: IdError| GuardError::from(error).into()),
            lower: |name| name.to_string(),
        });
    )+ };
}

crosses_as_text!(CatalogId, EditionId, ServiceId);
