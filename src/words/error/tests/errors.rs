//! Errors about ids, opening, the endpoint, documents and price lists.

use super::check::{Sample, every, json};
use crate::client::{Older, OpenError, SyncError};
use crate::model::catalog::{CatalogError, SubjectError};
use crate::model::{
    BadInstant, BadMonth, CatalogId, EditionId, IdError, Locale, SdkVersionError, Timestamp, UnknownId,
    UnknownLocale, UnknownZone,
};
use crate::net::{
    BadCredential, BadEndpointUrl, CredentialError, DocumentError, EncodingError, SignatureError,
    TransportError,
};
use crate::store::{BadPermitId, StoreError};

fn at() -> Timestamp {
    "2024-08-20T02:00:00Z".parse().unwrap()
}

fn later() -> Timestamp {
    "2024-08-21T02:30:00Z".parse().unwrap()
}

fn unknown() -> UnknownId {
    UnknownId { field: "limit", value: "frends".to_owned(), known: &["friends_per_user", "av_groups"] }
}

fn why() -> String {
    "os error 2".to_owned()
}

#[test]
fn values_that_cannot_be_used() {
    every!(IdError {
        IdError::ZeroApp => IdError::ZeroApp, ["SDKAppID"];
        IdError::NotANumber { .. } => IdError::NotANumber { field: "sdk_app_id" }, ["SDKAppID"];
        IdError::Empty { .. } => IdError::Empty { field: "user_id" }, ["user id|用户 ID"];
        IdError::TooLong { .. } => IdError::TooLong { field: "group_id", bytes: 1065, max: 64 },
            ["group id|群组 ID", "1,065", "64"];
        IdError::Control { .. } => IdError::Control { field: "user_id", at: 17 }, ["17"];
        IdError::Character { .. } => IdError::Character { field: "edition", at: 17, found: 'É' }, ["17", "É"];
    });
    Sample::new(
        &unknown(),
        |locale| unknown().explain(locale),
        &[&"frends", &"limit", &"friends_per_user, av_groups"],
    )
    .check();
    json(&unknown());
    let locale = UnknownLocale { tag: "zh-TW".to_owned() };
    json(&locale);
    Sample::new(&locale, |in_| locale.explain(in_), &[&"zh-TW", &"en, zh-Hans"]).check();
    let zone = UnknownZone::NotAZone { text: "Peking".to_owned() };
    json(&zone);
    Sample::new(&zone, |locale| zone.explain(locale), &[&"Peking", &"Asia/Shanghai"]).check();
    let zone = UnknownZone::NoDatabase { text: "Asia/Tokyo".to_owned() };
    json(&zone);
    Sample::new(&zone, |locale| zone.explain(locale), &[&"Asia/Tokyo", &"+08:00", &"zones"]).check();
    let month = BadMonth { text: "13-2024".to_owned() };
    json(&month);
    Sample::new(&month, |locale| month.explain(locale), &[&"13-2024"]).check();
    let permit = BadPermitId;
    json(&permit);
    Sample::new(&permit, |locale| permit.explain(locale), &[&"permit|预留"]).check();
    let instant = BadInstant { text: "noon".to_owned(), why: why() };
    json(&instant);
    Sample::new(&instant, |locale| instant.explain(locale), &[&"noon"]).check();
    let version = SdkVersionError { value: "5.8".to_owned() };
    json(&version);
    Sample::new(&version, |locale| version.explain(locale), &[&"5.8"]).check();
    let subject = SubjectError("editon:pro".to_owned());
    json(&subject);
    Sample::new(&subject, |locale| subject.explain(locale), &[&"editon:pro"]).check();
}

#[test]
fn an_empty_id_reads_well() {
    assert_eq!(
        IdError::Empty { field: "user_id" }.to_string(),
        "user_id: empty; pass the id by which your app knows the user"
    );
    assert_eq!(
        IdError::Empty { field: "group_id" }.explain(Locale::ZhHans),
        "群组 ID 为空。请传入应用所使用的 ID。"
    );
}

#[test]
fn opening_and_the_store() {
    let setting = |field, remedy| OpenError::Setting { field, problem: "zero".to_owned(), remedy };
    every!(OpenError {
        OpenError::Store(_) => OpenError::Store(StoreError::DiskFull), ["disk is full|磁盘已满"];
        OpenError::Endpoint(_) => OpenError::Endpoint(BadEndpointUrl::Query), ["base URL|基础地址"];
        OpenError::Seed(_) => OpenError::Seed(DocumentError::NotJson { why: why() }), ["JSON"];
        OpenError::Transport(_) => OpenError::Transport(TransportError::Tls(why())), ["certificate|证书"];
        OpenError::Setting { .. } => OpenError::Setting {
            field: "permit_ttl",
            problem: "zero".to_owned(),
            remedy: "give a permit at least a second",
        }, ["permit_ttl", "at least a second|至少设为一秒"];
    });
    for field in [
        "decisions.thresholds",
        "fallback",
        "credential",
        "outbox_capacity",
        "trusted_keys",
        "audience",
        "max_document_age",
        "clock",
        "transport",
        "a_new_one",
    ] {
        let error = setting(field, "set another");
        Sample::new(&error, |locale| error.explain(locale), &[&field]).check();
    }
    every!(StoreError {
        StoreError::Unwritable { .. } => StoreError::Unwritable { why: why() }, ["path|路径"];
        StoreError::NotOurs { .. } => StoreError::NotOurs { why: "another database".to_owned() }, ["path|路径"];
        StoreError::OtherApp { .. } => StoreError::OtherApp { found: 1_400_000_001, wanted: 1_400_000_002 },
            ["1400000001", "1400000002"];
        StoreError::DiskFull => StoreError::DiskFull, ["full|已满"];
        StoreError::Busy => StoreError::Busy, ["busy|繁忙"];
        StoreError::Unreachable { .. } => StoreError::Unreachable { why: why() }, ["reached|连接"];
        StoreError::Refused { .. } => StoreError::Refused { why: why() }, ["refuses|拒绝"];
        StoreError::NewerSchema { .. } => StoreError::NewerSchema { found: 37, known: 12 }, ["37", "12"];
        StoreError::Backend { .. } => StoreError::Backend { why: why() }, ["failed|故障"];
    });
}

#[test]
fn the_endpoint_and_the_credential() {
    every!(BadEndpointUrl {
        BadEndpointUrl::Malformed { .. } => BadEndpointUrl::Malformed { why: "no host".to_owned() },
            ["https://billing.example.com"];
        BadEndpointUrl::Insecure { .. } => BadEndpointUrl::Insecure { scheme: "ftp".to_owned() },
            ["ftp", "https"];
        BadEndpointUrl::UserInfo => BadEndpointUrl::UserInfo, ["password|密码"];
        BadEndpointUrl::Query => BadEndpointUrl::Query, ["query|查询参数"];
    });
    every!(BadCredential {
        BadCredential::Empty => BadCredential::Empty, ["empty|为空"];
        BadCredential::Unprintable { .. } => BadCredential::Unprintable { at: 23 }, ["23"];
    });
    every!(CredentialError {
        CredentialError::Unavailable(_) => CredentialError::Unavailable("signed out".to_owned()),
            ["sign in|登录"];
        CredentialError::Bad(_) => CredentialError::Bad(BadCredential::Unprintable { at: 29 }), ["29"];
    });
    every!(TransportError {
        TransportError::Unreachable(_) => TransportError::Unreachable(why()), ["network|网络"];
        TransportError::TimedOut => TransportError::TimedOut, ["in time|及时"];
        TransportError::CutOff(_) => TransportError::CutOff(why()), ["broke off|中断"];
        TransportError::TooLarge { .. } => TransportError::TooLarge { limit: 1_048_576 }, ["1,048,576"];
        TransportError::Tls(_) => TransportError::Tls(why()), ["certificate|证书"];
        TransportError::BadRequest(_) => TransportError::BadRequest(why()), ["address|地址"];
    });
    every!(EncodingError {
        EncodingError::Unknown { .. } => EncodingError::Unknown { found: "br".to_owned() }, ["br", "gzip"];
        EncodingError::Broken { .. } => EncodingError::Broken { why: why() }, ["damaged|损坏"];
        EncodingError::TooLarge { .. } => EncodingError::TooLarge { limit: 2_097_152 }, ["2,097,152"];
    });
}

#[test]
fn syncs() {
    let retry_at = later();
    every!(SyncError {
        SyncError::NoEndpoint => SyncError::NoEndpoint, ["URL|地址"];
        SyncError::NotYet { .. } => SyncError::NotYet { retry_at }, ["21 August 2024, 02:30|2024年8月21日 02:30"];
        SyncError::Unreachable { .. } => SyncError::Unreachable { why: TransportError::TimedOut, retry_at },
            ["02:30"];
        SyncError::Untrusted { .. } => SyncError::Untrusted { why: why(), retry_at }, ["02:30"];
        SyncError::Busy { .. } => SyncError::Busy { status: 503, retry_at }, ["503", "02:30"];
        SyncError::CredentialUnavailable { .. } => SyncError::CredentialUnavailable {
            why: CredentialError::Unavailable("signed out".to_owned()),
        }, ["sign in|登录"];
        SyncError::CredentialRefused { .. } => SyncError::CredentialRefused { status: Some(401) }, ["401"];
        SyncError::CredentialMissing { .. } => SyncError::CredentialMissing { status: Some(403) }, ["403"];
        SyncError::Denied { .. } => SyncError::Denied { status: 401, retry_at }, ["401", "02:30"];
        SyncError::UnknownApp { .. } => SyncError::UnknownApp { retry_at }, ["SDKAppID", "02:30"];
        SyncError::NoEndpointThere { .. } => SyncError::NoEndpointThere { retry_at }, ["404", "02:30"];
        SyncError::BadDocument { .. } => SyncError::BadDocument { why: DocumentError::NotAnObject, retry_at },
            ["JSON", "02:30"];
        SyncError::Older { .. } => SyncError::Older {
            what: Older::Revision { held: 4321, found: 1234 },
            retry_at,
        }, ["4321", "1234", "02:30"];
        SyncError::NoReceipt { .. } => SyncError::NoReceipt { status: 207, retry_at }, ["207", "02:30"];
        SyncError::TooLarge { .. } => SyncError::TooLarge { limit: 1_048_576, retry_at }, ["1,048,576"];
        SyncError::Redirected { .. } => SyncError::Redirected { to: "https://b.example".to_owned(), retry_at },
            ["https://b.example", "02:30"];
        SyncError::UnexpectedStatus { .. } => SyncError::UnexpectedStatus { status: 418, retry_at }, ["418"];
        SyncError::BadRequest { .. } => SyncError::BadRequest { why: why() }, ["address|地址"];
        SyncError::StoreFailed { .. } => SyncError::StoreFailed { why: why() }, ["store|存储"];
    });
    for error in [
        SyncError::CredentialRefused { status: None },
        SyncError::CredentialMissing { status: None },
        SyncError::Unreachable { why: TransportError::Unreachable(why()), retry_at },
    ] {
        Sample::new(&error, |locale| error.explain(locale), &[]).check();
    }
    every!(Older {
        Older::Revision { .. } => Older::Revision { held: 7_654_321, found: 12 }, ["7654321", "12"];
        Older::IssuedAt { .. } => Older::IssuedAt { held: later(), found: at() }, ["02:00", "02:30"];
    });
}

#[test]
fn documents() {
    every!(DocumentError {
        DocumentError::NotJson { .. } => DocumentError::NotJson { why: why() }, ["JSON"];
        DocumentError::Encoding(_) => DocumentError::Encoding(EncodingError::Unknown { found: "br".to_owned() }),
            ["br"];
        DocumentError::DoubledKey { .. } => DocumentError::DoubledKey { field: "/limits/av_groups".to_owned() },
            ["/limits/av_groups"];
        DocumentError::IssuedAhead { .. } => DocumentError::IssuedAhead { issued_at: later(), now: at() },
            ["02:30", "02:00"];
        DocumentError::Loses { .. } => DocumentError::Loses { field: "value_added", problem: why() },
            ["value_added"];
        DocumentError::Conflict { .. } => DocumentError::Conflict { revision: 77 }, ["77"];
        DocumentError::NotAnObject => DocumentError::NotAnObject, ["JSON"];
        DocumentError::WrongContentType { .. } => DocumentError::WrongContentType { found: "text/html".to_owned() },
            ["text/html", "application/json"];
        DocumentError::NoTrustedKey => DocumentError::NoTrustedKey, ["public key|公钥"];
        DocumentError::Unsigned => DocumentError::Unsigned, ["not signed|没有签名"];
        DocumentError::Signature(_) => DocumentError::Signature(SignatureError::Algorithm { found: "none".to_owned() }),
            ["none", "EdDSA"];
        DocumentError::TooOld { .. } => DocumentError::TooOld { issued_at: at(), now: later(), days: 31 },
            ["02:00", "02:30", "31"];
        DocumentError::Replaced { .. } => DocumentError::Replaced { noted: 77, found: 12 }, ["77", "12"];
        DocumentError::NewerSchema { .. } => DocumentError::NewerSchema { found: 9, known: 1 }, ["9", "1"];
        DocumentError::UnknownSchema { .. } => DocumentError::UnknownSchema { found: 0, known: 1 }, ["0", "1"];
        DocumentError::WrongApp { .. } => DocumentError::WrongApp { expected: 1_400_000_001, found: 14 },
            ["1400000001", "14"];
        DocumentError::Missing { .. } => DocumentError::Missing { field: "issued_at" }, ["issued_at"];
        DocumentError::Invalid { .. } => DocumentError::Invalid { field: "revision", problem: why() },
            ["revision"];
    });
    every!(SignatureError {
        SignatureError::NotCompact => SignatureError::NotCompact, ["JWS"];
        SignatureError::TooLarge { .. } => SignatureError::TooLarge { part: "header", limit: 2048 }, ["2,048"];
        SignatureError::Malformed { .. } => SignatureError::Malformed { part: "payload", problem: why() }, ["JOSE"];
        SignatureError::Algorithm { .. } => SignatureError::Algorithm { found: "HS256".to_owned() },
            ["HS256", "EdDSA"];
        SignatureError::Extension { .. } => SignatureError::Extension { field: "crit" }, ["crit"];
        SignatureError::EmbeddedKey { .. } => SignatureError::EmbeddedKey { field: "jku" }, ["jku"];
        SignatureError::WrongType { .. } => SignatureError::WrongType {
            field: "typ",
            found: "at+jwt".to_owned(),
            wanted: "JOSE or JWT",
        }, ["typ", "at+jwt", "JOSE or JWT"];
        SignatureError::UnknownKey { .. } => SignatureError::UnknownKey {
            kid: "2027".to_owned(),
            known: "2025, 2026".to_owned(),
        }, ["2027", "2025, 2026", "update|更新"];
        SignatureError::NotVerified => SignatureError::NotVerified, ["trusted key|受信任的密钥"];
        SignatureError::WrongAudience { .. } => SignatureError::WrongAudience {
            found: "staging".to_owned(),
            wanted: "production".to_owned(),
        }, ["staging", "production"];
    });
}

#[test]
fn price_lists() {
    let field = || "editions.standard.limits".to_owned();
    let value = || "17.x".to_owned();
    every!(CatalogError {
        CatalogError::Syntax { .. } => CatalogError::Syntax { reason: why() }, ["TOML"];
        CatalogError::Unknown { .. } => CatalogError::Unknown { field: "limits.frends".to_owned(), cause: unknown() },
            ["limits.frends", "friends_per_user, av_groups"];
        CatalogError::Duplicate { .. } => CatalogError::Duplicate {
            field: "editions.standard.limits".to_owned(),
            value: "17.x".to_owned(),
        }, ["editions.standard.limits", "17.x"];
        CatalogError::Missing { .. } => CatalogError::Missing { field: "billing.free_mau".to_owned() },
            ["billing.free_mau"];
        CatalogError::Contradiction { .. } => CatalogError::Contradiction { field: "billing.free_mau".to_owned() },
            ["billing.free_mau"];
        CatalogError::OutOfRange { .. } => CatalogError::OutOfRange {
            field: "billing.block".to_owned(),
            value: "-3".to_owned(),
            must_be: "at least 1",
        }, ["billing.block", "-3"];
        CatalogError::BadNumber { .. } => CatalogError::BadNumber {
            field: "billing.block".to_owned(),
            value: "17.x".to_owned(),
        }, ["billing.block", "17.x"];
        CatalogError::BadDate { .. } => CatalogError::BadDate {
            field: "billing.block".to_owned(),
            value: "17.x".to_owned(),
        }, ["billing.block", "17.x"];
        CatalogError::BadTime { .. } => CatalogError::BadTime {
            field: "billing.block".to_owned(),
            value: "17.x".to_owned(),
        }, ["billing.block", "17.x"];
        CatalogError::BuiltIn { .. } => CatalogError::BuiltIn { id: CatalogId::INTL_2022 }, ["intl-2022"];
        CatalogError::Name { .. } => CatalogError::Name {
            field: "services.id".to_owned(),
            cause: IdError::Character { field: "edition", at: 17, found: 'É' },
        }, ["services.id", "17", "É"];
        CatalogError::UnknownEdition { .. } => CatalogError::UnknownEdition {
            field: "moves.from".to_owned(),
            edition: EditionId::ULTIMATE,
            known: vec![EditionId::PREMIUM, EditionId::STANDARD],
        }, ["moves.from", EditionId::ULTIMATE, EditionId::PREMIUM, EditionId::STANDARD];
        CatalogError::UnknownSource { .. } => CatalogError::UnknownSource {
            field: "billing.block".to_owned(),
            value: "17.x".to_owned(),
        }, ["billing.block", "17.x"];
        CatalogError::UnknownTier { .. } => CatalogError::UnknownTier {
            field: "services.call".to_owned(),
            value: "17.x".to_owned(),
            known: vec!["group".to_owned(), "free".to_owned()],
        }, ["services.call", "17.x", "group and free|group 和 free"];
        CatalogError::Subject { .. } => CatalogError::Subject {
            field: "notes.about".to_owned(),
            cause: SubjectError("editon:pro".to_owned()),
        }, ["notes.about", "editon:pro"];
    });
    let missing = CatalogError::Missing { field: field() };
    assert!(
        missing.explain(Locale::En).contains(&field()) && !missing.explain(Locale::En).contains(&value())
    );
}
