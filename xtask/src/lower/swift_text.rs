//! The lower layer: what the generator writes, with the three things that it leaves out.
//!
//! `UniFFI` 0.31 does not pass the cancellation of a Swift task on to Rust, stops the process where the library was built
//! from another version, and cannot rename a type that other files of the crate use. All three are added to the generated
//! text. Each place must be found, so that another version of the generator cannot go unnoticed.

use anyhow::{Context, ensure};

/// Types that have another name in the lower layer: the package's own class has the first one, Foundation and the
/// standard library have the others.
const RENAMED: [(&str, &str); 3] =
    [("Planguard", "LowerPlanguard"), ("Locale", "PlanguardLocale"), ("Clock", "PlanguardClock")];

const FREE: &str = "            freeFunc: ";

/// The generated Swift, with cancellation passed on and a question whether the library is the right one.
pub(super) fn complete(generated: &str) -> anyhow::Result<String> {
    let text = replace_once(
        generated,
        "    freeFunc: (UInt64) -> (),\n",
        "    freeFunc: (UInt64) -> (),\n    cancelFunc: @escaping @Sendable (UInt64) -> (),\n",
    )?;
    let text = replace_once(&text, POLLING, CANCELLABLE)?;
    let text =
        replace_once(&text, "fatalError(\"Cancellation not supported yet\")", "throw CancellationError()")?;
    let text = name_cancel_functions(&text)?;
    ensure!(text.contains("initializationResult"), "the generated Swift has no check of the library");
    let text = RENAMED.iter().fold(text, |text, (from, to)| rename(&text, from, to));
    Ok(text
        + LIBRARY
        + &format!(
            "\n/// The version of this package.\npublic let packageVersion = \"{}\"\n",
            env!("CARGO_PKG_VERSION")
        ))
}

const POLLING: &str = "\
    var pollResult: Int8;
    repeat {
        pollResult = await withUnsafeContinuation {
            pollFunc(
                rustFuture,
                { handle, pollResult in
                    uniffiFutureContinuationCallback(handle: handle, pollResult: pollResult)
                },
                uniffiContinuationHandleMap.insert(obj: $0)
            )
        }
    } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY
";

/// A call that throws nothing cannot say that it was cancelled, so it goes on.
const CANCELLABLE: &str = "\
    func poll() async {
        var pollResult: Int8
        repeat {
            pollResult = await withUnsafeContinuation {
                pollFunc(
                    rustFuture,
                    { handle, pollResult in
                        uniffiFutureContinuationCallback(handle: handle, pollResult: pollResult)
                    },
                    uniffiContinuationHandleMap.insert(obj: $0)
                )
            }
        } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY
    }
    if errorHandler == nil {
        await poll()
    } else {
        // The future is freed after this, so it is never cancelled once it is gone.
        await withTaskCancellationHandler {
            await poll()
        } onCancel: {
            cancelFunc(rustFuture)
        }
    }
";

const LIBRARY: &str = "
/// Whether the library was built from the version that this file was generated from. Every other call ends the process
/// where it was not.
public func libraryMatches() -> Bool {
    if case .ok = initializationResult { return true }
    return false
}

/// The version that the library says of itself; `nil` where it speaks another version of the contract, so that it cannot
/// be asked. This one call is the same in every version of planguard.
public func libraryVersion() -> String? {
    if case .contractVersionMismatch = initializationResult { return nil }
    var status = RustCallStatus()
    let text = uniffi_planguard_fn_func_version(&status)
    defer { ffi_planguard_rustbuffer_free(text, &status) }
    guard status.code == 0, let bytes = text.data else { return nil }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(text.len)), as: UTF8.self)
}
";

fn replace_once(text: &str, old: &str, new: &str) -> anyhow::Result<String> {
    let found = text.matches(old).count();
    ensure!(found == 1, "the generated Swift has {found} places like this one, not 1:\\n{old}");
    Ok(text.replacen(old, new, 1))
}

/// Every identifier `from` as `to`; identifiers that contain it stay.
fn rename(text: &str, from: &str, to: &str) -> String {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let whole = !before.ends_with(inside) && !after.starts_with(inside);
        out.push_str(before);
        out.push_str(if whole { to } else { from });
        rest = after;
    }
    out + rest
}

/// After each `freeFunc: ffi_X_rust_future_free_T` the `cancelFunc` of the same future.
fn name_cancel_functions(text: &str) -> anyhow::Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut named = 0;
    for line in text.split_inclusive('\n') {
        out.push_str(line);
        if let Some(function) = line.strip_prefix(FREE) {
            ensure!(function.matches("_free_").count() == 1, "no function that frees a future: {line}");
            let function = function.trim_end().trim_end_matches(',').replace("_free_", "_cancel_");
            // A closure: the name alone is no `@Sendable` function.
            out.extend(["            cancelFunc: { ", &function, "($0) },\n"]);
            named += 1;
        }
    }
    let calls = text.matches("await uniffiRustCallAsync(").count();
    ensure!(
        named == calls && named > 0,
        "{calls} calls are asynchronous, and {named} of them name what frees them"
    );
    Ok(out)
}

/// The C functions that the text calls and the header does not declare, for a message before the compiler's.
pub(super) fn require_declared(text: &str, header: &str) -> anyhow::Result<()> {
    let cancel = text.lines().find_map(|line| line.trim().strip_prefix("cancelFunc: { ffi_"));
    let name = cancel.and_then(|line| line.split('(').next()).context("no function that cancels a future")?;
    ensure!(header.contains(&format!("ffi_{name}(")), "the header does not declare ffi_{name}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated() -> String {
        format!(
            "    freeFunc: (UInt64) -> (),\n    liftFunc: x\n{POLLING}fatalError(\"Cancellation not supported yet\")\n\
             let initializationResult = 1\n return try await uniffiRustCallAsync(\n{FREE}ffi_x_rust_future_free_u64,\n"
        )
    }

    #[test]
    fn every_call_names_what_cancels_it() {
        let text = complete(&generated()).unwrap();
        assert!(text.contains("            cancelFunc: { ffi_x_rust_future_cancel_u64($0) },\n"));
        assert!(text.contains("throw CancellationError()"));
        assert!(require_declared(&text, "void ffi_x_rust_future_cancel_u64(uint64_t)").is_ok());
        assert!(require_declared(&text, "").is_err());
    }

    #[test]
    fn only_whole_identifiers_are_renamed() {
        let text = "open class Clock: ClockProtocol { x: [Clock], FfiConverterTypeClock } // Clock";
        let renamed = "open class C: ClockProtocol { x: [C], FfiConverterTypeClock } // C";
        assert_eq!(rename(text, "Clock", "C"), renamed);
    }

    #[test]
    fn another_generator_is_noticed() {
        for part in [POLLING, "fatalError(", "initializationResult", FREE, "freeFunc: (UInt64)"] {
            assert!(complete(&generated().replace(part, "")).is_err(), "{part}");
        }
    }
}
