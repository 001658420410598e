//! `cargo xtask catalogs`: writes the built-in price lists as Rust constants, from `src/model/catalogs/*.toml`.
//!
//! The generator is a test of the library, since it writes what the library's loader returned; without this command that
//! test compares.

use crate::report::Findings;
use crate::step;
use crate::workspace::Workspace;

/// Writes the constants, then builds the library with them and compares.
pub(crate) fn write(workspace: &Workspace) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    let test = "model::catalog::builtin::generate::the_constants_are_the_tables";
    let mut run = |name: &str, write: bool| -> anyhow::Result<bool> {
        let mut command = workspace.cargo(["test", "--locked", "--package", "planguard", "--lib", "--quiet"]);
        command.args([test, "--", "--exact"]);
        if write {
            command.env("PLANGUARD_WRITE_CATALOGS", "1");
        }
        let finished = step::run(name, &mut command)?;
        findings.step(&finished);
        Ok(finished.success)
    };
    if run("write the constants", true)? {
        run("compare them with the tables", false)?;
    }
    Ok(findings)
}
