//! Tables of answers and what they lead to.

use super::super::backoff::MAX_RETRY_AFTER;
use super::*;

fn version(revision: u64, secs: i64) -> Version {
    Version { revision, issued_at: Timestamp::from_secs(secs) }
}

const FREE: First = First { noted: None, most: None };
const FIRST: Asked = Asked { held: None, first: FREE, with_etag: false, again: false };
const NOW: Present = Present {
    trusted: Timestamp::from_secs(0),
    clock: Timestamp::from_secs(0),
    taught: Some(Timestamp::from_secs(1_000)),
};

/// Holding revision 5, issued at second 500.
fn holding(with_etag: bool) -> Asked {
    Asked { held: Some(version(5, 500)), first: FREE, with_etag, again: false }
}

fn offer(revision: u64, secs: i64, same_terms: bool) -> Reply {
    Reply::Document(Offer { version: version(revision, secs), same_terms, loses: None })
}

#[test]
fn a_document_is_judged_by_revision_issue_and_terms() {
    use Refusal::{Conflict, OlderIssue, OlderRevision};
    assert_eq!(judge(offer(1, 1, false), FIRST, NOW), Step::Adopt);
    for (revision, secs, same_terms, step) in [
        (6, 500, false, Step::Adopt),
        (6, 501, true, Step::Adopt),
        (6, 499, false, Step::Refuse(OlderIssue)),
        (6, 499, true, Step::Refuse(OlderIssue)),
        (5, 500, true, Step::Adopt),
        (5, 500, false, Step::Refuse(Conflict)),
        (5, 501, false, Step::Adopt),
        (5, 501, true, Step::Adopt),
        (5, 499, true, Step::Confirm),
        (5, 499, false, Step::Refuse(OlderIssue)),
        (4, 501, false, Step::Refuse(OlderRevision)),
        (4, 500, true, Step::Refuse(OlderRevision)),
    ] {
        let step_found = judge(offer(revision, secs, same_terms), holding(true), NOW);
        assert_eq!(step_found, step, "{revision} {secs} {same_terms}");
    }
}

#[test]
fn a_document_dated_beyond_the_tolerance_is_refused() {
    let tolerated = 1_000 + i64::try_from(ISSUE_TOLERANCE.as_secs()).unwrap();
    for asked in [FIRST, holding(false)] {
        assert_eq!(judge(offer(6, tolerated, false), asked, NOW), Step::Adopt);
        assert_eq!(judge(offer(6, tolerated + 1, false), asked, NOW), Step::Refuse(Refusal::Ahead));
    }
}

#[test]
fn a_first_document_is_neither_below_a_noted_revision_nor_too_old() {
    let most = Duration::from_secs(100);
    let noted = |revision| Some(Noted { revision, at: Timestamp::from_secs(300) });
    let first = |revision, most| Asked { first: First { noted: noted(revision), most }, ..FIRST };
    let too_old = Step::Refuse(Refusal::TooOld(most));
    for (asked, revision, secs, step) in [
        (first(7, None), 6, 900, Step::Refuse(Refusal::OlderRevision)),
        // Issued since what was noted was current for the last time, by clocks that may differ.
        (first(u64::MAX, None), 6, 901, Step::Adopt),
        (first(u64::MAX, Some(most)), 6, 901, Step::Adopt),
        (first(7, None), 7, 1, Step::Adopt),
        (first(0, Some(most)), 1, 900, Step::Adopt),
        (first(0, Some(most)), 1, 899, too_old),
        (first(0, Some(most)), 1, 1_001, Step::Adopt),
        (first(7, Some(most)), 6, 1, Step::Refuse(Refusal::OlderRevision)),
    ] {
        let noted = Present { trusted: Timestamp::from_secs(300), ..NOW };
        assert_eq!(judge(offer(revision, secs, false), asked, noted), step, "{revision} {secs}");
    }
    // What was noted at a time that has not come binds nothing.
    let before = Present { trusted: Timestamp::from_secs(299), ..NOW };
    assert_eq!(judge(offer(6, 900, false), first(7, None), before), Step::Adopt);
    // The answer's own time is not believed where this device's is later.
    let replayed =
        Present { trusted: Timestamp::from_secs(5_000), clock: Timestamp::from_secs(5_000), ..NOW };
    assert_eq!(judge(offer(1, 1_000, false), first(0, Some(most)), replayed), too_old);
    let unsaid = Present { taught: None, ..replayed };
    assert_eq!(judge(offer(1, 1_000, false), first(0, Some(most)), unsaid), too_old);
    // A clock that was far ahead and was put right has left its mark, by which no age is told.
    let put_right = Present { clock: Timestamp::from_secs(1_000), ..replayed };
    assert_eq!(judge(offer(1, 1_000, false), first(0, Some(most)), put_right), Step::Adopt);
    // Beside a held document its own rules hold.
    let held = Asked { first: First { noted: noted(7), most: Some(most) }, ..holding(false) };
    assert_eq!(judge(offer(6, 500, false), held, replayed), Step::Adopt);
}

#[test]
fn a_held_document_dated_ahead_shuts_out_no_true_one() {
    let ahead = Asked { held: Some(version(5, 2_000)), ..FIRST };
    assert_eq!(judge(offer(6, 900, false), ahead, NOW), Step::Adopt);
    assert_eq!(judge(offer(5, 900, false), ahead, NOW), Step::Adopt);
    assert_eq!(judge(offer(4, 900, false), ahead, NOW), Step::Refuse(Refusal::OlderRevision));
}

#[test]
fn without_a_date_in_the_answer_a_slow_device_clock_refuses_nothing() {
    let slow = Present { taught: None, ..NOW };
    assert_eq!(judge(offer(6, 5_000, false), FIRST, slow), Step::Adopt);
    assert_eq!(judge(offer(6, 5_000, false), holding(false), slow), Step::Adopt);
    // Taken so, its date binds nothing until it has come.
    let held = Asked { held: Some(version(6, 5_000)), ..FIRST };
    assert_eq!(judge(offer(6, 900, false), held, NOW), Step::Adopt);
}

#[test]
fn a_document_that_loses_a_section_does_not_replace_the_held_one() {
    let loses = Some(Section::Edition);
    let offer =
        |revision| Reply::Document(Offer { version: version(revision, 900), same_terms: false, loses });
    assert_eq!(judge(offer(6), holding(true), NOW), Step::Refuse(Refusal::Loses(Section::Edition)));
    assert_eq!(judge(offer(4), holding(true), NOW), Step::Refuse(Refusal::OlderRevision));
}

#[test]
fn a_304_confirms_only_what_was_asked_about() {
    assert_eq!(judge(Reply::NotModified, holding(true), NOW), Step::Confirm);
    assert_eq!(judge(Reply::NotModified, holding(false), NOW), Step::AskAgain);
    assert_eq!(judge(Reply::NotModified, FIRST, NOW), Step::AskAgain);
    let again = Asked { again: true, ..FIRST };
    assert_eq!(judge(Reply::NotModified, again, NOW), Step::Refuse(Refusal::Unexpected));
}

#[test]
fn every_status_has_its_meaning() {
    for (code, by_contract) in (100..=599).flat_map(|code| [(code, true), (code, false)]) {
        let expected = match code {
            401 | 403 if by_contract => Refusal::Credential,
            401 | 403 => Refusal::Denied,
            404 if by_contract => Refusal::UnknownApp,
            404 => Refusal::NoEndpointThere,
            408 | 425 | 429 | 500.. => Refusal::Busy,
            _ => Refusal::Unexpected,
        };
        let reply = Reply::Status { code, by_contract };
        assert_eq!(judge(reply, FIRST, NOW), Step::Refuse(expected), "{code} {by_contract}");
    }
}

#[test]
fn waits_follow_the_endpoint_the_backoff_or_the_credential() {
    let secs = Duration::from_secs;
    let after = |refusal, retry_after| wait(refusal, retry_after, 1, Jitter::NONE);
    assert_eq!(after(Refusal::Busy, Some(secs(120))), Wait::Endpoint(secs(120)));
    assert_eq!(after(Refusal::Busy, Some(secs(86_400))), Wait::Endpoint(MAX_RETRY_AFTER));
    assert_eq!(after(Refusal::Busy, Some(Duration::ZERO)), Wait::Endpoint(Duration::from_millis(2500)));
    assert_eq!(after(Refusal::Busy, None), Wait::Endpoint(Duration::from_millis(2500)));
    assert_eq!(after(Refusal::Lost, None), Wait::Network(Duration::from_millis(2500)));
    assert_eq!(after(Refusal::Credential, Some(secs(5))), Wait::Credential(secs(3_600)));
    assert_eq!(wait(Refusal::OlderIssue, None, 3, Jitter::NONE), Wait::Endpoint(secs(10)));
}

#[test]
fn a_retry_after_is_kept_to_with_any_status() {
    let secs = Duration::from_secs;
    for refusal in [Refusal::UnknownApp, Refusal::NoEndpointThere, Refusal::Unexpected, Refusal::Unusable] {
        assert_eq!(wait(refusal, Some(secs(120)), 1, Jitter::NONE), Wait::Endpoint(secs(120)));
        assert_eq!(wait(refusal, Some(secs(1)), 3, Jitter::NONE), Wait::Endpoint(secs(10)));
    }
}
