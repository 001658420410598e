//! Files that are not quite what a log should be: read all the same, or refused with what was seen.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::header::Seen;
use crate::log::{Log, LogError};
use crate::replaying::{options, report_of};
use crate::run::{Options, RunError, run};
use crate::summary::Report;

const PLAIN: &str = "source,target,unix_seconds\n1,2,1082040961\n2,1,1082041961\n";

fn refusal(bytes: impl Into<Vec<u8>>) -> (Seen, String) {
    match Log::open(Cursor::new(bytes.into())).err() {
        Some(error @ LogError::UnknownHeader(seen)) => (seen, error.to_string()),
        other => panic!("{other:?}"),
    }
}

fn failure(log: &str, options: &Options) -> RunError {
    run(Cursor::new(log.as_bytes().to_vec()), None, options, || {}).unwrap_err()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn blanks_around_fields_are_no_part_of_them() {
    let expected = report_of(PLAIN, &options()).totals;
    assert_eq!((expected.users, expected.figures.avoided_users), (2, 0));
    for spaced in [
        PLAIN.replace(',', ", "),
        PLAIN.replace(',', "\t,\u{a0}"),
        PLAIN.replace('\n', " \r\n").replace(',', " ,"),
        PLAIN.replace("1,2,", "\"1\" ,  \"2\" , ").replace("2,1,", " 2 , \" 1\","),
    ] {
        let report = report_of(&spaced, &options());
        assert_eq!(report.totals.figures, expected.figures, "{spaced:?}");
        assert_eq!((report.totals.users, report.rows.not_counted), (2, 0), "{spaced:?}");
    }
    let login = " at , user_id ,device_id, intent\n 1722470400 , ann , phone , open_chat \n\
                 1722470401,ann,phone,OPEN_CHAT\n";
    let report = report_of(login, &options());
    assert_eq!((report.totals.users, report.totals.figures.suppressed_logins), (1, 1));
}

#[test]
fn quotes_that_stand_for_themselves_are_kept() {
    let log = "source,target,unix_seconds\n\"a\"\"b\",c\"d,10\n\"a\"\"b\"x , \"c,\"d,11\n\"\",b,12\n";
    let report = report_of(log, &options());
    // `a"b` and `c"d`; `a"bx` and `c,d`; the third row has no sender.
    assert_eq!((report.totals.users, report.rows.not_counted), (4, 1));
}

#[test]
fn utf_16_is_read_and_named_with_its_order_of_bytes() {
    let text = PLAIN.replace("1,2,", "\u{738b}\u{82b3},2,");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let expected = report_of(&text, &options()).totals;
    for (bytes, order) in [(&little, "little-endian"), (&big, "big-endian")] {
        let mark: [u8; 2] = if order == "big-endian" { [0xfe, 0xff] } else { [0xff, 0xfe] };
        let packed = format!("gzip, UTF-16 ({order}), fields divided by commas; all 2 rows count");
        for bytes in [bytes.clone(), [&mark[..], bytes].concat(), gzip_of(bytes)] {
            let report = report_of_bytes(bytes);
            assert_eq!((report.totals.users, &report.totals.figures), (expected.users, &expected.figures));
            assert!(packed.ends_with(&report.source()), "{}", report.source());
        }
    }
    let said = report_of_bytes(format!("\u{feff}{text}").into_bytes()).source();
    assert_eq!(said, "UTF-8 with a byte order mark, fields divided by commas; all 2 rows count");
}

#[test]
fn gbk_is_read_and_named_wherever_it_begins() {
    let names = ["\u{738b}\u{82b3}", "\u{674e}\u{5f3a}", "\u{5f20}\u{4f1f}", "\u{5218}\u{6d0b}"];
    for plain_rows in [0, 5_000] {
        let mut text = "source,target,unix_seconds\n".to_owned();
        for n in 0..plain_rows {
            writeln!(text, "a,b,{}", 1_722_441_600 + n).unwrap();
        }
        for n in 0..8 {
            writeln!(text, "{},{},{}", names[n % 4], names[(n + 1) % 4], 1_722_450_000 + n).unwrap();
        }
        let (bytes, _, lossy) = encoding_rs::GBK.encode(&text);
        assert!(!lossy);
        let (expected, report) = (report_of(&text, &options()), report_of_bytes(bytes.to_vec()));
        assert_eq!(report.months, expected.months);
        assert_eq!((report.totals.users, report.rows.not_counted), (expected.totals.users, 0));
        assert!(
            report.source().starts_with("GBK (GB18030), fields divided by commas"),
            "{}",
            report.source()
        );
        assert!(expected.source().starts_with("UTF-8, "), "{}", expected.source());
    }
}

#[test]
fn bytes_that_are_no_text_spoil_their_row_and_make_no_other_encoding() {
    let utf8 = "source,target,unix_seconds\n1,2,10\n1,\u{738b}\u{82b3},11\n".as_bytes();
    for damage in [&b"\xff,2,10\n"[..], b"\xcd\xf5,2,10\n"] {
        let mut bytes = utf8.to_vec();
        bytes.splice(27..27, damage.iter().copied());
        let report = report_of_bytes(bytes);
        assert_eq!((report.rows.counted, report.rows.not_counted), (2, 1));
        assert_eq!(report.warnings[0].problem, "not UTF-8; save the log as UTF-8");
    }
    assert_eq!(refusal(b"source,t\xe4rget,unix_seconds\n".to_vec()).0, Seen::NotText);
}

fn report_of_bytes(bytes: impl Into<Vec<u8>>) -> Report {
    run(Cursor::new(bytes.into()), None, &options(), || {}).unwrap().0
}

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn lines_that_end_with_carriage_returns_alone_are_named() {
    let (seen, said) = refusal(PLAIN.replace('\n', "\r"));
    assert_eq!(seen, Seen::CarriageReturns);
    assert!(said.contains("carriage return alone (CR)"), "{said}");
    // Longer than any line may be.
    let long = format!("source,target,unix_seconds\r{}", "1,2,1082040961\r".repeat(2_000));
    assert_eq!(refusal(long).0, Seen::CarriageReturns);
    assert_eq!(refusal("x".repeat(40_000)).0, Seen::TooLong);
    assert_eq!(refusal("€".repeat(40_000)).0, Seen::TooLong);
}

#[test]
fn other_separators_than_commas_are_read_and_named() {
    let expected = report_of(PLAIN, &options()).totals;
    for (separator, name) in
        [(";", "semicolons (;)"), ("\t", "tabs"), (" | ", "bars (|)"), (" ; ", "semicolons (;)")]
    {
        let report = report_of(&PLAIN.replace(',', separator), &options());
        assert_eq!((report.totals.users, &report.totals.figures), (expected.users, &expected.figures));
        assert_eq!(report.source(), format!("UTF-8, fields divided by {name}; all 2 rows count"));
    }
    // A comma is then no separator, quotes or not.
    let log = "\"at\";\"user_id\";\"device_id\";\"intent\"\n1722470400;a,b;\"x;y\";open_chat\n1722470401;a,b;z;open_chat\n";
    let report = report_of(log, &options());
    assert_eq!((report.totals.users, report.totals.figures.logins_with, report.rows.not_counted), (1, 2, 0));
    let (seen, said) = refusal(PLAIN.replace(',', "  "));
    assert_eq!(seen, Seen::Separator("spaces"));
    assert!(said.contains("divided by spaces; divide fields by commas, semicolons, tabs or bars"), "{said}");
}

#[test]
fn a_row_where_the_header_should_be_is_named_without_what_it_holds() {
    // SNAP's own form.
    let (seen, said) = refusal("3571 9977 1082040961\n9977 3571 1082155839\n");
    assert_eq!(seen, Seen::Row(3, "spaces"));
    assert!(said.contains("a row and no header: 3 fields, divided by spaces"), "{said}");
    assert!(said.contains("`source,target,unix_seconds`") && !said.contains("3571"), "{said}");
    assert_eq!(refusal("1,2,1082040961\n").0, Seen::Row(3, "commas"));
    assert_eq!(refusal("2024-08-01T00:00:00Z;ann;phone;open_chat\n").0, Seen::Row(4, "semicolons (;)"));
    assert_eq!(refusal("from,to,when\n").0, Seen::OtherColumns(3));
    assert_eq!(refusal("\u{feff}hello\n").0, Seen::OtherColumns(1));
}

#[test]
fn an_archive_of_another_kind_than_gzip_is_named() {
    let files: [(&[u8], &str); 4] = [
        (b"PK\x03\x04\x14\0", "zip"),
        (b"BZh91AY&SY", "bzip2"),
        (b"\xfd7zXZ\0\0", "xz"),
        (b"\x28\xb5\x2f\xfd\x04", "zstd"),
    ];
    for (bytes, name) in files {
        let (seen, said) = refusal(bytes);
        assert_eq!(seen, Seen::Compressed(name));
        assert!(said.contains(&format!("a {name} file; unpack it, or pack it with gzip")), "{said}");
    }
}

#[test]
fn zeroes_behind_a_gzip_stream_are_passed_over_and_noted() {
    let padded = [gzip(PLAIN), vec![0; 100_000]].concat();
    let (report, _) = run(Cursor::new(padded), None, &options(), || {}).unwrap();
    assert_eq!((report.rows.counted, report.rows.not_counted, report.totals.users), (2, 0, 2));
    assert_eq!(report.notes, ["log: 100,000 zero bytes follow the compressed data; they were passed over"]);
    let (report, _) = run(Cursor::new(gzip(PLAIN)), None, &options(), || {}).unwrap();
    assert!(report.notes.is_empty());
    for garbage in [&b"\0\0more"[..], b"more"] {
        let bytes = [&gzip(PLAIN)[..], garbage].concat();
        let error = run(Cursor::new(bytes), None, &options(), || {}).unwrap_err();
        assert!(error.to_string().starts_with("log: cannot be read beyond line 3: "), "{error}");
    }
}

#[test]
fn a_log_that_is_not_sorted_ends_the_run_and_says_where() {
    let day = |n: i64| 1_722_441_600 + n * 86_400;
    let row = |at: i64| format!("a,b,{at}\n");
    let header = "source,target,unix_seconds\n";
    let descending: String = (0..40).rev().map(|n| row(day(n))).collect();
    let shuffled: String = (0..40).map(|n| row(day(n * 7 % 40))).collect();
    let outlier: String = [day(0), day(3_000), day(1)].map(row).concat();
    for (rows, line, latest) in [(descending, 3, 2), (shuffled, 8, 7), (outlier, 4, 3)] {
        let error = failure(&format!("{header}{rows}"), &options());
        let RunError::Unsorted { line: at, latest: before, .. } = error else { panic!("{error}") };
        assert_eq!((at, before), (line, latest));
        let said = error.to_string();
        assert!(said.contains("sort it by unix_seconds, oldest first"), "{said}");
    }
    // As long as an app's process lives, and not a second longer.
    let late = |secs: i64| format!("{header}{}{}", row(day(0)), row(day(0) - secs));
    assert_eq!(report_of(&late(1_800), &options()).rows.out_of_order, 1);
    assert!(matches!(failure(&late(1_801), &options()), RunError::Unsorted { behind_secs: 1_801, .. }));
}

#[test]
fn a_log_in_which_no_row_counts_is_a_failure_that_says_why() {
    let millis = "source,target,unix_seconds\n1,2,1082040961000\n2,1,1082041961000\n";
    // Also where no warning is listed.
    for list_warnings in [0, 20] {
        let error = failure(millis, &Options { list_warnings, ..options() });
        assert_eq!(
            error.to_string(),
            "log: none of its 2 rows counts; the first: line 2: unix_seconds: outside the years 1970 to 9999; \
             unix times are expected in seconds; the row is not counted"
        );
    }
    let error = failure("source,target,unix_seconds\n\n", &options());
    assert_eq!(error.to_string(), "log: no row follows the header");
}
