//! Ids, instants, amounts and zones, which cross as text or numbers: a bad one is an error of the call that takes it.

use rust_decimal::Decimal;

use super::error::PlanguardError;
use super::lift_error::refuse;
use crate::model::{
    BillingMonth, BillingZone, CatalogId, EditionId, GroupId, Pseudonym, SdkAppId, SdkVariant, ServiceId,
    Timestamp, UserId,
};
use crate::store::PermitId;

macro_rules! crosses_as_text {
    ($($name:ident),+) => { $(
        uniffi::custom_type!($name, String, {
            // As the error of the call, so that the other language gets it typed.
            try_lift: |text| text.parse::<$name>().map_err(refuse),
            lower: |name| name.to_string(),
        });
    )+ };
}

macro_rules! crosses_as_id {
    ($($name:ident),+) => { $(
        uniffi::custom_type!($name, String, {
            try_lift: |text| $name::new(&text).map_err(refuse),
            lower: |id| id.as_str().to_owned(),
        });
    )+ };
}

crosses_as_text!(CatalogId, EditionId, ServiceId, SdkVariant, BillingMonth, BillingZone, PermitId);
crosses_as_id!(UserId, GroupId);

uniffi::custom_type!(SdkAppId, u64, {
    try_lift: |number| {
        // What Kotlin and Java pass below zero arrives as more than a signed number holds.
        if i64::try_from(number).is_err() {
            let reason = "sdk_app_id: below zero; copy the number from the provider's console";
            return Err(refuse(PlanguardError::input("sdk_app_id", reason)));
        }
        SdkAppId::new(number).map_err(refuse)
    },
    lower: |id| id.get(),
});

// Milliseconds since the epoch.
uniffi::custom_type!(Timestamp, i64, {
    try_lift: |millis| Ok(Timestamp::from_millis(millis)),
    lower: |at| at.as_millis(),
});

uniffi::custom_type!(Pseudonym, String, {
    try_lift: |text| {
        let bytes = u128::from_str_radix(&text, 16).ok().filter(|_| text.len() == 32);
        let bad = || PlanguardError::input("pseudonym", "pseudonym: not one that planguard gave; pass it unchanged");
        bytes.map(|bytes| Pseudonym(bytes.to_be_bytes())).ok_or_else(|| refuse(bad()))
    },
    lower: |pseudonym| pseudonym.to_hex(),
});

uniffi::custom_type!(Decimal, String, {
    remote,
    try_lift: |text| {
        let bad = || PlanguardError::input("amount", "amount: not an exact decimal; pass it as text such as 449.99");
        text.parse::<Decimal>().map_err(|_| refuse(bad()))
    },
    lower: |amount| amount.normalize().to_string(),
});
