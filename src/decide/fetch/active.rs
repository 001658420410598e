//! What to make of the endpoint's answer to whether a user is counted already.
//!
//! It is believed where it lets a login through, and nowhere else: whatever goes wrong, the login is decided as if
//! nobody had asked.

use std::time::Duration;

use super::backoff::{Jitter, MAX_RETRY_AFTER, asked_for};
use crate::model::BillingMonth;

/// For how long a user is not asked for again, whatever came of it: `false` may turn true any moment.
pub(crate) const KEPT: Duration = Duration::from_secs(5 * 60);

/// For how long nobody is asked for after an answer that could not be used, where the endpoint does not say.
const PAUSE: Duration = Duration::from_secs(60);

/// An answer of the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// 200 in the form of the contract.
    Said {
        /// Whether the user is counted; `None` where the endpoint does not know.
        active: Option<bool>,
        /// In which month.
        month: BillingMonth,
    },
    /// Any other answer.
    Status {
        /// The status code.
        code: u16,
        /// Whether the answer has the form that the contract gives to an error.
        by_contract: bool,
        /// What its `Retry-After` asks for.
        retry_after: Option<Duration>,
    },
    /// None.
    Lost,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The user is counted in the month that was asked for.
    Counted,
    /// The user is not, or it is not known. Others may be asked for.
    NotKnown,
    /// Nobody is asked for until another document is held: the endpoint does not offer this, or refuses it.
    Off,
    /// Nobody is asked for before this has passed.
    Pause(Duration),
}

/// Judges an answer to whether a user is counted in `month`.
pub(crate) fn judge(reply: Reply, month: BillingMonth, jitter: Jitter) -> Verdict {
    match reply {
        Reply::Said { active: Some(true), month: of } if of == month => Verdict::Counted,
        Reply::Said { .. } => Verdict::NotKnown,
        Reply::Status { code: 401 | 403 | 404, by_contract: true, .. } => Verdict::Off,
        // An endpoint of another make does not know the path, and says so in its own words.
        Reply::Status { code: 404, .. } => Verdict::Pause(MAX_RETRY_AFTER),
        Reply::Status { retry_after, .. } => {
            let asked = retry_after.map(|wish| asked_for(wish, jitter));
            Verdict::Pause(asked.map_or(PAUSE, |asked| asked.max(PAUSE)))
        }
        Reply::Lost => Verdict::Pause(PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTH: BillingMonth = BillingMonth::from_number(24_322);

    fn judged(reply: Reply) -> Verdict {
        judge(reply, MONTH, Jitter::NONE)
    }

    fn status(code: u16, by_contract: bool, retry_after: Option<u64>) -> Verdict {
        judged(Reply::Status { code, by_contract, retry_after: retry_after.map(Duration::from_secs) })
    }

    #[test]
    fn only_true_of_that_very_month_says_anything() {
        let said = |active, month| judged(Reply::Said { active, month });
        assert_eq!(said(Some(true), MONTH), Verdict::Counted);
        for (active, month) in
            [(Some(true), MONTH.before(1)), (Some(true), MONTH.next()), (Some(false), MONTH), (None, MONTH)]
        {
            assert_eq!(said(active, month), Verdict::NotKnown);
        }
    }

    #[test]
    fn what_the_endpoint_does_not_offer_waits_for_another_document() {
        for code in [401, 403, 404] {
            assert_eq!(status(code, true, None), Verdict::Off);
        }
        assert_eq!(status(404, false, None), Verdict::Pause(MAX_RETRY_AFTER));
        for code in [401, 403] {
            assert_eq!(status(code, false, None), Verdict::Pause(PAUSE));
        }
    }

    #[test]
    fn whatever_else_comes_pauses_for_a_while() {
        assert_eq!(judged(Reply::Lost), Verdict::Pause(PAUSE));
        for code in [200, 204, 304, 400, 429, 500, 503] {
            assert_eq!(status(code, true, None), Verdict::Pause(PAUSE));
        }
        let asks = |secs| status(503, false, Some(secs));
        assert_eq!(asks(0), Verdict::Pause(PAUSE));
        assert_eq!(asks(600), Verdict::Pause(Duration::from_secs(600)));
        assert_eq!(asks(u64::MAX / 1_000), Verdict::Pause(MAX_RETRY_AFTER));
    }
}
