//! What response headers say of time: the endpoint's clock, how long an answer is fresh, when to ask again.

use std::time::Duration;

use http::{HeaderMap, HeaderName, header};

use crate::model::Timestamp;

/// The longest time for which an answer can declare its document fresh: 31 days, in seconds. A proxy that caches for a
/// year must not keep an app from asking for a year.
pub(crate) const MAX_FRESH_SECS: u64 = 31 * 24 * 60 * 60;

/// What `Cache-Control` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheDirectives {
    /// Seconds for which the answer counts as fresh.
    pub max_age_secs: Option<u64>,
    /// `no-cache` or `no-store`: fresh for no time at all.
    ///
    /// The copy is kept all the same: a plan that is forgotten on every start would leave the app without any
    /// when it starts offline.
    pub revalidate: bool,
}

impl CacheDirectives {
    /// Reads `Cache-Control` of a response, from all of its lines. Directives that are not understood are passed over;
    /// of several `max-age` the shortest counts.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        let lines = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok());
        for directive in lines.flat_map(|line| line.split(',')) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "max-age" => {
                    let secs = seconds(value.trim().trim_matches('"'));
                    found.max_age_secs = found.max_age_secs.into_iter().chain(secs).min();
                }
                "no-cache" | "no-store" => found.revalidate = true,
                _ => {}
            }
        }
        found
    }

    /// Seconds of freshness in all, at most 31 days; `None` when nothing was said.
    pub fn fresh_for_secs(self) -> Option<u64> {
        if self.revalidate { Some(0) } else { self.max_age_secs.map(|secs| secs.min(MAX_FRESH_SECS)) }
    }
}

/// How long `Retry-After` asks to wait, in its form of seconds or of a date; `None` when it is absent or
/// unreadable. A date counts from the answer's own `Date`, so that a wrong clock on this side does not matter, and
/// from `now` where there is none.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, &header::RETRY_AFTER)?.trim();
    if let Some(secs) = seconds(value) {
        return Some(Duration::from_secs(secs));
    }
    let until = http_date(value)?;
    Some(until.since(date(headers).unwrap_or(now)))
}

/// The first value of a header, where it is text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The endpoint's clock when it made the answer, if the answer says so.
pub fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(text(headers, &header::DATE)?)
}

/// How long caches on the way held the answer. An `Age` that is no number of seconds is passed over (RFC 9111, 5.1).
pub fn age(headers: &HeaderMap) -> Duration {
    Duration::from_secs(text(headers, &header::AGE).and_then(|age| seconds(age.trim())).unwrap_or(0))
}

/// A number of seconds as headers have it: digits only. One too large to hold counts as the largest (RFC 9111, 1.2.2).
fn seconds(digits: &str) -> Option<u64> {
    let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// An instant in the form HTTP headers have.
fn http_date(text: &str) -> Option<Timestamp> {
    let at = httpdate::parse_http_date(text.trim()).ok()?;
    let since_epoch = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_millis()).ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(headers: &[(&str, &str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn cache_control_is_read_with_its_quirks() {
        let fresh = |value| CacheDirectives::of(&response(&[("cache-control", value)])).fresh_for_secs();
        assert_eq!(fresh("private, Max-Age=300"), Some(300));
        assert_eq!(fresh("max-age=\"60\""), Some(60));
        assert_eq!(fresh("max-age=300, no-cache"), Some(0));
        assert_eq!(fresh("no-store"), Some(0));
        assert_eq!(fresh("max-age=-1"), None);
        assert_eq!(fresh("max-age=+5"), None);
        assert_eq!(fresh("max-age=99999999999999999999999"), Some(MAX_FRESH_SECS));
        assert_eq!(fresh("max-age=31536000"), Some(MAX_FRESH_SECS));
        assert_eq!(fresh("private"), None);
        let lines = response(&[("cache-control", "max-age=600"), ("Cache-Control", "max-age=60")]);
        assert_eq!(CacheDirectives::of(&lines).fresh_for_secs(), Some(60));
        assert_eq!(CacheDirectives::of(&response(&[])).fresh_for_secs(), None);
    }

    #[test]
    fn an_age_is_digits_and_may_be_absurd() {
        let of = |value| age(&response(&[("age", value)])).as_secs();
        assert_eq!([of("3600"), of(" 5 "), of("4294967296")], [3_600, 5, 4_294_967_296]);
        assert_eq!([of(&"9".repeat(30)), of("-5"), of("soon"), of("")], [u64::MAX, 0, 0, 0]);
        assert_eq!(age(&response(&[])), Duration::ZERO);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_by_the_endpoints_own_clock() {
        let now = Timestamp::from_secs(0);
        let wait = |headers: &[(&str, &str)]| retry_after(&response(headers), now).map(|wait| wait.as_secs());
        assert_eq!(wait(&[("retry-after", " 120 ")]), Some(120));
        let date = ("date", "Fri, 20 Nov 2026 10:00:00 GMT");
        assert_eq!(wait(&[date, ("retry-after", "Fri, 20 Nov 2026 10:00:30 GMT")]), Some(30));
        assert_eq!(wait(&[date, ("retry-after", "Fri, 20 Nov 2026 09:00:00 GMT")]), Some(0));
        assert_eq!(wait(&[("retry-after", "Thu, 01 Jan 1970 00:00:07 GMT")]), Some(7));
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[]), None);
    }
}
