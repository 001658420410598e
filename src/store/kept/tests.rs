use super::super::StoreError;
use super::*;

/// A row with a text and numbers of both kinds.
struct Sample {
    text: String,
    small: i64,
    large: u128,
    maybe: Option<u64>,
}

row!(Sample: text !, small +, large +, maybe ?);

fn read(text: &str) -> Result<Sample, StoreError> {
    from_json(text)
}

fn text_of(json: &str) -> Option<String> {
    from_json(json).ok()
}

#[test]
fn texts_are_read_and_written_as_serde_json_does() {
    let all: String = ('\0'..='\u{ff}').chain("\u{2028}\u{fffd}\u{1f600}\u{10ffff}".chars()).collect();
    for text in ["", "a", "\"", "\\", "ends in {", "[", &all] {
        let json = to_json(&text.to_owned());
        assert_eq!(json, serde_json::to_string(text).unwrap());
        assert_eq!(text_of(&json).as_deref(), Some(text));
    }
    assert_eq!(text_of(r#" "\u00e9\ud83d\ude00\/" "#).as_deref(), Some("é😀/"));
    for bad in ["\"", "\"a", "\"\\\"", "\"\\", "\"\\x\"", "\"\\ud83d\"", "\"\\u12\"", "\"\n\"", "a", "\"é\\"]
    {
        assert!(text_of(bad).is_none(), "{bad}");
        assert!(serde_json::from_str::<String>(bad).is_err(), "{bad}");
    }
}

#[test]
fn numbers_keep_every_bit() {
    for large in [0, 1, u128::from(u64::MAX), u128::MAX] {
        let json = to_json(&Sample { text: String::new(), small: i64::MIN, large, maybe: Some(u64::MAX) });
        let sample = read(&json).unwrap();
        assert_eq!((sample.small, sample.large, sample.maybe), (i64::MIN, large, Some(u64::MAX)));
    }
    let too_large = "340282366920938463463374607431768211456";
    for (field, bad) in [
        ("small", "9223372036854775808"),
        ("small", "1.0"),
        ("small", "1e2"),
        ("small", "01"),
        ("small", "-"),
        ("small", "null"),
        ("large", too_large),
        ("large", "-1"),
        ("maybe", "18446744073709551616"),
        ("maybe", "\"1\""),
    ] {
        assert!(read(&format!("{{\"text\":\"\",\"{field}\":{bad}}}")).is_err(), "{field} {bad}");
    }
}

#[test]
fn fields_come_in_any_order_and_others_are_skipped() {
    let more = r#"{"more":[{"a":[1.5e-3,null,"}",{}]},[],true,false],"large":7,"text":"a" , "x" : -1}"#;
    let sample = read(more).unwrap();
    assert_eq!((sample.text.as_str(), sample.large, sample.maybe), ("a", 7, None));
    assert_eq!(to_json(&sample), r#"{"text":"a","small":0,"large":7}"#);
    for bad in ["{}", r#"{"large":1}"#, r#"{"text":"a","text":"b"}"#, r#"{"text":"a"}}"#, r#"{"text":"a",}"#]
    {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_does_not_fit_is_named_by_its_fields_alone() {
    let why = |text: &str| match read(text).map(drop) {
        Err(StoreError::Backend { why }) => why,
        other => panic!("{other:?}"),
    };
    let not_json = "not the content of a store: it is not JSON, or not an object of the fields of a store";
    assert_eq!(why("{\n \"text\": \"secret\",\n \"small\": x}"), not_json);
    assert_eq!(why(r#"["secret"]"#), not_json);
    assert_eq!(why(r#"{"text":"secret","small":"secret"}"#), "not the content of a store: in small");
    assert_eq!(why(r#"{"small":1}"#), "not the content of a store: in text");
}

/// However deep a nest is, it does not end the process.
#[test]
fn a_deep_nest_is_skipped_or_refused() {
    let nest = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let skipped = read(&format!("{{\"text\":\"a\",\"x\":{}}}", nest(100_000)));
    assert_eq!(skipped.unwrap().text, "a");
    assert!(read(&format!("{{\"text\":{}}}", nest(100_000))).is_err());
    assert!(read(&nest(100_000)).is_err());
}

/// Whatever is cut off or changed in a text, it is read or refused.
#[test]
fn no_text_is_read_past_its_end() {
    let whole = r#"{"text":"é\n","small":-12,"large":340,"x":[1,{"y":"\u00e9"}]}"#;
    for (place, _) in whole.char_indices() {
        assert!(read(&whole[..place]).is_err(), "cut at {place}");
        for other in ["\"", "\\", "{", "]", "0", "é", "\u{0}"] {
            let mut changed = whole.to_owned();
            let end = place + whole[place..].chars().next().map_or(0, char::len_utf8);
            changed.replace_range(place..end, other);
            let _ = read(&changed);
        }
    }
}
