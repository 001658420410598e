//! How often the memory tests of a language call each method: all 100,000 take up to half an hour with a debug library.

use std::process::Command;

use crate::report::Findings;

const VARIABLE: &str = "PLANGUARD_CALLS";
const ALL: &str = "100000";
const FEWER: &str = "5000";

/// Tells a suite's tests how often to call each method, and the reader of the output what that leaves out.
pub(super) fn bound(command: &mut Command, findings: &mut Findings) {
    let calls = std::env::var(VARIABLE).unwrap_or_else(|_| FEWER.to_owned());
    if calls != ALL {
        let all = format!("{VARIABLE}={ALL} makes all of them");
        findings.notes.push(format!("memory was watched over {calls} calls of each method; {all}"));
    }
    command.env(VARIABLE, calls);
}
