//! What the server says of itself: whether it keeps what it acknowledges, and whether it can be used at all.

use redis::Value;
use tokio::time::Instant;

use super::answer::text;
use super::fail::Fail;
use super::link::Link;
use crate::store::StoreError;

/// What a server keeps of what it has acknowledged, as far as it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RedisDurability {
    /// It does not say: `INFO` or `CONFIG` is forbidden to this user. That is not a no.
    #[default]
    Unknown,
    /// Nothing is written to its disk, or only snapshots from time to time: a server that ends loses what came since.
    Snapshots,
    /// It leaves it to the system when its log reaches the disk (`appendfsync no`). The server's end loses nothing, the
    /// machine's may lose half a minute.
    SystemsPace,
    /// Its log reaches the disk once a second (`appendfsync everysec`). The server's end loses nothing, the machine's
    /// may lose two seconds.
    EverySecond,
    /// Nothing is acknowledged before it is on the disk (`appendfsync always`).
    Always,
}

/// What the server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Health {
    pub(super) durability: RedisDurability,
    /// Names this run of the server.
    pub(super) run: String,
}

/// Looks at the server once a connection is there.
pub(super) async fn look(link: &mut Link, until: Instant) -> Result<Health, Fail> {
    let info = optional(link.ask(redis::cmd("INFO").arg("all"), until).await)?;
    let info = info.and_then(read_text).unwrap_or_default();
    let fsync = optional(link.ask(redis::cmd("CONFIG").arg("GET").arg("appendfsync"), until).await)?;
    judge(&info, fsync.and_then(setting).as_deref())
}

/// What may be forbidden to this user is not known then.
fn optional(answer: Result<Value, Fail>) -> Result<Option<Value>, Fail> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Fail::Told(_)) => Ok(None),
        Err(lost) => Err(lost),
    }
}

/// `INFO` is a text with its format before it by RESP3.
fn read_text(value: Value) -> Option<String> {
    match value {
        Value::VerbatimString { text, .. } => Some(text),
        value => text(value),
    }
}

fn setting(value: Value) -> Option<String> {
    match value {
        Value::Map(pairs) => text(pairs.into_iter().next()?.1),
        Value::Array(parts) => text(parts.into_iter().nth(1)?),
        _ => None,
    }
}

fn judge(info: &str, fsync: Option<&str>) -> Result<Health, Fail> {
    let of = |name: &str| {
        info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim_end)
    };
    if of("role") == Some("slave") {
        return Err(Fail::lost("the server is a replica, which takes no writes"));
    }
    let policy = of("maxmemory_policy").unwrap_or_default();
    let bounded = of("maxmemory").is_some_and(|bytes| bytes != "0");
    // Those that evict what has an end only (`volatile-…`) evict nothing here: no row has one.
    if bounded && policy.starts_with("allkeys") {
        let why = "the server evicts any key when its memory is full (maxmemory-policy allkeys-…); counts would be \
                   forgotten silently. Set maxmemory-policy noeviction";
        return Err(Fail::Told(StoreError::Backend { why: why.to_owned() }));
    }
    let durability = match (of("aof_enabled"), fsync) {
        (Some("0"), _) => RedisDurability::Snapshots,
        (Some("1"), Some("always")) => RedisDurability::Always,
        (Some("1"), Some("everysec")) => RedisDurability::EverySecond,
        (Some("1"), Some("no")) => RedisDurability::SystemsPace,
        _ => RedisDurability::Unknown,
    };
    Ok(Health { durability, run: of("run_id").unwrap_or_default().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(info: &str, fsync: Option<&str>) -> RedisDurability {
        judge(info, fsync).unwrap().durability
    }

    #[test]
    fn what_is_not_said_is_unknown() {
        assert_eq!(health("", None), RedisDurability::Unknown);
        assert_eq!(health("aof_enabled:1\r\n", None), RedisDurability::Unknown);
        assert_eq!(health("", Some("always")), RedisDurability::Unknown);
        assert_eq!(health("aof_enabled:0\r\n", Some("always")), RedisDurability::Snapshots);
        assert_eq!(health("aof_enabled:1\r\n", Some("always")), RedisDurability::Always);
        assert_eq!(health("aof_enabled:1\r\n", Some("everysec")), RedisDurability::EverySecond);
        assert_eq!(health("aof_enabled:1\r\n", Some("no")), RedisDurability::SystemsPace);
    }

    #[test]
    fn a_server_that_forgets_rows_is_refused() {
        let refused = judge("maxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n", None);
        assert!(matches!(refused, Err(Fail::Told(_))));
        for fine in
            ["maxmemory:0\r\nmaxmemory_policy:allkeys-lru", "maxmemory:9\r\nmaxmemory_policy:volatile-lru"]
        {
            assert!(judge(fine, None).is_ok(), "{fine}");
        }
        assert!(matches!(judge("role:slave\r\n", None), Err(Fail::Lost(_))));
    }
}
