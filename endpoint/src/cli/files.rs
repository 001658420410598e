//! How many files the process may have open: each connection is one. Systems begin with 1,024, which is less than
//! `limits.connections`, and let a process have more.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For the database, what is sent, and the process itself.
const OTHERS: u64 = 256;

/// Lets the process have as many files as so many connections need, as far as the system lets it.
pub(super) fn allow(connections: usize) {
    let needed = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS);
    let held = getrlimit(Resource::Nofile);
    if held.current.is_none_or(|current| current >= needed) {
        return;
    }
    let most = held.maximum.map_or(needed, |most| most.min(needed));
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(most), ..held }) {
        tracing::warn!(why = %error, "the number of open files stays as it is");
    }
    if most < needed {
        tracing::warn!(
            files = most,
            needed,
            "limits.connections: more than the system allows files; raise `ulimit -n`"
        );
    }
}
