//! The faults, and how a call ends under each.

use planguard_endpoint_faults::FaultKind;

/// A fault, as the table has it.
pub(crate) struct Row {
    /// What it does.
    pub(crate) what: &'static str,
    /// The switch of the reference endpoint.
    pub(crate) switch: &'static str,
    /// Whether a call under it ends with its deadline only, by the default transport and by a careless one.
    pub(crate) without_end: [bool; 2],
    /// How fetch and flush end by the default transport, and by a careless one.
    pub(crate) ends: [[&'static str; 2]; 2],
}

impl Row {
    /// The fault itself.
    pub(crate) fn fault(&self) -> FaultKind {
        serde_json::from_str(self.switch).unwrap()
    }
}

const TAKEN: [&str; 2] = ["taken", "delivered"];
const TIMED_OUT: [&str; 2] = ["`Unreachable`, `TimedOut`"; 2];
const UNREACHABLE: [&str; 2] = ["`Unreachable`"; 2];
const CUT_OFF: [&str; 2] = ["`Unreachable`, `CutOff`"; 2];
const TOO_LARGE: [&str; 2] = ["`TooLarge`"; 2];
const UNREADABLE: [&str; 2] = ["`BadDocument`", "`NoReceipt`"];
const REDIRECTED: [&str; 2] = ["`Redirected`"; 2];

const fn row(what: &'static str, switch: &'static str, ends: [[&'static str; 2]; 2]) -> Row {
    Row { what, switch, without_end: [false; 2], ends }
}

const fn endless(what: &'static str, switch: &'static str, ends: [[&'static str; 2]; 2]) -> Row {
    Row { what, switch, without_end: [true; 2], ends }
}

/// Every fault that an endpoint or something before it can have besides its status.
pub(crate) const ROWS: &[Row] = &[
    row("no fault", r#"{"latency_ms":0}"#, [TAKEN, TAKEN]),
    endless("an answer an hour late", r#"{"latency_ms":3600000}"#, [TIMED_OUT, TIMED_OUT]),
    endless("no answer", r#""hang""#, [TIMED_OUT, TIMED_OUT]),
    endless("a byte every ten seconds", r#"{"drip_ms":10000}"#, [TIMED_OUT, TIMED_OUT]),
    row("half the body, then closed", r#""cut_off""#, [CUT_OFF, UNREADABLE]),
    row("half the length", r#"{"content_length":"short"}"#, [UNREADABLE, UNREADABLE]),
    row("twice the length", r#"{"content_length":"long"}"#, [CUT_OFF, TAKEN]),
    row("a negative length", r#"{"content_length":"negative"}"#, [UNREACHABLE, TAKEN]),
    row("two lengths", r#"{"content_length":"double"}"#, [UNREACHABLE, TAKEN]),
    row("a length of 2⁶³ - 1", r#"{"content_length":"huge"}"#, [TOO_LARGE, TAKEN]),
    row("a length beyond 64 bits", r#"{"content_length":"beyond"}"#, [UNREACHABLE, TAKEN]),
    row("a length beside chunks", r#"{"smuggling":"length_and_chunked"}"#, [TAKEN, TAKEN]),
    row("a length beside an unknown coding", r#"{"smuggling":"unknown_coding"}"#, [TAKEN, UNREADABLE]),
    row("a second answer behind the first", r#"{"smuggling":"second_answer"}"#, [TAKEN, TAKEN]),
    row("more than 1 MiB", r#""oversize""#, [TOO_LARGE, ["`TooLarge`"; 2]]),
    row("a gzip bomb", r#""gzip_bomb""#, [["`TooLarge`", "`NoReceipt`"], ["`TooLarge`", "`NoReceipt`"]]),
    row("a member 100,000 deep", r#""deep_nesting""#, [UNREADABLE, UNREADABLE]),
    row("a doubled key", r#""doubled_keys""#, [UNREADABLE, UNREADABLE]),
    row("no JSON", r#""garbage""#, [UNREADABLE, UNREADABLE]),
    row("a captive portal's page", r#""portal""#, [UNREADABLE, UNREADABLE]),
    row("a good body as `text/html`", r#""wrong_content_type""#, [UNREADABLE, UNREADABLE]),
    row("redirects to itself", r#""redirect_loop""#, [REDIRECTED, REDIRECTED]),
    row("another origin", r#"{"redirect":"https://elsewhere.example/"}"#, [REDIRECTED, REDIRECTED]),
    row("the same host without TLS", r#"{"redirect":"http://127.0.0.1/"}"#, [REDIRECTED, REDIRECTED]),
    row("nowhere", r#"{"redirect":"javascript:void"}"#, [REDIRECTED, REDIRECTED]),
    row("1,000 interim answers", r#"{"interim":1000}"#, [TAKEN, TAKEN]),
    endless("interim answers without end", r#"{"endless":"interim"}"#, [TIMED_OUT, TIMED_OUT]),
    Row {
        what: "header lines without end",
        switch: r#"{"endless":"header"}"#,
        without_end: [false, true],
        ends: [UNREACHABLE, TIMED_OUT],
    },
    Row {
        what: "a body without end",
        switch: r#"{"endless":"body"}"#,
        without_end: [false, true],
        ends: [TOO_LARGE, TIMED_OUT],
    },
    row("a reused connection closed", r#""close_reused""#, [TAKEN, TAKEN]),
    row("`Date` ten years ahead", r#"{"clock_skew_secs":315360000}"#, [TAKEN, TAKEN]),
    row("`Date` ten years behind", r#"{"clock_skew_secs":-315360000}"#, [["`BadDocument`", "delivered"]; 2]),
    row("`Age` of a year", r#"{"age_secs":31536000}"#, [TAKEN, TAKEN]),
    row("`Age` beyond 64 bits", r#"{"age_secs":18446744073709551615}"#, [TAKEN, TAKEN]),
];

/// Those that are told by their status or their content: `sync::statuses` and `sync::endpoint` have them.
const ELSEWHERE: &[&str] = &["status", "unasked_not_modified", "drop_etag", "wrong_app", "old_revision"];

#[test]
fn every_switch_of_the_endpoint_has_a_row() {
    let readme = std::fs::read_to_string(support::root().join("endpoint-faults/README.md")).unwrap();
    let table = readme.split("| KIND | Effect |").nth(1).unwrap();
    let mut kinds = 0;
    for line in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let kind = line.split('"').nth(1).unwrap();
        let named = ROWS.iter().any(|row| row.switch.contains(&format!("\"{kind}\"")));
        assert!(named || ELSEWHERE.contains(&kind), "`{kind}` has no row");
        kinds += 1;
    }
    assert!(kinds > 20, "{kinds}");
}
