//! What `examples/README.md` quotes of an output, so that a test can hold it true.

/// The lines that stand under `$ command` in the README; never none.
pub(crate) fn quoted(command: &str) -> Vec<String> {
    let readme = include_str!("../README.md");
    let mut lines = readme.lines().skip_while(|line| line.strip_prefix("$ ") != Some(command));
    assert!(lines.next().is_some(), "examples/README.md does not show `{command}`");
    let quoted: Vec<String> =
        lines.take_while(|line| !line.starts_with("$ ") && *line != "```").map(str::to_owned).collect();
    assert!(!quoted.is_empty(), "examples/README.md quotes nothing of `{command}`");
    quoted
}
