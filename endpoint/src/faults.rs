//! Fault switches: what goes wrong, on which call, and how often.

use axum::http::StatusCode;
use serde::{Deserialize, Deserializer};

/// Which call of the contract a fault strikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// Fetching entitlements.
    Get,
    /// Sending usage events.
    Post,
    /// Either.
    #[default]
    Both,
}

impl On {
    fn strikes(self, call: Self) -> bool {
        self == Self::Both || self == call
    }
}

/// When a refused caller may come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RetryAfter {
    /// `Retry-After: 120`.
    Secs(u64),
    /// `Retry-After: Fri, 20 Nov 2026 10:00:00 GMT`, this many seconds after the answer's `Date`.
    HttpDateInSecs(i64),
}

/// What goes wrong. Hang, status, redirect and unasked 304 strike before the call has an effect; the others
/// damage the answer of a call that took effect, so that usage events are recorded although their sender
/// cannot know it.
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
    /// Redirects (307) to this URL, which ought to be of another origin.
    Redirect(String),
    /// Answers 304 although the caller sent no `If-None-Match`. GET only.
    UnaskedNotModified,
    /// Answers success (a full 200, or 202) with a body that is not JSON.
    Garbage,
    /// Declares the whole length, sends half the body, and closes the connection.
    CutOff,
    /// Pads the body with white space past 1 MiB: valid in all but its size.
    Oversize,
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

/// A fault, the calls it strikes and how often. As JSON: `{"fault":"cut_off","on":"get","times":2}`,
/// `{"fault":{"status":{"code":503,"retry_after":{"secs":5}}}}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub fault: FaultKind,
    /// On which calls.
    #[serde(default)]
    pub on: On,
    /// On how many calls; `None` until the switches are changed.
    #[serde(default)]
    pub times: Option<u32>,
}

impl Fault {
    /// Strikes only these calls.
    #[must_use]
    pub fn on(self, on: On) -> Self {
        Self { on, ..self }
    }

    /// Strikes the next `times` of its calls, then no more.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }
}

/// On every call, until changed.
impl From<FaultKind> for Fault {
    fn from(fault: FaultKind) -> Self {
        Self { fault, on: On::Both, times: None }
    }
}

/// All switches. Those that strike one call act together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// No faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// These and one more.
    #[must_use]
    pub fn and(mut self, fault: impl Into<Fault>) -> Self {
        self.0.push(fault.into());
        self
    }

    /// What strikes a call, using up one turn of each fault involved.
    pub(crate) fn take(&mut self, call: On) -> Plan {
        let mut plan = Plan::default();
        self.0.retain_mut(|fault| {
            if !fault.on.strikes(call) {
                return true;
            }
            if fault.times == Some(0) {
                return false;
            }
            plan.add(fault.fault.clone());
            fault.times = fault.times.map(|left| left - 1);
            fault.times != Some(0)
        });
        plan
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self::none().and(fault)
    }
}

impl From<FaultKind> for Faults {
    fn from(fault: FaultKind) -> Self {
        Self::none().and(fault)
    }
}

/// The faults of one call, by the place where they strike.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) latency_ms: u64,
    pub(crate) clock_skew_secs: i64,
    pub(crate) hang: bool,
    /// Answers without effect; the first switched on wins.
    pub(crate) instead: Option<Instead>,
    pub(crate) document: Option<DocumentFault>,
    pub(crate) body: Option<BodyFault>,
    pub(crate) wrong_content_type: bool,
    pub(crate) drop_etag: bool,
}

#[derive(Debug)]
pub(crate) enum Instead {
    Status(StatusCode, Option<RetryAfter>),
    Redirect(String),
    NotModified,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum DocumentFault {
    OtherApp,
    OldRevision,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum BodyFault {
    Garbage,
    CutOff,
    Oversize,
}

impl Plan {
    fn add(&mut self, fault: FaultKind) {
        let instead = |plan: &mut Self, answer| {
            plan.instead.get_or_insert(answer);
        };
        match fault {
            FaultKind::LatencyMs(ms) => self.latency_ms = self.latency_ms.saturating_add(ms),
            FaultKind::ClockSkewSecs(secs) => {
                self.clock_skew_secs = self.clock_skew_secs.saturating_add(secs);
            }
            FaultKind::Hang => self.hang = true,
            FaultKind::Status { code, retry_after } => instead(self, Instead::Status(code, retry_after)),
            FaultKind::Redirect(to) => instead(self, Instead::Redirect(to)),
            FaultKind::UnaskedNotModified => instead(self, Instead::NotModified),
            FaultKind::WrongApp => self.document = Some(DocumentFault::OtherApp),
            FaultKind::OldRevision => self.document = Some(DocumentFault::OldRevision),
            FaultKind::Garbage => self.body = Some(BodyFault::Garbage),
            FaultKind::CutOff => self.body = Some(BodyFault::CutOff),
            FaultKind::Oversize => self.body = Some(BodyFault::Oversize),
            FaultKind::WrongContentType => self.wrong_content_type = true,
            FaultKind::DropEtag => self.drop_etag = true,
        }
    }

    /// Whether the answer must have a body to damage, so that a matching `If-None-Match` is passed over.
    pub(crate) fn needs_body(&self) -> bool {
        self.body.is_some() || self.document.is_some() || self.wrong_content_type
    }
}
