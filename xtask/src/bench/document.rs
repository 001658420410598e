//! `docs/PERFORMANCE.md`: the text stays, the blocks between the marks are replaced.

use anyhow::{Context, ensure};

use super::machine::Machine;
use super::results::Results;
use super::{plot, table};
use crate::workspace::Workspace;

const DOCUMENT: &str = "docs/PERFORMANCE.md";
const PLOTS: &str = "docs/performance";

/// Replaces the generated blocks and draws the plots.
pub(super) fn write(workspace: &Workspace, results: &Results, sizes: bool) -> anyhow::Result<()> {
    let path = workspace.root.join(DOCUMENT);
    let text = std::fs::read_to_string(&path).context(DOCUMENT)?;
    let command = if sizes { "cargo xtask bench --sizes" } else { "cargo xtask bench" };
    let blocks = [
        ("machine", Machine::here(workspace).markdown(command)),
        ("targets", table::targets(results)),
        ("notes", table::notes(results)),
        ("times", table::timings(results)),
    ];
    let text = blocks.iter().try_fold(text, |text, (name, block)| replaced(&text, name, block))?;
    let plots = workspace.root.join(PLOTS);
    std::fs::create_dir_all(&plots)?;
    plot::draw_all(results, &plots)?;
    std::fs::write(&path, text).context(DOCUMENT)
}

/// `text` with the block of that name replaced by `block`.
fn replaced(text: &str, name: &str, block: &str) -> anyhow::Result<String> {
    let (begin, end) = (format!("<!-- generated: {name} -->\n"), format!("<!-- end: {name} -->"));
    let mut halves = text.splitn(2, &begin);
    let (before, rest) = (halves.next().unwrap_or_default(), halves.next());
    let rest = rest.with_context(|| format!("{DOCUMENT} has no line `{}`", begin.trim_end()))?;
    ensure!(rest.matches(&end).count() == 1, "{DOCUMENT}: `{end}` must stand once after its beginning");
    let after = rest.split_once(&end).map_or("", |(_, after)| after);
    Ok(format!("{before}{begin}\n{block}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_replaced_and_the_text_around_it_stays() {
        let text = "before\n<!-- generated: times -->\nold\n<!-- end: times -->\nafter\n";
        let new = replaced(text, "times", "new\n").unwrap();
        assert_eq!(new, "before\n<!-- generated: times -->\n\nnew\n\n<!-- end: times -->\nafter\n");
        assert_eq!(replaced(&new, "times", "new\n").unwrap(), new);
    }

    #[test]
    fn a_missing_mark_is_an_error() {
        let error = replaced("text", "times", "new").unwrap_err();
        assert_eq!(error.to_string(), "docs/PERFORMANCE.md has no line `<!-- generated: times -->`");
        assert!(replaced("<!-- generated: times -->\nold", "times", "new").is_err());
    }

    #[test]
    fn the_document_has_every_mark() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(DOCUMENT);
        let text = std::fs::read_to_string(path).unwrap();
        for name in ["machine", "targets", "notes", "times"] {
            assert!(replaced(&text, name, "").is_ok(), "{name}");
        }
    }
}
