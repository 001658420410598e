//! The lower layer of Python. What writes it is the wheel's own build back end, `bindings/python/packing`.

use std::path::{Path, PathBuf};

use super::Generator;
use crate::step;
use crate::toolchain::python;

/// Writes the generated module, its types and the library into the package's folder, which can then be imported.
pub(crate) fn into_package(generator: &Generator, library: &Path) -> anyhow::Result<PathBuf> {
    let workspace = generator.workspace;
    let folder = workspace.root.join("bindings/python");
    let mut command = workspace.command(python::ready(workspace)?);
    command.current_dir(&folder).args(["-B", "-m", "packing", "planguard", env!("CARGO_PKG_VERSION")]);
    command.env("PLANGUARD_LIBRARY", library).env("PLANGUARD_BINDGEN", &generator.program);
    step::run("generate the lower layer", &mut command)?.require()?;
    Ok(folder.join("planguard"))
}
