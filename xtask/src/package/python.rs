//! The wheel. There is no source distribution: it could not be built without the rest of the workspace.

use std::path::PathBuf;

use anyhow::Context;

use super::{Artifact, Packed, Packing};
use crate::lower::{emptied, library_name};
use crate::toolchain::python::{Parts, Uv};

/// The package.
pub(super) const NAME: &str = "planguard-python";

/// Builds it by its own build back end.
pub(super) fn pack(packing: &Packing, packed: &mut Packed) -> anyhow::Result<()> {
    let uv = Uv::ready(packing.workspace)?;
    let folder = packing.work.join("python");
    emptied(&folder)?;
    let parts = Parts {
        library: packing.library()?,
        described: &packing.described,
        generator: &packing.generator.program,
    };
    let wheel = uv.wheel(packing.workspace, &parts, &folder)?;
    let name = wheel.file_name().context("the wheel has no name")?.to_string_lossy().into_owned();
    std::fs::copy(&wheel, packing.out.join(&name)).context("copying the wheel")?;
    let metadata = format!("planguard-{}.dist-info/METADATA", packing.version);
    let library = format!("planguard/{}", library_name());
    let files =
        ["planguard/_generated.py", "planguard/_generated.pyi", "planguard/py.typed", &library, &metadata];
    packed.artifacts.push(Artifact {
        package: NAME,
        file: PathBuf::from(&name),
        contains: format!("typed module, test kit, {library}; for {}", platform(&name)),
        required: files.map(str::to_owned).to_vec(),
        version: Some((metadata.clone(), format!("Version: {}", packing.version))),
    });
    Ok(())
}

/// The platform in a wheel's name.
fn platform(name: &str) -> &str {
    name.trim_end_matches(".whl").rsplit('-').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_name_says_the_platform() {
        let name = "planguard-0.1.0-py3-none-manylinux_2_34_x86_64.whl";
        assert_eq!(super::platform(name), "manylinux_2_34_x86_64");
    }
}
