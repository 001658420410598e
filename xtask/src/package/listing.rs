//! What was packed: `SHA256SUMS`, `packages.json` and a table.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Packed;

/// A row of `packages.json`.
#[derive(Serialize)]
struct Row<'a> {
    package: &'a str,
    version: &'a str,
    file: String,
    bytes: u64,
    sha256: String,
    contains: &'a str,
}

/// A part that this machine could not make.
#[derive(Serialize)]
struct Lack<'a> {
    package: &'a str,
    part: &'a str,
    needs: &'a str,
}

/// Writes both files, prints the table, and gives the sums.
pub(super) fn write(out: &Path, version: &str, packed: &Packed) -> anyhow::Result<String> {
    let mut rows = Vec::new();
    for artifact in &packed.artifacts {
        let (bytes, sha256) = weighed(&out.join(&artifact.file))?;
        let file = artifact.file.display().to_string();
        rows.push(Row {
            package: artifact.package,
            version,
            file,
            bytes,
            sha256,
            contains: &artifact.contains,
        });
    }
    let missing: Vec<_> = packed
        .missing
        .iter()
        .map(|lack| Lack { package: lack.package, part: &lack.part, needs: &lack.needs })
        .collect();
    let all = serde_json::json!({ "packages": rows, "missing": missing });
    fs::write(out.join("packages.json"), format!("{all:#}\n")).context("writing packages.json")?;
    let sums = sums(out, packed)?;
    fs::write(out.join("SHA256SUMS"), &sums).context("writing SHA256SUMS")?;

    println!("\nPacked into {}:\n", out.display());
    for row in &rows {
        println!("{:<19} {:>7} {:>10}  {}", row.package, row.version, grouped(row.bytes), row.file);
        println!("{:<38}  {}", "", row.contains);
    }
    for Lack { package, part, needs } in &missing {
        println!("{package:<19} MISSING {part}\n{:<19} It needs: {needs}", "");
    }
    println!("\nSHA256SUMS and packages.json lie beside them.");
    Ok(sums)
}

/// The sums of all artifacts, as `sha256sum --check` reads them.
pub(super) fn sums(out: &Path, packed: &Packed) -> anyhow::Result<String> {
    let mut text = String::new();
    for artifact in &packed.artifacts {
        let (_, sum) = weighed(&out.join(&artifact.file))?;
        writeln!(text, "{sum}  {}", artifact.file.display())?;
    }
    Ok(text)
}

/// The lines that differ between two lists of sums.
pub(super) fn difference(first: &str, second: &str) -> Vec<String> {
    let changed = first.lines().filter(|line| !second.lines().any(|other| other == *line));
    let name = |line: &str| line.split_once("  ").map_or(line, |(_, name)| name).to_owned();
    changed.map(|line| format!("{} came out differently the second time", name(line))).collect()
}

fn weighed(path: &Path) -> anyhow::Result<(u64, String)> {
    let bytes = fs::read(path).with_context(|| format!("{} was not made", path.display()))?;
    let sum = Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok((bytes.len() as u64, sum))
}

/// With a comma after every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_came_out_differently_is_named() {
        let (first, second) = ("12  a-1.jar\n34  b-1.jar\n", "12  a-1.jar\n35  b-1.jar\n");
        assert_eq!(difference(first, second), ["b-1.jar came out differently the second time"]);
        assert!(difference(first, first).is_empty());
    }

    #[test]
    fn sums_are_those_of_sha256() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        fs::write(&path, "abc").unwrap();
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(weighed(&path).unwrap(), (3, sum.to_owned()));
        assert_eq!([grouped(7), grouped(1_234), grouped(6_531_160)], ["7", "1,234", "6,531,160"]);
    }
}
