//! The languages in which planguard writes texts for people.

use std::fmt;
use std::str::FromStr;

use super::echo::echo;

/// A language of the texts that people read: what `explain` of an answer takes.
///
/// ```
/// use planguard::{Locale, Remedy};
/// let remedy = Remedy::DissolveGroups { count: 1200 };
/// assert_eq!(remedy.to_string(), "dissolve 1,200 groups");
/// assert_eq!(remedy.explain(Locale::En), "Dissolve 1,200 groups.");
/// assert_eq!(remedy.explain(Locale::ZhHans), "解散 1,200 个群组。");
/// ```
///
/// ```
/// use planguard::Locale;
/// assert_eq!("en-US".parse(), Ok(Locale::En));
/// assert_eq!("zh-CN".parse(), Ok(Locale::ZhHans));
/// assert!("zh-TW".parse::<Locale>().is_err(), "there are no texts in traditional characters");
/// ```
#[cfg_attr(feature = "ffi", derive(uniffi::Enum))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    ZhHans,
}

/// A language tag of a language in which there are no texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("locale: there are no texts in `{tag}`; use `en` or `zh-Hans`")]
pub struct UnknownLocale {
    /// The tag that was given.
    pub tag: String,
}

impl Locale {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::En, Self::ZhHans];
    /// The text ids of [`Self::ALL`], in the same order.
    pub const IDS: &'static [&'static str] = &["en", "zh-Hans"];
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The language tag (BCP 47): `en` or `zh-Hans`.
    pub const fn as_str(self) -> &'static str {
        Self::IDS[self.index()]
    }

    /// The position in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Reads a language tag as operating systems give it: `en`, `en-US`, `zh`, `zh-CN`, `zh-Hans-CN`, `zh_CN.UTF-8`.
impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownLocale { tag: echo(tag) };
        // What follows `.` or `@` in the name of a POSIX locale is its encoding and variant.
        let name = tag.split(['.', '@']).next().unwrap_or_default();
        let mut subtags = name.split(['-', '_']);
        let language = subtags.next().unwrap_or_default();
        let rest: Vec<&str> = subtags.collect();
        let has =
            |names: &[&str]| rest.iter().any(|tag| names.iter().any(|name| tag.eq_ignore_ascii_case(name)));
        if language.eq_ignore_ascii_case("en") {
            return Ok(Self::En);
        }
        let traditional = has(&["Hant"]) || (!has(&["Hans"]) && has(&["TW", "HK", "MO"]));
        if language.eq_ignore_ascii_case("zh") && !traditional {
            return Ok(Self::ZhHans);
        }
        Err(unknown())
    }
}

impl serde::Serialize for Locale {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Locale {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        tag.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_tags_name_a_language() {
        for tag in ["en", "EN", "en-US", "en_GB", "en_US.UTF-8", "en-Latn-GB"] {
            assert_eq!(tag.parse(), Ok(Locale::En), "{tag}");
        }
        for tag in ["zh", "zh-CN", "zh-Hans", "zh-Hans-CN", "zh_CN.UTF-8", "zh-SG", "ZH-hans-hk", "zh_CN@cjk"]
        {
            assert_eq!(tag.parse(), Ok(Locale::ZhHans), "{tag}");
        }
    }

    #[test]
    fn languages_without_texts_are_an_error_that_names_them() {
        for tag in ["", "de", "english", "zh-TW", "zh-Hant", "zh-Hant-HK", "zh_HK.UTF-8", "C"] {
            let error = tag.parse::<Locale>().unwrap_err();
            assert_eq!(error, UnknownLocale { tag: tag.to_owned() });
            assert!(error.to_string().contains("use `en` or `zh-Hans`"), "{error}");
        }
    }

    #[test]
    fn ids_read_back_as_what_they_name() {
        for locale in Locale::ALL {
            assert_eq!(locale.as_str().parse(), Ok(*locale));
            let json = serde_json::to_string(locale).unwrap();
            assert_eq!(serde_json::from_str::<Locale>(&json).unwrap(), *locale);
        }
    }
}
