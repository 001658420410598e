//! Postgres and Redis for the tests, which start servers of their own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::apt;
use crate::workspace::Workspace;

/// Where Debian puts each release of Postgres.
const POSTGRES: &str = "/usr/lib/postgresql";

/// Programs that speak Redis, the first that is there.
const REDIS: [&str; 4] = [
    "/usr/bin/redis-server",
    "/usr/bin/valkey-server",
    "/usr/local/bin/redis-server",
    "/usr/local/bin/valkey-server",
];

/// What packages ask before they start a service. This one says no.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// What says whether the package of Postgres makes a database of its own.
const CLUSTERS: &str = "/etc/postgresql-common/createcluster.conf";

/// Installs on a Debian machine what is missing. No service is started and no database is made.
pub(crate) fn ready(workspace: &Workspace) -> anyhow::Result<()> {
    let missing = || [(postgres(), "postgresql"), (redis(), "redis-server")];
    let wanted: Vec<_> =
        missing().into_iter().filter(|(found, _)| found.is_none()).map(|(_, name)| name).collect();
    if wanted.is_empty() {
        println!("── servers: Postgres and Redis are installed");
        return Ok(());
    }
    println!("── servers: {} not installed; installing Debian's takes root", wanted.join(", "));
    let _policy = Policy::set()?;
    if wanted.contains(&"postgresql") {
        apt::install(workspace, &["postgresql-common"])?;
        without_cluster(Path::new(CLUSTERS))?;
    }
    apt::install(workspace, &wanted)?;
    for (found, name) in missing() {
        found.with_context(|| {
            format!("{name} is not there: install it, or set PLANGUARD_POSTGRES or PLANGUARD_REDIS")
        })?;
    }
    Ok(())
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|name| !name.is_empty()).map(PathBuf::from)
}

fn postgres() -> Option<PathBuf> {
    let debian = || {
        let releases = std::fs::read_dir(POSTGRES).ok()?.flatten();
        releases.map(|release| release.path().join("bin")).find(|folder| folder.join("initdb").is_file())
    };
    named("PLANGUARD_POSTGRES").or_else(debian)
}

fn redis() -> Option<PathBuf> {
    named("PLANGUARD_REDIS").or_else(|| REDIS.iter().map(PathBuf::from).find(|path| path.is_file()))
}

/// Says that installing Postgres makes no database, in the file that its package reads.
fn without_cluster(path: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let others =
        text.lines().filter(|line| !line.trim_start_matches('#').trim().starts_with("create_main_cluster"));
    let lines: Vec<_> = others.chain(["create_main_cluster = false"]).collect();
    std::fs::write(path, lines.join("\n") + "\n").with_context(|| format!("writing {}", path.display()))
}

/// Keeps packages from starting services while it lives, where the machine has no word on that of its own.
struct Policy(Option<&'static Path>);

impl Policy {
    fn set() -> anyhow::Result<Self> {
        let path = Path::new(POLICY);
        if path.exists() {
            return Ok(Self(None));
        }
        std::fs::write(path, "#!/bin/sh\nexit 101\n").with_context(|| format!("writing {POLICY}"))?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
        Ok(Self(Some(path)))
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.map(std::fs::remove_file) {
            eprintln!("{POLICY}: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_is_told_once_to_make_no_database() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "# about\n#create_main_cluster = true\nssl = on\n").unwrap();
        for _ in 0..2 {
            without_cluster(file.path()).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(text, "# about\nssl = on\ncreate_main_cluster = false\n");
        }
    }
}
