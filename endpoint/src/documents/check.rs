//! What is wrong with a document that an owner wrote: what the endpoint fills in itself, and everything that a guard of
//! planguard would find.

mod read_back;

use std::fmt;

use jiff::Timestamp;
use planguard::catalog::Catalog;
use planguard::store::MemoryStore;
use planguard::sync::parse_document;
use planguard::time::ManualClock;
use planguard::{Planguard, SdkAppId};
use serde::Serialize;
use serde_json::{Map, Value};

use super::FILLED;

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// JSON pointer to it; empty for the document as a whole.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Finding {
    fn new(field: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into(), remedy: remedy.into() }
    }

    /// Whether apps pass it over and take the rest of the document, and the endpoint can serve it. A price list or an edition
    /// that is not known is not passed over: with neither an app knows no limit, and so guards nothing.
    pub fn is_passed_over(&self) -> bool {
        let own = ["schema", "sdk_app_id", "revision", "catalog", "edition"].iter().chain(&FILLED);
        !self.field.is_empty() && own.into_iter().all(|name| self.field != format!("/{name}"))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field.is_empty() { "the document" } else { &self.field };
        write!(f, "{field}: {}; {}", self.problem, self.remedy)
    }
}

/// Everything that is wrong with the text of a document for `app`; nothing where it can be served. `catalogs` are the price
/// lists that the endpoint serves beside those that planguard knows.
pub fn document(text: &[u8], app: u64, catalogs: &[Catalog], now: Timestamp) -> Vec<Finding> {
    let text = crate::contract::without_bom(text);
    let members = match serde_json::from_slice(text) {
        Ok(Value::Object(members)) => members,
        Ok(_) => return vec![Finding::new("", "not a JSON object", "write the members of one document")],
        Err(error) => {
            return vec![Finding::new("", format!("not JSON ({error})"), "correct it at this place")];
        }
    };
    let mut findings = own(&members, app);
    let whole = whole(text, &members, app, now);
    findings.extend(read(&whole, app, catalogs, now));
    findings.sort_by(|one, other| one.field.cmp(&other.field));
    findings.dedup();
    findings
}

/// What planguard cannot know: which members are the endpoint's.
fn own(members: &Map<String, Value>, app: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for filled in FILLED.iter().filter(|filled| members.contains_key(**filled)) {
        let remedy = "leave it out: the endpoint computes it from what it counts";
        findings.push(Finding::new(format!("/{filled}"), "not for owners to write", remedy));
    }
    if members.get("sdk_app_id").is_some_and(|found| found.as_u64() != Some(app)) {
        let remedy = format!("leave it out, or write {app}");
        findings.push(Finding::new("/sdk_app_id", format!("not {app}, the app that it is for"), remedy));
    }
    if members.get("revision").is_some_and(|found| found.as_u64().is_none_or(|revision| revision > MAX)) {
        let remedy = "leave it out: it rises by itself. `pull` writes the one that is held";
        findings.push(Finding::new("/revision", "not a whole number from 0 to 4000000000000000", remedy));
    }
    findings
}

/// The highest that is taken. Microseconds since 1970 are below it, and from it on revisions rise for longer than anybody
/// changes a plan before they reach 2^53, beyond which JSON keeps them exactly nowhere.
const MAX: u64 = 4_000_000_000_000_000;

/// The text with what the endpoint fills in, around it as it is: a member given twice is still there to be found.
fn whole(text: &[u8], members: &Map<String, Value>, app: u64, now: Timestamp) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let inside = text.trim_start().strip_prefix('{').unwrap_or_default();
    let now = format!("\"{now}\"");
    let app = app.to_string();
    let filled = [("schema", "1"), ("sdk_app_id", &*app), ("revision", "1"), ("issued_at", &*now)];
    let missing = filled.iter().filter(|(name, _)| !members.contains_key(*name));
    let missing: Vec<_> = missing.map(|(name, value)| format!("\"{name}\":{value}")).collect();
    let comma = if members.is_empty() || missing.is_empty() { "" } else { "," };
    format!("{{{}{comma}{inside}", missing.join(",")).into_bytes()
}

/// What a guard finds, with its own reader and rules.
fn read(whole: &[u8], app: u64, catalogs: &[Catalog], now: Timestamp) -> Vec<Finding> {
    let Ok(id) = SdkAppId::new(app) else {
        return vec![Finding::new("/sdk_app_id", "not an app's number", "take the one from the console")];
    };
    let document = match parse_document(whole, Some("application/json"), id) {
        Ok(document) => document,
        Err(error) => return vec![Finding::new("", error.to_string(), "until then every app refuses it")],
    };
    let mut findings: Vec<_> = document.findings.iter().map(found).collect();
    findings.extend(read_back::dropped(whole, &document, &findings));
    match resolved(whole, id, catalogs, now) {
        Ok(more) => findings.extend(more),
        Err(error) => findings.push(Finding::new("", error, "until then every app refuses it")),
    }
    findings
}

/// What a guard finds that opens with the document: whether its price list has what it names.
fn resolved(
    whole: &[u8],
    app: SdkAppId,
    catalogs: &[Catalog],
    now: Timestamp,
) -> Result<Vec<Finding>, String> {
    let clock = ManualClock::at(now.into());
    let mut builder = Planguard::builder(app).store(MemoryStore::new()).clock(clock).seed(whole);
    for catalog in catalogs {
        builder = builder.catalog(catalog.clone());
    }
    // In a thread of its own, since it is asked for in and outside of runtimes; nothing in it waits.
    let opened = std::thread::scope(|scope| {
        let open = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            runtime.block_on(async {
                let guard = builder.open().await.map_err(|error| error.to_string())?;
                Ok(guard.entitlements().findings.iter().map(found).collect())
            })
        };
        scope.spawn(open).join()
    });
    opened.unwrap_or_else(|_| Err("the reader of documents failed".to_owned()))
}

fn found(finding: &planguard::plan::Finding) -> Finding {
    Finding::new(&*finding.field, &*finding.problem, &*finding.remedy)
}

#[cfg(test)]
mod tests;
