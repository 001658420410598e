//! Conditions under which a feature that an edition has can be used: typed, so that code can check them.

use std::fmt;

use super::echo::echo;
use super::feature::{GroupType, Platform};
use super::id_set::IdSet;
use super::open_name::open_name;

/// A condition on a supported feature. All conditions of a feature apply together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
pub enum Condition {
    /// Only on these platforms.
    Platforms {
        /// The platforms that have the feature.
        platforms: IdSet<Platform>,
    },
    /// From this version of the chat SDK on. A platform that no such condition names is one that the price
    /// list neither promises nor refuses.
    MinSdk {
        /// The platforms whose SDK the version counts for.
        platforms: IdSet<Platform>,
        /// The first version that has the feature.
        version: SdkVersion,
        /// The variant of the SDK, where the price list names one (`enhanced`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variant: Option<SdkVariant>,
    },
    /// Only in groups of these types.
    GroupTypes {
        /// The group types that have the feature.
        group_types: IdSet<GroupType>,
    },
    /// Only in groups that hold at most this many members.
    MaxGroupSize {
        /// The largest group, in members.
        members: u64,
    },
    /// Only once it has been switched on in the provider's console.
    ConsoleSwitch {},
}

impl Condition {
    /// A fixed word for its kind, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Platforms { .. } => "platforms",
            Self::MinSdk { .. } => "min_sdk",
            Self::GroupTypes { .. } => "group_types",
            Self::MaxGroupSize { .. } => "max_group_size",
            Self::ConsoleSwitch {} => "console_switch",
        }
    }
}

open_name! {
    /// A variant of the chat SDK that a price list tells apart.
    pub struct SdkVariant as "sdk_variant" {
        /// The enhanced edition of the SDK.
        ENHANCED = "enhanced",
    }
}

/// A version of the chat SDK, `major.minor.patch`, ordered by number.
///
/// ```
/// use planguard::features::SdkVersion;
/// let needed: SdkVersion = "5.8.1668".parse()?;
/// assert!("5.10.0".parse::<SdkVersion>()? > needed);
/// # Ok::<(), planguard::features::SdkVersionError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "ffi", derive(uniffi::Record))]
pub struct SdkVersion {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number.
    pub patch: u32,
}

/// A text that is not `major.minor.patch`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sdk_version: `{value}` is not of the form major.minor.patch, such as 5.8.1668")]
pub struct SdkVersionError {
    /// The text that was given.
    pub value: String,
}

impl std::str::FromStr for SdkVersion {
    type Err = SdkVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split('.').map(str::parse);
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch)), None) => Ok(Self { major, minor, patch }),
            _ => Err(SdkVersionError { value: echo(text) }),
        }
    }
}

impl fmt::Display for SdkVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl serde::Serialize for SdkVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for SdkVersion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_order_by_number_not_by_text() {
        let v = |text: &str| text.parse::<SdkVersion>().unwrap();
        assert!(v("5.10.0") > v("5.9.9999"));
        assert!(v("6.1.2155") > v("5.8.1668"));
        assert_eq!(v("2.17.0").to_string(), "2.17.0");
        for bad in ["", "5", "5.8", "5.8.x", "5.8.1.2", "-1.0.0"] {
            assert_eq!(bad.parse::<SdkVersion>(), Err(SdkVersionError { value: bad.to_owned() }));
        }
    }
}
