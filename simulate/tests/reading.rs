//! The readers: both kinds of log, plain and gzip, good rows and bad.

use std::io::{self, Cursor, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::intent::{LoginIntent, SPELLINGS};
use crate::lines::MAX_LINE_BYTES;
use crate::log::{Entry, Fault, Kind, Log, LogError};
use crate::warnings::{Effect, Warnings};

fn rows(text: impl Into<Vec<u8>>) -> Vec<(u64, Result<Entry, Fault>)> {
    read(Cursor::new(text.into()))
}

fn read(source: impl Read + 'static) -> Vec<(u64, Result<Entry, Fault>)> {
    let mut log = Log::open(source).unwrap();
    std::iter::from_fn(|| log.next_row().unwrap()).map(|row| (row.line, row.entry)).collect()
}

/// The faults as `line field: problem`.
fn faults(text: impl Into<Vec<u8>>) -> Vec<String> {
    let faulty = rows(text).into_iter().filter_map(|(line, entry)| Some((line, entry.err()?)));
    faulty.map(|(line, fault)| format!("{line} {}: {}", fault.field, fault.problem)).collect()
}

fn refusal(source: impl Read + 'static) -> LogError {
    Log::open(source).err().unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_message_is_an_opened_chat_and_a_push() {
    let rows = rows("source,target,unix_seconds\nann,bob,1082040961\n");
    assert_eq!(rows.len(), 1);
    let (line, entry) = &rows[0];
    let entry = entry.as_ref().unwrap();
    let (opened, woken) = (entry.asks.0, entry.asks.1.unwrap());
    assert_eq!(*line, 2);
    // 1082040961 s = 12523 days (2004-04-15) and 53761 s (14:56:01).
    assert_eq!(entry.at.to_string(), "2004-04-15T14:56:01Z");
    assert_eq!((opened.user.as_str(), opened.intent), ("ann", LoginIntent::OpenChat));
    assert_eq!((woken.user.as_str(), woken.intent), ("bob", LoginIntent::PushWake));
}

#[test]
fn a_login_row_has_its_time_in_either_form_and_its_columns_in_any_order() {
    let text = "\u{feff}Intent, at ,note,device_id,user_id\r\n\
                open_chat,2024-08-01T00:00:00Z,\"a, b\",phone,ann\r\n\
                Push_Wake,1722470400,,web,ann\r\n\
                \r\n\
                prefetch,2024-08-01T08:00:00+08:00,,phone,\"a\"\"n\"";
    let rows = rows(text);
    let lines: Vec<u64> = rows.iter().map(|(line, _)| *line).collect();
    // Line 4 is blank.
    assert_eq!(lines, [2, 3, 5]);
    let entries: Vec<&Entry> = rows.iter().map(|(_, entry)| entry.as_ref().unwrap()).collect();
    assert!(entries.iter().all(|entry| entry.at.as_millis() == 1_722_470_400_000));
    let asks: Vec<_> = entries.iter().map(|entry| entry.asks.0).collect();
    let intents: Vec<LoginIntent> = asks.iter().map(|ask| ask.intent).collect();
    assert_eq!(intents, [LoginIntent::OpenChat, LoginIntent::PushWake, LoginIntent::Prefetch]);
    assert_eq!(asks[2].user.as_str(), "a\"n");
    assert_eq!(asks[0].device, asks[2].device);
    assert_ne!(asks[0].device, asks[1].device);
}

#[test]
fn every_intent_of_the_guard_has_a_spelling() {
    for intent in LoginIntent::ALL {
        assert_eq!(SPELLINGS.iter().filter(|(_, spelt)| spelt == intent).count(), 1, "{intent:?}");
    }
}

#[test]
fn gzip_is_known_by_its_bytes_and_may_have_several_members() {
    let plain = "source,target,unix_seconds\n1,2,10\n2,1,11\n";
    let mut members = gzip("source,target,unix_seconds\n1,2,");
    members.extend(gzip("10\n2,1,11\n"));
    assert_eq!(rows(plain).len(), 2);
    assert_eq!(rows(gzip(plain)), rows(plain));
    assert_eq!(rows(members), rows(plain));
}

#[test]
fn a_source_that_gives_one_byte_at_a_time_reads_the_same() {
    struct Drip(Cursor<Vec<u8>>);
    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let end = buffer.len().min(1);
            self.0.read(&mut buffer[..end])
        }
    }
    let plain = "source,target,unix_seconds\n1,2,10\n2,1,11\n";
    assert_eq!(read(Drip(Cursor::new(gzip(plain)))), rows(plain));
    assert_eq!(read(Drip(Cursor::new(plain.into()))), rows(plain));
}

#[test]
fn a_bad_row_says_line_and_field_and_spoils_no_other() {
    let long = "x".repeat(33);
    let text = format!(
        "source,target,unix_seconds\n\
         1,2,10\n\
         1,2\n\
         1,2,3,4\n\
         ,2,10\n\
         1,{long},10\n\
         1,\"2,10\n\
         1,2,ten\n\
         1,2,-1\n\
         1,2,1722470400000\n\
         1,a\tb,10\n\
         3,4,11\n"
    );
    let expected = [
        "3 row: 2 fields, the header names 3",
        "4 row: 4 fields, the header names 3",
        "5 source: empty",
        "6 target: 33 bytes, at most 32 are accepted",
        "7 row: 2 fields, the header names 3",
        "8 unix_seconds: not a whole number of seconds since 1970-01-01T00:00:00Z such as 1722470400",
        "9 unix_seconds: outside the years 1970 to 9999; unix times are expected in seconds",
        "10 unix_seconds: outside the years 1970 to 9999; unix times are expected in seconds",
        "11 target: control character at byte 1",
    ];
    assert_eq!(faults(text.as_str()), expected);
    assert_eq!(rows(text.as_str()).iter().filter(|(_, entry)| entry.is_ok()).count(), 2);
}

#[test]
fn a_bad_login_row_says_line_and_field() {
    let text = "at,user_id,device_id,intent\n\
                yesterday,ann,d,open_chat\n\
                2024-08-01T00:00:00,ann,d,open_chat\n\
                1969-12-31T23:59:59Z,ann,d,open_chat\n\
                10, ,d,open_chat\n\
                10,ann,,open_chat\n\
                10,ann,d,opened\n";
    let when = "neither an RFC 3339 instant such as 2024-08-01T00:00:00Z nor unix seconds";
    let expected = [
        format!("2 at: {when}"),
        format!("3 at: {when}"),
        "4 at: outside the years 1970 to 9999; unix times are expected in seconds".to_owned(),
        "5 user_id: empty".to_owned(),
        "6 device_id: empty".to_owned(),
        "7 intent: not an intent; one of open_chat, app_launch, reconnect, push_wake, prefetch, view_only, \
         renew_user_sig, after_kick, after_kick_confirmed"
            .to_owned(),
    ];
    assert_eq!(faults(text), expected);
}

#[test]
fn bytes_that_are_no_text_and_lines_without_end_stay_on_their_line() {
    let mut bytes = b"source,target,unix_seconds\n1,\xff,10\n".to_vec();
    bytes.extend(vec![b'x'; MAX_LINE_BYTES + 1]);
    bytes.extend(b"\n1,2,10\n");
    let long = format!("3 row: longer than {MAX_LINE_BYTES} bytes; one event per line is expected");
    assert_eq!(faults(bytes.clone()), ["2 row: not UTF-8; save the log as UTF-8", long.as_str()]);
    assert_eq!(rows(bytes).last().map(|(line, entry)| (*line, entry.is_ok())), Some((4, true)));
}

#[test]
fn a_log_of_no_known_kind_names_the_columns_it_needs() {
    assert!(matches!(refusal(io::empty()), LogError::Empty));
    let refused = refusal(Cursor::new("1,2,1082040961\n"));
    assert!(matches!(refused, LogError::UnknownHeader(_)));
    assert!(refused.to_string().contains("`source,target,unix_seconds`"), "{refused}");
}

#[test]
fn a_log_that_is_cut_off_says_where() {
    let many: Vec<String> = (0..20_000).map(|n| format!("{n},{},{n}\n", n * 7919 % 20_011)).collect();
    let whole = gzip(&format!("source,target,unix_seconds\n{}", many.concat()));
    let mut log = Log::open(Cursor::new(whole[..whole.len() / 2].to_vec())).unwrap();
    let mut read = 1;
    let error = loop {
        match log.next_row() {
            Ok(Some(row)) => read = row.line,
            Ok(None) => panic!("half a log passed for a whole one"),
            Err(error) => break error,
        }
    };
    assert!(read > 1000 && read < 20_000, "{read}");
    assert!(error.to_string().starts_with(&format!("log: cannot be read beyond line {read}: ")), "{error}");
    assert_eq!((log.kind(), log.kind().time_column()), (Kind::Messages, "unix_seconds"));
}

#[test]
fn all_warnings_are_counted_and_the_first_are_listed() {
    let mut warnings = Warnings::new(1, false);
    let fault = || Fault { field: "target", problem: "empty".to_owned() };
    warnings.unusable(7, fault()).unwrap();
    warnings.unusable(8, fault()).unwrap();
    warnings.late(9, "at", "5 s older".to_owned()).unwrap();
    assert_eq!((warnings.not_counted, warnings.out_of_order, warnings.unlisted()), (2, 1, 2));
    assert_eq!(warnings.listed[0].to_string(), "line 7: target: empty; the row is not counted");

    let mut strict = Warnings::new(1, true);
    let refused = strict.late(9, "at", "5 s older".to_owned()).unwrap_err();
    assert_eq!((refused.line, refused.effect), (9, Effect::CountedLate));
}
