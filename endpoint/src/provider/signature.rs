//! The signature of a webhook: SHA-256 over token and time of the request, in hexadecimal.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use super::Token;

/// How far the time of a request may lie from our clock, either way, in seconds.
const WINDOW: u64 = 60;

/// Why a webhook is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It has no signature, or one that none of the tokens makes.
    #[error(
        "Sign: missing, or made with another token; switch on authentication in the provider's console, and configure \
         its token under `tokens`"
    )]
    Unsigned,
    /// It is signed, and not of this minute.
    #[error(
        "RequestTime: {seconds} s from this endpoint's clock, and more than 60 s is not taken; a request that was kept \
         is sent anew, and a clock that is wrong is set"
    )]
    Stale {
        /// How far it lies from our clock.
        seconds: u64,
    },
    /// The time is no number of seconds.
    #[error("RequestTime: not a number of seconds since 1970")]
    NoTime,
}

/// What the provider sends as `Sign` for a token and a time of the request.
pub fn sign(token: &Token, request_time: &str) -> String {
    HEXLOWER.encode(&digest(token, request_time))
}

/// The time of the request in seconds, where one of the tokens signed it within the last minute.
pub fn check(
    tokens: &[Token],
    sign: Option<&str>,
    request_time: Option<&str>,
    now_millis: i64,
) -> Result<i64, Refused> {
    let (Some(sign), Some(request_time)) = (sign, request_time) else { return Err(Refused::Unsigned) };
    let given = HEXLOWER_PERMISSIVE.decode(sign.as_bytes()).map_err(|_| Refused::Unsigned)?;
    // Each token is tried, whichever fits.
    let fits = tokens
        .iter()
        .fold(Choice::from(0), |fits, token| fits | digest(token, request_time)[..].ct_eq(&given));
    if !bool::from(fits) {
        return Err(Refused::Unsigned);
    }
    let digits = (1..=12).contains(&request_time.len()) && request_time.bytes().all(|b| b.is_ascii_digit());
    let at: i64 = if digits {
        request_time.parse().map_err(|_| Refused::NoTime)?
    } else {
        return Err(Refused::NoTime);
    };
    let seconds = now_millis.div_euclid(1_000).abs_diff(at);
    if seconds > WINDOW { Err(Refused::Stale { seconds }) } else { Ok(at) }
}

fn digest(token: &Token, request_time: &str) -> [u8; 32] {
    Sha256::new().chain_update(token.reveal()).chain_update(request_time).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{Refused, Token, check, sign};

    fn token(text: &str) -> Token {
        Token::new(text).unwrap()
    }

    #[test]
    fn the_published_example_is_signed_alike() {
        let signed = "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061";
        assert_eq!(sign(&token("xxxxyyyy"), "1669872112"), signed);
        let tokens = [token("another"), token("xxxxyyyy")];
        assert_eq!(check(&tokens, Some(signed), Some("1669872112"), 1_669_872_112_999), Ok(1_669_872_112));
    }

    #[test]
    fn no_flipped_bit_and_no_other_length_is_taken() {
        let tokens = [token("xxxxyyyy")];
        let good = sign(&tokens[0], "1669872112");
        let now = 1_669_872_112_000;
        for at in 0..good.len() {
            let mut bad = good.clone().into_bytes();
            bad[at] = if bad[at] == b'0' { b'1' } else { b'0' };
            let bad = String::from_utf8(bad).unwrap();
            assert_eq!(check(&tokens, Some(&bad), Some("1669872112"), now), Err(Refused::Unsigned));
            assert_eq!(check(&tokens, Some(&good[..at]), Some("1669872112"), now), Err(Refused::Unsigned));
        }
        for bad in ["", "zz", &format!("{good}00"), "é"] {
            assert_eq!(check(&tokens, Some(bad), Some("1669872112"), now), Err(Refused::Unsigned), "{bad}");
        }
        assert_eq!(check(&tokens, None, Some("1669872112"), now), Err(Refused::Unsigned));
        assert_eq!(check(&[], Some(&good), Some("1669872112"), now), Err(Refused::Unsigned));
    }

    #[test]
    fn a_signed_time_that_is_no_time_is_refused() {
        let token = token("xxxxyyyy");
        for time in ["", "now", "-1", "1.5", " 1", "9999999999999"] {
            let signed = sign(&token, time);
            let found = check(std::slice::from_ref(&token), Some(&signed), Some(time), 0);
            assert_eq!(found, Err(Refused::NoTime), "{time}");
        }
    }
}
