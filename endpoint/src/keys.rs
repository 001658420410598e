//! The keys that sign: sealed at rest, published before they sign, and after.

use jiff::{SignedDuration, Timestamp};

use crate::contract::{Signing, SigningKey};
use crate::db::{DbError, Queries};
use crate::secret::{Secret, SecretError};

/// What the secret seals signing keys for.
const PURPOSE: &str = "planguard endpoint signing key v1";

/// How many days a key is published before it signs, unless its owner means otherwise: apps that do not know it yet refuse
/// what it signs.
pub const LEAD_DAYS: i64 = 7;

/// The name of the key that signs at `$1`, as a part of a statement: the latest that signs by then. Where all of them are for
/// later, it is the first of those.
pub(crate) const SIGNS: &str = "COALESCE(\
     (SELECT kid FROM signing_keys WHERE signs_from <= $1 ORDER BY signs_from DESC, kid DESC LIMIT 1), \
     (SELECT kid FROM signing_keys ORDER BY signs_from, kid LIMIT 1))";

/// A key, without its private half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name in signatures.
    pub kid: String,
    /// Its public half in base64url, as a JWK has it in `x` and planguard's builder takes it.
    pub public_key: String,
    /// From when on it signs, until a later one does.
    pub signs_from: Timestamp,
    /// Whether it signs now.
    pub signs: bool,
}

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The name is taken.
    #[error("kid: `{0}` is there already; choose another name")]
    Taken(String),
    /// What is sealed is no key.
    #[error("signing_keys: `{0}` holds no key; restore a backup")]
    NotAKey(String),
}

/// A new key, to sign from an instant on. It is published at once.
pub fn sealed(secret: &Secret) -> Result<(Vec<u8>, SigningKey), KeysError> {
    let file = SigningKey::generate_pkcs8().ok_or(SecretError::NoRandom)?;
    let key = SigningKey::from_pkcs8("new", &file).map_err(|_| SecretError::NoRandom)?;
    Ok((secret.seal(PURPOSE, &file)?, key))
}

/// Keeps a key under a name.
pub fn add(
    queries: &mut dyn Queries,
    kid: &str,
    sealed: &[u8],
    public_key: &str,
    signs_from: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO signing_keys (kid, sealed, public_key, created_at, signs_from) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let values = [kid.into(), sealed.into(), public_key.into(), now.into(), signs_from.into()];
    Ok(queries.execute(sql, &values)? > 0)
}

/// Whether a key that signs from an instant on would sign before apps can know it. The first key is none of those: apps
/// that know no key ask for nothing signed.
pub fn is_early(queries: &mut dyn Queries, signs_from: Timestamp, now: Timestamp) -> Result<bool, DbError> {
    let lead = SignedDuration::from_hours(24 * LEAD_DAYS);
    Ok(signs_from.duration_since(now) < lead
        && queries.first("SELECT kid FROM signing_keys LIMIT 1", &[])?.is_some())
}

/// Why such a key is not made.
pub fn early() -> String {
    format!(
        "less than {LEAD_DAYS} days ahead: apps that were not shipped with the key refuse what it signs; let it sign later, \
         or say that you mean it (`anyway`)"
    )
}

/// The same in Chinese.
pub fn early_in_chinese() -> String {
    format!(
        "距开始签名不足 {LEAD_DAYS} 天：尚未内置该公钥的应用将拒绝其签名的文档。请推迟签名时间，或勾选允许。"
    )
}

/// All keys, the one that signs at `now` first, then the newest.
pub fn list(queries: &mut dyn Queries, now: Timestamp) -> Result<Vec<Key>, DbError> {
    let sql = format!(
        "SELECT kid, public_key, signs_from, CASE WHEN kid = {SIGNS} THEN 1 ELSE 0 END FROM signing_keys \
         ORDER BY signs_from DESC, kid DESC"
    );
    let mut keys = Vec::new();
    for row in queries.query(&sql, &[now.into()])? {
        let signs_from = Timestamp::from_millisecond(row.get(2)?)
            .map_err(|error| DbError::Damaged { table: "signing_keys".into(), why: error.to_string() })?;
        let signs = row.get::<i64>(3)? == 1;
        keys.push(Key { kid: row.get(0)?, public_key: row.get(1)?, signs_from, signs });
    }
    if let Some(at) = keys.iter().position(|key| key.signs) {
        keys[..=at].rotate_right(1);
    }
    Ok(keys)
}

/// The keys as the routes sign with them.
pub fn signing(
    queries: &mut dyn Queries,
    secret: &Secret,
    audience: Option<&str>,
    now: Timestamp,
) -> Result<Result<Signing, KeysError>, DbError> {
    let mut keys = Vec::new();
    for key in list(queries, now)? {
        let sql = "SELECT sealed FROM signing_keys WHERE kid = $1";
        let Some(row) = queries.first(sql, &[key.kid.as_str().into()])? else { continue };
        match unseal(secret, &key.kid, &row.get::<Vec<u8>>(0)?) {
            Ok(key) => keys.push(key),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(Signing { keys, audience: audience.map(str::to_owned) }))
}

fn unseal(secret: &Secret, kid: &str, sealed: &[u8]) -> Result<SigningKey, KeysError> {
    let file = secret.open(PURPOSE, sealed)?;
    SigningKey::from_pkcs8(kid, &file).map_err(|_| KeysError::NotAKey(kid.to_owned()))
}
