//! Credentials: tokens of 256 random bits, kept as their SHA-256, which is right for what nobody can guess.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::db::{DbError, Queries, Row, Value};
use crate::secret::{SecretError, random};

/// For whom a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The owner: the page, the admin routes, documents.
    Admin,
    /// The devices and services of one app.
    Device {
        /// Which app.
        app: u64,
    },
    /// Whoever collects figures: `/metrics`, which changes nothing, and no other route.
    Metrics,
}

impl Kind {
    /// The kind that a word names; one for devices needs their app, and no other kind has one.
    pub fn of(word: &str, app: Option<u64>) -> Option<Self> {
        match (word, app) {
            ("admin", None) => Some(Self::Admin),
            ("device", Some(app)) => Some(Self::Device { app }),
            ("metrics", None) => Some(Self::Metrics),
            _ => None,
        }
    }

    /// Its word, as the database and the admin API have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Device { .. } => "device",
            Self::Metrics => "metrics",
        }
    }

    /// The app of a kind that is for one.
    pub const fn app(self) -> Option<u64> {
        match self {
            Self::Device { app } => Some(app),
            Self::Admin | Self::Metrics => None,
        }
    }
}

/// A credential, without the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// How it is named to the commands.
    pub id: String,
    /// For whom it is.
    pub kind: Kind,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is not taken any more.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Credential {
    /// Whether it is taken at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A token as it is shown once.
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// [`SecretError::NoRandom`].
    pub fn generate() -> Result<Self, SecretError> {
        // The prefix is for scanners of leaked secrets.
        Ok(Self(format!("pge_{}", BASE64URL_NOPAD.encode(&random::<32>()?))))
    }

    /// The text that callers send.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

const COLUMNS: &str = "id, kind, app, name, created_at, expires_at, revoked_at";

/// A name as an owner may give it: one line, which `list` shows as it is.
pub fn name(text: &str) -> Option<String> {
    let name = text.trim();
    let good = !name.is_empty() && name.chars().count() <= 64 && !name.chars().any(char::is_control);
    good.then(|| name.to_owned())
}

/// Adds a credential for `token`; its id.
pub fn add(
    queries: &mut dyn Queries,
    token: &Token,
    kind: Kind,
    name: &str,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<String, DbError> {
    let hash = hash(token.reveal());
    // No part of the token: another hash of it.
    let id = HEXLOWER.encode(&Sha256::digest(hash)[..4]);
    queries.execute(
        "INSERT INTO credentials (id, kind, app, name, hash, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.as_str().into(),
            kind.word().into(),
            kind.app().map(u64::cast_signed).into(),
            name.into(),
            hash[..].into(),
            now.as_millisecond().into(),
            expires_at.map(Timestamp::as_millisecond).into(),
        ],
    )?;
    Ok(id)
}

/// The credential of a token, where it is taken at `now`.
pub fn verify(queries: &mut dyn Queries, token: &str, now: Timestamp) -> Result<Option<Credential>, DbError> {
    let hash = hash(token);
    let sql = format!("SELECT {COLUMNS}, hash FROM credentials WHERE hash = $1");
    let Some(row) = queries.first(&sql, &[hash[..].into()])? else { return Ok(None) };
    let kept: Vec<u8> = row.get(7)?;
    let credential = read(&row)?;
    Ok((bool::from(kept[..].ct_eq(&hash)) && credential.holds(now)).then_some(credential))
}

/// All of them, oldest first.
pub fn list(queries: &mut dyn Queries) -> Result<Vec<Credential>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM credentials ORDER BY created_at, id");
    queries.query(&sql, &[])?.iter().map(read).collect()
}

/// Whether a text can be the id of one.
fn is_id(id: &str) -> bool {
    id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Revokes one; false where there is none of this id that is not revoked yet.
pub fn revoke(queries: &mut dyn Queries, id: &str, now: Timestamp) -> Result<bool, DbError> {
    if !is_id(id) {
        return Ok(false);
    }
    let sql = "UPDATE credentials SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(queries.execute(sql, &[id.into(), now.as_millisecond().into()])? > 0)
}

/// Ends one at an instant, unless it ends before; false where there is none of this id that is not revoked.
pub fn expire(queries: &mut dyn Queries, id: &str, at: Timestamp) -> Result<bool, DbError> {
    if !is_id(id) {
        return Ok(false);
    }
    let sql = "UPDATE credentials SET expires_at = CASE WHEN expires_at < $2 THEN expires_at ELSE $2 END \
               WHERE id = $1 AND revoked_at IS NULL";
    Ok(queries.execute(sql, &[id.into(), at.as_millisecond().into()])? > 0)
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn read(row: &Row) -> Result<Credential, DbError> {
    let damaged = |why: &str| DbError::Damaged { table: "credentials".into(), why: why.into() };
    let instant = |at: i64| Timestamp::from_millisecond(at).map_err(|_| damaged("no instant"));
    let app: Option<i64> = row.get(2)?;
    let kind = Kind::of(&row.get::<String>(1)?, app.map(i64::cast_unsigned));
    Ok(Credential {
        id: row.get(0)?,
        kind: kind.ok_or_else(|| damaged("an unknown kind"))?,
        name: row.get(3)?,
        created_at: instant(row.get(4)?)?,
        expires_at: row.get::<Option<i64>>(5)?.map(instant).transpose()?,
        revoked_at: row.get::<Option<i64>>(6)?.map(instant).transpose()?,
    })
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Int(at.as_millisecond())
    }
}
