//! What the configuration says of forwarding: `[app.forward]`.

use planguard::sync::http::{HeaderName, HeaderValue};
use serde::Deserialize;

use crate::outgoing::Target;

/// Where usage events are forwarded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForwardConfig {
    /// Where to: https, or http on loopback. That of `OpenMeter` is `https://openmeter.cloud/api/v1/events`.
    pub url: Target,
    /// The header that authenticates, such as `Authorization: Bearer …`.
    pub header: Option<Header>,
    /// The subject of every event, which `OpenMeter` wants: whose usage it is. `app-` and the app's number where it is left out.
    pub subject: Option<String>,
    /// How many events are sent at once.
    #[serde(default = "batch")]
    pub batch: u32,
    /// How many events may wait.
    #[serde(default = "backlog")]
    pub backlog: u32,
}

const fn batch() -> u32 {
    100
}

const fn backlog() -> u32 {
    100_000
}

/// A header and its value, which is a secret.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Header {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Header({})", self.name)
    }
}

impl TryFrom<String> for Header {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "header: `Name: value` is needed, such as `Authorization: Bearer …`";
        let (name, value) = text.split_once(':').ok_or(WRONG)?;
        let name: HeaderName = name.trim().parse().map_err(|_| WRONG)?;
        let mut value: HeaderValue = value.trim().parse().map_err(|_| WRONG)?;
        value.set_sensitive(true);
        Ok(Self { name, value })
    }
}

impl ForwardConfig {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub fn check(&self) -> Result<(), (String, &'static str)> {
        if !(1..=1_000).contains(&self.batch) {
            return Err(("forward.batch".to_owned(), "1 to 1000 events can be sent at once"));
        }
        if !(1..=10_000_000).contains(&self.backlog) {
            return Err(("forward.backlog".to_owned(), "1 to 10000000 events can wait"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_read_and_shows_no_credential() {
        let text = "url = \"https://meter.example/api/v1/events\"\nheader = \"Authorization: Bearer s3cret\"";
        let config: ForwardConfig = toml::from_str(text).unwrap();
        assert_eq!((config.batch, config.backlog), (100, 100_000));
        assert!(config.check().is_ok());
        assert!(!format!("{config:?}").contains("s3cret"));
        let refused =
            toml::from_str::<ForwardConfig>("url = \"https://a.example/\"\nheader = \"Bearer s3cret\"");
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("Name: value"), "{refused}");
    }
}
