//! Who is signed in: a random cookie, of which the database holds the hash, and a token in each form that only its page knows.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::credentials::{self, Kind};
use crate::db::{DbError, Queries};
use crate::random;
use crate::service::Service;

const COOKIE: &str = "planguard_session";

/// How long a session lasts without being used.
const IDLE_MS: i64 = 3_600_000;

/// How long it lasts at most.
const LONGEST_MS: i64 = 12 * IDLE_MS;

/// How far the clocks of processes on one database may differ.
const CLOCKS_DIFFER_MS: i64 = 600_000;

/// How often a session that is used is noted.
const NOTED_MS: i64 = 60_000;

/// A session that holds.
#[derive(Clone)]
pub(crate) struct Session {
    token: String,
    /// The name of the credential that signed in.
    pub(crate) name: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(..)")
    }
}

impl Session {
    /// The session of a call; `None` where there is none that holds.
    pub(crate) async fn of(service: &Service, headers: &HeaderMap) -> Result<Option<Self>, DbError> {
        let jar = CookieJar::from_headers(headers);
        let Some(token) = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()) else { return Ok(None) };
        let (hash, now) = (hash(&token), service.clock.now());
        let found = service.db.write(move |queries| look(queries, &hash, now)).await?;
        Ok(found.map(|name| Self { token, name }))
    }

    /// What a form of this session carries.
    pub(crate) fn form_token(&self, service: &Service) -> String {
        form_token(service, &self.token)
    }

    /// Whether a form was made for this session, by us.
    pub(crate) fn made(&self, service: &Service, token: &str, headers: &HeaderMap) -> bool {
        let ours = form_token(service, &self.token);
        bool::from(ours.as_bytes().ct_eq(token.as_bytes())) && same_origin(headers)
    }
}

/// Whether the browser says that a call comes from a page of ours. Browsers that say nothing are taken.
pub(crate) fn same_origin(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none")
}

fn form_token(service: &Service, session: &str) -> String {
    let key = service.secret.derive("planguard endpoint form token v1");
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else {
        unreachable!("HMAC takes keys of every length")
    };
    mac.update(session.as_bytes());
    BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Whether a session that began and was used then still lasts. One from a time to come is of a clock that was wrong.
fn lasts(at: i64, began: i64, used: i64) -> bool {
    let within = |since: i64, most: i64| (-CLOCKS_DIFFER_MS..most).contains(&(at - since));
    within(used, IDLE_MS) && within(began, LONGEST_MS)
}

/// The name of the credential that a session came from, where session and credential still hold.
fn look(queries: &mut dyn Queries, hash: &[u8], now: Timestamp) -> Result<Option<String>, DbError> {
    let at = now.as_millisecond();
    let sql = "SELECT credential, created_at, seen_at FROM admin_sessions WHERE hash = $1";
    let Some(row) = queries.first(sql, &[hash.into()])? else { return Ok(None) };
    let (credential, began, used): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let lasts = lasts(at, began, used);
    let found = credentials::list(queries)?.into_iter().find(|one| one.id == credential);
    let found = found.filter(|one| lasts && one.kind == Kind::Admin && one.holds(now));
    match &found {
        None => drop(queries.execute("DELETE FROM admin_sessions WHERE hash = $1", &[hash.into()])?),
        Some(_) if at - used >= NOTED_MS => {
            let sql = "UPDATE admin_sessions SET seen_at = $2 WHERE hash = $1";
            queries.execute(sql, &[hash.into(), at.into()])?;
        }
        Some(_) => {}
    }
    Ok(found.map(|one| one.name))
}

/// Begins a session with an admin credential; `None` where the token is none. Returns the value of `Set-Cookie`.
pub(crate) async fn sign_in(service: &Service, token: &str) -> Result<Option<HeaderValue>, DbError> {
    let (given, now) = (token.trim().to_owned(), service.clock.now());
    let session = format!("{}{}", random::token(), random::token());
    let key = hash(&session);
    let begin = move |queries: &mut dyn Queries| {
        let found = credentials::verify(queries, &given, now)?.filter(|one| one.kind == Kind::Admin);
        let Some(found) = found else { return Ok(false) };
        let over = now.as_millisecond() - LONGEST_MS;
        queries.execute("DELETE FROM admin_sessions WHERE created_at < $1", &[over.into()])?;
        let sql =
            "INSERT INTO admin_sessions (hash, credential, created_at, seen_at) VALUES ($1, $2, $3, $3)";
        queries.execute(sql, &[key.clone().into(), found.id.into(), now.as_millisecond().into()])?;
        Ok(true)
    };
    let signed_in = service.db.write(begin).await?;
    Ok(if signed_in { set_cookie(service, session, LONGEST_MS / 1000) } else { None })
}

/// Ends a session. Returns the value of `Set-Cookie`.
pub(crate) async fn sign_out(service: &Service, session: &Session) -> Result<Option<HeaderValue>, DbError> {
    let hash = hash(&session.token);
    let sql = "DELETE FROM admin_sessions WHERE hash = $1";
    service.db.write(move |queries| queries.execute(sql, &[hash.clone().into()])).await?;
    Ok(set_cookie(service, String::new(), 0))
}

fn set_cookie(service: &Service, value: String, secs: i64) -> Option<HeaderValue> {
    let tls = service.config.tls.is_some() || service.config.behind_proxy;
    let mut cookie = Cookie::new(COOKIE, value);
    cookie.set_http_only(true);
    cookie.set_secure(tls);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_path("/admin");
    let text = format!("{cookie}; Max-Age={secs}");
    HeaderValue::from_str(&text).ok()
}

/// The language of a call: what the page was switched to, or the first that the browser wants and there is.
pub(crate) fn language(headers: &HeaderMap) -> planguard::Locale {
    let jar = CookieJar::from_headers(headers);
    let chosen = jar.get(LANGUAGE).and_then(|cookie| cookie.value().parse().ok());
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let first = wanted.and_then(|tags| {
        tags.split(',').find_map(|tag| tag.split(';').next().unwrap_or_default().trim().parse().ok())
    });
    chosen.or(first).unwrap_or_default()
}

const LANGUAGE: &str = "planguard_language";

/// `Set-Cookie` for a language that was chosen.
pub(crate) fn chosen(locale: planguard::Locale) -> Option<HeaderValue> {
    let text = format!("{LANGUAGE}={locale}; Path=/admin; Max-Age=31536000; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::{IDLE_MS, LONGEST_MS, lasts};

    #[test]
    fn a_session_begun_by_a_clock_that_was_ahead_does_not_last() {
        let now = 1_764_000_000_000;
        assert!(lasts(now, now, now) && lasts(now, now + 60_000, now + 60_000));
        assert!(!lasts(now, now, now - IDLE_MS) && !lasts(now, now - LONGEST_MS, now));
        assert!(!lasts(now, now + LONGEST_MS, now + LONGEST_MS) && !lasts(now, now - 1, now + LONGEST_MS));
    }
}
