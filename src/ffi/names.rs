//! The fixed words of the domain: as text where a program writes them down, and back.

use super::error::PlanguardError;
use crate::model::{Feature, GroupType, LimitId, Locale};

macro_rules! words {
    ($($name:ident by $parse:ident),+ $(,)?) => { $(
        #[uniffi::export]
        impl $name {
            /// Its fixed word, as price lists and the billing endpoint spell it.
            #[uniffi::method(name = "as_str")]
            pub fn word(&self) -> String {
                self.as_str().to_owned()
            }
        }

        /// What a fixed word stands for; an error that lists the known ones where it is none of them.
        #[uniffi::export]
        pub fn $parse(text: String) -> Result<$name, PlanguardError> {
            Ok(text.parse::<$name>()?)
        }
    )+ };
}

words! { Feature by parse_feature, LimitId by parse_limit_id, GroupType by parse_group_type }

/// The locale for a BCP 47 tag, such as `zh-CN`.
#[uniffi::export]
pub fn parse_locale(tag: String) -> Result<Locale, PlanguardError> {
    Ok(tag.parse::<Locale>()?)
}

/// The version of planguard.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
