//! Any answer of an endpoint: a status, headers and a body, as a document and as a receipt. Its times are read within
//! bounds, and neither one such answer nor two of them end a plan or stop a guard for good.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use planguard::Locale;
use planguard::net::{BatchReply, CacheDirectives, age, batch_reply, date, decoded, retry_after};
use planguard::rejections::RejectionContext;
use planguard::sync::http::{HeaderName, HeaderValue, StatusCode};
use planguard::sync::{FetchPolicy, Response};
use planguard::time::{Clock as _, ManualClock};
use planguard_fuzz::{Endpoint, builder, document, noon, run, standard};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// The first two bytes are the status, then come lines of headers, an empty line, and the body.
fn answer(bytes: &[u8]) -> Option<Response> {
    let (status, mut rest) = bytes.split_first_chunk::<2>()?;
    let mut answer = Response::default();
    *answer.status_mut() = StatusCode::from_u16(100 + u16::from_be_bytes(*status) % 900).ok()?;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        if line.is_empty() {
            break;
        }
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..at]).ok()?;
        answer.headers_mut().append(name, HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?);
    }
    *answer.body_mut() = rest.to_vec();
    Some(answer)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the headers say, against what a reader by hand says.
fn read(answer: &Response) {
    let headers = answer.headers();
    let said = CacheDirectives::of(headers).fresh_for_secs();
    assert!(said.is_none_or(|secs| secs <= 31 * 86_400), "a month is the longest");
    let only = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(text) = only("age").filter(|text| is_digits(text)) {
        let secs: u128 = text.parse().unwrap_or(u128::MAX);
        assert_eq!(u128::from(age(headers).as_secs()), secs.min(u64::MAX.into()));
    }
    if let Some(text) = only("retry-after").filter(|text| is_digits(text)) {
        let secs: u128 = text.parse().unwrap_or(u128::MAX);
        let waits = retry_after(headers, noon()).map(|wait| u128::from(wait.as_secs()));
        assert_eq!(waits, Some(secs.min(u64::MAX.into())), "asked to wait {text}");
    }
    let _ = date(headers).map(|at| at.plus(age(headers)));
    const LIMIT: usize = 10_000;
    if let Ok(body) = decoded(answer, LIMIT)
        && headers.contains_key("content-encoding")
        && std::str::from_utf8(answer.body()).is_err()
    {
        assert!(body.len() <= LIMIT.max(answer.body().len()), "inflated beyond the bound");
    }
}

/// A receipt by the contract: 202, and both counts in JSON.
fn is_receipt(answer: &Response) -> bool {
    answer.status() == 202 && matches!(batch_reply(answer, 1 << 20), BatchReply::Receipt { .. })
}

fuzz_target!(|bytes: &[u8]| {
    let Some(answer) = answer(bytes) else { return };
    read(&answer);
    let clock = ManualClock::at(noon());
    let endpoint = Endpoint::default();
    let opening = builder(&clock).endpoint("https://billing.example").transport(endpoint.clone()).open();
    let guard = run(&clock, opening).unwrap();
    let good = |revision| document(clock.now(), &standard(revision, clock.now()));
    endpoint.then(good(1));
    run(&clock, guard.sync(FetchPolicy::Fetch)).unwrap();
    let before = guard.lifecycle();
    run(&clock, guard.report_rejection(10_037, "", &RejectionContext::default()));

    // As a receipt: events are delivered by the contract alone.
    endpoint.clear();
    endpoint.then(answer.clone());
    let flushed = run(&clock, guard.flush());
    if !is_receipt(&answer) {
        assert_eq!(flushed.delivered, 0, "{} is no receipt", answer.status());
    }

    // As a document, twice: whatever it says of itself, it is asked again within the longest pause.
    for _ in 0..2 {
        endpoint.clear();
        endpoint.then(answer.clone());
        if let Err(error) = run(&clock, guard.sync(FetchPolicy::Fetch)) {
            assert!(!error.explain(Locale::En).is_empty());
        }
        clock.advance(2 * HOUR);
    }
    let teaches = answer.status() == 200
        && guard.entitlements().document.as_ref().is_some_and(|held| held.revision > 1);
    endpoint.clear();
    for _ in 0..3 {
        let asked = endpoint.asked();
        endpoint.then(good(u64::MAX / 2));
        let _ = run(&clock, guard.sync(FetchPolicy::Fetch));
        assert!(endpoint.asked() > asked, "a pause goes on for hours");
        endpoint.clear();
        clock.advance(2 * HOUR);
    }
    // Three good answers later only a document that was good itself may have changed the plan or the time.
    if !teaches {
        assert_eq!(guard.lifecycle(), before);
        let off = guard.now().since(clock.now()).max(clock.now().since(guard.now()));
        assert!(off < DAY, "time is off by {off:?}");
    }
});
