//! Any bytes as an entitlements document: refused or read, and what is read can be resolved at any time.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use planguard::decide::entitle;
use planguard::sync::parse_document;
use planguard::time::{BillingZone, Timestamp};
use planguard::{Catalogs, Feature, LimitId};
use planguard_fuzz::{app, noon};

fuzz_target!(|body: &[u8]| {
    let parse = || parse_document(body, Some("application/json"), app());
    let document = match parse() {
        Ok(document) => document,
        Err(error) => {
            // It is said in both languages, on a line or so, whatever was sent.
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() < 2_000, "{} bytes of error", text.len());
            return;
        }
    };
    assert_eq!(parse().as_ref(), Ok(&document), "the same bytes are read alike");
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let value: serde_json::Value = serde_json::from_slice(body).expect("what is read is JSON");
    assert_eq!(value["sdk_app_id"].as_u64(), Some(1_400_000_001), "a document of another app was read");
    assert_eq!(value["revision"].as_u64(), Some(document.revision));
    if let Some(usage) = &document.usage {
        assert!(usage.as_of <= document.issued_at, "numbers are from before the document");
    }
    for now in
        [Timestamp::MIN, noon(), document.issued_at, document.issued_at.plus(Duration::MAX), Timestamp::MAX]
    {
        let entitlements =
            entitle::resolve(&document, &Catalogs::default(), now, now, document.fresh_for_secs);
        for &limit in LimitId::ALL {
            let _ = entitlements.limit(limit);
        }
        for &feature in Feature::ALL {
            let _ = entitlements.feature(feature);
        }
        let _ = planguard::decide::lifecycle::lifecycle(&entitlements, now, &BillingZone::default());
    }
});
