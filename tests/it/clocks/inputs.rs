//! What can happen to time.

/// One thing that happens to a device's clocks or in an answer. Seconds count from the truth.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input {
    /// The wall clock is set so far from the truth, and goes on from there.
    Set(i64),
    /// The wall clock is set for a moment, the app looks, and it is set right again.
    SetForAMoment(i64),
    /// The battery died: another boot, and the wall clock begins in 1970.
    DeadBattery,
    /// Another boot; the wall clock goes on.
    Reboot,
    /// The device sleeps so long, by a monotonic clock that counts it or does not.
    Sleep(u64, Counted),
    /// The app is opened again with another billing zone.
    Zone(&'static str),
    /// So much time passes.
    Pass(u64),
    /// A document is taken.
    Answer(Answer),
    /// The held document is confirmed (304), by a clock that is off by so much.
    Confirmed(i64),
    /// An answer is not taken, and shows a clock that is off by so much.
    Refused(Refusal, i64),
}

/// Whether the monotonic clock counts sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Yes,
    No,
}

/// Why an answer is not taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refusal {
    Busy,
    Portal,
    Elsewhere,
}

/// An accepted answer, or one that would be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    /// What its `Date` is off.
    pub(crate) off: i64,
    /// The `Date` in words, instead.
    pub(crate) date: Option<&'static str>,
    /// Its `Age`.
    pub(crate) age: Option<&'static str>,
    /// What the document's `issued_at` is off.
    pub(crate) issued: i64,
    /// What the `as_of` of the document's usage is off.
    pub(crate) as_of: i64,
}

impl Answer {
    /// A true one.
    pub(crate) const TRUE: Self = Self { off: 0, date: None, age: None, issued: 0, as_of: 0 };
}

pub(crate) const fn dated(off: i64) -> Input {
    Input::Answer(Answer { off, ..Answer::TRUE })
}

pub(crate) const fn says(date: &'static str) -> Input {
    Input::Answer(Answer { date: Some(date), ..Answer::TRUE })
}

pub(crate) const fn aged(age: &'static str) -> Input {
    Input::Answer(Answer { age: Some(age), ..Answer::TRUE })
}

/// Clock and document of one machine, both off.
pub(crate) const fn made_then(off: i64) -> Input {
    Input::Answer(Answer { off, issued: off, ..Answer::TRUE })
}

pub(crate) const fn issued(off: i64) -> Input {
    Input::Answer(Answer { issued: off, ..Answer::TRUE })
}

/// As [`issued`], by a transport that hands no `Date` on.
pub(crate) const fn issued_undated(off: i64) -> Input {
    Input::Answer(Answer { issued: off, date: Some(""), ..Answer::TRUE })
}

pub(crate) const fn usage_of(off: i64) -> Input {
    Input::Answer(Answer { as_of: off, ..Answer::TRUE })
}
