//! What was asked of the endpoint, for tests to assert on.

use std::collections::VecDeque;

use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use serde::Serialize;

/// How many requests the log keeps; the count goes on.
const KEPT: usize = 10_000;

/// The calls received.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Requests {
    /// All calls since the start.
    pub total: u64,
    /// The last of them (at most 10,000), oldest first.
    pub log: Vec<Request>,
}

impl Requests {
    /// How many logged calls used this method, such as `GET`.
    pub fn count(&self, method: &str) -> usize {
        self.log.iter().filter(|request| request.method == method).count()
    }
}

/// One call. Its credential is not kept, only whether there was one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The `If-None-Match` header.
    pub if_none_match: Option<String>,
    /// The `Accept` header.
    pub accept: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// Whether an `Authorization` header was sent, right or wrong.
    pub authorization_sent: bool,
    /// The status of the answer; `None` while there is none yet.
    pub status: Option<u16>,
}

#[derive(Default)]
pub(crate) struct RequestLog {
    total: u64,
    kept: VecDeque<Request>,
}

impl RequestLog {
    /// Logs an arrival and returns its number, counted from 1.
    pub(crate) fn arrive(&mut self, method: &Method, path: &str, headers: &HeaderMap) -> u64 {
        let text = |name: HeaderName| {
            headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Request {
            method: method.to_string(),
            path: path.to_owned(),
            if_none_match: text(header::IF_NONE_MATCH),
            accept: text(header::ACCEPT),
            content_type: text(header::CONTENT_TYPE),
            user_agent: text(header::USER_AGENT),
            authorization_sent: headers.contains_key(header::AUTHORIZATION),
            status: None,
        });
        self.total += 1;
        self.total
    }

    /// Notes the answer to arrival `number`, if it is still kept.
    pub(crate) fn answer(&mut self, number: u64, status: StatusCode) {
        let age = usize::try_from(self.total - number).unwrap_or(KEPT);
        let request = self.kept.len().checked_sub(age + 1).and_then(|at| self.kept.get_mut(at));
        if let Some(request) = request {
            request.status = Some(status.as_u16());
        }
    }

    pub(crate) fn snapshot(&self) -> Requests {
        Requests { total: self.total, log: self.kept.iter().cloned().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_the_count_is_not() {
        let mut log = RequestLog::default();
        for _ in 0..=KEPT {
            log.arrive(&Method::GET, "/v1", &HeaderMap::new());
        }
        log.answer(1, StatusCode::OK); // No longer kept.
        log.answer(2, StatusCode::ACCEPTED);
        let requests = log.snapshot();
        assert_eq!(requests.total, 10_001);
        assert_eq!(requests.log.len(), KEPT);
        assert_eq!(requests.log[0].status, Some(202));
        assert!(requests.log[1..].iter().all(|request| request.status.is_none()));
    }
}
