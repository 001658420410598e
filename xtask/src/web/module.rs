//! The module: an archive of Rust, linked with no more exports than the package calls, and made small.
//!
//! Cargo would export every function of the face and its metadata, which comes to a third more.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::node::Tools;
use crate::mobile;
use crate::step;
use crate::wasm;
use crate::workspace::Workspace;

/// The functions of `bindings/web/wasm`.
const OWN: [&str; 6] = [
    "planguard_alloc",
    "planguard_answer",
    "planguard_continuation",
    "planguard_free",
    "planguard_object",
    "planguard_refused",
];

/// What engines of the last four years know. One by one: all of them together would include what Node 20 does not.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-exception-handling",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-bulk-memory-opt",
];

/// `own` and what keeps this machine's paths out, as cargo takes flags with spaces in them.
fn flags(workspace: &Workspace, own: &[&str]) -> anyhow::Result<String> {
    let own = own.iter().map(|flag| (*flag).to_owned());
    Ok(own.chain(mobile::remapped(workspace)?).collect::<Vec<_>>().join("\u{1f}"))
}

/// Builds and links the module with the functions that `exports` lists.
pub(super) fn link(workspace: &Workspace, exports: &Path) -> anyhow::Result<PathBuf> {
    let toolchain = wasm::unwinding(workspace)?;
    let mut command = toolchain.cargo(workspace);
    command.args(["rustc", "--locked", "--package", "planguard-web", "--lib", "--crate-type", "staticlib"]);
    command.args(["--target", wasm::TARGET, "--profile", "mobile"]);
    // Panics unwind, so that one ends a call and not the page. Random bytes come from the package.
    command.env(
        "CARGO_ENCODED_RUSTFLAGS",
        flags(workspace, &["-Cpanic=unwind", "--cfg=getrandom_backend=\"custom\""])?,
    );
    step::run("build the module", &mut command)?.require()?;

    let folder = wasm::unwinding_target(workspace).join(wasm::TARGET).join("mobile");
    let module = folder.join("planguard-linked.wasm");
    let listed = fs::read_to_string(exports).with_context(|| format!("reading {}", exports.display()))?;
    let mut command: Command = toolchain.linker(workspace)?;
    command.args([
        "--no-entry",
        "--gc-sections",
        "--strip-debug",
        // What tells the parts apart reads the names as the compiler writes them.
        "--no-demangle",
        "--stack-first",
        "-z",
        "stack-size=1048576",
    ]);
    command.args(OWN.into_iter().chain(listed.lines()).map(|name| format!("--export={name}")));
    command.arg(folder.join("libplanguard_web.a")).arg("-o").arg(&module);
    step::run_quietly("link the module", &mut command)?.require()?;
    Ok(module)
}

/// Builds the module for mini programs. It has three functions to call, so that cargo may link it.
///
/// A panic ends it there: nothing unwinds, and no text says why, which together come to a tenth of it. Nothing in it waits
/// for others, so that no lock can stay held; the package loads it anew.
pub(super) fn mini(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let toolchain = wasm::unwinding(workspace)?;
    let mut command = toolchain.cargo(workspace);
    command.args(["rustc", "--locked", "--package", "planguard-mini", "--lib", "--crate-type", "cdylib"]);
    command.args(["--target", wasm::TARGET, "--profile", "mobile"]);
    command.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
    command.env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
    // The names say what the parts weigh; the last step drops them.
    command.env("CARGO_PROFILE_MOBILE_STRIP", "none");
    command.env(
        "CARGO_ENCODED_RUSTFLAGS",
        flags(
            workspace,
            &[
                "--cfg=getrandom_backend=\"custom\"",
                "-Cpanic=immediate-abort",
                "-Zunstable-options",
                "--cfg=planguard_without_remarks",
            ],
        )?,
    );
    step::run("build the module for mini programs", &mut command)?.require()?;
    Ok(wasm::unwinding_target(workspace).join(wasm::TARGET).join("mobile/planguard_mini.wasm"))
}

/// Makes the module small.
pub(super) fn optimize(workspace: &Workspace, tools: &Tools, linked: &Path, to: &Path) -> anyhow::Result<()> {
    let mut command = tools.bin("wasm-opt");
    command.arg("-Oz").args(FEATURES).arg(linked).arg("-o").arg(to);
    step::run("make the module small", &mut command)?.require()?;
    let size = fs::metadata(to)?.len();
    ensure!(size > 0, "{} is empty", to.display());
    println!("── {}: {} KiB", to.strip_prefix(&workspace.root).unwrap_or(to).display(), size / 1024);
    Ok(())
}
