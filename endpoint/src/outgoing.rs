//! Requests that the endpoint sends by itself: https or loopback, no redirects, one deadline, bounded answers.

mod status;

use std::sync::Arc;
use std::time::Duration;

use planguard::sync::{Request, Response, Transport, TransportError};
use serde::Deserialize;
use url::{Host, Url};

use status::StatusOnly;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long one request may take, up to the status of its answer.
const DEADLINE: Duration = Duration::from_secs(15);

/// How much of an answer a transport of the caller's may read. Nothing of it is used but its status.
const MOST: usize = 64 * 1024;

/// For how long a row belongs to the process that sends it. It outlasts the deadline.
pub const LEASE_MS: i64 = 60_000;

/// Nothing is put off for longer. A later instant was written by a clock that was ahead, and holds up nothing.
pub const LONGEST_WAIT_MS: i64 = 3 * 24 * 3_600_000;

/// No lease lasts longer, with what clocks differ by.
pub const LONGEST_LEASE_MS: i64 = 10 * LEASE_MS;

/// Where something is sent. Its path may hold a secret, so that only the host is shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Target(Url);

impl Target {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, for people.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.host())
    }
}

impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = Url::parse(&text).map_err(|error| format!("url: {error}"))?;
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "url: a password in it would be sent in clear places; use a header or a path".to_owned()
            );
        }
        match url.scheme() {
            "https" if url.host().is_some() => Ok(Self(url)),
            "http" if loopback => Ok(Self(url)),
            _ => Err("url: https is needed (http only on a loopback host)".to_owned()),
        }
    }
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 2xx.
    Taken,
    /// Another status. A redirect is one: it is not followed.
    Status(u16),
    /// None in time.
    TimedOut,
    /// No answer that could be read.
    Failed,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Taken => f.write_str("taken"),
            Self::Status(status) => write!(f, "{status}"),
            Self::TimedOut => f.write_str("timed_out"),
            Self::Failed => f.write_str("unreachable"),
        }
    }
}

/// What carries requests.
#[derive(Clone)]
pub struct Outgoing(Arc<dyn Transport + Send + Sync>);

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outgoing")
    }
}

impl Outgoing {
    /// Over rustls, with the roots that are compiled in.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new() -> Result<Self, TransportError> {
        Ok(Self(Arc::new(StatusOnly::new(CONNECT, DEADLINE)?)))
    }

    /// Over a transport of the caller's.
    pub fn over(transport: impl Transport + Send + Sync + 'static) -> Self {
        Self(Arc::new(transport))
    }

    /// Sends one request.
    pub async fn send(&self, request: Request) -> Answer {
        match self.0.send(request, MOST).await {
            Ok(response) => of_status(&response),
            Err(TransportError::TimedOut) => Answer::TimedOut,
            Err(_) => Answer::Failed,
        }
    }
}

fn of_status(response: &Response) -> Answer {
    if response.status().is_success() { Answer::Taken } else { Answer::Status(response.status().as_u16()) }
}

/// How long until the next try after `tries` failed ones, in milliseconds; `None` after the last. A fifth of it more or less, by
/// `dice` from 0 to 1, so that what failed together does not come back together.
pub fn backoff(tries: i64, dice: f64) -> Option<i64> {
    const MINUTE: i64 = 60_000;
    const WAITS: [i64; 9] = [
        5_000,
        5 * MINUTE,
        30 * MINUTE,
        120 * MINUTE,
        300 * MINUTE,
        600 * MINUTE,
        840 * MINUTE,
        1200 * MINUTE,
        1440 * MINUTE,
    ];
    let wait = *WAITS.get(usize::try_from(tries - 1).ok()?)?;
    Some(jittered(wait, dice))
}

/// `wait`, a fifth of it more or less.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "days in milliseconds")]
pub fn jittered(wait: i64, dice: f64) -> i64 {
    (wait as f64 * (0.8 + 0.4 * dice.clamp(0.0, 1.0))) as i64
}

#[cfg(test)]
mod tests {
    use planguard::sync::http;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn only_https_and_loopback_are_targets() {
        for good in ["https://a.example/x", "http://127.0.0.1:8/x", "http://[::1]:8/", "http://localhost/x"] {
            assert!(Target::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["http://a.example/", "ftp://a.example/", "https://u:p@a.example/", "/x", "file:///x"] {
            assert!(Target::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_target_shows_its_host_alone() {
        let target = Target::try_from("https://hooks.example/T0/secret".to_owned()).unwrap();
        assert_eq!(format!("{target:?}"), "Target(hooks.example)");
    }

    #[test]
    fn tries_go_on_for_days_and_end() {
        let waits: Vec<i64> = (1..).map_while(|tries| backoff(tries, 0.5)).collect();
        assert_eq!(waits.first(), Some(&5_000));
        let days = waits.iter().sum::<i64>() / 86_400_000;
        assert!((2..=5).contains(&days), "{days}");
        assert_eq!(backoff(10, 0.5), None);
        assert!(backoff(2, 0.0) < backoff(2, 1.0));
    }

    /// What comes of a request to a receiver that begins a long answer, and keeps the connection open.
    async fn answered(status: &'static str) -> Answer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            // Once the request is on its way.
            stream.read_exact(&mut [0]).await.unwrap();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: 1000000\r\n\r\n<!doctype html>");
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await
        });
        let request = http::Request::post(url).body(b"{}".to_vec()).unwrap();
        Outgoing::new().unwrap().send(request).await
    }

    #[tokio::test]
    async fn the_status_counts_and_not_what_follows_it() {
        assert_eq!(answered("200 OK").await, Answer::Taken);
        assert_eq!(answered("500 Internal Server Error").await, Answer::Status(500));
        assert_eq!(answered("302 Found").await, Answer::Status(302));
    }
}
