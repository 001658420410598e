//! What the package may weigh on its way to a page.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::report::Findings;

/// A file of `dist`, and its bytes after gzip.
struct Budget {
    file: &'static str,
    /// What it must not exceed. Lower it when the file gets smaller.
    most: usize,
    /// What it should come to.
    wanted: usize,
}

const BUDGETS: [Budget; 2] = [
    Budget { file: "index.js", most: 20_000, wanted: 20_000 },
    Budget { file: "planguard.wasm", most: 980_000, wanted: 250_000 },
];

/// Weighs the files of `dist`.
pub(super) fn check(dist: &Path) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    for Budget { file, most, wanted } in BUDGETS {
        let path = dist.join(file);
        let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let size = gzip(&bytes)?;
        println!("── {file}: {} bytes, {size} after gzip; at most {most}, wanted {wanted}", bytes.len());
        if size > most {
            findings.problems.push(format!("{file} is {size} bytes after gzip; at most {most} are allowed"));
        }
    }
    Ok(findings)
}

fn gzip(bytes: &[u8]) -> anyhow::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_a_problem() {
        let folder = std::env::temp_dir().join(format!("planguard-web-size-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("planguard.wasm"), "small").unwrap();
        // Bytes that gzip makes nothing of.
        let mut state = 1_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        };
        let noise: Vec<u8> = (0..60_000).map(|_| next()).collect();
        std::fs::write(folder.join("index.js"), noise).unwrap();
        let findings = check(&folder).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(findings.problems.len(), 1);
        assert!(findings.problems[0].starts_with("index.js is "));
    }
}
