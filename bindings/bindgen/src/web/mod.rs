//! The lower layer of the npm package: tables of types and calls that one small interpreter reads, and their types.
//!
//! A class for every type, as `UniFFI`'s generators for other languages write them, comes to several times what a page
//! should load. A table comes to a few kilobytes, and its values are what the package's user wants: plain objects,
//! unions of words, dates.

mod codes;
mod tables;
mod types;
mod words;

use std::fs;

use anyhow::{Context, ensure};
use camino::Utf8Path;
use uniffi_bindgen::{BindgenLoader, BindgenPaths, ComponentInterface};

/// Writes `tables.ts`, `types.ts` and `exports.txt` into `folder`, from the metadata in `library`.
pub(crate) fn generate(library: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<()> {
    let loader = BindgenLoader::new(BindgenPaths::default());
    let metadata = loader.load_metadata(library).with_context(|| format!("reading {library}"))?;
    let mut interfaces = loader.load_cis(metadata)?;
    ensure!(interfaces.len() == 1, "{library} holds {} interfaces, not one", interfaces.len());
    let mut interface = interfaces.remove(0);
    interface.derive_ffi_funcs()?;
    fs::create_dir_all(folder)?;
    for (name, text) in files(&interface)? {
        let path = folder.join(name);
        if !fs::read_to_string(&path).is_ok_and(|before| before == text) {
            fs::write(&path, text).with_context(|| format!("writing {path}"))?;
        }
    }
    Ok(())
}

fn files(interface: &ComponentInterface) -> anyhow::Result<[(&'static str, String); 3]> {
    let names = codes::Names::of(interface);
    let calls = tables::calls(interface);
    Ok([
        ("tables.ts", tables::module(interface, &names, &calls)?),
        ("types.ts", types::module(interface, &calls)?),
        ("exports.txt", tables::exports(interface, &calls)),
    ])
}
