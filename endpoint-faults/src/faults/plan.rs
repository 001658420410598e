//! The faults that strike one call, by the place where they do.

use axum::http::StatusCode;

use super::kind::{Endless, FaultKind, Length, RetryAfter, Smuggling};

/// The faults of one call, by the place where they strike.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) latency_ms: u64,
    pub(crate) clock_skew_secs: i64,
    /// No answer at all; the first switched on wins.
    pub(crate) silence: Option<Silence>,
    /// Answers without effect; the first switched on wins.
    pub(crate) instead: Option<Instead>,
    pub(crate) document: Option<DocumentFault>,
    pub(crate) body: Option<BodyFault>,
    pub(crate) wrong_content_type: bool,
    pub(crate) drop_etag: bool,
    pub(crate) age_secs: Option<u64>,
    /// How the answer is written past HTTP; the first switched on wins.
    pub(crate) wire: Option<WireFault>,
}

/// How a call goes without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The connection stays open.
    Hang,
    /// It is closed.
    Close,
}

#[derive(Debug)]
pub(crate) enum Instead {
    Status(StatusCode, Option<RetryAfter>),
    Portal,
    Redirect(String),
    RedirectLoop,
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
    GzipBomb,
    DeepNesting,
    DoubledKeys,
}

/// What is wrong below HTTP.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WireFault {
    DripMs(u64),
    Length(Length),
    Smuggling(Smuggling),
    Interim(u32),
    Endless(Endless),
}

impl Plan {
    pub(super) fn add(&mut self, fault: FaultKind) {
        let instead = |plan: &mut Self, answer| {
            plan.instead.get_or_insert(answer);
        };
        let silence = |plan: &mut Self, how| {
            plan.silence.get_or_insert(how);
        };
        let wire = |plan: &mut Self, fault| {
            plan.wire.get_or_insert(fault);
        };
        match fault {
            FaultKind::LatencyMs(ms) => self.latency_ms = self.latency_ms.saturating_add(ms),
            FaultKind::ClockSkewSecs(secs) => {
                self.clock_skew_secs = self.clock_skew_secs.saturating_add(secs);
            }
            FaultKind::Hang => silence(self, Silence::Hang),
            FaultKind::Status { code, retry_after } => instead(self, Instead::Status(code, retry_after)),
            FaultKind::Portal => instead(self, Instead::Portal),
            FaultKind::Redirect(to) => instead(self, Instead::Redirect(to)),
            FaultKind::RedirectLoop => instead(self, Instead::RedirectLoop),
            FaultKind::UnaskedNotModified => instead(self, Instead::NotModified),
            FaultKind::WrongApp => self.document = Some(DocumentFault::OtherApp),
            FaultKind::OldRevision => self.document = Some(DocumentFault::OldRevision),
            FaultKind::Garbage => self.body = Some(BodyFault::Garbage),
            FaultKind::CutOff => self.body = Some(BodyFault::CutOff),
            FaultKind::Oversize => self.body = Some(BodyFault::Oversize),
            FaultKind::GzipBomb => self.body = Some(BodyFault::GzipBomb),
            FaultKind::DeepNesting => self.body = Some(BodyFault::DeepNesting),
            FaultKind::DoubledKeys => self.body = Some(BodyFault::DoubledKeys),
            FaultKind::WrongContentType => self.wrong_content_type = true,
            FaultKind::DropEtag => self.drop_etag = true,
            FaultKind::AgeSecs(secs) => self.age_secs = Some(secs),
            FaultKind::DripMs(ms) => wire(self, WireFault::DripMs(ms)),
            FaultKind::ContentLength(length) => wire(self, WireFault::Length(length)),
            FaultKind::Smuggling(pair) => wire(self, WireFault::Smuggling(pair)),
            FaultKind::Interim(count) => wire(self, WireFault::Interim(count)),
            FaultKind::Endless(part) => wire(self, WireFault::Endless(part)),
            FaultKind::CloseReused => silence(self, Silence::Close),
        }
    }

    /// Whether the answer must have a body to damage, so that a matching `If-None-Match` is passed over.
    pub(crate) fn needs_body(&self) -> bool {
        self.body.is_some() || self.document.is_some() || self.wire.is_some() || self.wrong_content_type
    }
}
