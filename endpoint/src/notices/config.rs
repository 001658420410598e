//! What the configuration says of notices: `[app.notices]`.

use planguard::Locale;
use serde::{Deserialize, Deserializer};

use super::signature::Secret;
use crate::outgoing::Target;

/// Thresholds, and who is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticesConfig {
    /// Shares of the included monthly active users, in percent.
    pub mau_shares: Vec<u64>,
    /// The most monthly active users that the owner wants to pay for; shares of it are told as well.
    pub mau_budget: Option<u64>,
    /// Shares of the new groups that a day allows, in percent.
    pub group_shares: Vec<u64>,
    /// Whether a forecast above what is included is told.
    pub forecast: bool,
    /// From how many days before the plan ends this is told; 0 for never.
    pub expires_in_days: u64,
    /// Whether arrears are told.
    pub arrears: bool,
    /// From which difference between the devices' count and the provider's on, in percent; 0 for never.
    pub drift_percent: u64,
    /// After how many hours without a webhook of the provider; 0 for never.
    pub silent_hours: u64,
    /// The language of the texts: `en` or `zh-Hans`.
    #[serde(deserialize_with = "locale")]
    pub language: Locale,
    /// Who is told.
    #[serde(rename = "receiver")]
    pub receivers: Vec<Receiver>,
}

impl Default for NoticesConfig {
    fn default() -> Self {
        Self {
            mau_shares: vec![80, 95, 100],
            mau_budget: None,
            group_shares: vec![80, 95, 100],
            forecast: true,
            expires_in_days: 7,
            arrears: true,
            drift_percent: 5,
            silent_hours: 24,
            language: Locale::En,
            receivers: Vec::new(),
        }
    }
}

/// Who is told, by a POST.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// A name of its own; what was not delivered yet hangs on it.
    pub name: String,
    /// Where to: https, or http on loopback.
    pub url: Target,
    /// The secrets that sign, `whsec_` and base64. With two, both sign, so that the receiver can change over.
    pub secrets: Vec<Secret>,
}

fn locale<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Locale, D::Error> {
    let tag = String::deserialize(deserializer)?;
    tag.parse().map_err(serde::de::Error::custom)
}

impl NoticesConfig {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The field, and what is wrong with it.
    pub fn check(&self) -> Result<(), (String, &'static str)> {
        for (field, shares) in [("mau_shares", &self.mau_shares), ("group_shares", &self.group_shares)] {
            if shares.iter().any(|share| !(1..=1000).contains(share)) {
                return Err((format!("notices.{field}"), "shares are 1 to 1000 percent"));
            }
        }
        for (index, receiver) in self.receivers.iter().enumerate() {
            if receiver.name.is_empty() || receiver.name.len() > 64 {
                return Err((format!("notices.receiver[{index}].name"), "1 to 64 bytes are needed"));
            }
            if receiver.secrets.is_empty() || receiver.secrets.len() > 4 {
                return Err((format!("notices.receiver[{index}].secrets"), "1 to 4 secrets are needed"));
            }
            if self.receivers[..index].iter().any(|other| other.name == receiver.name) {
                return Err((format!("notices.receiver[{index}].name"), "the same name twice"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVER: &str = "[[receiver]]\nname = \"ops\"\nurl = \"https://hooks.example.com/1\"\n\
         secrets = [\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]\n";

    fn read(text: &str) -> Result<NoticesConfig, String> {
        let config: NoticesConfig = toml::from_str(text).map_err(|error| error.to_string())?;
        config.check().map(|()| config).map_err(|(field, why)| format!("{field}: {why}"))
    }

    #[test]
    fn an_empty_section_tells_the_usual_thresholds() {
        assert_eq!(read("").unwrap().mau_shares, [80, 95, 100]);
        assert_eq!(read(RECEIVER).unwrap().receivers[0].name, "ops");
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (text, said) in [
            ("mau_share = [80]", "mau_share"),
            ("mau_shares = [0]", "notices.mau_shares"),
            ("language = \"fr\"", "fr"),
            (&format!("{RECEIVER}{RECEIVER}"), "twice"),
            (&RECEIVER.replace("https", "http"), "https"),
            (&RECEIVER.replace("whsec_", ""), "whsec_"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert!(!format!("{:?}", read(RECEIVER).unwrap()).contains("MfKQ9r8"));
    }
}
