//! What the package may weigh on its way to a page.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::report::Findings;

/// A file of `dist`, and its bytes as it is and after gzip.
struct Budget {
    file: &'static str,
    /// What it must not exceed before gzip, where a host counts that: mini programs are packed by their own rules.
    plain: Option<usize>,
    /// What it must not exceed. Lower it when the file gets smaller.
    most: usize,
    /// What it should come to.
    wanted: usize,
}

const BUDGETS: [Budget; 4] = [
    // Names of options that are not known, and turns of tabs over localStorage, came to 1,100; 25,000 are the most ever.
    Budget { file: "index.js", plain: None, most: 20_500, wanted: 20_500 },
    // Signatures came to 26,000, asking whether a user is counted and naming users to the endpoint to 17,000.
    Budget { file: "planguard.wasm", plain: None, most: 1_012_000, wanted: 250_000 },
    Budget { file: "mini.js", plain: None, most: 2_100, wanted: 2_100 },
    // Names that are not known came to 2,000 before gzip, words for refused signatures to 3,200,
    // and those for stores that cannot be reached or refuse to 4,300.
    Budget { file: "planguard-mini.wasm", plain: Some(435_000), most: 189_000, wanted: 120_000 },
];

/// Weighs the files of `dist`.
pub(super) fn check(dist: &Path) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    for Budget { file, plain, most, wanted } in BUDGETS {
        let path = dist.join(file);
        let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let size = gzip(&bytes)?;
        println!("── {file}: {} bytes, {size} after gzip; at most {most}, wanted {wanted}", bytes.len());
        if let Some(plain) = plain.filter(|plain| bytes.len() > *plain) {
            findings.problems.push(format!("{file} is {} bytes; at most {plain} are allowed", bytes.len()));
        }
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
        std::fs::write(folder.join("mini.js"), "small").unwrap();
        // Gzip makes little of it, and some hosts do not care.
        std::fs::write(folder.join("planguard-mini.wasm"), vec![0; 1_000_000]).unwrap();
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
        assert_eq!(findings.problems.len(), 2);
        assert!(findings.problems[0].starts_with("index.js is "));
        assert!(findings.problems[1].starts_with("planguard-mini.wasm is 1000000 bytes; at most "));
    }
}
