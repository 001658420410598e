//! The face against the core: what apps call from Rust, other languages call too, or it is named here with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

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

#[derive(Default)]
struct Found {
    /// Public methods, by type.
    methods: BTreeMap<String, BTreeSet<String>>,
    /// What crosses: by derive, custom type or foreign trait.
    crosses: BTreeSet<String>,
    /// Exported functions.
    functions: BTreeSet<String>,
}

fn read(folder: &str) -> Found {
    let mut found = Found::default();
    walk_folder(&support::root().join(folder), &mut found);
    found
}

fn walk_folder(path: &Path, found: &mut Found) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk_folder(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            walk(TokenStream::from_str(&source).unwrap(), found);
        }
    }
}

fn word(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

fn braces(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

fn walk(stream: TokenStream, found: &mut Found) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    for at in 0..tokens.len() {
        match word(tokens.get(at)).as_deref() {
            Some("impl") => block(&tokens[at + 1..], found),
            Some("macro_rules") => {}
            Some("mod") if tokens.get(at + 2).is_some_and(|body| braces(body).is_some()) => {}
            Some(keyword @ ("enum" | "struct" | "trait")) if is_marked(&tokens[..at], keyword) => {
                found.crosses.extend(word(tokens.get(at + 1)));
            }
            Some(name)
                if name.starts_with("crosses_as")
                    || name == "custom_type"
                    || name == "explains"
                    || name == "explained" =>
            {
                listed(name, &tokens[at + 1..], found);
            }
            Some("fn") if is_marked(&tokens[..at], "fn") => found.functions.extend(word(tokens.get(at + 1))),
            _ => {}
        }
    }
    // Items of macros: enums with names, and the like.
    for (at, token) in tokens.iter().enumerate() {
        let in_macro =
            at >= 2 && tokens[at - 1].to_string() == "!" || at >= 3 && tokens[at - 2].to_string() == "!";
        // And what the rules of a macro write.
        let in_rule = at >= 2 && tokens[at - 2].to_string() == "=" && tokens[at - 1].to_string() == ">";
        if let Some(body) = braces(token).filter(|_| in_macro || in_rule) {
            walk(body.stream(), found);
        }
    }
}

/// Whether the item that begins after `before` has an attribute of the face.
fn is_marked(before: &[TokenTree], keyword: &str) -> bool {
    let mut at = before.len();
    // Back over `pub`, `pub(..)`, `async`, `const`, to the attributes.
    while at > 0 {
        let token = &before[at - 1];
        let skip = match token {
            TokenTree::Ident(ident) => ["pub", "async", "const"].contains(&ident.to_string().as_str()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => true,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                let text = group.stream().to_string().replace(' ', "");
                let marked = match keyword {
                    "fn" => text == "uniffi::export",
                    "trait" => text.contains("with_foreign"),
                    _ => ["uniffi::Enum", "uniffi::Record", "uniffi::Object", "uniffi::Error"]
                        .iter()
                        .any(|derive| text.contains(derive)),
                };
                if marked {
                    return true;
                }
                true
            }
            TokenTree::Punct(punct) => punct.as_char() == '#',
            _ => false,
        };
        if !skip {
            return false;
        }
        at -= 1;
    }
    false
}

/// The names in `crosses_as!(A as B)`, `custom_type!(A, ..)`, `explains! { A, B }`.
fn listed(by: &str, after: &[TokenTree], found: &mut Found) {
    let Some(TokenTree::Group(group)) = after.get(1) else { return };
    let names = group.stream().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    let first = by == "custom_type" || by == "crosses_as";
    for name in names.take(if first { 1 } else { usize::MAX }) {
        if by.starts_with("explain") {
            found.methods.entry(name).or_default().insert("explain".to_owned());
        } else {
            found.crosses.insert(name);
        }
    }
}

/// The public methods of an `impl Name { .. }`, after the `impl`. An `impl Trait for Name` has none of its own.
fn block(after: &[TokenTree], found: &mut Found) {
    let Some(end) = after.iter().position(|token| braces(token).is_some()) else { return };
    if after[..end].iter().any(|token| word(Some(token)).as_deref() == Some("for")) {
        return;
    }
    let mut depth = 0;
    let name = after[..end].iter().find_map(|token| match token {
        TokenTree::Punct(punct) => {
            depth += i32::from(punct.as_char() == '<') - i32::from(punct.as_char() == '>');
            None
        }
        TokenTree::Ident(ident) if depth == 0 => Some(ident.to_string()),
        _ => None,
    });
    let (Some(name), Some(body)) = (name, braces(&after[end])) else { return };
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let methods = found.methods.entry(name).or_default();
    for at in 0..tokens.len() {
        if word(tokens.get(at)).as_deref() != Some("pub") {
            continue;
        }
        // `pub(crate)` has a group where the next word would be.
        let mut next = at + 1;
        while ["async", "const"].contains(&word(tokens.get(next)).unwrap_or_default().as_str()) {
            next += 1;
        }
        if word(tokens.get(next)).as_deref() == Some("fn") {
            methods.insert(renamed(&tokens[..at]).or_else(|| word(tokens.get(next + 1))).unwrap());
        }
    }
}

/// The name that `#[uniffi::method(name = "..")]` gives the method after it.
fn renamed(before: &[TokenTree]) -> Option<String> {
    let TokenTree::Group(attribute) = before.last()? else { return None };
    let text = attribute.stream().to_string().replace(' ', "");
    let name = text.strip_prefix("uniffi::")?.split_once("name=\"")?.1;
    Some(name.split('"').next()?.to_owned())
}

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
