//! Signatures of outgoing webhooks, as Standard Webhooks has them.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

/// A secret that signs: `whsec_` and base64 of 24 to 64 bytes.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Secret(Vec<u8>);

/// A text that is no secret. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret is `whsec_` and base64 of 24 to 64 bytes; make one with `openssl rand -base64 32`")]
pub struct BadSecret;

impl TryFrom<String> for Secret {
    type Error = BadSecret;

    fn try_from(text: String) -> Result<Self, BadSecret> {
        let encoded = text.strip_prefix("whsec_").ok_or(BadSecret)?;
        let bytes = BASE64.decode(encoded.as_bytes()).map_err(|_| BadSecret)?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(BadSecret) }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The header `webhook-signature`: one signature by each secret. `sent_at` is in seconds.
pub(super) fn signature(secrets: &[Secret], id: &str, sent_at: i64, body: &str) -> String {
    let one = |secret: &Secret| {
        // A key of any length is one.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&secret.0) else { unreachable!() };
        mac.update(format!("{id}.{sent_at}.{body}").as_bytes());
        format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks libraries.
    #[test]
    fn the_published_example_comes_out() {
        let secret = Secret::try_from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()).unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let signed = signature(std::slice::from_ref(&secret), id, 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let two = signature(&[secret.clone(), secret], id, 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(two, format!("{signed} {signed}"));
    }

    #[test]
    fn short_and_foreign_secrets_are_refused() {
        for text in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***"] {
            assert_eq!(Secret::try_from(text.to_owned()).err(), Some(BadSecret), "{text}");
        }
    }
}
