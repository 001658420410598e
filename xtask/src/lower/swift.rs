//! The lower layer of Swift: the generated module, and the header of the C module under it.

use std::path::Path;

use super::{Generator, swift_text, write};

/// The module of the generated Swift, which `uniffi.toml` names too.
const MODULE: &str = "PlanguardFFI";
/// The module of the C header under it; its map is committed.
const C_MODULE: &str = "CPlanguard";

/// Writes the lower layer below `sources`.
pub(crate) fn sources(generator: &Generator, library: &Path, sources: &Path) -> anyhow::Result<()> {
    let [source, header] = [format!("{MODULE}.swift"), format!("{C_MODULE}.h")];
    let [text, declared] = generator.generate(library, "swift", [&source, &header])?;
    let text = swift_text::complete(&text)?;
    swift_text::require_declared(&text, &declared)?;
    write(&sources.join(MODULE).join("generated").join(&source), text.as_bytes())?;
    write(&sources.join(C_MODULE).join(&header), declared.as_bytes())
}

/// Writes it into the package.
pub(crate) fn into_package(generator: &Generator, library: &Path) -> anyhow::Result<()> {
    sources(generator, library, &generator.workspace.root.join("bindings/swift/Sources"))
}
