//! What response headers say about when to ask again.

use std::time::Duration;

use super::transport::HttpResponse;
use crate::model::Timestamp;

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
    pub fn of(response: &HttpResponse) -> Self {
        let mut found = Self::default();
        let lines = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("cache-control"));
        for directive in lines.flat_map(|(_, value)| value.split(',')) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "max-age" => {
                    let secs: Option<u64> = value.trim().trim_matches('"').parse().ok();
                    found.max_age_secs = found.max_age_secs.into_iter().chain(secs).min();
                }
                "no-cache" | "no-store" => found.revalidate = true,
                _ => {}
            }
        }
        found
    }

    /// Seconds of freshness in all; `None` when nothing was said.
    pub fn fresh_for_secs(self) -> Option<u64> {
        if self.revalidate { Some(0) } else { self.max_age_secs }
    }
}

/// How long `Retry-After` asks to wait, in its form of seconds or of a date; `None` when it is absent or
/// unreadable. A date counts from the answer's own `Date`, so that a wrong clock on this side does not matter, and
/// from `now` where there is none.
pub fn retry_after(response: &HttpResponse, now: Timestamp) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    if let Ok(secs) = value.parse() {
        return Some(Duration::from_secs(secs));
    }
    let until = super::transport::http_date(value)?;
    Some(until.since(response.date().unwrap_or(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(headers: &[(&str, &str)]) -> HttpResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        HttpResponse { status: 200, headers, body: Vec::new() }
    }

    #[test]
    fn cache_control_is_read_with_its_quirks() {
        let fresh = |value| CacheDirectives::of(&response(&[("cache-control", value)])).fresh_for_secs();
        assert_eq!(fresh("private, Max-Age=300"), Some(300));
        assert_eq!(fresh("max-age=\"60\""), Some(60));
        assert_eq!(fresh("max-age=300, no-cache"), Some(0));
        assert_eq!(fresh("no-store"), Some(0));
        assert_eq!(fresh("max-age=-1"), None);
        assert_eq!(fresh("max-age=99999999999999999999999"), None);
        assert_eq!(fresh("private"), None);
        let lines = response(&[("cache-control", "max-age=600"), ("Cache-Control", "max-age=60")]);
        assert_eq!(CacheDirectives::of(&lines).fresh_for_secs(), Some(60));
        assert_eq!(CacheDirectives::of(&response(&[])).fresh_for_secs(), None);
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
