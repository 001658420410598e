//! A document, checked as an app's guard would take it: served on loopback, fetched, and resolved.

use std::error::Error;

use planguard::FetchPolicy;
use planguard::store::MemoryStore;
use planguard::{Planguard, SdkAppId};
use planguard_endpoint_faults::{Clock, DEFAULT_APP, Endpoint, Options, default_document};
use serde_json::Value;

use crate::signed::{self, Signed};

/// What a guard says of a document.
pub(crate) struct Checked {
    /// What was read, in a line; `None` where the document was refused.
    pub(crate) read: Option<String>,
    /// Where it is signed, by which key it says it is.
    pub(crate) signed: Option<String>,
    /// Everything that is wrong with it, each with its remedy.
    pub(crate) findings: Vec<String>,
}

fn said(signed: &Signed) -> String {
    let kid = signed
        .kid
        .as_ref()
        .map_or_else(|| "a key without a name".to_owned(), |kid| format!("the key `{kid}`"));
    let audience = signed.audience.as_ref().map(|audience| format!(" for `{audience}`"));
    format!(
        "it says that {kid} signed it{}; apps verify that with the keys they pin, this did not",
        audience.unwrap_or_default()
    )
}

/// Checks the bytes of a document, signed or not; `app` takes the place of the one it names.
pub(crate) async fn check(bytes: &[u8], app: Option<u64>) -> Result<Checked, Box<dyn Error>> {
    let signed = signed::read(bytes);
    let bytes = signed.as_ref().map_or(bytes, |signed| &signed.content);
    let signed = signed.as_ref().map(said);
    let named = || serde_json::from_slice::<Value>(bytes).ok()?.get("sdk_app_id")?.as_u64();
    let app = app.or_else(named).filter(|app| *app > 0).unwrap_or(DEFAULT_APP);
    let clock = Clock::system();
    let document = default_document(app, clock.now());
    let endpoint = Endpoint::start(Options { document, clock, ..Options::default() }).await?;
    // As they are: a byte order mark or a member given twice is part of what is checked.
    endpoint.set_body(app, bytes);
    let guard = Planguard::builder(SdkAppId::new(app)?)
        .endpoint(endpoint.url())
        .store(MemoryStore::new())
        .open()
        .await?;
    let synced = guard.sync(FetchPolicy::Fetch).await;
    let entitlements = guard.entitlements();
    endpoint.shutdown().await;
    if let Err(refused) = synced {
        return Ok(Checked { read: None, signed, findings: vec![format!("refused: {refused}")] });
    }
    let findings = entitlements.findings.iter().map(|finding| {
        let field = if finding.field.is_empty() { "/" } else { &finding.field };
        format!("{field}: {}; {}", finding.problem, finding.remedy)
    });
    let known = |id: Option<String>| id.unwrap_or_else(|| "not known".to_owned());
    let read = format!(
        "app {app}, {} {}, revision {}",
        known(entitlements.catalog.map(|id| id.to_string())),
        known(entitlements.edition.map(|id| id.to_string())),
        entitlements.document.as_ref().map_or(0, |document| document.revision),
    );
    Ok(Checked { read: Some(read), signed, findings: findings.collect() })
}
