//! How often the memory tests of a language call each method: 100,000 times, or for as long as a run of everything can
//! spare. All of them take up to half an hour with a debug library.

use std::process::Command;

use crate::report::Findings;

/// How often each method is called. Where it is given, that often whatever it takes.
const CALLS: &str = "PLANGUARD_CALLS";
const ALL: &str = "100000";
/// For how long one method is called at most, where no number is given.
const SECONDS: &str = "PLANGUARD_CALL_SECONDS";
const SPARED: &str = "0.5";
/// What a suite prints of a method: `memory: check: 100000 calls, 12 KiB more`.
const REPORT: &str = "memory: ";

/// Tells a suite's tests how often to call each method.
pub(super) fn bound(command: &mut Command) {
    match std::env::var(CALLS) {
        Ok(calls) => command.env(CALLS, calls).env_remove(SECONDS),
        Err(_) => command.env(CALLS, ALL).env(SECONDS, SPARED),
    };
}

/// Tells the reader of the output how many methods were called how often, and names those that were called less.
pub(super) fn report(lines: &[String], findings: &mut Findings) {
    let methods: Vec<_> = lines.iter().filter_map(|line| method(line)).collect();
    let all = ALL.parse().unwrap_or(u32::MAX);
    let (fewer, often): (Vec<_>, Vec<_>) = methods.into_iter().partition(|(_, calls)| *calls < all);
    if often.is_empty() && fewer.is_empty() {
        findings.problems.push("no memory test said how often it called what".to_owned());
        return;
    }
    let mut note = format!("memory was flat over {ALL} calls of {} methods", often.len());
    if !fewer.is_empty() {
        let names: Vec<_> = fewer.iter().map(|(name, calls)| format!("{name} ({calls})")).collect();
        let names = names.join(", ");
        note.extend([", and over fewer of ", &names, "; ", CALLS, "=", ALL, " makes all"]);
    }
    findings.notes.push(note);
}

/// The method that a line reports, and how often it was called.
fn method(line: &str) -> Option<(&str, u32)> {
    let (_, report) = line.split_once(REPORT)?;
    let (report, _) = report.split_once(" calls, ")?;
    let (name, calls) = report.rsplit_once(": ")?;
    Some((name, calls.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_are_called_less_are_named() {
        let lines = [
            "memory: check: 100000 calls, 0 KiB more",
            "12:00 memory: session: state: 100000 calls, 4 KiB more",
            "memory: login: 5000 calls, -3 KiB more",
            "nothing of this kind",
        ]
        .map(str::to_owned);
        let mut findings = Findings::default();
        report(&lines, &mut findings);
        let note = "memory was flat over 100000 calls of 2 methods, and over fewer of login (5000); \
                    PLANGUARD_CALLS=100000 makes all";
        assert_eq!(findings.notes, [note]);
        assert!(findings.problems.is_empty());
        report(&lines[3..], &mut findings);
        assert_eq!(findings.problems.len(), 1);
    }
}
