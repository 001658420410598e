//! A test file that no program includes is not compiled, and nobody misses it.

use std::path::{Path, PathBuf};

use support::root;

/// The programs of this package, as its manifest lists them.
fn programs() -> Vec<PathBuf> {
    let manifest = std::fs::read_to_string(root().join("tests/Cargo.toml")).unwrap();
    let paths = manifest.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix('"'));
    paths.map(|path| root().join("tests").join(path)).collect()
}

/// `file`, the files that it names with `mod`, and theirs. They lie in `folder`.
fn modules(file: &Path, folder: &Path, found: &mut Vec<PathBuf>) {
    let text = std::fs::read_to_string(file).unwrap();
    found.push(file.to_path_buf());
    for line in text.lines() {
        let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
        let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) else { continue };
        let below = folder.join(name);
        let paths = [below.with_extension("rs"), below.join("mod.rs")];
        let path = paths.into_iter().find(|path| path.is_file());
        let path = path.unwrap_or_else(|| panic!("{}: no file of `{name}`", file.display()));
        modules(&path, &below, found);
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_test_file_belongs_to_a_program() {
    let mut included = Vec::new();
    for program in programs() {
        // The root of a program has its modules beside it, whatever it is called.
        modules(&program, program.parent().unwrap(), &mut included);
    }
    let mut files = Vec::new();
    sources(&root().join("tests"), &mut files);
    assert!(files.len() > 50, "only {} files read", files.len());
    files.retain(|file| !included.contains(file));
    assert!(files.is_empty(), "no program includes {files:?}");
}
