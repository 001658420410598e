//! Where the programs of the servers are.

use std::path::{Path, PathBuf};

/// Where Debian puts each release of Postgres.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder that holds `postgres`, `initdb` and `psql`; the newest release where there are several.
pub(crate) fn postgres() -> PathBuf {
    named("PLANGUARD_POSTGRES").or_else(debian).or_else(|| in_path("postgres")).unwrap_or_else(|| {
        panic!(
            "PostgreSQL is not installed: run `cargo xtask servers`, install it (Debian: apt-get install postgresql), \
             or set PLANGUARD_POSTGRES to the folder that holds postgres, initdb and psql"
        )
    })
}

/// `redis-server`, or `valkey-server`, which speaks the same.
pub(crate) fn redis() -> PathBuf {
    let found = |name: &str| in_path(name).map(|folder| folder.join(name));
    named("PLANGUARD_REDIS").or_else(|| found("redis-server")).or_else(|| found("valkey-server")).unwrap_or_else(
        || {
            panic!(
                "neither Redis nor Valkey is installed: run `cargo xtask servers`, install one (Debian: apt-get \
                 install redis-server), or set PLANGUARD_REDIS to redis-server or valkey-server"
            )
        },
    )
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|name| !name.is_empty()).map(PathBuf::from)
}

fn debian() -> Option<PathBuf> {
    let release = |folder: &Path| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let releases = std::fs::read_dir(DEBIAN).ok()?.flatten().map(|entry| entry.path());
    let newest = releases
        .filter(|folder| folder.join("bin/postgres").is_file())
        .max_by_key(|folder| release(folder))?;
    Some(newest.join("bin"))
}

/// The folder of the search path that holds a program of that name, a link followed: what Postgres needs is beside it.
fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found =
        std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())?;
    let real = found.canonicalize().ok()?;
    // A link of another name (Valkey's `redis-server`) is run by its own.
    let named = real.file_name().is_some_and(|name| name == program);
    if named { real } else { found }.parent().map(Path::to_owned)
}
