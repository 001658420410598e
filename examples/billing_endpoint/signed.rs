//! A signed document, as an endpoint serves it: what it holds. Whether the signature is good is not said here; an app
//! finds that out with the keys that it was built with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A JWS in compact form.
pub(crate) struct Signed {
    /// By which key, as the header says.
    pub(crate) kid: Option<String>,
    /// For whom, as the header says.
    pub(crate) audience: Option<String>,
    /// What was signed.
    pub(crate) content: Vec<u8>,
}

/// What is signed in `bytes`; `None` for what is not three parts of base64url with a JSON object for a header.
pub(crate) fn read(bytes: &[u8]) -> Option<Signed> {
    let parts: Vec<_> = bytes.trim_ascii_end().split(|byte| *byte == b'.').collect();
    let [header, content, signature] = parts[..] else { return None };
    let decoded = |part: &[u8]| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Value = serde_json::from_slice(&decoded(header)?).ok()?;
    decoded(signature)?;
    let said =
        |name: &str| header.as_object()?.get(name)?.as_str().map(|text| text.escape_debug().to_string());
    header.is_object().then_some(())?;
    Some(Signed { kid: said("kid"), audience: said("aud"), content: decoded(content)? })
}
