//! The layers and what each may name.

use super::paths::{self, Target};

/// One layer, which is one folder (or file) in `src`.
struct Layer {
    name: &'static str,
    /// The other layers it may name.
    may_use: &'static [&'static str],
    /// Whether it must be free of clocks, locks, threads, input and output.
    pure: bool,
}

const LAYERS: &[Layer] = &[
    // Bounds and boxed futures that the ports of the middle layers share; it knows nobody.
    Layer { name: "port", may_use: &[], pure: true },
    // The runtime that timers and transport fall back on; it knows nobody either.
    Layer { name: "runtime", may_use: &[], pure: false },
    // The mutex that the impure layers take; it knows nobody.
    Layer { name: "lock", may_use: &[], pure: false },
    // The atomics of what is read without a lock; it knows nobody.
    Layer { name: "lockless", may_use: &[], pure: false },
    // What the impure layers keep in memory and read without a lock; it knows nobody.
    Layer { name: "paged", may_use: &["lockless"], pure: false },
    Layer { name: "model", may_use: &[], pure: true },
    Layer { name: "decide", may_use: &["model"], pure: true },
    Layer { name: "time", may_use: &["model", "port", "lock", "runtime"], pure: false },
    // A store that machines share places the waits of each by that machine's clock.
    Layer { name: "store", may_use: &["model", "port", "lock", "lockless", "paged", "time"], pure: false },
    Layer { name: "net", may_use: &["model", "port", "lock", "runtime"], pure: false },
    Layer {
        name: "client",
        may_use: &["model", "port", "lock", "lockless", "paged", "runtime", "decide", "time", "store", "net"],
        pure: false,
    },
    // Texts for people, as methods of the types of the layers below: nothing but `ffi` needs to name it.
    Layer { name: "words", may_use: &["model", "decide", "store", "net", "client"], pure: true },
    // Decisions without a guard: what the caller knows takes the place of store and clock.
    Layer { name: "decisions", may_use: &["model", "decide", "net", "client"], pure: true },
    // The modules of the public surface: names only, from where they are defined.
    Layer { name: "public", may_use: &["model", "decide", "time", "store", "net", "client"], pure: true },
    Layer {
        name: "ffi",
        may_use: &["model", "port", "lock", "runtime", "decide", "time", "store", "net", "client", "words"],
        pure: false,
    },
];

/// What a pure layer must not name, nor import a module or glob that holds it.
const IMPURE: &[&str] = &[
    "arc_swap",
    "async_trait",
    "getrandom",
    "js_sys",
    "parking_lot",
    "reqwest",
    "rusqlite",
    "rustix",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::sync::Condvar",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "std::sync::mpsc",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::time::UNIX_EPOCH",
    "tokio",
    "tracing",
    "uniffi",
    "web_time",
];

/// Derives that describe a type to foreign languages and do nothing: the words of the pure layers are the same in every
/// language, and a copy of each for the bindings would drift.
const DESCRIBES: &[&[&str]] = &[&["uniffi", "Enum"], &["uniffi", "Record"], &["uniffi", "Object"]];

/// The one file that may read the clock of the machine.
const CLOCK_FILE: &str = "time/system.rs";

/// The file that may read the runtime's, by which waits for a server end and nothing is dated.
const WAIT_FILE: &str = "store/redis/until.rs";

/// Mutexes that the crate's own stands for: what takes one of these is not seen by `lock::without_locks`.
const MUTEXES: &[&[&str]] = &[
    &["parking_lot", "Mutex"],
    &["parking_lot", "RwLock"],
    &["std", "sync", "Mutex"],
    &["std", "sync", "RwLock"],
];

/// The files that may name them: the one that makes the crate's own, and the clock that tests turn by hand, which reads
/// ask for the time.
const MUTEX_FILES: &[&str] = &["lock.rs", "time/manual.rs"];

/// Types whose `now` reads that clock.
const CLOCKS: &[&str] = &["SystemTime", "Instant", "Timestamp", "Zoned", "Date", "Local", "Utc"];

/// A module of the crate, as segments from its root, for a file below `src` (`model/ids.rs`).
pub(crate) fn module_of(file: &str) -> Vec<String> {
    let mut segments: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if segments.last().is_some_and(|last| last == "mod" || last == "lib") {
        segments.pop();
    }
    segments
}

/// What is wrong with `source`, the text of `file` below `src`; one line each.
pub(crate) fn violations(file: &str, source: &str) -> Vec<String> {
    let module = module_of(file);
    // The root module names every layer; that is its job.
    let Some(name) = module.first() else { return Vec::new() };
    let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
        return vec![format!("{file}: `{name}` is no layer; move it into one")];
    };
    let found = match paths::read(source, &module) {
        Ok(found) => found,
        Err(error) => return vec![format!("{file}: not readable as Rust: {error}")],
    };
    let mut problems = Vec::new();
    for reference in found.references {
        let why = match &reference.target {
            Target::Inside(path) => inside(layer, path),
            Target::Outside(path) => outside(layer, path),
        };
        let (Target::Inside(path) | Target::Outside(path)) = &reference.target;
        let clock = (![CLOCK_FILE, WAIT_FILE].contains(&file) && reads_clock(path))
            .then(|| format!("reads the machine's clock; only src/{CLOCK_FILE} may"));
        let mutex = (!MUTEX_FILES.contains(&file) && takes_a_lock(path))
            .then(|| "is a lock that tests cannot forbid; take `crate::lock::Mutex`".to_owned());
        problems.extend(
            why.into_iter()
                .chain(clock)
                .chain(mutex)
                .map(|why| format!("{file}:{}: `{}` {why}", reference.line, path.join("::"))),
        );
    }
    problems
}

fn inside(layer: &Layer, path: &[String]) -> Option<String> {
    let top = path.first()?.as_str();
    if top == layer.name || layer.may_use.contains(&top) {
        return None;
    }
    if LAYERS.iter().any(|other| other.name == top) {
        return Some(format!("is in {top}, which {} must not know", layer.name));
    }
    // Re-exports at the root would hide which layer a name comes from.
    (layer.name != "ffi").then(|| "goes through the crate's root; name the layer it comes from".to_owned())
}

fn outside(layer: &Layer, path: &[String]) -> Option<String> {
    if ["model", "decide"].contains(&layer.name) && DESCRIBES.iter().any(|derive| path == *derive) {
        return None;
    }
    if !layer.pure {
        return None;
    }
    let glob = path.last().is_some_and(|last| last == "*");
    let named = &path[..path.len() - usize::from(glob)];
    let impure = IMPURE.iter().any(|banned| {
        let banned: Vec<&str> = banned.split("::").collect();
        // Naming `std::time` or `std::time::*` brings `Instant` within reach as much as naming it does.
        let shared = named.len().min(banned.len());
        named.iter().zip(&banned).take(shared).all(|(a, b)| a == b)
    });
    impure.then(|| format!("has no place in {}, which is pure", layer.name))
}

fn takes_a_lock(path: &[String]) -> bool {
    MUTEXES.iter().any(|mutex| path.len() >= mutex.len() && path.iter().zip(*mutex).all(|(a, b)| a == b))
}

fn reads_clock(path: &[String]) -> bool {
    matches!(path, [.., kind, method] if method == "now" && CLOCKS.contains(&kind.as_str()))
}
