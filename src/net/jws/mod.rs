//! Signed texts: JWS in compact form (RFC 7515) with Ed25519 (RFC 8037), verified with keys that the app was built with.
//!
//! Nothing in a signed text chooses how it is verified: the algorithm is fixed, keys come from the configuration alone,
//! and whatever a later standard may add under `crit` is refused.

mod error;
mod header;
mod key;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use error::SignatureError;
pub use key::{BadKey, TrustedKeys};

use header::Header;

/// The largest signed text that is looked at: 1 MiB, as for every answer of the endpoint.
const MOST: usize = 1024 * 1024;

/// The longest protected header that is looked at, as it is encoded.
const MOST_HEADER: usize = 2048;

/// The content of `jws`, where one of `keys` signed it for `audience`.
pub(crate) fn open(
    jws: &[u8],
    keys: &TrustedKeys,
    audience: Option<&str>,
) -> Result<Vec<u8>, SignatureError> {
    if jws.len() > MOST {
        return Err(SignatureError::TooLarge { part: "signed document", limit: MOST });
    }
    let dots: Vec<usize> = (0..jws.len()).filter(|at| jws[*at] == b'.').take(3).collect();
    let [first, second] = dots[..] else {
        return Err(SignatureError::NotCompact);
    };
    let (header, payload) = (&jws[..first], &jws[first + 1..second]);
    if header.len() > MOST_HEADER {
        return Err(SignatureError::TooLarge { part: "header", limit: MOST_HEADER });
    }
    let header = Header::read(&decoded("header", header)?)?;
    let signature = decoded("signature", &jws[second + 1..])?;
    let signature: [u8; 64] = signature.try_into().map_err(|found: Vec<u8>| {
        SignatureError::malformed("signature", format_args!("{} bytes instead of 64", found.len()))
    })?;
    keys.verify(header.kid.as_deref(), &jws[..second], &signature)?;
    // Read after the signature was checked: who signs for others is told so, who forges learns nothing.
    header.is_for(audience)?;
    decoded("payload", payload)
}

/// Base64url as RFC 7515 has it: without padding, white space, or bits that mean nothing.
fn decoded(part: &'static str, text: &[u8]) -> Result<Vec<u8>, SignatureError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|why| SignatureError::malformed(part, why))
}
