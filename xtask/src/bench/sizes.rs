//! The sizes of the stripped library, as `cargo xtask size` wrote them last.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::results::Target;

/// The file in the target folder: a list of a set of features and its bytes.
const FILE: &str = "size.json";

/// The sets that have a bound, in megabytes of a million bytes.
const BOUNDS: [(&str, &str, f64); 3] = [
    ("whole", "stripped library, whole", 3.3),
    ("host-http", "stripped library, the host's HTTP", 1.8),
    ("ffi", "stripped library, FFI alone", 0.8),
];

#[derive(Deserialize)]
struct Size {
    set: String,
    bytes: u64,
}

/// The targets on sizes, judged.
pub(super) fn targets(target: &Path) -> anyhow::Result<Vec<Target>> {
    let path = target.join(FILE);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{} is not there: run `cargo xtask size` first", path.display()))?;
    judge(&text)
}

/// The same rows, for a run that takes no sizes in.
pub(super) fn not_measured() -> Vec<Target> {
    let why = "not in this run; `cargo xtask bench --sizes` takes them in";
    BOUNDS.iter().map(|&(_, what, bound)| row(what, why.to_owned(), None, bound)).collect()
}

fn judge(text: &str) -> anyhow::Result<Vec<Target>> {
    let sizes: Vec<Size> = serde_json::from_str(text).context(FILE)?;
    let row = |&(set, what, bound): &(&str, &str, f64)| match sizes.iter().find(|size| size.set == set) {
        Some(size) => {
            let megabytes = megabytes(size.bytes);
            Ok(row(what, format!("{} bytes", size.bytes), Some(megabytes), bound))
        }
        None => bail!("{FILE} has no set `{set}`"),
    };
    BOUNDS.iter().map(row).collect()
}

#[allow(clippy::cast_precision_loss, reason = "no library has 2^52 bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn row(what: &str, measured: String, value: Option<f64>, bound: f64) -> Target {
    let holds = value.is_some_and(|value| value <= bound);
    let (what, unit, wanted) = (what.to_owned(), "MB".to_owned(), format!("≤ {bound}"));
    Target { what, measured, value, unit, wanted, bound, holds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_judged_by_its_set() {
        let text = r#"[{"set": "ffi", "bytes": 800000}, {"set": "host-http", "bytes": 1800001},
                       {"set": "whole", "bytes": 5}, {"set": "another", "bytes": 1}]"#;
        let holds: Vec<_> = judge(text).unwrap().iter().map(|target| target.holds).collect();
        assert_eq!(holds, [true, false, true]);
    }

    #[test]
    fn a_missing_set_is_an_error() {
        let error = judge(r#"[{"set": "ffi", "bytes": 1}]"#).unwrap_err();
        assert_eq!(error.to_string(), "size.json has no set `whole`");
    }
}
