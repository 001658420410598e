//! A document or a price list as it goes out: plain or signed, with its tag.

use std::fmt;
use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::signing::Signing;

const JSON: &str = "application/json";
const JOSE: &str = "application/jose";

/// `Cache-Control: max-age` where the document names no `fresh_for_secs`.
const DEFAULT_MAX_AGE_SECS: u64 = 300;

/// A document or a price list, before it is signed.
#[derive(Clone, Debug)]
pub struct Content {
    body: Bytes,
    /// Set as bytes: nothing is put around them.
    raw: bool,
    max_age_secs: u64,
}

impl Content {
    /// A document or a price list.
    pub fn of(value: &Value) -> Self {
        let max_age_secs = value["fresh_for_secs"].as_u64().unwrap_or(DEFAULT_MAX_AGE_SECS);
        Self { body: value.to_string().into(), raw: false, max_age_secs }
    }

    /// Exactly these bytes, well-formed or not. Where the endpoint signs they are said to be signed already.
    pub fn raw(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), raw: true, max_age_secs: DEFAULT_MAX_AGE_SECS }
    }

    /// The same, to be signed.
    pub fn by(self, signing: Signing) -> Prepared {
        Prepared { content: self, signing, plain: OnceLock::new(), signed: OnceLock::new() }
    }
}

/// A document or a price list and what signs it: each form is made when it is first asked for, and kept.
pub struct Prepared {
    content: Content,
    signing: Signing,
    plain: OnceLock<Form>,
    /// `None` inside where nothing signs.
    signed: OnceLock<Option<Form>>,
}

/// Without the document, in which there is the key of accounts.
impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared(..)")
    }
}

/// A body with its tag.
struct Form {
    body: Bytes,
    content_type: &'static str,
    etag: String,
}

impl Form {
    fn of(body: Bytes, content_type: &'static str) -> Self {
        let etag = tag(&body, content_type);
        Self { body, content_type, etag }
    }
}

impl Prepared {
    /// The answer: signed where the caller takes that, or 304 when the caller holds it.
    pub(super) fn answer(&self, headers: &HeaderMap) -> Response {
        let accept = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
        let form = self.form(takes_signed(accept));
        let caching: [(HeaderName, String); 3] = [
            (header::VARY, "accept".to_owned()),
            (header::ETAG, form.etag.clone()),
            (header::CACHE_CONTROL, format!("max-age={}", self.content.max_age_secs)),
        ];
        let mut held = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
        if held.any(|tags| matches(tags, &form.etag)) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        ([(header::CONTENT_TYPE, form.content_type)], caching, form.body.clone()).into_response()
    }

    fn form(&self, signed: bool) -> &Form {
        let content = &self.content;
        let sign = || {
            let jws = self.signing.sign(&content.body)?;
            Some(Form::of(if content.raw { content.body.clone() } else { jws.into() }, JOSE))
        };
        let signed = if signed { self.signed.get_or_init(sign).as_ref() } else { None };
        signed.unwrap_or_else(|| self.plain.get_or_init(|| Form::of(content.body.clone(), JSON)))
    }
}

/// Strong: it changes with every byte of the body, and with its form.
fn tag(body: &[u8], content_type: &str) -> String {
    let digest = digest(&SHA256, &[content_type.as_bytes(), b"\0", body].concat());
    format!("\"{}\"", HEXLOWER.encode(&digest.as_ref()[..16]))
}

/// Whether an `If-None-Match` value names this tag. Weak comparison, as RFC 9110 section 13.1.2 asks.
fn matches(if_none_match: &str, etag: &str) -> bool {
    if_none_match.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

/// Whether a caller with these `Accept` values is sent a signed document: where it prefers that, or has no preference. Who
/// asks for JSON alone has no key to verify one.
fn takes_signed<'a>(accept: impl Iterator<Item = &'a str>) -> bool {
    let ranges: Vec<Range> = accept.flat_map(|line| line.split(',')).filter_map(Range::read).collect();
    ranges.is_empty()
        || Range::wish(&ranges, JOSE).is_some_and(|signed| Some(signed) >= Range::wish(&ranges, JSON))
}

/// A media range of `Accept` (RFC 9110 section 12.5.1).
struct Range {
    essence: String,
    /// Thousandths.
    quality: u16,
}

impl Range {
    /// Reads one; `None` for an empty one. A quality that cannot be read is none at all: the whole.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().filter(|essence| !essence.is_empty())?.to_ascii_lowercase();
        let quality = parts
            .filter_map(|part| part.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(1000, |(_, value)| thousandths(value.trim()));
        Some(Self { essence, quality })
    }

    /// How much a type is wished for, by the range that names it most closely: its quality, then whether it is named.
    /// `None` where it is not taken.
    fn wish(ranges: &[Self], media_type: &str) -> Option<(u16, bool)> {
        let of = |essence: &str| ranges.iter().find(|range| range.essence == essence);
        let range = of(media_type).or_else(|| of("application/*")).or_else(|| of("*/*"))?;
        (range.quality > 0).then_some((range.quality, range.essence == media_type))
    }
}

/// A quality from 0 to 1, of three digits at most.
fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "0" if digits => format!("{part:0<3}").parse().unwrap_or(1000),
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_gets_the_form_that_it_asks_for() {
        let takes = |lines: &[&str]| takes_signed(lines.iter().copied());
        assert!(takes(&[]) && takes(&["*/*"]) && takes(&["text/html, application/*;q=0.1"]));
        assert!(takes(&["application/json", "Application/JOSE"]), "either: signed");
        assert!(takes(&["application/json;q=0.9", "Application/JOSE; q=0.95"]));
        assert!(takes(&["application/jose, */*"]) && takes(&["application/json;q=0, */*;q=0.1"]));
        assert!(!takes(&["application/json"]) && !takes(&["application/json, text/html"]));
        assert!(!takes(&["application/json", "Application/JOSE; q=0.5"]), "the other one is preferred");
        assert!(!takes(&["application/json, */*"]) && !takes(&["application/json, application/*;q=0.9"]));
        assert!(!takes(&["application/jose;q=0"]) && !takes(&["*/*, application/jose;Q=0.000"]));
    }

    #[test]
    fn each_form_and_each_byte_has_a_tag_of_its_own() {
        assert_ne!(tag(b"{}", JSON), tag(b"{}", JOSE));
        assert_ne!(tag(b"{}", JSON), tag(b"{ }", JSON));
        assert!(matches("W/\"b\", \"a\"", "\"a\"") && matches("*", "\"a\"") && !matches("\"b\"", "\"a\""));
    }
}
