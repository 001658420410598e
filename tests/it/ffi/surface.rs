//! The face against the core: what apps call from Rust, other languages call too, or it is named here with the reason.

use std::collections::BTreeSet;
use std::fs;

use super::source::{Found, read};

/// Methods that have another name in the face, or none, and why.
const METHODS_APART: &[(&str, &str, &str)] = &[
    ("Planguard", "builder", "a constructor of `Builder`"),
    ("Planguard", "snapshot", "`feature_table` and `generation` are what a host can use of it"),
    ("Builder", "billing_zone", "a field of `OpenOptions`"),
    ("Builder", "session_mode", "a field of `OpenOptions`"),
    ("Builder", "decisions", "a field of `OpenOptions`"),
    ("Builder", "logins", "a field of `OpenOptions`"),
    ("Builder", "catalog", "a field of `OpenOptions`, `catalogs`"),
    ("Builder", "fallback", "two fields of `OpenOptions`"),
    ("Builder", "seed", "a field of `OpenOptions`"),
    ("Builder", "permit_ttl", "a field of `OpenOptions`"),
    ("Builder", "outbox_capacity", "a field of `OpenOptions`"),
    ("Builder", "shared_store", "a foreign store is shared as it is"),
    ("Builder", "endpoint", "a field of `OpenOptions`"),
    ("Builder", "credential", "a field of `OpenOptions`"),
    ("Builder", "endpoint_timeouts", "a field of `OpenOptions`"),
    ("Builder", "phase", "a field of `OpenOptions`"),
    ("Builder", "process_role", "a field of `OpenOptions`"),
    ("Builder", "device_marker", "a field of `OpenOptions`"),
    ("Builder", "renew_install", "a field of `OpenOptions`"),
    ("Builder", "trusted_key", "the field `trusted_keys` of `OpenOptions`"),
    ("Builder", "audience", "a field of `OpenOptions`"),
    ("Builder", "max_document_age", "a field of `OpenOptions`"),
];

/// Types that do not cross, and why.
const TYPES_APART: &[(&str, &str)] = &[
    ("ActivationCharge", CATALOG),
    ("BillingCycle", CATALOG),
    ("CatalogError", ERROR),
    ("Catalogs", "a host passes `Catalog` objects, and asks `catalogs()`"),
    ("ChangeFrequency", CATALOG),
    ("DayWindow", CATALOG),
    ("Difference", CATALOG),
    ("Edition", CATALOG),
    ("Effect", CATALOG),
    ("FeatureFigure", CATALOG),
    ("FreeTrial", CATALOG),
    ("LimitFigure", CATALOG),
    ("List", CATALOG),
    ("Meter", CATALOG),
    ("Move", CATALOG),
    ("MoveKind", CATALOG),
    ("Note", CATALOG),
    ("Overage", CATALOG),
    ("Payment", CATALOG),
    ("PeriodRule", CATALOG),
    ("Policies", CATALOG),
    ("PurchaseLength", CATALOG),
    ("Rate", CATALOG),
    ("RefundRule", CATALOG),
    ("Reminders", CATALOG),
    ("Retention", CATALOG),
    ("Rounding", CATALOG),
    ("Service", CATALOG),
    ("ServiceCategory", CATALOG),
    ("ServiceNote", CATALOG),
    ("ServicePrice", CATALOG),
    ("Source", CATALOG),
    ("SourceId", CATALOG),
    ("Stated", CATALOG),
    ("Statement", CATALOG),
    ("SubjectError", CATALOG),
    ("Text", CATALOG),
    ("Validity", CATALOG),
    ("BillError", ERROR),
    ("ForecastError", ERROR),
    ("PreviewError", ERROR),
    ("RefundError", ERROR),
    ("OpenError", ERROR),
    ("SyncError", ERROR),
    ("IdError", ERROR),
    ("UnknownId", ERROR),
    ("UnknownLocale", ERROR),
    ("UnknownZone", ERROR),
    ("BadInstant", ERROR),
    ("BadMonth", ERROR),
    ("BadPermitId", ERROR),
    ("BadCredential", ERROR),
    ("BadEndpointUrl", ERROR),
    ("DocumentError", ERROR),
    ("EncodingError", ERROR),
    ("SignatureError", ERROR),
    ("SdkVersionError", ERROR),
    ("StoreError", ERROR),
    ("Older", ERROR),
    ("Refused", "`Performed`, which is it or done: other languages have no result type"),
    ("Lagged", "a variant of `Next`"),
    ("User", "a user crosses as a `UserId`, looked up by each call"),
    ("ChangeRequest", "borrows; `Planguard::preview_change` is what asks"),
    ("EnforcementByLimit", "a map in `DecisionPolicy`"),
    ("LimitChecks", "crosses as a list"),
    ("UpstreamError", "a trait of Rust's errors; `ProviderError` is what hosts throw"),
    ("UsageEvent", "what the endpoint gets; a host hears `Event`s"),
    ("Credential", "a text that no record shows"),
    ("StaticCredential", "the field `credential` of `OpenOptions`"),
    ("ReqwestTransport", "the default"),
    ("Timeouts", "of `ReqwestTransport`"),
    ("SCHEMA", "a number of documents that the guard reads itself"),
    ("Scope", "of no record that crosses"),
    ("Window", "of no record that crosses"),
    ("BillingDay", "of no record that crosses"),
    ("Elapsed", "a duration in `Clock`"),
    ("ManualClock", "a host turns a `Clock` of its own"),
    ("SystemClock", "the default"),
    ("MemoryStore", "the default"),
    ("SqliteStore", "the field `store_path` of `OpenOptions`"),
    ("Store", "`HostStore` is what a host implements"),
    ("Transaction", "of `Store`"),
    ("ForeignWrite", "of `Store`"),
    ("WhenLost", "of stores that a fleet of servers shares"),
    ("BoxFuture", RUST),
    ("MaybeSend", RUST),
    ("MaybeSendSync", RUST),
];

const CATALOG: &str = "part of a price list, which is read as JSON";
const ERROR: &str = "a `PlanguardError` with its word, field, reason and explanation";
const RUST: &str = "of Rust alone";

/// Functions that do not cross, and why.
const FUNCTIONS_APART: &[(&str, &str)] = &[
    ("preview", "`Planguard::preview_change` is what asks"),
    ("all", "`catalogs()`"),
    ("built_in", "a constructor of `Catalog`"),
    ("to_json", "a method of `Catalog`"),
    ("intl_2022", "`Catalog::built_in`"),
    ("intl_2024", "`Catalog::built_in`"),
    ("intl_2026", "`Catalog::built_in`"),
    ("cn_dau", "`Catalog::built_in`"),
    ("parse_document", "the guard reads documents itself"),
];

/// Enums that cross without a fixed word, and why.
const WORDS_APART: &[(&str, &str)] = &[
    ("Action", "asked, not answered"),
    ("Observation", "asked, not answered"),
    ("Done", "asked, not answered"),
    ("Ordered", "asked, not answered"),
    ("Max", "a number or unlimited"),
    ("Next", "an `Event`, or how many were lost"),
    ("Replaced", "answered by hosts"),
];

/// Types whose `explain` does not cross under their own name, and why.
const EXPLAIN_APART: &[(&str, &str)] = &[
    ("LeftOut", "its details explain themselves"),
    ("LoginFailure", "as a `PlanguardError`"),
    ("Refused", "`Performed`"),
    ("ProviderError", "thrown by hosts, not by planguard"),
    ("CredentialError", "thrown by hosts, not by planguard"),
    ("TransportError", "thrown by hosts, not by planguard"),
    ("Max", "a number or unlimited"),
    ("Lagged", "a variant of `Next`"),
];

fn public_names() -> Vec<String> {
    let names = fs::read_to_string(support::root().join("docs/public-names.txt")).unwrap();
    names.lines().map(|line| line.rsplit("::").next().unwrap().to_owned()).collect()
}

#[test]
fn every_call_of_the_core_is_a_call_of_the_face() {
    let (core, face) = (read("src/client"), read("src/ffi"));
    let apart = |name: &str, method: &str| METHODS_APART.iter().any(|(n, m, _)| (*n, *m) == (name, method));
    let mut missing = Vec::new();
    for name in ["Planguard", "Builder", "UserSession", "Permit", "LoginTicket", "EventStream"] {
        let (own, foreign) = (&core.methods[name], &face.methods[name]);
        assert!(own.len() > 1, "the methods of {name} were read: {own:?}");
        missing.extend(own.difference(foreign).filter(|m| !apart(name, m)).map(|m| format!("{name}::{m}")));
        for (_, method, _) in METHODS_APART.iter().filter(|(of, ..)| *of == name) {
            assert!(own.contains(*method), "{name}::{method} is gone: remove it from the list");
            assert!(!foreign.contains(*method), "{name}::{method} crosses: remove it from the list");
        }
    }
    assert_eq!(missing, [""; 0], "add them to src/ffi, or to the list above with the reason");
}

#[test]
fn every_public_type_crosses_or_is_named_with_the_reason() {
    let found = read("src");
    let types: BTreeSet<String> =
        public_names().into_iter().filter(|name| name.starts_with(char::is_uppercase)).collect();
    let apart: BTreeSet<String> = TYPES_APART.iter().map(|(name, _)| (*name).to_owned()).collect();
    let crosses: BTreeSet<String> = types.intersection(&found.crosses).cloned().collect();
    assert!(crosses.len() > 80, "{}", crosses.len());
    let missing: Vec<_> = types.iter().filter(|n| !crosses.contains(*n) && !apart.contains(*n)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "let them cross, or name them with the reason");
    let needless: Vec<_> = apart.iter().filter(|n| crosses.contains(*n) || !types.contains(*n)).collect();
    assert_eq!(needless, Vec::<&String>::new(), "remove them from the list");
}

#[test]
fn every_public_function_crosses_or_is_named_with_the_reason() {
    let face = read("src/ffi");
    let names = public_names();
    let functions = names.iter().filter(|name| name.starts_with(char::is_lowercase));
    let apart = |name: &str| FUNCTIONS_APART.iter().any(|(other, _)| *other == name);
    let missing: Vec<_> = functions.filter(|name| !face.functions.contains(*name) && !apart(name)).collect();
    assert_eq!(missing, Vec::<&String>::new());
    for (name, _) in FUNCTIONS_APART {
        assert!(names.iter().any(|other| other == name) && !face.functions.contains(*name), "{name}");
    }
}

#[test]
fn what_explains_itself_does_so_in_every_language() {
    let (core, face) = (read("src/words"), read("src/ffi"));
    let explains = |found: &Found| -> BTreeSet<String> {
        let of = found.methods.iter().filter(|(_, methods)| methods.contains("explain"));
        of.map(|(name, _)| name.clone()).filter(|name| name.starts_with(char::is_uppercase)).collect()
    };
    let errors = |name: &str| TYPES_APART.iter().any(|(other, why)| *other == name && *why == ERROR);
    let apart = |name: &str| EXPLAIN_APART.iter().any(|(other, _)| *other == name);
    let missing: Vec<String> =
        explains(&core).difference(&explains(&face)).filter(|n| !errors(n) && !apart(n)).cloned().collect();
    assert!(explains(&core).len() > 30, "{:?}", explains(&core));
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_answer_that_a_host_logs_has_its_fixed_word() {
    let (all, face) = (read("src"), read("src/ffi"));
    assert!(all.enums.len() > 50, "{:?}", all.enums);
    let worded = |name: &str| face.methods.get(name).is_some_and(|methods| methods.contains("as_str"));
    let apart = |name: &str| WORDS_APART.iter().any(|(other, _)| *other == name);
    let missing: Vec<&String> = all.enums.iter().filter(|name| !worded(name) && !apart(name)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "give it `as_str` in src/ffi/names.rs");
    for (name, _) in WORDS_APART {
        assert!(all.enums.contains(*name) && !worded(name), "remove {name} from the list");
    }
}
