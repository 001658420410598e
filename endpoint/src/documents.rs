//! The documents that owners wrote, and what the endpoint fills in.
//!
//! An owner writes the *terms*: catalog, edition, subscription, limits and so on. The endpoint fills in `schema`,
//! `sdk_app_id`, `revision`, `issued_at`, and the sections that it knows itself, `usage` and `accounts`.
//!
//! - `revision` rises by one whenever the terms change, and at nothing else: clients refuse a lower one.
//! - `issued_at` rises whenever anything else changes that a client should take over, which of two documents under one
//!   revision keeps the one issued later. It rises at least once an hour, so that a client that holds no document never
//!   meets one that is too old to be trusted, and so that `usage.as_of` stays near.
//! - The document is otherwise the same to the byte for all callers and all processes on one database, so that its `ETag`
//!   holds and most callers get a 304.

pub mod check;
mod raise;
mod routes;
mod stamp;

pub use raise::raise;
pub use routes::routes;
pub use stamp::Stamp;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::db::{DbError, Queries, Row};

/// Members that the endpoint fills in, and that no owner writes.
pub const FILLED: [&str; 3] = ["issued_at", "usage", "accounts"];

/// How old what the endpoint filled in gets before it is looked at again.
pub const LOOKED_AT_AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// How old it gets before the document is issued anew, changed or not.
const ISSUED_ANEW: SignedDuration = SignedDuration::from_hours(1);

/// A document issued further ahead than this was issued by a wrong clock.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What an owner wrote, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Rises with each change.
    pub revision: u64,
    /// The document without what is filled in.
    pub members: Map<String, Value>,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// The sections that the endpoint fills in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled {
    /// App-wide usage. Without an `as_of` of its own it is that of the moment.
    pub usage: Option<Value>,
    /// The key of accounts.
    pub accounts: Option<Value>,
}

/// What a `put` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// The terms differ from those before: they have this revision.
    Changed(u64),
    /// They are those that are held.
    Same(u64),
    /// They were written from an older revision than the one held, this one.
    Outdated(u64),
}

/// Keeps `members` as the terms of an app. `from` is the revision that they were written from, where that is known; one
/// beyond the revision held becomes the revision, for documents that come from another endpoint.
pub fn put(
    queries: &mut dyn Queries,
    app: u64,
    members: &Map<String, Value>,
    from: Option<u64>,
    now: Timestamp,
) -> Result<Put, DbError> {
    let held = terms(queries, app)?;
    let revision = match &held {
        None => from.unwrap_or(1).max(1),
        Some(held) if from.is_some_and(|from| from < held.revision) => {
            return Ok(Put::Outdated(held.revision));
        }
        Some(held) if held.members == *members && from.is_none_or(|from| from == held.revision) => {
            return Ok(Put::Same(held.revision));
        }
        Some(held) => from.unwrap_or(0).max(held.revision + 1),
    };
    let text = Value::Object(members.clone()).to_string();
    let values = [key(app), revision.cast_signed().into(), text.into(), now.into()];
    // By the revision that was read: of two at once, one changes nothing and is told.
    let changed = match &held {
        None => queries.execute(
            "INSERT INTO documents (app, revision, terms, changed_at, issued_at) VALUES ($1, $2, $3, $4, $4) \
             ON CONFLICT DO NOTHING",
            &values,
        )?,
        Some(held) => {
            let values = [&values[..], &[held.revision.cast_signed().into()]].concat();
            queries.execute(
                "UPDATE documents SET revision = $2, terms = $3, changed_at = $4, \
                 issued_at = CASE WHEN issued_at < $4 THEN $4 ELSE issued_at + 1 END \
                 WHERE app = $1 AND revision = $5",
                &values,
            )?
        }
    };
    if changed == 0 {
        let now_held = terms(queries, app)?.map_or(0, |held| held.revision);
        return Ok(Put::Outdated(now_held));
    }
    queries.execute(
        "INSERT INTO revisions (app, revision, terms, changed_at) VALUES ($1, $2, $3, $4)",
        &values,
    )?;
    Ok(Put::Changed(revision))
}

/// The terms of an app.
pub fn terms(queries: &mut dyn Queries, app: u64) -> Result<Option<Terms>, DbError> {
    let sql = "SELECT revision, terms, changed_at FROM documents WHERE app = $1";
    queries.first(sql, &[key(app)])?.map(|row| read_terms(&row)).transpose()
}

/// The revisions of an app, newest first.
pub fn revisions(queries: &mut dyn Queries, app: u64, at_most: u32) -> Result<Vec<Terms>, DbError> {
    let sql =
        "SELECT revision, terms, changed_at FROM revisions WHERE app = $1 ORDER BY revision DESC LIMIT $2";
    let rows = queries.query(sql, &[key(app), i64::from(at_most).into()])?;
    rows.iter().map(read_terms).collect()
}

/// What was last issued for an app.
#[derive(Clone, Debug, PartialEq)]
pub struct Issued {
    terms: Terms,
    usage: Option<Value>,
    digest: Vec<u8>,
    at: Timestamp,
}

impl Issued {
    /// Reads it; `None` where the app has no document.
    pub fn read(queries: &mut dyn Queries, app: u64) -> Result<Option<Self>, DbError> {
        let sql =
            "SELECT revision, terms, changed_at, usage, filled, issued_at FROM documents WHERE app = $1";
        let Some(row) = queries.first(sql, &[key(app)])? else { return Ok(None) };
        let usage: Option<String> = row.get(3)?;
        let usage = usage.map(|text| serde_json::from_str(&text)).transpose();
        Ok(Some(Self {
            terms: read_terms(&row)?,
            usage: usage.map_err(|error| damaged(&error))?,
            digest: row.get::<Option<Vec<u8>>>(4)?.unwrap_or_default(),
            at: instant(row.get(5)?)?,
        }))
    }

    /// Whether it is to be issued anew at `now`, with these sections filled in.
    pub fn is_due(&self, filled: &Filled, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        self.digest != filled.digest() || age >= ISSUED_ANEW || age < -AHEAD
    }

    /// Issues it anew at `now`. Where another process has just done so, that holds.
    pub fn renew(
        self,
        queries: &mut dyn Queries,
        app: u64,
        filled: &Filled,
        now: Timestamp,
    ) -> Result<Option<Self>, DbError> {
        // Above the one before, so that clients take it over, unless that one was issued by a wrong clock.
        let next = self.at.checked_add(SignedDuration::from_millis(1)).unwrap_or(now);
        let at = if next.duration_since(now) > AHEAD { now } else { now.max(next) };
        let usage = filled.usage.clone().map(|mut usage| {
            if usage.get("as_of").is_none() {
                usage["as_of"] = now.to_string().into();
            }
            usage.to_string()
        });
        let sql = "UPDATE documents SET usage = $3, filled = $4, issued_at = $5 \
                   WHERE app = $1 AND revision = $2 AND issued_at = $6";
        let revision = self.terms.revision.cast_signed();
        let values =
            [key(app), revision.into(), usage.into(), filled.digest().into(), at.into(), self.at.into()];
        queries.execute(sql, &values)?;
        Self::read(queries, app)
    }

    /// The document as it goes out.
    pub fn document(&self, app: u64, accounts: Option<Value>) -> Value {
        let mut members = self.terms.members.clone();
        members.insert("schema".into(), 1.into());
        members.insert("sdk_app_id".into(), app.into());
        members.insert("revision".into(), self.terms.revision.into());
        members.insert("issued_at".into(), self.at.to_string().into());
        if let Some(usage) = &self.usage {
            members.insert("usage".into(), usage.clone());
        }
        if let Some(accounts) = accounts {
            members.insert("accounts".into(), accounts);
        }
        Value::Object(members)
    }
}

impl Filled {
    fn digest(&self) -> Vec<u8> {
        let mut usage = self.usage.clone();
        // Numbers that are the same a moment later are no reason to issue the document anew.
        if let Some(usage) = usage.as_mut().and_then(Value::as_object_mut) {
            usage.remove("as_of");
        }
        let text = json!([usage, self.accounts]).to_string();
        Sha256::digest(text.as_bytes()).to_vec()
    }
}

fn read_terms(row: &Row) -> Result<Terms, DbError> {
    let members = serde_json::from_str(&row.get::<String>(1)?).map_err(|error| damaged(&error))?;
    Ok(Terms { revision: row.get::<i64>(0)?.cast_unsigned(), members, changed_at: instant(row.get(2)?)? })
}

fn key(app: u64) -> crate::db::Value {
    app.cast_signed().into()
}

fn instant(at: i64) -> Result<Timestamp, DbError> {
    Timestamp::from_millisecond(at).map_err(|error| damaged(&error))
}

fn damaged(why: &dyn std::fmt::Display) -> DbError {
    DbError::Damaged { table: "documents".into(), why: why.to_string() }
}
