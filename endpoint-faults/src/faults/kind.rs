//! What can go wrong, by name.

use axum::http::StatusCode;
use serde::{Deserialize, Deserializer};

/// When a refused caller may come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RetryAfter {
    /// `Retry-After: 120`.
    Secs(u64),
    /// `Retry-After: Fri, 20 Nov 2026 10:00:00 GMT`, this many seconds after the answer's `Date`.
    HttpDateInSecs(i64),
}

/// What goes wrong. Hang, status, portal, redirects, unasked 304 and a reused connection that closes strike before the
/// call has an effect; the others damage the answer of a call that took effect, so that usage events are recorded
/// although their sender cannot know it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// Answers this many milliseconds late.
    LatencyMs(u64),
    /// Accepts the call and never answers; the connection is cut when the endpoint stops.
    Hang,
    /// Refuses with this status (200 to 599) and a problem document.
    Status {
        /// The status to answer.
        #[serde(deserialize_with = "final_status")]
        code: StatusCode,
        /// The `Retry-After` header, if any.
        retry_after: Option<RetryAfter>,
    },
    /// Answers 200 with a page to sign in, as a captive portal does.
    Portal,
    /// Redirects (307) to this URL, which ought to be of another origin.
    Redirect(String),
    /// Redirects (307) to the path that was asked for, for ever.
    RedirectLoop,
    /// Answers 304 although the caller sent no `If-None-Match`. GET only.
    UnaskedNotModified,
    /// Answers success (a full 200, or 202) with a body that is not JSON.
    Garbage,
    /// Declares the whole length, sends half the body, and closes the connection.
    CutOff,
    /// Pads the body with white space past 1 MiB: valid in all but its size.
    Oversize,
    /// Compresses the body, padded with white space to 900 MiB, into less than 1 MiB of gzip.
    GzipBomb,
    /// Gives the body a member that is nested 100,000 deep.
    DeepNesting,
    /// Gives the body its first member twice.
    DoubledKeys,
    /// Says `text/html` of a good body.
    WrongContentType,
    /// Leaves the `ETag` out.
    DropEtag,
    /// Serves the document under another app's `sdk_app_id`. GET only.
    WrongApp,
    /// Serves an older revision than the current one. GET only.
    OldRevision,
    /// Shifts the `Date` header by this many seconds.
    ClockSkewSecs(i64),
    /// Says that caches held the answer for this many seconds.
    AgeSecs(u64),
    /// Writes the answer a byte at a time, this many milliseconds apart.
    DripMs(u64),
    /// Declares another length than the body has.
    ContentLength(Length),
    /// Frames the body in a way that two readers can take differently.
    Smuggling(Smuggling),
    /// Sends this many interim answers (103) before the answer.
    Interim(u32),
    /// Sends one part of the answer without end.
    Endless(Endless),
    /// Closes a connection that carries a second call instead of answering that. Calls on a new connection pass, and do
    /// not use it up.
    CloseReused,
}

/// A wrong `Content-Length`. The whole body follows, and then the connection closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Half of the body.
    Short,
    /// Twice the body.
    Long,
    /// `-1`.
    Negative,
    /// Two header lines, one right and one short.
    Double,
    /// 2⁶³ - 1 bytes.
    Huge,
    /// A number that 64 bits do not hold.
    Beyond,
}

/// A frame that two readers can take differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Smuggling {
    /// `Content-Length` of half the body beside `Transfer-Encoding: chunked`, and a body in chunks.
    LengthAndChunked,
    /// `Content-Length` of half the body beside a transfer coding that nobody knows, and a plain body.
    UnknownCoding,
    /// A second answer, which nobody asked for, right behind the first. Its body is the first one's, with its number
    /// raised where it has a `revision`.
    SecondAnswer,
}

/// What is sent without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endless {
    /// Interim answers (103).
    Interim,
    /// Header lines.
    Header,
    /// White space before the body, in chunks.
    Body,
}

impl FaultKind {
    /// A refusal without `Retry-After`.
    pub fn status(code: StatusCode) -> Self {
        Self::Status { code, retry_after: None }
    }
}

/// A status an answer can end with: 1xx cannot.
fn final_status<'de, D: Deserializer<'de>>(input: D) -> Result<StatusCode, D::Error> {
    let code = u16::deserialize(input)?;
    let status = StatusCode::from_u16(code).ok().filter(|_| (200..600).contains(&code));
    status.ok_or_else(|| serde::de::Error::custom(format!("status.code: {code} is not in 200 to 599")))
}
